"""Sealed work reaches the centre whatever became of the sign-in: the device's key is enough to deposit."""

import pytest

from sync.api.accounts.signin import TOKEN_MS
from tests.steps.centre.running import Running, answered


@pytest.mark.parametrize(
    ("lost", "code"), [("expired", "sign_in_expired"), ("absent", "sign_in_needed"), ("wrong", "sign_in_needed")]
)
def test_work_is_stored_and_receipted_and_nothing_is_read_back(running: Running, phone, lost, code) -> None:
    running.device("tom.ellery").record({"location": "Not to be read"})
    other = running.device("tom.ellery")
    other.record({"location": "Not to be read"})
    other.sync()
    change = phone.record({"location": "Old Bridge"})
    if lost == "expired":
        running.clock.forward(milliseconds=TOKEN_MS)
    else:
        phone.client.token = None if lost == "absent" else "wrong"
    report = phone.sync()
    assert (report.code, report.received, report.pulled) == (code, 1, 0)
    assert report.advice
    assert phone.device.receipts[change.change_id].seq == running.row(change).seq
    assert {entry.change.device_id for entry in phone.device.log.values()} <= {phone.device.device_id}


def test_receipts_in_deposit_mode_never_hold_anybody_elses_entry(running: Running, phone) -> None:
    other = running.device("tom.ellery")
    for _ in range(3):  # by turns, so that the own entries lie apart
        phone.record({"location": "Old Bridge"})
        phone.sync(push=True)
        other.record({"location": "Not to be read"})
        other.sync()
    phone.device.receipts.clear()
    response = phone.post(phone.lines(phone.batch(phone.device.changes)), token=None)
    found = answered(response)
    assert b"Not to be read" not in response.content
    assert "c" not in found
    assert len(found["segment"]) == len(found["own"]) == len(found["head"]) == 3


def test_a_session_of_another_device_does_not_pull_for_this_one(running: Running, phone) -> None:
    other = running.device("tom.ellery")
    phone.client.token = other.client.token
    phone.record({"location": "Old Bridge"})
    report = phone.sync()
    assert (report.code, report.received) == ("sign_in_needed", 1)


def test_only_pushing_needs_no_sign_in_and_is_no_problem(running: Running, phone) -> None:
    change = phone.record({"location": "Old Bridge"})
    phone.device.scope, phone.client.token = None, None
    report = phone.sync()
    assert report.code == ""
    assert change.change_id in phone.device.receipts
