"""Exhaustive single faults: the scenario once for every point at which it can break, broken there in every way.

Every SQL statement of either end and every portion of bytes, both ways: an error, a full disk, a kill, a COMMIT of
which half reached the disk or whose answer got lost, a line cut there, with either end dying at it.
"""

from collections.abc import Sequence

import pytest

from tests.faults import figures, scenario

SHARDS = 24
MANY = 900  # points below which the scenario no longer does what it says


@pytest.fixture(scope="module")
def once(template):
    with scenario.recorded(template) as made:
        yield made


def broken(once: scenario.Recorded, cases: Sequence[tuple]) -> list[str]:
    """Which of these runs broke an invariant, and how."""
    found, unmet = [], 0
    for place, kind, point in cases:
        try:
            with figures.counted(f"every point: {place}, {scenario.WAYS[kind]}", points=1):
                unmet += not scenario.again(once, place, kind, point)
        except AssertionError as error:
            found.append(f"{place} {kind} at {point}: {figures.named(error)}")
    assert unmet <= len(cases) // 20, "points that the repeated scenario did not meet"
    return found


def test_the_scenario_has_all_that_is_promised_of_it(once):
    verdicts = [(row.verdict, row.code, row.op) for row in once.rows]
    assert ("quarantined", "answer_unreadable", "set") in verdicts
    assert ("accepted", "", "cosign") in verdicts
    assert once.clashes == {"officer_safety_note"}
    assert once.held, "nothing was held and freed"
    assert once.batches > 2, "one batch is no stream of batches"
    assert sum(map(len, once.points.values())) + len(once.cases()) > MANY


@pytest.mark.parametrize("place", list(scenario.PLACES))
def test_no_single_fault_loses_doubles_or_overwrites(once, place):
    """A sample; the long run takes them all."""
    cases = [case for case in once.cases() if case[0] == place]
    assert broken(once, cases[7::90]) == []


@pytest.mark.fault
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_single_fault_at_any_point_at_all(once, shard):
    assert broken(once, once.cases()[shard::SHARDS]) == []
