"""The lock screen: what still waits and that it is sent; and the way on for a nurse who has forgotten the PIN."""

from typing import Any

import pytest

from field_app.phone.deposits import Deposit
from field_app.phone.phone import Phone
from field_app.ui.phone.start import open_app
from tests.steps.ui.harness import PIN, App, phone, signed_in
from tests.steps.ui.incident import begin

NEW_PIN = "604117"


@pytest.mark.parametrize(
    ("deposit", "what", "advice"),
    [
        (Deposit("amara", 1), "1 record of amara is being sent while this phone is locked.", "Nobody has to enter"),
        (Deposit("amara", 2, sending=True), "2 records of amara are being sent while this phone is locked.", ""),
        (Deposit("amara", 2, problem="not_reachable"), "2 records of amara are only on this phone.", "no connection"),
        (Deposit("amara", 1, problem="work_offline"), "1 record of amara is only on this phone.", "Work offline is on"),
        (Deposit("amara", 1, problem="captive_portal", advice="Log in."), "only on this phone.", "Log in."),
        (Deposit("amara", 0, kept=1), "1 record of amara could not be sent.", "Tell your supervisor"),
        (
            Deposit("amara", 0, drafts=1),
            "A form that was begun is kept here under an old PIN.",
            "nobody can open or send",
        ),
        (Deposit("amara", 0, drafts=2), "2 forms that were begun are kept here", ""),
    ],
)
def test_the_words(deposit: Deposit, what: str, advice: str):
    ((said, then),) = deposit.words()
    assert what in said
    assert advice in then


def test_what_is_at_the_centre_needs_no_words():
    assert Deposit("amara", 0).words() == []


def sealed(device: Phone, name: str = "amara") -> str:
    """Something sealed that has not been sent, on a phone that is locked again."""
    incident_id = signed_in(device, name).new_incident()
    device.lock(name)
    return incident_id


async def test_the_lock_screen_says_what_still_waits_and_that_it_goes_by_itself(device: Phone):
    sealed(device)
    async with App(lambda page: open_app(page, device)) as app:
        await app.until(lambda: app.says("1 record of amara is only on this phone."))
        assert app.says("They go by themselves once there is one")
        assert not app.has("end-offline")
        assert not app.has("strip"), "nothing else of the records is shown"


async def test_work_offline_can_be_turned_off_without_a_pin(device: Phone):
    device.set_work_offline(True)
    sealed(device)
    async with App(lambda page: open_app(page, device)) as app:
        await app.until(lambda: app.says("Nothing is sent while Work offline is on."))
        await app.tap("end-offline")
        await app.until(lambda: not app.has("end-offline"))
        assert not device.work_offline


async def test_a_forgotten_pin_is_replaced_by_the_password_and_a_new_one(device: Phone):
    incident_id = sealed(device)
    async with App(lambda page: open_app(page, device)) as app:
        assert app.has("person-amara")
        await app.type("pin", "482913")
        await app.tap("sign-in")
        await app.until(lambda: app.says("That PIN is not right."))
        await app.tap("forgotten-pin")
        assert app.says("What you saved before is sent by itself")
        await app.type("password", "right")
        await app.type("pin", NEW_PIN)
        await app.tap("sign-in")
        assert app.says("The two PINs are not the same.")
        await app.type("pin-again", NEW_PIN)
        await app.tap("sign-in")
        await app.until(lambda: app.has("new-incident"))
    assert device.people() == ["amara"]
    assert [(deposit.username, deposit.waiting) for deposit in device.deposits()] == [("amara", 1)]
    assert device.unlock("amara", NEW_PIN).store.incident(incident_id) is None


async def test_the_pin_that_was_known_is_not_replaced_by_a_slip(device: Phone):
    sealed(device)
    async with App(lambda page: open_app(page, device)) as app:
        await app.tap("someone-else")
        await app.type("password", "right")
        await app.type("pin", "482913")
        await app.tap("sign-in")
        await app.until(lambda: app.says("That PIN is not right."))
    assert device.unlock("amara", PIN)


async def test_after_ten_wrong_pins_it_says_what_helps(device: Phone):
    sealed(device)
    clock: Any = device._disk.clock
    async with App(lambda page: open_app(page, device)) as app:
        for _ in range(10):
            await app.until(lambda: app.tappable("sign-in"))
            await app.type("pin", "482913")
            await app.tap("sign-in")
            await app.until(lambda: app.tappable("sign-in") and app.has("sign-in-error"))
            clock.ms += 900_000
        await app.until(lambda: app.says("This PIN opens nothing any more."))
        assert app.says("1 record of amara")


async def test_a_draft_under_the_old_pin_is_said_on_the_lock_screen_and_on_every_screen(tmp_path):
    device = phone(tmp_path)
    session = signed_in(device)
    incident_id = session.new_incident()
    session.keep(session.edit(incident_id, "person"))
    device.lock("amara")
    again = device.sign_in("amara", "right", NEW_PIN)
    async with App(lambda page: open_app(page, device)) as app:
        app.made.enter(again, "amara")
        await app.until(lambda: app.has("old-pin"))
        await begin(app)
        await app.until(lambda: app.has("old-pin"))
        await app.go("/")
        await app.tap("lock")
        await app.until(lambda: app.says("A form that was begun is kept here under an old PIN."))
    device.close()
