"""The phone locks itself: when, what is then on the screen, and that the nurse goes on where they were."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import flet as ft
import pytest
from flet.messaging.session import Session as FletSession

from field_app.phone.phone import Phone
from field_app.phone.session import Session
from field_app.phone.store.disk import DiskFull
from field_app.ui.kit.hooks import let_go
from field_app.ui.phone import state
from field_app.ui.phone.start import open_app
from sync.domain.catalogue.incident import Nature
from tests.steps.ui.harness import PIN, App, away, signed_in
from tests.steps.ui.incident import answers, begin, interrupted, open_section

AWAY, BACK = {"state": "hide"}, {"state": "resume"}


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "LOOK_EVERY_S", 0.02)


def forward(app: App, seconds: float) -> None:
    """So long nobody does anything."""
    app.made.phone._disk.clock.ms += round(seconds * 1000)


async def locked(app: App) -> None:
    await app.until(lambda: app.has("locked"))


async def unlock(app: App) -> None:
    await app.type("pin", PIN)
    await app.tap("sign-in")
    await app.until(lambda: app.made.session)


@asynccontextmanager
async def second_window(app: App) -> AsyncIterator[App]:
    """The same nurse in another window of the same device."""
    device = app.made.phone
    async with App(lambda page: open_app(page, device)) as other:
        other.made.enter(device.unlock("amara", PIN), "amara")
        await other.until(lambda: other.has("new-incident"))
        yield other


async def test_after_two_minutes_without_a_touch_only_the_pin_leads_on(app: App):
    incident_id = await begin(app)
    route = app.page.route
    forward(app, 119)
    await app.settle(0.1)
    assert app.has("next-step")
    forward(app, 1)
    await locked(app)
    assert app.made.session is None
    assert not app.has("next-step")
    assert incident_id not in app.identifiers()
    await unlock(app)
    await app.until(lambda: app.has("next-step"))
    assert app.page.route == route, "where the nurse was"


async def test_whatever_a_person_does_begins_the_two_minutes_anew(app: App):
    for _ in range(4):
        forward(app, 100)
        await app.tap("theme")
    assert app.has("new-incident")


async def test_what_the_device_reports_by_itself_is_no_touch(app: App):
    forward(app, 119)
    await app.event(app.page, "resize", {"width": 400, "height": 900})
    await app.event(app.page, "media_change", None)
    forward(app, 1)
    await locked(app)


async def test_a_touch_that_comes_too_late_locks_and_does_nothing_else(app: App, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state, "LOOK_EVERY_S", 60)
    await app.settle(0.1)
    forward(app, 120)
    await app.tap("new-incident")
    await locked(app)
    await unlock(app)
    assert app.made.session.store.incidents() == []


async def test_a_minute_out_of_sight_is_enough(app: App):
    await app.event(app.page, "app_lifecycle_state_change", AWAY)
    forward(app, 59)
    await app.event(app.page, "app_lifecycle_state_change", BACK)
    await app.settle(0.1)
    assert app.has("new-incident")
    await app.event(app.page, "app_lifecycle_state_change", AWAY)
    forward(app, 60)
    await locked(app)


async def test_an_app_that_was_suspended_shows_nothing_when_it_comes_back(app: App, monkeypatch: pytest.MonkeyPatch):
    """Nothing runs while it is suspended, so that it is the coming back that locks."""
    monkeypatch.setattr(state, "LOOK_EVERY_S", 60)
    await app.settle(0.1)
    await app.event(app.page, "app_lifecycle_state_change", AWAY)
    forward(app, 3600)
    await app.event(app.page, "app_lifecycle_state_change", BACK)
    assert app.has("locked")
    assert not app.has("new-incident")


async def test_a_browser_that_is_gone_for_a_minute_comes_back_to_the_lock(app: App):
    await begin(app)
    async with away(app):
        forward(app, 60)
        await app.until(lambda: app.made.session is None)
        assert not app.has("next-step"), "nor is it sent again when the browser connects"
    await locked(app)
    await unlock(app)
    await app.until(lambda: app.has("next-step"))
    await app.tap("back")
    await app.until(lambda: app.has("new-incident"))


async def test_what_was_typed_is_sealed_before_it_locks(app: App):
    incident_id = await begin(app)
    await open_section(app, "incident")
    await app.tap(f"answer-nature-{Nature.PRIMARY.value}")
    await app.type("answer-location", "Mill Road bridge", blur=False)
    forward(app, 120)
    await locked(app)
    await unlock(app)
    await app.until(lambda: app.has("answer-location"))
    assert app.inside("answer-location", ft.TextField).value == "Mill Road bridge"
    assert answers(app, incident_id, "incident")["location"] == "Mill Road bridge"
    await app.type("answer-location", ", north", after="Mill Road bridge")
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "incident")["location"] == "Mill Road bridge, north")
    record = app.made.session.store.incident(incident_id).records[incident_id]
    assert record.clashes == {}, "one nurse, one record"


async def test_who_is_quick_with_the_pin_is_not_locked_out_again(
    app: App, session: Session, monkeypatch: pytest.MonkeyPatch
):
    """What was in hand is still being sealed when the PIN is given."""
    incident_id = await begin(app)
    await open_section(app, "incident")
    await app.type("answer-location", "Mill Road bridge", blur=False)
    seal = type(session).seal

    def slowly(*given: Any) -> None:
        time.sleep(0.5)
        seal(*given)

    monkeypatch.setattr(type(session), "seal", slowly)
    forward(app, 120)
    await locked(app)
    await unlock(app)
    await app.settle(1)
    assert app.made.session
    assert app.made.session.store.incident(incident_id)
    assert app.made.session.presence is app.made.presence


async def test_what_cannot_be_kept_waits_for_the_nurse(app: App, session: Session, monkeypatch: pytest.MonkeyPatch):
    incident_id = await begin(app)
    await open_section(app, "incident")
    await app.type("answer-location", "Mill Road bridge", blur=False)

    def full(*_: Any, **__: Any) -> None:
        raise DiskFull("could not write")

    with monkeypatch.context() as broken:
        broken.setattr(type(session.store), "seal", full)
        broken.setattr(type(session.store), "keep", full)
        forward(app, 120)
        await locked(app)
        await app.settle(0.3)
    await unlock(app)
    await app.until(lambda: app.has("answer-location"))
    assert app.inside("answer-location", ft.TextField).value == "Mill Road bridge"
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "incident").get("location") == "Mill Road bridge")


async def test_an_officers_turn_goes_on_after_the_pin(app: App):
    incident_id = await begin(app)
    app.made.hand_over(incident_id)
    await app.until(lambda: app.has("officer-name"))
    await app.type("officer-name", "Dan Hart")
    app.made._typed["amara", f"ink {incident_id}"].begin(10, 10)
    forward(app, 120)
    await locked(app)
    assert not app.has("officer-name")
    await unlock(app)
    await app.until(lambda: app.has("officer-name"))
    assert app.inside("officer-name", ft.TextField).value == "Dan Hart"
    assert app.made._typed["amara", f"ink {incident_id}"].strokes
    assert app.made.handed == incident_id
    assert not app.has("new-incident")


async def test_what_is_typed_on_a_screen_that_was_left_is_gone(app: App):
    await app.go("/shift")
    await app.type("crew-officer", "PC Dan Hart")
    await app.go("/")
    await app.go("/shift")
    await app.until(lambda: app.has("crew-officer"))
    assert app.inside("crew-officer", ft.TextField).value == ""


async def test_a_card_that_interrupts_is_not_left_over_the_lock(app: App):
    await begin(app)
    await app.go(app.page.route + "/assessment")
    await app.until(lambda: app.has("page-1") or app.has("continue"))
    while not app.has("answer-chest_pain-yes"):
        await app.tap("continue")
    await app.tap("answer-chest_pain-yes")
    await app.until(lambda: interrupted(app) == ["red-flag"])
    forward(app, 120)
    await locked(app)
    assert interrupted(app) == []
    await unlock(app)


async def test_both_windows_of_a_nurse_lock_and_keep_what_is_in_them(app: App):
    incident_id = await begin(app)
    async with second_window(app) as other:
        await other.go(f"/incident/{incident_id}/incident")
        await other.until(lambda: other.has("answer-location"))
        await other.type("answer-location", "Mill Road bridge", blur=False)
        await app.event(app.page, "app_lifecycle_state_change", AWAY)
        forward(app, 100)
        await app.settle(0.1)
        assert app.made.session, "the other window is seen and used"
        forward(app, 20)
        await locked(app)
        await locked(other)
        await unlock(other)
        await other.until(lambda: other.has("answer-location"))
        assert other.inside("answer-location", ft.TextField).value == "Mill Road bridge"
        assert app.made.session is None, "each window asks for the PIN"
        await app.event(app.page, "app_lifecycle_state_change", BACK)
        await unlock(app)


async def test_leaving_by_hand_locks_the_other_window_too(app: App):
    async with second_window(app) as other:
        await app.tap("lock")
        await app.until(lambda: app.has("pin"))
        assert not app.has("locked"), "whoever comes next says who they are"
        await locked(other)


async def test_another_nurse_begins_at_home_and_the_first_goes_on_later(app: App, device: Phone):
    await begin(app)
    route = app.page.route
    signed_in(device, "bo").lock()
    forward(app, 120)
    await locked(app)
    await app.tap("person-bo")
    await unlock(app)
    await app.until(lambda: app.has("new-incident"))
    assert app.page.route == "/"
    await app.tap("lock")
    await app.until(lambda: app.has("pin"))
    await app.tap("person-amara")
    await unlock(app)
    await app.until(lambda: app.has("next-step"))
    assert app.page.route == route


async def test_a_page_that_is_closed_locks_the_vault_that_nobody_else_sees(app: App, device: Phone):
    async with second_window(app) as other:
        await other.event(other.page, "close")
        assert app.made.session
        assert device.presence["amara"].windows == {app.made: True}
    await app.event(app.page, "close")
    await app.until(lambda: not device.is_open)


async def test_a_lock_ends_whatever_ran_for_the_screens(app: App, device: Phone):
    await begin(app)
    assert device._disk.listeners
    forward(app, 120)
    await locked(app)
    await app.until(lambda: len(device._disk.listeners) == 1)  # the lock screen's own


async def test_what_was_drawn_before_a_lock_does_not_begin_after_it(
    app: App, device: Phone, monkeypatch: pytest.MonkeyPatch
):
    """Flet begins what a component holds some time after it has drawn it."""
    let_go(app.page)
    schedule = FletSession.schedule_effect

    def locked_at_once(session: FletSession, hook: Any, is_cleanup: bool) -> None:
        schedule(session, hook, is_cleanup)
        let_go(app.page)

    monkeypatch.setattr(FletSession, "schedule_effect", locked_at_once)
    await begin(app)
    await app.settle(0.1)
    assert device._disk.listeners == []
