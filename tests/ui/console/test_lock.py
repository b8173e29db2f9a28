"""A desk that nobody uses locks itself; whoever was there finds everything as it was."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import flet as ft
import pytest
from sqlalchemy import func, select

from demo import PASSWORD
from field_app.desk.desk import Desk
from field_app.ui.console import state
from field_app.ui.console.app import open_console
from sync.api.storage.schema import session
from tests.steps.centre.running import Running
from tests.steps.ui.console import enter, signed
from tests.steps.ui.harness import App, away


class Steady:
    """Seconds, which stand until they are moved."""

    now = 5_000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> Steady:
    monkeypatch.setattr(state, "LOOK_EVERY_S", 0.02)
    return Steady()


@pytest.fixture
async def app(make_desk: Callable[[], Desk], running: Running, steady: Steady) -> AsyncIterator[App]:
    def main(page: ft.Page) -> Any:
        return open_console(page, make_desk, clock=running.clock, every=0.4, steady=steady)

    async with App(main, width=1440, height=900) as made:
        yield made


def sign_ins(running: Running, username: str) -> int:
    """How many sign-ins of this person the centre knows."""
    with running.db.read() as conn:
        return conn.execute(select(func.count()).where(session.c.practitioner_id == username)).scalar_one()


async def test_after_fifteen_minutes_only_the_password_leads_on(app: App, steady: Steady, running: Running, phone):
    incident_id = signed(phone)
    await enter(app, "ruth.okoro")
    await app.tap("go-review")
    await app.until(lambda: app.has(f"queue-{incident_id}"))
    steady.forward(899)
    await app.settle(0.1)
    assert app.has(f"queue-{incident_id}")
    steady.forward(1)
    await app.until(lambda: app.has("locked"))
    assert not app.says("Ada"), "nothing of a record is left on the screen"
    assert app.inside("username", ft.TextField).value == "ruth.okoro"
    await app.until(lambda: sign_ins(running, "ruth.okoro") == 0)
    await app.type("password", "wrong")
    await app.tap("sign-in")
    await app.until(lambda: app.has("sign-in-error"))
    await app.type("password", PASSWORD)
    await app.tap("sign-in")
    await app.until(lambda: app.has(f"queue-{incident_id}"))


async def test_what_was_being_written_is_still_there(app: App, steady: Steady, phone):
    incident_id = signed(phone)
    await enter(app, "ruth.okoro")
    app.made.comments = {incident_id: {("incident", "cad_ref"): state.Comment("incident", incident_id, "cad_ref", "?")}}
    before = app.made.comments
    steady.forward(900)
    await app.until(lambda: app.has("locked"))
    await app.type("password", PASSWORD)
    await app.tap("sign-in")
    await app.until(lambda: app.has("go-review"))
    assert app.made.comments is before


async def test_whatever_is_done_begins_the_time_anew(app: App, steady: Steady):
    await enter(app, "ruth.okoro")
    for _ in range(3):
        steady.forward(800)
        await app.tap("theme")
    await app.event(
        app.page, "keyboard_event", {"key": "J", "ctrl": False, "alt": False, "shift": False, "meta": False}
    )
    steady.forward(800)
    await app.settle(0.1)
    assert not app.has("locked")


async def test_a_browser_that_was_away_comes_back_to_the_lock(app: App, steady: Steady, phone):
    incident_id = signed(phone)
    await enter(app, "ruth.okoro")
    await app.tap("go-review")
    await app.until(lambda: app.has(f"queue-{incident_id}"))
    async with away(app):
        steady.forward(900)
        await app.until(lambda: app.made.locked)
        assert not app.says("Ada"), "nor is it sent again when the browser connects"
    await app.until(lambda: app.has("locked"))


async def test_somebody_else_finds_nothing_of_the_first(app: App, steady: Steady):
    await enter(app, "ruth.okoro")
    app.made.comments = {"an incident": {("incident", "cad_ref"): state.Comment("incident", "1", "cad_ref", "?")}}
    steady.forward(900)
    await app.until(lambda: app.has("locked"))
    await app.change("username", "tom.ellery")
    await app.type("password", PASSWORD)
    await app.tap("sign-in")
    await app.until(lambda: app.made.who and app.made.who.name == "Tom Ellery")
    assert app.made.comments == {}


async def test_a_page_that_is_closed_ends_its_sign_in_at_the_centre(app: App, running: Running):
    await enter(app, "ruth.okoro")
    assert sign_ins(running, "ruth.okoro") == 1
    await app.event(app.page, "close")
    await app.until(lambda: sign_ins(running, "ruth.okoro") == 0)
