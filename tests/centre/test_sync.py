"""The whole exchange, through the real client and a real centre, on both databases."""

import secrets
import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from sync.api.ingest import change_log
from sync.api.pull import log_pages
from sync.api.storage.schema import read_log, scope_head
from sync.domain.records.standing import standing
from sync.protocol.derived_ids import record_id
from sync.protocol.messages import NO_CHANGE, VerifiedRange
from tests.steps.centre.running import SCOPE, Running, answered, new_id


def test_a_change_is_received_with_a_number_and_a_time(running: Running, phone) -> None:
    change = phone.record({"location": "Old Bridge"})
    report = phone.sync()
    assert (report.code, report.sent, report.received, report.more) == ("", 1, 1, False)
    entry = phone.device.receipts[change.change_id]
    row = running.row(change)
    assert (entry.seq, entry.received_ms, entry.void) == (row.seq, row.received_ms, False)
    running.check_chain()


def test_a_repeat_gets_the_same_receipt_and_is_stored_once(running: Running, phone) -> None:
    change = phone.record({"location": "Old Bridge"})
    phone.sync()
    first = phone.device.receipts[change.change_id]
    phone.device.receipts.clear()  # the answer was lost
    phone.device.log.clear()
    phone.device.log_range = None
    phone.sync()
    assert phone.device.receipts[change.change_id] == first
    assert len(running.rows()) == 1


def test_a_repeat_gets_its_receipt_even_when_the_pull_is_past_it(running: Running, phone) -> None:
    changes = [phone.record({"location": "Old Bridge"}) for _ in range(3)]
    phone.sync()
    first = dict(phone.device.receipts)
    phone.device.receipts.clear()
    report = phone.sync()
    assert report.received == 3
    assert phone.device.receipts == first
    assert [first[change.change_id].seq for change in changes] == [row.seq for row in running.rows()]


def test_an_answer_leaves_out_what_the_device_can_derive(running: Running, phone) -> None:
    other = running.device("tom.ellery", "Second phone")
    incident = phone.record({"location": "Old Bridge"}).incident_id
    person = record_id(incident, phone.device.device_id, 1)
    phone.record({"given_name": "Ida"}, incident=incident, kind="person", record_id=person)
    phone.sync()
    first, second = answered(other.post(other.lines()))["c"]
    assert first["seq"] == 1
    assert type(second["recorded_at"]) is int
    assert not second.keys() & {"nonce", "seq", "author", "device_id", "device_seq", "device_prev"}
    assert (second["incident_id"], second["record_id"]) == (1, -1)


@pytest.mark.parametrize("newest", [False, True])
def test_a_receipt_that_soon_comes_in_the_pull_is_not_sent_before_it(
    running: Running, phone, monkeypatch, newest
) -> None:
    other = running.device("tom.ellery", "Second phone")
    for turn in range(7):
        if turn in (0, 6):
            other.record({"officer_safety_note": secrets.token_hex(100)})
            other.sync()
        phone.post(phone.lines(phone.batch([phone.record({"location": f"place {turn}"})])))
    hello = replace(phone.device.hello(), newest=newest)

    def told() -> list[int]:
        own = answered(phone.post(phone.lines(hello=hello)))["own"]
        return sorted(line["first"] + step for line in own for step in range(line["n"]))

    assert told() == [1, 2, 3, 4, 5, 6, 7]
    with monkeypatch.context() as small:
        small.setattr(log_pages, "PAGE_ENTRIES", 2)
        assert set(told()) == {1, 2, 3, 4, 5, 6, 7}
        assert len(told()) > 7  # however many come, no more than a page of them is looked through
    monkeypatch.setattr(log_pages, "PAGE_BYTES", 50)
    monkeypatch.setattr("sync.api.pull.response.PAGE_BYTES", 50)
    assert set(told()) == {1, 2, 3, 4, 5, 6, 7}
    assert len(told()) > 7  # other people's changes are in between: receipts go first


