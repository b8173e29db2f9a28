"""A phone that lost its last own change, a folder put back, a folder copied: all that the centre has comes back."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from field_app.phone.store.store import Store
from sync.api.pull import response
from sync.protocol.anti_entropy import bucket_sums, differing_buckets, ids_in
from tests.faults import folders
from tests.faults.line import TestCentre
from tests.faults.machine import BRIEF, Machine, made, phones, records
from tests.steps.builders import uid

FAMILY = "folders copied, put back, the last change lost (Hypothesis)"


def numbers(pocket) -> list[int]:
    return [row[0] for row in pocket.db.execute("SELECT device_seq FROM outbox ORDER BY device_seq")]


def rows_of(rig, pocket) -> list:
    return [row for row in rig.centre.log() if row.device_id == pocket.device_id]


def in_step(rig, *pockets) -> None:
    """Until nothing moves any more, as it is with a line that is fine: no exchange fails on the way."""
    for _ in range(4):
        for pocket in pockets:
            report = rig.sync(pocket)
            assert report.code == "", report


@pytest.fixture
def pair(rig):
    mine, colleague = rig.phone(), rig.phone("tom.ellery")
    for number in (1, 2):
        rig.seal(mine, number, {"location": "Mill Road"})
    in_step(rig, mine, colleague)
    return mine, colleague


@pytest.mark.parametrize("lost", [1, 3])
@pytest.mark.parametrize("meanwhile", [0, 1, 4])
def test_changes_that_a_phone_has_lost_come_back_and_numbering_goes_on(rig, pair, lost, meanwhile):
    """`meanwhile`: changes that it seals before it hears of those it has lost, under the same numbers."""
    mine, colleague = pair
    old = folders.kept(rig, mine)
    for number in range(lost):
        rig.seal(mine, 3 + number, {"location": "Old Bridge"})
    in_step(rig, mine)
    folders.put_back(rig, mine, old)
    assert numbers(mine) == [1, 2]
    for number in range(meanwhile):
        rig.seal(mine, 10 + number, {"location": "High Street"})
    rig.seal(colleague, 20, {"location": "Station Road"})
    in_step(rig, colleague, mine, colleague)
    assert rig.seal(mine, 1, {"cad_ref": "CC-22112026-0147"}).device_seq == 3 + max(lost, meanwhile)
    assert len(mine.store.incidents()) == 2 + lost + meanwhile + 1
    rig.check()
    assert [row.void for row in rig.centre.log()] == [False] * len(rig.centre.log())


def test_what_came_back_is_received_and_needs_no_other_request(rig, pair):
    mine, _ = pair
    old = folders.kept(rig, mine)
    lost = rig.seal(mine, 3, {"location": "Old Bridge"})
    in_step(rig, mine)
    folders.put_back(rig, mine, old)
    report = rig.sync(mine)
    assert (report.code, report.received, report.more) == ("", 1, False)
    assert mine.store.history(uid(3)) == [lost]
    assert mine.store.strip().words() == "All received 12:00"
    rig.check()


def test_a_folder_put_back_over_a_restart_of_the_pull_gets_everything(rig, pair):
    """The older folder still pulls from an epoch that has ended."""
    mine, colleague = pair
    old, backup = folders.kept(rig, mine), rig.back_up()
    rig.seal(mine, 3, {"location": "Old Bridge"})
    rig.seal(colleague, 4, {"location": "Station Road"})
    in_step(rig, mine, colleague)
    rig.restore(backup)
    in_step(rig, colleague)
    folders.put_back(rig, mine, old)
    rig.check()
    assert len(mine.store.incidents()) == 4


def test_two_copies_of_a_device_converge_and_lose_nothing(rig, pair):
    mine, colleague = pair
    rig.seal(mine, 3, {"location": "before the copy"})
    twin = folders.clone(rig, mine)
    assert twin.device_id == mine.device_id
    for turn in range(3):
        for pocket, place in ((mine, "here"), (twin, "there")):
            rig.seal(pocket, 10 * turn + (4 if pocket is mine else 5), {"location": place})
            rig.seal(pocket, 1, {"cad_ref": place})
        if turn:
            rig.seal(twin, 30 + turn, {"location": "one more there"})
        in_step(rig, mine, twin, colleague)
    in_step(rig, mine, twin, colleague)
    views = [{one.incident_id: one.records for one in pocket.store.incidents()} for pocket in (mine, twin, colleague)]
    assert views[0] == views[1] == views[2]
    assert set(rig.sealed) == {row.change_id for row in rig.centre.log()}
    assert [row.void for row in rig.centre.log()] == [False] * len(rig.centre.log())
    rig.check()


def test_a_copy_that_has_only_fallen_behind_is_told_all_and_gives_no_number_twice(rig, pair):
    mine, colleague = pair
    twin = folders.clone(rig, mine)
    for number in range(5):
        rig.seal(mine, 3 + number, {"location": "Old Bridge"})
    in_step(rig, mine, colleague, twin)
    assert numbers(twin) == numbers(mine)
    rig.seal(twin, 9, {"location": "High Street"})
    in_step(rig, twin, mine)
    assert len({row.device_seq for row in rows_of(rig, mine)}) == len(rows_of(rig, mine)) == 8
    rig.check()


def test_an_own_change_whose_row_is_gone_is_found_by_the_state_check_and_comes_back(rig, pair):
    mine, _ = pair
    mine.db.execute("DELETE FROM change WHERE record_id = ?", (bytes.fromhex(uid(2).replace("-", "")),))
    mine.db.execute("DELETE FROM incident WHERE incident_id = ?", (bytes.fromhex(uid(2).replace("-", "")),))
    rig.restart(mine)
    there = {row.change_id for row in rig.centre.log()}
    buckets = differing_buckets(bucket_sums(mine.store.sync.logged()), bucket_sums(there))
    assert len(buckets) == 1
    assert mine.store.sync.compared(buckets, set(ids_in(there, buckets))) == 1
    in_step(rig, mine)
    assert mine.store.incident(uid(2)).records[uid(2)].values == {"location": "Mill Road"}
    rig.check()


@pytest.mark.parametrize("gone", ["change", "outbox", "both"])
def test_a_phone_that_cannot_tell_its_own_change_by_its_number_is_told_once_more_in_full(rig, pair, gone):
    """Whatever became of the row: one exchange fails, the next one mends it."""
    mine, _ = pair
    for table in ("change", "outbox") if gone == "both" else (gone,):
        mine.db.execute(f"DELETE FROM {table} WHERE record_id = ?", (bytes.fromhex(uid(1).replace("-", "")),))
    mine.db.execute("DELETE FROM pulled")
    rig.restart(mine)
    codes = [rig.sync(mine).code for _ in range(3)]
    assert codes[1:] == ["", ""]
    assert codes[0] == ("" if gone == "change" else "bad_response")
    assert numbers(mine) == [1, 2]
    there = {row.change_id for row in rig.centre.log()}
    differing = differing_buckets(bucket_sums(mine.store.sync.logged()), bucket_sums(there))
    mine.store.sync.compared(differing, set(ids_in(there, differing)))
    in_step(rig, mine)
    rig.check()


# --- at random --------------------------------------------------------------------------------------------------


class Folders(Machine):
    """All that the machine does, to phones whose folders are copied, put back and cut short as well."""

    copies: dict

    def phone(self, which):
        """One of the copies of this device, each in its turn."""
        device_id = self.rig.phones[which].device_id
        same = [pocket for pocket in self.rig.phones if pocket.device_id == device_id]
        self.turn = getattr(self, "turn", 0) + 1
        return same[self.turn % len(same)]

    @rule(which=phones)
    def a_folder_is_kept(self, which):
        pocket = self.phone(which)
        self.copies = {**getattr(self, "copies", {}), pocket.folder: folders.kept(self.rig, pocket)}

    @rule(which=phones)
    def a_folder_is_put_back(self, which):
        pocket = self.phone(which)
        if old := getattr(self, "copies", {}).get(pocket.folder):
            folders.put_back(self.rig, pocket, old)

    @rule(which=st.sampled_from([0, 1]))
    def a_folder_is_opened_on_another_phone(self, which):
        if len(self.rig.phones) < 5:
            folders.clone(self.rig, self.phone(which))

    @rule(which=phones, record=records, down=st.none() | st.integers(0, 900))
    def the_last_change_is_lost(self, which, record, down):
        """A disk that has said it was written, and lost its power: the centre may have it already."""
        pocket = self.phone(which)
        old = folders.kept(self.rig, pocket)
        self.rig.seal(pocket, record, {"cad_ref": "lost"})
        self.rig.sync(pocket, down=down)
        folders.put_back(self.rig, pocket, old)


def test_folders_copied_put_back_and_cut_short(template):
    run_state_machine_as_test(made(template, Folders, family=FAMILY), settings=BRIEF)


@pytest.mark.fault
def test_folders_copied_put_back_and_cut_short_at_length(template):
    run_state_machine_as_test(
        made(template, Folders, family=FAMILY), settings=settings(BRIEF, max_examples=200, stateful_step_count=40)
    )


# --- negative controls ------------------------------------------------------------------------------------------


class NumbersOnFromItsOwn(Store):
    """It keeps the changes that the centre spells out, but does not number on above them."""

    def __init__(self, disk, vault):
        super().__init__(disk, vault)
        self.outbox.adopt = lambda _changes: None


class NamesAllByNumber(TestCentre):
    """Own changes are named by their numbers, whatever the device knows."""

    def answers(self, answer):
        answer.known_to = 1 << 40
        return response.parts(answer)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({"store": NumbersOnFromItsOwn}, id="numbers-on-from-its-own"),
        pytest.param({"centre": NamesAllByNumber}, id="names-all-by-number"),
    ],
)
def test_a_broken_variant_is_caught(template, parts):
    with pytest.raises(AssertionError, match=r"I\d+: "):
        run_state_machine_as_test(made(template, Folders, **parts), settings=BRIEF)
