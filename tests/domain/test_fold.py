"""The fold: the same record from the same changes, whatever order they come in, and no answer lost unsaid."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.records.fold import Record, fold, fold_records
from tests.steps.records import INCIDENT, Move

VALUES = st.sampled_from([None, "a", "b", 1, True, ["x"], {"at": "y"}])
PATCHES = st.dictionaries(st.sampled_from(["one", "two", "three"]), VALUES, max_size=3)


@st.composite
def histories(draw: st.DrawFn) -> list[Move]:
    """Any graph of changes: each descends from some before it."""
    moves: list[Move] = []
    for number in range(draw(st.integers(1, 9))):
        parents = draw(st.sets(st.sampled_from([move.change_id for move in moves]), max_size=3)) if moves else set()
        op = draw(st.sampled_from(["set", "set", "set", "resolve", "sign"]))
        moves.append(Move(draw(PATCHES), tuple(sorted(parents)), op, change_id=f"{draw(st.integers(0, 9))}-{number}"))
    return moves


def ancestors(moves: list[Move]) -> dict[str, set[str]]:
    known = {move.change_id: move for move in moves}
    found: dict[str, set[str]] = {}
    for move in moves:  # written in causal order
        here = [parent for parent in move.parents if parent in known]
        found[move.change_id] = set(here).union(*(found[parent] for parent in here))
    return found


def comparable(value: Any) -> str:
    return f"{type(value).__name__} {value!r}"


@given(histories(), st.randoms())
def test_order_does_not_matter(moves: list[Move], random):
    shuffled = random.sample(moves, len(moves))
    assert fold(shuffled) == fold(moves)


@given(histories(), st.randoms())
def test_duplicates_are_harmless(moves: list[Move], random):
    assert fold(moves + random.choices(moves, k=5)) == fold(moves)


@given(histories())
def test_heads_are_the_leaves(moves: list[Move]):
    parents = {parent for move in moves for parent in move.parents}
    assert set(fold(moves).heads) == {move.change_id for move in moves} - parents


@given(histories())
def test_the_clash_rule(moves: list[Move]):
    """An answer's values are those of the changes that no other change of it descends from; two of them are a clash."""
    before, record = ancestors(moves), fold(moves)
    for name in ("one", "two", "three"):
        setters = [move for move in moves if move.op != "sign" and name in move.patch]
        last = [one for one in setters if not any(one.change_id in before[other.change_id] for other in setters)]
        values = {comparable(move.patch[name]) for move in last}
        if len(values) > 1:
            assert {given.change_id for given in record.clashes[name]} == {move.change_id for move in last}
            assert name not in record.values
        else:
            assert name not in record.clashes
            assert comparable(record.values.get(name)) == (values.pop() if values else comparable(None))


@given(histories(), st.data())
def test_any_part_of_a_history_folds_and_says_what_it_waits_for(moves: list[Move], data: st.DataObject):
    part = data.draw(st.lists(st.sampled_from(moves), min_size=1, unique_by=lambda move: move.change_id))
    here = {move.change_id for move in part}
    assert set(fold(part).waiting_for) == {parent for move in part for parent in move.parents} - here


@given(histories())
def test_an_act_knows_what_it_had_before_it(moves: list[Move]):
    before = ancestors(moves)
    for act in fold(moves).acts:
        assert act.after == before[act.change_id]


def branches(*patches: dict[str, Any], base: dict[str, Any] | None = None) -> tuple[Move, list[Move]]:
    first = Move(base or {})
    return first, [Move(patch, (first.change_id,)) for patch in patches]


def test_two_people_on_different_answers_merge():
    first, both = branches({"one": "a"}, {"two": "b"})
    record = fold([first, *both])
    assert (record.values, record.clashes) == ({"one": "a", "two": "b"}, {})
    assert len(record.heads) == 2


def test_the_same_answer_twice_is_no_clash():
    first, both = branches({"one": "a"}, {"one": "a"})
    assert fold([first, *both]).values == {"one": "a"}


def test_true_and_1_are_two_answers():
    first, both = branches({"one": True}, {"one": 1})
    assert "one" in fold([first, *both]).clashes


def test_clearing_against_changing_is_a_clash():
    first, both = branches({"one": None}, {"one": "b"}, base={"one": "a"})
    assert {given.value for given in fold([first, *both]).clashes["one"]} == {None, "b"}


def test_both_values_of_a_clash_stay_until_a_change_that_has_seen_both():
    first, both = branches({"one": "a"}, {"one": "b"})
    seen_one = Move({"one": "c"}, (both[0].change_id,))
    assert {given.value for given in fold([first, *both, seen_one]).clashes["one"]} == {"b", "c"}
    seen_both = Move({"one": "d"}, (seen_one.change_id, both[1].change_id), "resolve")
    settled = fold([first, *both, seen_one, seen_both])
    assert (settled.values, settled.clashes) == ({"one": "d"}, {})


