"""Records and receipts, and what stands under the strip: every outcome of sync in words, and none in a code."""

import re
from datetime import timedelta

import flet as ft
import pytest

from field_app.ui.kit.strip import NOTICES, STOPPED, notice_view, say, strip_view
from field_app.ui.phone import start
from field_app.ui.phone.records import (
    ADVICE,
    SIGN_IN,
    TROUBLES,
    WHEN,
    delivery_view,
    notices_view,
    trouble,
    trouble_view,
)
from sync.api.problems import KINDS
from sync.core.errors import CaptivePortal, NotReachable
from sync.domain.records.delivery import Delivery, Strip
from tests.steps.ui.harness import NOW, App, phone, signed_in

NEVER_TO_SYNC = {  # of other addresses, or said on another screen
    "bad_query", "proof_wrong", "sign_in_wrong", "not_allowed", "not_found", "method_not_allowed",
    "device_key_differs", "request_invalid", "too_many_tries", "training_differs",
}  # fmt: skip
REFUSED = (
    "signature_wrong", "id_wrong", "bad_change", "change_too_large", "not_stored",
    "will_not_go", "damaged",
)  # fmt: skip


def texts(control: ft.Control | None) -> list[str]:
    return App(lambda _: None).texts(control) if control else []


def one(state: str, **about) -> Delivery:
    received = {"number": 41, "received_at": NOW} if state in ("received", "held", "quarantined") else {}
    return Delivery("r1", "i1", "incident", "Incident", state, **{**received, **about})


@pytest.mark.parametrize("code", sorted(set(KINDS) - NEVER_TO_SYNC))
def test_whatever_the_centre_answers_to_a_sync_has_words(code: str):
    assert code in TROUBLES


@pytest.mark.parametrize("code", REFUSED)
def test_every_reason_not_to_take_a_change_has_words(code: str):
    shown = texts(delivery_view(one("refused", last_error=code, advice="Tell your supervisor."), "Ada Example"))
    assert "Not received – kept on this phone" in shown
    assert TROUBLES[code] in shown
    assert "Tell your supervisor." in shown


def test_no_code_is_ever_shown_as_it_is():
    shown = texts(delivery_view(one("waiting", attempts=3, last_error="some_newer_code"), ""))
    shown += texts(trouble_view(Strip(problem="some_newer_code", advice="Try later.")))
    shown += [trouble("some_newer_code"), *TROUBLES.values(), *ADVICE.values(), *STOPPED.values(), WHEN]
    assert [text for text in shown if re.search(r"\w_\w", text)] == []
    assert "Try later." in shown


@pytest.mark.parametrize(
    ("state", "about", "words"),
    [
        ("waiting", {}, "Only on this phone"),
        ("received", {}, "Received 22:00, no. 41"),
        ("held", {"advice": "a change made before it that has not arrived yet"},
         "Received 22:00, no. 41 – waiting for a change made before it that has not arrived yet"),
        ("quarantined", {"advice": "Sign again."}, "Received 22:00, no. 41 – needs attention"),
        ("refused", {"last_error": "will_not_go"}, "Not received – kept on this phone"),
    ],
)  # fmt: skip
def test_each_verdict_says_whether_the_centre_has_it(state: str, about: dict, words: str):
    shown = texts(delivery_view(one(state, **about), ""))
    assert words in shown
    assert ("Sign again." in shown) is (state == "quarantined")


def test_the_time_of_receipt_is_said_once_with_its_day():
    shown = " ".join(texts(delivery_view(one("received"), "")))
    assert shown.count("22:00") == 1
    assert "22 Nov 2026" in shown


def test_a_received_record_keeps_no_old_error_and_a_waiting_one_tells_its_attempts():
    assert not [
        text
        for text in texts(delivery_view(one("received", attempts=2, last_error="not_reachable"), ""))
        if "reached" in text
    ]
    assert "3 attempts · The centre cannot be reached." in texts(
        delivery_view(one("waiting", attempts=3, last_error="not_reachable"), "")
    )  # fmt: skip


@pytest.mark.parametrize("error", [NotReachable("x"), CaptivePortal("x")])
def test_a_trouble_is_said_once_and_followed_by_what_to_do(error):
    what, advice = texts(trouble_view(Strip(problem=error.code, advice=error.advice)))
    assert what.rstrip(".") not in advice


@pytest.mark.parametrize("code", sorted(set(KINDS) - NEVER_TO_SYNC - {"scope_not_yours", "protocol_unsupported"}))
def test_no_trouble_promises_what_the_phone_cannot_know(code: str):
    _, advice = texts(trouble_view(Strip(problem=code, advice=KINDS[code][2])))
    assert not re.search("lost\\.|been received|exported|in a moment", advice)


@pytest.mark.parametrize("code", SIGN_IN)
def test_an_ended_sign_in_says_that_what_is_recorded_still_goes(code: str):
    _, advice = texts(trouble_view(Strip(problem=code, advice="Sign in.")))
    assert "What you record is still sent" in advice


@pytest.mark.parametrize(("code", "offers"), [("sign_in_expired", 1), ("unknown_device", 1), ("device_revoked", 0)])
async def test_signing_in_again_is_offered_where_it_helps(app: App, session, code: str, offers: int):
    session.store.problem = code
    await app.go("/records")
    await app.until(lambda: app.has("when"))
    assert app.has("renew") is bool(offers)


