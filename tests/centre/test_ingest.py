"""Batches that arrive together are stored together; each of them still stands or falls alone."""

import pytest

from sync.api.ingest import change_log, request_reader
from sync.core.canonical import canonical
from sync.protocol.batch import Batch
from sync.protocol.messages import Change
from tests.steps.centre.running import Phone, Running, answered


@pytest.fixture
def taken(monkeypatch) -> list[int]:
    """How many changes went into each transaction."""
    counts: list[int] = []

    def counting(db, org, sender, changes, packs, now_ms):
        counts.append(len(changes))
        return change_log.take(db, org, sender, changes, packs, now_ms)

    monkeypatch.setattr(request_reader, "take", counting)
    return counts


def chained(phone: Phone, count: int) -> list[Change]:
    """Changes of one record, each on top of the one before."""
    first = phone.record({"location": "Old Bridge"})
    more = [phone.record({"location": f"Bridge {n}"}, incident=first.incident_id) for n in range(1, count)]
    return [first, *more]


def by_number(phone: Phone, *portions: list[Change]) -> list[Batch]:
    """Batches that name parents in earlier ones by the device's numbers."""
    numbers = {change.change_id: change.device_seq for change in phone.device.changes}
    return [Batch(tuple(some), phone.batch(some).signature, numbers) for some in portions]


def test_batches_of_one_portion_go_into_one_transaction(running: Running, phone, taken) -> None:
    changes = chained(phone, 6)
    found = answered(phone.post(phone.lines(*by_number(phone, changes[:2], changes[2:4], changes[4:]))))
    assert "resend" not in found
    assert taken == [6]
    assert [row.change_id for row in running.rows()] == [change.change_id for change in changes]
    assert all(row.verdict == "accepted" for row in running.rows())
    running.check_chain()


def test_a_great_many_are_divided(phone, taken, monkeypatch) -> None:
    monkeypatch.setattr(request_reader, "TOGETHER", 4)
    changes = chained(phone, 12)
    phone.post(phone.lines(*by_number(phone, *(changes[at : at + 2] for at in range(0, 12, 2)))))
    assert taken == [4, 4, 4]


def test_a_batch_that_does_not_verify_takes_none_before_it_along(running: Running, phone) -> None:
    changes = chained(phone, 4)
    good = by_number(phone, changes[:2])
    wrong = Batch(tuple(changes[2:]), good[0].signature)
    assert answered(phone.post(phone.lines(*good, wrong)))["resend"][0]["first"] == 3
    assert [row.device_seq for row in running.rows()] == [1, 2]
    assert phone.sync().code == ""
    assert [row.device_seq for row in running.rows()] == [1, 2, 3, 4]


def test_what_was_whole_is_kept_when_the_rest_of_the_portion_is_not_of_the_protocol(running: Running, phone) -> None:
    changes = chained(phone, 4)
    lines = phone.lines(*by_number(phone, changes[:2], changes[2:]))
    body = b"".join(canonical(line) + b"\n" for line in lines[:-1]) + b"{not json\n"
    assert phone.post(body).status_code == 400
    assert [row.device_seq for row in running.rows()] == [1, 2]