def test_two_phones_and_the_desk_end_up_with_the_same(running: Running, phone, desk) -> None:
    other = running.device("tom.ellery", "Second phone")
    incident = phone.record({"location": "Old Bridge", "nature": "unclear"}).incident_id
    phone.sync()
    other.sync()
    assert other.device.incident(incident).records[incident].values["location"] == "Old Bridge"
    phone.record({"nature": "mh_primary"}, incident=incident)
    other.record({"nature": "not_mh"}, incident=incident)
    for one in (phone, other, phone, desk):
        one.sync()
    folded = [one.device.incident(incident) for one in (phone, other, desk)]
    assert folded[0] == folded[1] == folded[2]
    assert {given.value for given in folded[0].records[incident].clashes["nature"]} == {"mh_primary", "not_mh"}
    assert desk.client.incidents()["incidents"][0]["clashes"] == 1
    desk.device.seal(incident, incident, "incident", {"nature": "mh_primary"}, op="resolve")
    for one in (desk, phone, other):
        one.sync()
    assert all(not one.device.incident(incident).clashes for one in (phone, other, desk))
    assert desk.client.incidents()["incidents"][0]["clashes"] == 0


def test_the_whole_way_from_signature_to_approval(running: Running, phone, desk) -> None:
    incident = phone.record({"location": "Old Bridge"}).incident_id
    phone.cosign(incident)
    phone.sign(incident)
    assert phone.sync().verdicts == []
    assert [line["incident_id"] for line in desk.client.incidents(view="review")["incidents"]] == [incident]
    desk.sync()
    desk.review(
        incident, "return", comments=[{"kind": "incident", "record_id": incident, "name": "nature", "comment": "?"}]
    )
    desk.sync()
    assert desk.client.incidents(view="review")["total"] == 0
    phone.sync()
    assert standing(phone.device.incident(incident)) == "returned"
    phone.record({"nature": "mh_primary"}, incident=incident)
    phone.sign(incident)
    phone.sync()
    desk.sync()
    desk.review(incident)
    assert desk.sync().verdicts == []
    phone.sync()
    assert standing(phone.device.incident(incident)) == "approved"
    assert [row.void for row in running.rows()] == [False] * 7
    assert desk.client.incidents(standing="approved")["total"] == 1


def test_a_large_pull_comes_in_pages_and_goes_on_where_it_stopped(running: Running, phone) -> None:
    for _ in range(1200):
        phone.record({"location": "Old Bridge", "officer_safety_note": "x" * 300})
    phone.sync()
    other = running.device("tom.ellery")
    report = other.sync()
    assert (report.pulled, report.more) == (1200, False)
    assert sorted(other.device.log) == [row.seq for row in running.rows()]
    assert other.device.log_range == phone.device.log_range
    with running.db.read() as conn:
        reads = conn.execute(select(read_log).where(read_log.c.what == "pull").order_by(read_log.c.from_seq)).all()
    assert len(reads) >= 3
    assert reads[0].from_seq == 1
    assert reads[-1].to_seq == other.device.log_range.head.seq
    assert {row.practitioner_id for row in reads} == {"tom.ellery"}


def test_nothing_to_do_is_one_small_request(phone) -> None:
    phone.record({"location": "Old Bridge"})
    phone.sync()
    response = phone.post(phone.lines(), **{"accept-encoding": "bz2"})
    assert len(response.content) < 1024
    found = answered(response)
    assert set(found) == {"welcome", "end"}


def test_the_head_of_another_history_is_told_and_receipts_still_come(running: Running, phone) -> None:
    phone.record({"location": "Old Bridge"})
    phone.sync()
    at = phone.device.log_range.head
    phone.device.log_range = VerifiedRange(replace(at, chain="7" * 64))
    change = phone.record({"location": "New Bridge"})
    report = phone.sync()
    assert report.code == "history_differs"
    assert report.received == 1
    assert change.change_id in phone.device.receipts


def test_a_shift_is_its_own_incident_and_gives_its_car_to_the_list(running: Running, phone, desk) -> None:
    shift = phone.record({"car": "North car"}, kind="shift")
    phone.record({"location": "Old Bridge", "shift": shift.record_id})
    phone.sync()
    found = desk.client.incidents(view="all")
    assert [line["car"] for line in found["incidents"]] == ["North car"]
    phone.device.seal(shift.incident_id, shift.record_id, "shift", {"car": "South car"})
    phone.sync()
    assert desk.client.incidents(car="South car")["total"] == 1


def test_a_pull_of_another_teams_scope_is_not_given(running: Running, phone) -> None:
    phone.record({"location": "Old Bridge"})
    phone.device.scope = "team:elsewhere"
    report = phone.sync()
    assert report.code == "scope_not_yours"
    assert report.received == 1
    assert running.rows()[0].scope == SCOPE


