"""One bit turned where something is stored, on the phone or in the centre's log: it is caught and named, not spread."""

import pytest
from sqlalchemy import text

from field_app.phone.store.envelope import Damaged
from sync.protocol.exchange import sync_once
from tests.faults import checker, figures
from tests.faults.line import Line
from tests.steps.builders import CANARIES, uid

MADE = 5


def flipped(held, at):
    held = bytearray(held)
    held[at % len(held)] ^= 1 << (at % 8)
    return bytes(held)


@pytest.mark.parametrize("column", ["ct", "wdek"])
@pytest.mark.parametrize("at", [0, 13, 40, pytest.param(59, marks=pytest.mark.fault)])
def test_a_change_damaged_on_the_phone_is_named_and_the_others_arrive(rig, column, at):
    pocket = rig.phone()
    changes = [rig.seal(pocket, number, {"location": CANARIES[3]}) for number in range(1, MADE + 1)]
    bad = changes[1]
    [(held,)] = pocket.db.execute(f"SELECT {column} FROM change WHERE change_id = ?", (bytes.fromhex(bad.change_id),))
    change = f"UPDATE change SET {column} = ? WHERE change_id = ?"
    pocket.db.execute(change, (flipped(held, at), bytes.fromhex(bad.change_id)))
    with figures.counted("a flipped bit: on the phone", points=1):
        with pytest.raises(Damaged):
            pocket.store.history(bad.record_id)
        codes = {rig.sync(pocket).code for _ in range(6)}
        stored = {row.change_id for row in rig.centre.log()}
        assert bad.change_id not in stored
        assert "damaged" in codes or any(one.last_error == "damaged" for one in pocket.store.deliveries()), (
            "I7: not named"
        )
        assert len(stored) == MADE - 1, (
            f"I8: one damaged change holds up the others: {len(stored)} of {MADE - 1} arrived"
        )


@pytest.mark.parametrize("column", ["ct", "wdek"])
def test_a_view_damaged_on_the_phone_is_made_anew(rig, column):
    pocket = rig.phone()
    rig.seal(pocket, 1, {"location": CANARIES[3]})
    [(held,)] = pocket.db.execute(f"SELECT {column} FROM incident")
    pocket.db.execute(f"UPDATE incident SET {column} = ?", (flipped(held, 33),))
    rig.restart(pocket)
    with figures.counted("a flipped bit: on the phone", points=1):
        rig.check()
        assert pocket.store.incident(uid(1)).records[uid(1)].values["location"] == CANARIES[3]


SEEN_BY_PHONES = {
    "an answer": "UPDATE change_log SET body = CAST(replace(CAST(body AS TEXT), 'Mill', 'Nill') AS BLOB) WHERE seq = 2",
    "the last link": "UPDATE change_log SET chain = CASE substr(chain, 64) WHEN '0' THEN substr(chain, 1, 63) || '1' "
                     "ELSE substr(chain, 1, 63) || '0' END WHERE seq = 3",
    "the time": "UPDATE change_log SET received_ms = received_ms + 1 WHERE seq = 2",
    "an entry gone": "DELETE FROM change_log WHERE seq = 2",
    "whether an entry counts": "UPDATE change_log SET void = NOT void WHERE seq = 2",
    "whether an entry counts, and its time": "UPDATE change_log SET void = NOT void, received_ms = received_ms + 1 "
                                             "WHERE seq = 2",
}  # fmt: skip
SEEN_AT_THE_CENTRE = {  # phones work both out for themselves, and are not misled
    "a link": "UPDATE change_log SET chain = replace(chain, substr(chain, 1, 1), 'x') WHERE seq = 2",
    "the id": "UPDATE change_log SET change_id = replace(change_id, substr(change_id, 1, 1), "
              "CASE substr(change_id, 1, 1) WHEN '0' THEN '1' ELSE '0' END) WHERE seq = 2",
}  # fmt: skip


def altered(rig, statement):
    """Three changes in the log, and then this. Returns a phone that has them and one that has not."""
    first, second = rig.phone(), rig.phone("tom.ellery")
    for number in range(1, 4):
        rig.seal(first, number, {"location": "Mill Road"})
    rig.sync(first)
    with rig.centre.db.write() as conn:
        conn.execute(text(statement))
    return first, second


def said_to(rig, pocket):
    rig.seal(pocket, 9, {"location": "later"})
    return sync_once(pocket.store.sync, Line(rig.centre, pocket.store.sync, pocket.store.sync.token())).code


@pytest.mark.parametrize("what", SEEN_BY_PHONES)
def test_a_log_altered_at_the_centre_is_noticed_by_whoever_pulls(rig, what):
    with figures.counted("a flipped bit: in the centre's log", points=1):
        codes = [said_to(rig, pocket) for pocket in altered(rig, SEEN_BY_PHONES[what])]
        assert any(codes), "I7: nobody noticed that the log was altered"


@pytest.mark.parametrize("what", SEEN_AT_THE_CENTRE)
def test_what_a_phone_works_out_itself_is_noticed_by_the_checker(rig, what):
    altered(rig, SEEN_AT_THE_CENTRE[what])
    with figures.counted("a flipped bit: in the centre's log", points=1), pytest.raises(AssertionError, match="I7: "):
        checker.chains(checker.World(rig.centre.log(), (), (), (), {}))


@pytest.mark.parametrize("late", [1, 3])
def test_a_centre_put_back_from_yesterday_gets_all_back(rig, late):
    """Phones keep what the backup lacks, their own and what they had of others, and bring it back."""
    first, second = rig.phone(), rig.phone("tom.ellery")
    rig.seal(first, 1, {"location": "yesterday"})
    rig.sync(first)
    rig.sync(second)
    backup = rig.back_up()
    with figures.counted("a centre restored from yesterday", points=1):
        for number in range(2, 2 + late):
            rig.seal(first, number, {"location": "today"})
            rig.seal(second, 1, {"location": f"today {number}"})
        rig.seal(first, 1, {"location": "today, too"})
        for pocket in (first, second, first):
            rig.sync(pocket)
        rig.seal(second, 1, {"cad_ref": "not sent yet"})
        rig.restore(backup)
        rig.check()


def test_a_phone_that_is_lost_after_a_restore_costs_nothing_that_others_had(rig):
    first, second = rig.phone(), rig.phone("tom.ellery")
    rig.seal(second, 9, {"location": "so that both have contact"})
    for pocket in (first, second):
        rig.sync(pocket)
    backup = rig.back_up()
    with figures.counted("a centre restored from yesterday", points=1):
        rig.seal(first, 1, {"location": "on the phone that is lost"})
        rig.sync(first)
        rig.sync(second)
        rig.restore(backup)
        lost = rig.phones.pop(0)
        rig.check()
        lost.db.conn.close()
