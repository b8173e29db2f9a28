"""Many devices at once, on either database; a poison envelope among fifty; a request that the centre chokes on."""

import secrets
import threading

import pytest

from sync.api.ingest import request_reader
from sync.api.problems import problem
from sync.core.times import to_millis
from tests.faults import checker, figures
from tests.faults.line import TestCentre
from tests.faults.rig import Rig
from tests.steps.builders import uid

ROUNDS = 4
READER = "ruth.okoro"


def at_once(running, many):
    """Writers record and sync, readers pull all the while. Returns what each was promised and has seen."""
    writers = [
        running.device("amina.yusuf" if number % 2 else "tom.ellery", f"Phone {number}") for number in range(many)
    ]
    readers = [running.device(READER, f"Desk {number}") for number in range(max(many // 8, 2))]
    failures, done = [], threading.Event()

    def write(phone):
        for number in range(ROUNDS):
            incident = phone.record({"location": f"{number}"}).record_id
            phone.record({"cad_ref": f"{number}"}, incident=incident)
            for _ in range(10):
                if not phone.sync().code and not phone.device.waiting:
                    break
            else:
                failures.append("I8: a phone did not come to rest")

    def read(desk):
        while not done.is_set():
            desk.sync()

    threads = [threading.Thread(target=write, args=(one,)) for one in writers]
    reading = [threading.Thread(target=read, args=(one,)) for one in readers]
    for thread in [*reading, *threads]:
        thread.start()
    for thread in threads:
        thread.join(300)
    done.set()
    for thread in reading:
        thread.join(60)
    assert failures == []
    return writers, readers


def nobody_was_passed_over(running, writers, readers):
    fresh = running.device(READER, "Fresh")
    for one in [*writers, *readers, fresh]:
        while one.sync().more:
            pass
    rows = running.rows()
    sealed = {change.change_id for one in writers for change in one.device.changes}
    received = {change_id for one in writers for change_id in one.device.receipts}
    assert received == sealed
    checker.check(checker.World(rows, (), sealed, received, fresh.device.log))
    for one in [*writers, *readers]:
        assert sorted(one.device.log) == [row.seq for row in rows], "I6: a reader passed over a number"


@pytest.mark.parametrize("many", [8, pytest.param(50, marks=pytest.mark.fault)])
def test_devices_at_once_are_all_heard_and_all_seen(running, many):
    name = "postgres" if "postgres" in running.centre.settings.database_url else "sqlite"
    with figures.counted(f"{many} devices at once, {name}", points=many * ROUNDS):
        nobody_was_passed_over(running, *at_once(running, many))


def test_a_poison_envelope_among_fifty_is_named_and_the_others_arrive(running):
    phone, bad = running.device(), 25
    for number in range(1, 51):
        phone.record({"location": "x" * 300_000 if number == bad else "Mill Road"})
    with figures.counted("a poison envelope in a batch of 50", points=1):
        for _ in range(4):
            phone.sync()
        assert [row.device_seq for row in running.rows()] == [n for n in range(1, 51) if n != bad]
        refused = [said for said in phone.device.verdicts.values() if said.verdict == "refused"]
        assert [(said.device_seq, said.code) for said in refused] == [(bad, "change_too_large")]
        assert phone.device.waiting == [], "I8: the others wait for ever"


class Chokes(TestCentre):
    """It fails over any request that has this change in it, whatever else there is."""

    poison = 25

    def arrive(self, ingest, data):
        real = request_reader.take

        def take(db, org, sender, changes, packs, now_ms):
            if any(change.device_seq == self.poison for change in changes):
                raise problem("centre_fault")
            return real(db, org, sender, changes, packs, now_ms)

        request_reader.take = take
        try:
            super().arrive(ingest, data)
        finally:
            request_reader.take = real


def test_a_change_that_the_centre_chokes_on_is_found_parked_and_named(tmp_path, template):
    rig = Rig(tmp_path, template, Chokes)
    try:
        pocket = rig.phone()
        for number in range(1, 51):
            rig.seal(pocket, number, {"officer_safety_note": secrets.token_hex(200)})
        with figures.counted("a poison envelope in a batch of 50", points=1):
            tries = 0
            while pocket.store.strip().waiting and tries < 60:
                rig.sync(pocket)
                tries += 1
            assert pocket.store.strip().waiting == 0, "I8: one bad change holds up the others"
            assert len(rig.centre.log()) == 49, "I2: more than the one at fault was kept back"
            parked = [one for one in pocket.store.deliveries() if one.state == "refused"]
            assert [(one.record_id, one.last_error) for one in parked] == [(uid(Chokes.poison), "will_not_go")]
            Chokes.poison, was = 0, Chokes.poison  # somebody has mended the centre
            try:
                rig.check()
            finally:
                Chokes.poison = was
    finally:
        rig.close()


def test_a_clock_that_is_days_wrong_orders_nothing(rig):
    """±2 days on either phone, and a jump in the middle of a sync: what was known to whom decides, never a clock."""
    first, second = rig.phone(), rig.phone("tom.ellery")
    first.clock.forward(days=2)
    second.clock.forward(days=-2)
    with figures.counted("clocks: two days wrong, and a jump in a sync", points=4):
        rig.seal(first, 1, {"location": "before"})
        rig.sync(first)
        rig.sync(second, during=lambda: second.clock.forward(days=1))
        rig.seal(second, 1, {"location": "after"})
        rig.sync(second)
        rig.sync(first, during=lambda: rig.clock.forward(days=-2))
        rig.check()
        assert first.store.incident(uid(1)).records[uid(1)].values["location"] == "after"
        assert to_millis(first.clock.now()) > to_millis(second.clock.now())