def test_a_merge_that_does_not_name_the_answer_leaves_the_clash():
    first, both = branches({"one": "a"}, {"one": "b"})
    merge = Move({"two": "x"}, tuple(move.change_id for move in both))
    assert "one" in fold([first, *both, merge]).clashes


def test_no_clock_decides():
    first = Move({"one": "a"}, recorded_at="2030-01-01T00:00:00.000Z")
    later = Move({"one": "b"}, (first.change_id,), recorded_at="2020-01-01T00:00:00.000Z")
    assert fold([first, later]).values == {"one": "b"}


def test_every_order_of_a_small_clash():
    first, both = branches({"one": "a"}, {"one": "b"})
    made: list[Record] = [fold(order) for order in permutations([first, *both])]
    assert all(record == made[0] for record in made)


def test_a_record_needs_a_change():
    with pytest.raises(ValueError, match="at least one"):
        fold([])


def test_a_record_shows_no_answers_in_logs():
    assert "secret" not in repr(fold([Move({"one": "secret"})]))


def test_a_void_change_says_nothing_but_still_lies_between_others():
    moves = [
        Move({"one": "a"}, (), "set", change_id="1"),
        Move({"two": "not counted"}, ("1",), "set", change_id="2"),
        Move({"one": "b"}, ("2",), "set", change_id="3"),
    ]
    record = fold(moves, {"2"})
    assert record.values == {"one": "b"}
    assert (record.clashes, record.waiting_for, record.changes) == ({}, (), 2)
    with pytest.raises(ValueError, match="at least one"):
        fold(moves[:1], {"1"})


def acceptance(*named: Any, after: str, change_id: str = "9", **about: Any) -> Move:
    return Move({"changes": list(named)}, (after,), "accept", change_id=change_id, role="supervisor", **about)


def test_what_is_accepted_counts_though_it_was_void():
    moves = [Move({"one": "a"}, change_id="1"), Move({"one": "b", "two": "c"}, ("1",), change_id="2")]
    assert fold(moves, {"2"}).values == {"one": "a"}
    accepted = fold([*moves, acceptance("2", after="2")], {"2"})
    assert accepted.values == {"one": "b", "two": "c"}
    assert [act.op for act in accepted.acts] == ["accept"]


def test_a_record_of_void_changes_is_there_once_one_is_accepted():
    moves = [Move({"one": "a"}, change_id="1"), Move({"two": "b"}, ("1",), change_id="2")]
    assert fold_records(moves, {"1", "2"}) == {}
    records = fold_records([*moves, acceptance("1", after="2")], {"1", "2"})
    assert records[INCIDENT].values == {"one": "a"}
    assert records[INCIDENT].heads == ("9",)


def test_a_void_acceptance_accepts_nothing():
    moves = [Move({"one": "a"}, change_id="1"), Move({"one": "b"}, ("1",), change_id="2")]
    record = fold([*moves, acceptance("2", after="2")], {"2", "9"})
    assert (record.values, record.acts) == ({"one": "a"}, ())
    by_another = [*moves, acceptance("2", after="2"), acceptance("9", after="9", change_id="a")]
    assert fold(by_another, {"2", "9"}).values == {"one": "a"}  # nor does one that is accepted


@pytest.mark.parametrize("patch", [{}, {"changes": None}, {"changes": "2"}, {"changes": [2, None, ["2"]]}])
def test_an_acceptance_that_cannot_be_read_accepts_nothing(patch: dict[str, Any]):
    moves = [Move({"one": "a"}, change_id="1"), Move({"one": "b"}, ("1",), change_id="2")]
    assert fold([*moves, Move(patch, ("2",), "accept", change_id="9")], {"2"}).values == {"one": "a"}


def test_an_acceptance_in_another_record_accepts_nothing():
    other = "00000000-0000-0000-0000-000000000002"
    moves = [Move({"one": "a"}, change_id="1"), Move({"one": "b"}, ("1",), change_id="2")]
    elsewhere = Move({"changes": ["2"]}, (), "accept", record_id=other, change_id="9")
    assert fold_records([*moves, elsewhere], {"2"})[INCIDENT].values == {"one": "a"}


@given(histories(), st.data())
def test_accepting_everything_void_is_as_if_nothing_had_been(moves: list[Move], data: st.DataObject):
    void = set(data.draw(st.lists(st.sampled_from([move.change_id for move in moves]))))
    accepted = Move({"changes": sorted(void)}, fold(moves).heads, "accept", change_id="z")
    with_void, without = fold([*moves, accepted], void), fold([*moves, accepted])
    assert with_void == without


def test_signing_does_not_renew_the_version_of_a_form():
    moves = [
        Move({"one": "a"}, (), "set", change_id="1", form_version=1),
        Move({"digest": "d"}, ("1",), "sign", change_id="2", form_version=2),
    ]
    assert fold(moves).form_version == 1
