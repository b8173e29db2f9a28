"""Phones on the console: what clearing one does is said before it is ordered, and how far it has got after."""

from datetime import timedelta

import flet as ft
import pytest

from field_app.desk.desk_models import PhoneStatus
from field_app.ui.console.layout import Layout
from field_app.ui.console.phones import clear_dialog, phones_view
from field_app.ui.console.polling import Polled
from tests.steps.ui.console import enter
from tests.steps.ui.harness import NOW, App


def one(**about) -> PhoneStatus:
    fields = {
        "device_id": "d1", "name": "Phone", "team_name": "Cambridgeshire", "last_seen_at": NOW, "app_version": "0.1.0",
        "revoked": False, "reported": 5, "stored": 2, "unsent": 3, "unsent_since": NOW, "clock_offset_ms": 0,
    }  # fmt: skip
    return PhoneStatus(**{**fields, **about})


def said(control: ft.Control) -> list[str]:
    walker = App(lambda _: None)
    return walker.texts(control)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({}, "Clear this phone…"),
        ({"wipe_commanded_at": NOW - timedelta(minutes=4)}, "Clearing ordered 21:56"),
        ({"wipe_commanded_at": NOW - timedelta(days=1)}, "Clearing ordered 21 Nov 2026"),
        ({"wipe_commanded_at": NOW - timedelta(minutes=4), "wiped_at": NOW}, "Cleared 22:00"),
    ],
)
def test_how_far_clearing_a_phone_has_got(about, words):
    shown = said(phones_view(Layout(1440, 900), Polled([one(**about)], None, False), NOW, lambda _: None))
    states = [text for text in shown if text.startswith("Clear") and text != "Clear"]
    assert states == [words]


@pytest.mark.parametrize(
    ("unsent", "words"),
    [
        (0, "All that it has told of was received"),
        (1, "It holds 1 change not received"),
        (3, "It holds 3 changes not received"),
    ],
)
def test_the_dialog_says_what_is_not_received(unsent, words):
    text = " ".join(said(clear_dialog(one(unsent=unsent), lambda: None, lambda: None)))
    assert words in text
    assert "is sent to the centre" in text
    assert "are erased" in text
    assert "stays unknown" in text


def test_a_phone_never_heard_of_claims_nothing():
    text = " ".join(said(clear_dialog(one(unsent=0, last_seen_at=None), lambda: None, lambda: None)))
    assert "Nothing is known of what it holds" in text
    assert "was received" not in text


@pytest.mark.parametrize("twice", [0, 1, 12])
def test_a_phone_that_exists_twice_is_named_with_what_to_do(twice):
    phones = [one(device_id="d1234567-and-more", numbers_twice=twice), one(device_id="d2")]
    shown = said(phones_view(Layout(1440, 900), Polled(phones, None, False), NOW, lambda _: None))
    assert ("Exists twice" in shown) == ("Exists twice: Phone, d1234567" in shown) == bool(twice)
    assert any("All of them are kept" in text for text in shown) == bool(twice)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"unsent": 0, "last_seen_at": None}, "Not known"),
        ({"unsent": 0}, "None when last heard"),
        ({"unsent": 1}, "1 change"),
        ({"unsent": 3, "last_seen_at": None}, "3 changes"),
    ],
)
def test_the_list_claims_no_more_than_a_phone_has_told(about, words):
    shown = said(phones_view(Layout(1440, 900), Polled([one(**about)], None, False), NOW, lambda _: None))
    assert [text for text in shown if text in ("Not known", "None when last heard") or " change" in text] == [words]
    assert not [text for text in shown if "received" in text]


def test_a_long_name_of_a_team_takes_a_second_line():
    team = "Cambridgeshire joint response team, north and east"
    shown = phones_view(Layout(1440, 900), Polled([one(team_name=team)], None, False), NOW, lambda _: None)
    texts = [one for one in App(lambda _: None).walk(shown) if isinstance(one, ft.Text)]
    assert [text.max_lines for text in texts if text.value == team] == [2]


def test_each_link_to_clear_a_phone_says_which():
    pair = [one(name="Car 1 phone"), one(name="Car 2 phone", device_id="d2")]
    shown = phones_view(Layout(1440, 900), Polled(pair, None, False), NOW, lambda _: None)
    texts = [one for one in App(lambda _: None).walk(shown) if isinstance(one, ft.Text)]
    names = [text.semantics_label for text in texts if text.value == "Clear this phone…"]
    assert names == ["Clear this phone: Car 1 phone, d1", "Clear this phone: Car 2 phone, d2"]


def asking(app: App) -> bool:
    """Whether the dialog is open: a real screen takes it away once it has closed."""
    return any(dialog.open for dialog in app.all(ft.AlertDialog))


async def ask(app: App, device: str) -> None:
    """Press "Clear this phone…" at this one."""
    await app.until(lambda: app.has("clear-" + device))
    await app.tap("clear-" + device)
    await app.until(lambda: app.has("clear-confirm"))


async def test_a_phone_is_cleared_with_two_presses_and_the_list_says_so(app: App, phone, desk) -> None:
    phone.sync()
    device = phone.device.device_id
    await enter(app)
    await app.tap("go-phones")
    await ask(app, device)
    await app.tap("clear-cancel")
    await app.until(lambda: not asking(app))
    assert next(line for line in desk.phones() if line.device_id == device).wipe_commanded_at is None
    await app.event(app.all(ft.AlertDialog)[0], "dismiss")
    await app.until(lambda: not app.has("clear-confirm"))
    await ask(app, device)
    await app.tap("clear-confirm")
    await app.until(lambda: app.says("Clearing ordered"))
    assert not asking(app)
    assert not app.has("clear-" + device)
    assert next(line for line in desk.phones() if line.device_id == device).wipe_commanded_at


async def test_without_a_line_nothing_is_ordered_and_that_is_said(app: App, phone, line, desk) -> None:
    phone.sync()
    device = phone.device.device_id
    await enter(app)
    await app.tap("go-phones")
    await ask(app, device)
    line.cut = True
    await app.tap("clear-confirm")
    await app.until(lambda: app.says("The centre cannot be reached"))
    assert not app.says("Ordered.")
    line.cut = False
    assert next(one for one in desk.phones() if one.device_id == device).wipe_commanded_at is None
