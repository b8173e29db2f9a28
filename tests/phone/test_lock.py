"""A phone that locks: when, what is left in memory, and that what is sealed is sent all the same."""

import gc
from collections.abc import Callable

import pytest

from demo import PASSWORD
from field_app.attendance import Attendance
from field_app.phone.phone import Phone
from field_app.phone.store.envelope import Locked, Secret
from sync.core.errors import AlongsideError
from tests.steps.at_a_phone import arrived, sealed
from tests.steps.builders import PIN
from tests.steps.waiting import within

NEAR, FAR = "this window", "the other window"


class Time:
    """A monotonic clock that stands until it is moved."""

    ms = 1_000_000

    def __call__(self) -> int:
        return self.ms

    def forward(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def presence(time: Time) -> Attendance[str]:
    made: Attendance[str] = Attendance(time)
    made.enter(NEAR)
    return made


def test_a_vault_locks_two_minutes_after_the_last_touch(presence: Attendance[str], time: Time):
    time.forward(119)
    assert not presence.is_over
    presence.touch()
    time.forward(119.9)
    assert not presence.is_over
    time.forward(0.1)
    assert presence.is_over


def test_a_vault_locks_a_minute_after_it_was_hidden(presence: Attendance[str], time: Time):
    time.forward(30)
    presence.show(NEAR, seen=False)
    time.forward(59.9)
    assert not presence.is_over
    presence.show(NEAR)
    presence.touch()
    presence.show(NEAR, seen=False)
    time.forward(59.9)
    assert not presence.is_over
    time.forward(0.1)
    assert presence.is_over


def test_one_window_that_is_seen_is_enough(presence: Attendance[str], time: Time):
    presence.enter(FAR)
    presence.show(NEAR, seen=False)
    time.forward(100)
    assert not presence.is_over
    presence.leave(FAR)
    time.forward(19)
    assert not presence.is_over, "the minute begins when the last that was seen has gone"
    presence.touch()
    time.forward(41)
    assert presence.is_over


def test_a_touch_in_either_window_counts_for_both(presence: Attendance[str], time: Time):
    presence.enter(FAR)
    time.forward(119)
    presence.touch()
    time.forward(119)
    assert not presence.is_over


def test_the_trust_says_how_long(time: Time):
    presence: Attendance[str] = Attendance(time, idle_s=300)
    presence.enter(NEAR)
    time.forward(299)
    assert not presence.is_over
    time.forward(1)
    assert presence.is_over


Keys = Callable[[], list[Secret]]


def secrets() -> list[Secret]:
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, Secret)]


@pytest.fixture
def keys_in_memory() -> Keys:
    """The keys that are in memory, without those that were when the test began: a test that failed keeps its own."""
    before = secrets()
    return lambda: [each for each in secrets() if not any(each is one for one in before)]


def test_a_key_is_overwritten_when_it_is_let_go():
    key = Secret(b"k" * 32)
    key.__del__()
    assert key == bytes(32)


def test_locking_lets_go_of_every_key_and_of_everything_readable(keys_in_memory: Keys, phone: Phone, amina):
    incident_id = sealed(amina, location="Mill Road bridge")
    assert arrived(amina)
    assert amina.store.incident(incident_id)
    assert keys_in_memory()
    amina.lock()
    assert within(10, lambda: not phone.is_open)
    assert keys_in_memory() == []
    for use in (
        lambda: amina.store.incident(incident_id),
        lambda: sealed(amina, location="elsewhere"),
        lambda: amina.store.incidents(),
    ):
        with pytest.raises(Locked):
            use()


def test_after_a_lock_the_pin_opens_everything_again(phone: Phone, amina):
    incident_id = sealed(amina, location="Mill Road bridge")
    amina.lock()
    with pytest.raises(AlongsideError, match="wrong PIN"):
        phone.unlock("amina.yusuf", "482913")
    again = phone.unlock("amina.yusuf", PIN)
    found = again.store.incident(incident_id)
    assert found
    assert found.records[incident_id].values["location"] == "Mill Road bridge"
    assert arrived(again)


def test_every_session_of_the_nurse_is_locked_and_no_other_nurse(phone: Phone, amina):
    other, tom = phone.unlock("amina.yusuf", PIN), phone.sign_in("tom.ellery", PASSWORD, "735192")
    incident_id = sealed(tom, location="Elizabeth Way")
    assert arrived(amina)
    assert arrived(tom)
    amina.lock()
    assert within(10, lambda: not phone.presence.get("amina.yusuf") and "amina.yusuf" not in phone._open)
    with pytest.raises(Locked):
        sealed(other, location="elsewhere")
    assert tom.store.incident(incident_id)
    tom.lock()
    tom.lock()


def test_what_is_sealed_is_sent_by_a_locked_phone(keys_in_memory: Keys, phone: Phone, amina, running):
    phone.set_work_offline(True)
    incident_id = sealed(amina, location="Mill Road bridge")
    amina.lock()
    assert phone.is_open, "what waits has to be sent first"
    assert not within(0.5, lambda: not phone.is_open)
    phone.set_work_offline(False)
    assert within(15, lambda: incident_id in {row.incident_id for row in running.rows()})
    assert within(15, lambda: not phone.is_open)
    assert keys_in_memory() == []


def test_a_phone_unlocked_while_it_still_sends_goes_on(phone: Phone, amina):
    phone.set_work_offline(True)
    sealed(amina, location="Mill Road bridge")
    amina.lock()
    again = phone.unlock("amina.yusuf", PIN)
    phone.set_work_offline(False)
    assert arrived(again)
    assert not within(0.5, lambda: not phone.is_open)
    assert not again.presence.is_over
    again.lock()
    assert within(10, lambda: not phone.is_open)


def test_nothing_is_lost_of_a_profile_that_is_saved_as_the_vault_closes(phone: Phone, amina):
    """Sealed under no key, it would never open again."""
    amina.lock()
    assert within(10, lambda: not phone.is_open)
    with pytest.raises(Locked):
        amina.join_shift("5f0c6b7e-5a2f-4a0e-9f5e-0d6f0f1f2a3b")
    assert phone.unlock("amina.yusuf", PIN).who.name == "Amina Yusuf"