def test_working_offline_is_no_trouble():
    assert trouble_view(Strip(problem="work_offline")) is None
    assert trouble_view(Strip()) is None


@pytest.mark.parametrize(("problem", "words"), STOPPED.items())
def test_what_signal_will_not_mend_is_not_called_no_signal(problem: str, words: str):
    said = say(Strip(waiting=2, offline_since=NOW, problem=problem))
    assert said == f"2 only on this phone · {words}"


def test_a_line_that_is_gone_is_called_no_signal():
    assert say(Strip(waiting=2, offline_since=NOW, problem="not_reachable")).endswith("no signal since 22:00")


# --- under the strip -----------------------------------------------------------------------------------------------


ALL = Strip(
    clock_offset_ms=200_000,
    restored_at=NOW - timedelta(hours=1),
    is_old=True,
    back_to=NOW - timedelta(days=9),
    is_key_pending=True,
    is_full=True,
    old_drafts=1,
)


def test_each_notice_has_its_look_and_is_said_in_full_with_what_to_do():
    said = ALL.notices(NOW)
    assert set(said) == set(NOTICES)
    for (about, words), box in zip(said.items(), notices_view(said), strict=True):
        what, advice = texts(box)
        assert f"{what}. {advice}" == words
        assert texts(notice_view({about: words}, None)) == [what]
    assert "This phone saw it at 21:00" in said["restored"]
    assert "received since 13 Nov 2026" in said["fetching"]
    assert "Recording and sending go on" in said["app-old"]


def test_under_the_strip_there_is_never_more_than_one_line():
    assert texts(notice_view(ALL.notices(NOW), None)) == ["This phone’s storage is full · 6 more"]
    assert notice_view({}, None) is None


async def test_what_is_to_be_known_leads_from_any_screen_to_where_it_is_said_in_full(app: App, session):
    session.phone._disk.heard_version(is_old=True)
    session.phone._disk.tell()
    await app.until(lambda: app.has("app-old"))
    assert not app.says("may not show in full")
    await app.tap("app-old")
    await app.until(lambda: app.says("may not show in full"))
    assert app.page.route == "/records"


@pytest.mark.parametrize(("hours", "is_said"), [(23, True), (25, False)])
def test_a_restore_is_told_for_a_day(hours: int, is_said: bool):
    assert ("restored" in Strip(restored_at=NOW - timedelta(hours=hours)).notices(NOW)) is is_said


def test_without_anything_to_know_there_is_no_notice():
    assert Strip().notices(NOW) == {}
    assert texts(strip_view(Strip(), 0, None)) == ["Nothing to send yet"]


# --- on the screen -------------------------------------------------------------------------------------------------


async def test_the_screen_says_when_alongside_sends(app: App):
    await app.go("/records")
    await app.until(lambda: app.has("when"))
    assert app.says("Android stops it soon after you leave it")


async def test_the_strip_leads_nowhere_where_one_already_is(app: App):
    def leads() -> list[bool]:
        icons = [one.icon for one in app.walk(app.at("strip")) if isinstance(one, ft.Icon)]
        return [ft.Icons.CHEVRON_RIGHT in icons, bool(app.at("strip").button)]

    assert leads() == [True, True]
    await app.tap("strip")
    await app.until(lambda: app.has("when"))
    assert leads() == [False, False]


async def test_a_damaged_record_does_not_take_the_screen_with_it(app: App, session):
    good, bad = session.new_incident(), session.new_incident()
    db = session.phone._disk.db
    for table in ("incident", "change"):
        db.execute(
            f"UPDATE {table} SET ct = zeroblob(60) WHERE incident_id = ?", (bytes.fromhex(bad.replace("-", "")),)
        )
    session.store.views._seen.clear()
    await app.go("/records")
    await app.until(lambda: app.has("damaged"))
    assert app.says("1 incident cannot be read on this phone")
    assert {f"record-{good}", f"record-{bad}"} <= set(app.identifiers())
    assert not app.has("error-panel")


# --- the network ---------------------------------------------------------------------------------------------------


async def tell_network(app: App, *kinds: str) -> None:
    await app.event(app.made.network, "change", {"connectivity": list(kinds)})


@pytest.mark.parametrize(("kinds", "wakes"), [(["wifi"], 1), (["mobile", "vpn"], 1), (["none"], 0), ([], 0)])
async def test_the_network_coming_back_sends_what_waits(app: App, session, kinds: list[str], wakes: int):
    woken: list[int] = []
    session._background.hurry = lambda: woken.append(1)
    await tell_network(app, *kinds)
    assert len(woken) == wakes


async def test_without_anybody_signed_in_the_network_is_nobodys_business(tmp_path):
    device = phone(tmp_path)
    async with App(lambda page: start.open_app(page, device)) as app:
        await tell_network(app, "wifi")
        assert not app.client.crashes
    device.close()


async def test_a_platform_that_cannot_tell_does_no_harm(tmp_path, monkeypatch):
    def cannot(**_):
        raise RuntimeError("not here")

    monkeypatch.setattr(start.ft, "Connectivity", cannot)
    device = phone(tmp_path)
    session = signed_in(device)
    async with App(lambda page: start.open_app(page, device)) as app:
        app.made.enter(session, "amara")
        await app.until(lambda: app.has("new-incident"))
        assert app.made.network is None
    device.close()
