"""Places of safety: by age, by rule pack, by who agrees; and the checks at a police station."""

from datetime import date, timedelta

import pytest

from sync.domain.clinical.places_of_safety import (
    Occupancy,
    PlaceAgreement,
    PlaceOfSafety,
    Station,
    StationCondition,
    check_overdue,
    conditions_lacking,
    consents_needed,
    station,
    usable,
)
from sync.domain.content import rules
from tests.steps.builders import PACKS
from tests.steps.records import utc

TODAY = date(2026, 11, 22)
NOW_LAW, COMING = PACKS.rule_pack("rules-2017.1", TODAY).rules, PACKS.rule_pack("rules-2025.1", TODAY).rules
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("law", "under_18", "found"),
    [
        (NOW_LAW, True, Station.NOT_UNDER_18), (NOW_LAW, False, Station.CONDITIONS),
        (NOW_LAW, None, Station.AGE_UNKNOWN),
        (COMING, True, Station.NOT_UNDER_18), (COMING, False, Station.NEVER), (COMING, None, Station.NEVER),
    ],
)  # fmt: skip
def test_a_police_station_by_age_and_rule_pack(law: rules.Rules, under_18: bool | None, found: Station):
    assert station(under_18, law) == found
    assert (PlaceOfSafety.POLICE_STATION in usable(under_18, law)) is (found == Station.CONDITIONS)


@pytest.mark.parametrize("law", [NOW_LAW, COMING])
@pytest.mark.parametrize("under_18", [True, False, None])
def test_every_other_place_is_open_to_every_age_and_ed_is_one(law: rules.Rules, under_18: bool | None):
    others = set(PlaceOfSafety) - {PlaceOfSafety.POLICE_STATION}
    assert others <= set(usable(under_18, law))
    assert PlaceOfSafety.ED in others


@pytest.mark.parametrize("missing", list(StationCondition))
def test_all_conditions_are_needed_for_an_adult(missing: StationCondition):
    met = [condition for condition in StationCondition if condition != missing]
    assert conditions_lacking(met, NOW_LAW) == (missing,)
    assert conditions_lacking(list(StationCondition), NOW_LAW) == ()
    assert conditions_lacking((), COMING) == ()


@pytest.mark.parametrize(
    ("place", "occupancy", "needed"),
    [
        (PlaceOfSafety.PRIVATE_HOME, Occupancy.SOLE, {PlaceAgreement.PERSON}),
        (PlaceOfSafety.PRIVATE_HOME, Occupancy.JOINT, {PlaceAgreement.PERSON, PlaceAgreement.OCCUPIER}),
        (PlaceOfSafety.PRIVATE_HOME, Occupancy.NOT_OCCUPIER, {PlaceAgreement.PERSON, PlaceAgreement.OCCUPIER}),
        (PlaceOfSafety.PRIVATE_HOME, None, {PlaceAgreement.PERSON, PlaceAgreement.OCCUPIER}),
        (PlaceOfSafety.OTHER, None, {PlaceAgreement.MANAGER}),
        (PlaceOfSafety.OTHER, Occupancy.SOLE, {PlaceAgreement.MANAGER}),
        (PlaceOfSafety.HBPOS, None, set()),
        (PlaceOfSafety.ED, Occupancy.JOINT, set()),
        (None, None, set()),
    ],
)
def test_who_has_to_agree(place: PlaceOfSafety | None, occupancy: Occupancy | None, needed: set[PlaceAgreement]):
    assert consents_needed(place, occupancy) == needed


@pytest.mark.parametrize(
    ("checks", "minutes", "late"),
    [
        ((), 30, None), ((), 31, 31 * MINUTE), ((20,), 50, None), ((20,), 51, 31 * MINUTE), ((20, 40), 51, None),
        ((40, 20), 70, None), ((40, 20), 71, 31 * MINUTE),
        ((90,), 31, 31 * MINUTE),  # a check that is still to come is none
    ],
)  # fmt: skip
def test_a_check_every_30_minutes(checks: tuple[int, ...], minutes: int, late: timedelta | None):
    came = utc("2026-11-22 10:00")
    made = [came + minute * MINUTE for minute in checks]
    assert check_overdue(made, came, came + minutes * MINUTE, NOW_LAW) == late


def test_no_check_is_late_before_anything_is_known():
    assert check_overdue((), None, utc("2026-11-22 10:00"), NOW_LAW) is None
