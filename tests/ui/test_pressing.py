"""Two touches of one finger do one thing, and a later tap does another: on every button."""

import asyncio

import flet as ft

from field_app.ui.kit import buttons
from field_app.ui.kit.pressing import is_resting, once
from tests.steps.ui.harness import PIN, App
from tests.steps.ui.incident import begin


async def twice(app, identifier):
    """Two touches before anything is drawn anew: both reach the button as it stands."""
    control = app.tappable(identifier)
    await asyncio.gather(*(app.session.dispatch_event(control._i, "click", None) for _ in range(2)))
    await app.settle()


async def test_two_touches_begin_one_incident(app):
    await app.until(lambda: app.has("new-incident"))
    await twice(app, "new-incident")
    await app.until(lambda: app.page.route.startswith("/incident/"))
    assert len(app.made.session.store.incidents()) == 1


async def test_a_touch_that_comes_late_begins_no_other_incident(app):
    """However late: the screen that was touched begins one incident."""
    await app.until(lambda: app.has("new-incident"))
    begin_one = app.tappable("new-incident").on_click
    await begin_one(None)
    await app.until(lambda: not is_resting(app.session, "new-incident"))
    await begin_one(None)
    assert len(app.made.session.store.incidents()) == 1


async def test_back_at_home_another_incident_is_begun(app):
    await begin(app)
    await app.tap("back")
    await app.tap("new-incident")
    await app.until(lambda: len(app.made.session.store.incidents()) == 2)


async def test_two_touches_start_one_shift(app):
    await app.go("/shift")
    await app.until(lambda: app.has("start-shift"))
    await twice(app, "start-shift")
    await app.until(lambda: app.made.session.shift())
    assert len(app.made.session.shifts()) == 1


async def test_a_second_touch_does_not_stamp_the_step_after(app):
    """The button has become another step's by then."""
    incident_id = await begin(app)
    first = app.texts(app.at("next-step"))
    await app.event(app.tappable("next-step"), "click")
    await app.until(lambda: app.texts(app.at("next-step")) != first)
    await app.event(app.tappable("next-step"), "click")
    incident = app.made.session.store.incident(incident_id)
    assert len([event for event in incident.times if event != "opened_at"]) == 1
    await app.tap("next-step")
    await app.until(lambda: len(app.made.session.store.incident(incident_id).times) > len(incident.times))


class Counting:
    """A slow act, and how often it was begun."""

    def __init__(self):
        self.begun, self.may_end = 0, asyncio.Event()

    async def __call__(self, _):
        self.begun += 1
        await self.may_end.wait()


async def test_a_slow_act_is_not_begun_again_while_it_goes_on():
    acts = Counting()
    async with App(lambda page: page.add(buttons.primary("send", "Send", lambda event: acts(event)))) as app:
        button = app.tappable("send")
        pressed = [asyncio.create_task(app.session.dispatch_event(button._i, "click", None)) for _ in range(2)]
        await app.until(lambda: acts.begun)
        await app.settle(0.5)
        assert acts.begun == 1, "longer than a touch, and still at work"
        acts.may_end.set()
        await asyncio.gather(*pressed)
        await app.tap("send")
        assert acts.begun == 2, "a later tap is meant"


async def test_an_act_that_failed_can_be_tried_again():
    tries = []

    def fail(_):
        tries.append(1)
        raise ValueError

    async with App(lambda page: page.add(buttons.secondary("send", "Send", fail))) as app:
        app.session.error = lambda _: None
        await app.tap("send")
        await app.tap("send")
    assert len(tries) == 2


async def test_a_button_and_the_enter_key_are_one_way(device):
    from field_app.ui.phone.start import open_app

    device.sign_in("amara", "right", PIN)
    async with App(lambda page: open_app(page, device)) as app:
        await app.until(lambda: app.has("pin"))
        await app.type("pin", PIN)
        field, button = app.inside("pin", ft.TextField), app.tappable("sign-in")
        unlocked = []
        unlock, device.unlock = device.unlock, lambda *args: unlocked.append(args) or unlock(*args)
        await asyncio.gather(
            app.session.dispatch_event(field._i, "submit", PIN), app.session.dispatch_event(button._i, "click", None)
        )
        assert len(unlocked) == 1


async def test_one_window_does_not_stop_another():
    done = []
    async with App(lambda page: page.add(ft.Text(""))) as here, App(lambda page: page.add(ft.Text(""))) as there:
        press = once("send", done.append)
        for app in (here, there):
            await app.page.session.dispatch_event(app.page._i, "resize", {"width": 1, "height": 1})
            await press(app)
    assert done == [here, there]