def test_what_a_device_says_it_has_and_the_centre_has_not_is_a_gap(running: Running, phone, desk) -> None:
    changes = [phone.record({"location": "Old Bridge"}) for _ in range(6)]
    phone.post(phone.lines(phone.batch(changes[:2])))
    found = answered(phone.post(phone.lines(phone.batch(changes[3:4]))))
    assert found["end"][0]["gaps"] == [[3, 3], [5, 6]]
    line = next(one for one in desk.client.devices()["devices"] if one["device_id"] == phone.device.device_id)
    assert (line["unsent"], line["stored_to"], line["reported_seq"]) == (3, 2, 6)
    assert line["unsent_since"]
    phone.sync()
    line = next(one for one in desk.client.devices()["devices"] if one["device_id"] == phone.device.device_id)
    assert (line["unsent"], line["unsent_since"], line["stored_to"]) == (0, None, 6)


def test_many_devices_at_once_and_a_reader_who_passes_over_nothing(running: Running, phone) -> None:
    many_at_once(running, phone)


@pytest.mark.fault
@pytest.mark.parametrize("url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("broken", ["a bare sequence", "read before the lock"])
def test_numbers_without_the_counters_lock_are_caught(running: Running, phone, monkeypatch, broken) -> None:
    """Negative controls: the scenario above has to fail on these."""
    real = change_log._numbers

    def sequence(_conn, org: str, count: int) -> int:
        with running.db.write() as other:  # committed apart from the changes that get the numbers
            last = real(other, org, count)
        time.sleep(0.01)
        return last

    heads = change_log._heads

    def early(conn, org: str, scopes) -> dict:
        with running.db.read() as other:
            found = heads(other, org, scopes)
        time.sleep(0.01)
        return found

    if broken == "a bare sequence":
        monkeypatch.setattr(change_log, "_numbers", sequence)
    else:
        before = dict.fromkeys([SCOPE], (0, NO_CHANGE))
        monkeypatch.setattr(
            change_log,
            "_numbers",
            lambda conn, org, count: before.update(early(conn, org, [SCOPE])) or real(conn, org, count),
        )
        monkeypatch.setattr(change_log, "_heads", lambda _conn, _org, _scopes: dict(before))
    with pytest.raises(AssertionError):
        many_at_once(running, phone)


def many_at_once(running: Running, phone) -> None:
    """Six devices write at once while one reads: it gets every entry, and every chain holds."""
    writers = [running.device("tom.ellery", f"Phone {n}") for n in range(6)]
    done = threading.Event()
    failed: list[BaseException] = []

    def write(one) -> None:
        try:
            for _ in range(6):
                incident = one.record({"location": "Old Bridge"}).incident_id
                one.record({"given_name": "Ida"}, incident=incident, kind="person")
                assert one.sync().code == ""
        except Exception as error:  # noqa: BLE001 - told by the test itself
            failed.append(error)

    def read() -> None:
        while not done.is_set():
            phone.sync()

    threads = [threading.Thread(target=write, args=(one,)) for one in writers]
    reader = threading.Thread(target=read)
    for thread in (*threads, reader):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    assert not failed, failed
    assert phone.sync().code == ""
    assert sorted(phone.device.log) == [row.seq for row in running.rows()]
    assert len(phone.device.log) == 72
    running.check_chain()
    with running.db.read() as conn:
        assert conn.execute(select(scope_head.c.chain)).scalar_one() == phone.device.log_range.head.chain
    for one in writers:
        assert len(one.device.receipts) == 12


def test_the_answer_may_come_uncompressed(phone) -> None:
    phone.record({"location": "Old Bridge"})
    response = phone.post(phone.lines(phone.batch(phone.device.changes)))
    assert "content-encoding" not in response.headers
    assert response.headers["cache-control"] == "no-store"
    assert answered(response)["own"][0] == {
        "t": "own",
        "first": 1,
        "n": 1,
        "seq": 1,
        "at": answered(response)["own"][0]["at"],
    }


def test_changes_of_a_device_land_where_their_incident_is(running: Running, phone) -> None:
    incident = new_id()
    phone.record({"location": "Old Bridge"}, incident=incident)
    phone.sync()
    assert {row.scope for row in running.rows()} == {SCOPE}
