"""Synthetic incidents: the same for a seed, spread as they are meant to be, and believable to the forms as they are."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from random import Random
from statistics import mean, median
from typing import Any

import pytest
from pydantic import BaseModel

from demo.synthetic import Case, Facts, Spread, facts, generate
from demo.synthetic.complete import Teller
from demo.synthetic.facts import months_before
from demo.synthetic.settings import Table
from sync.core.times import local
from sync.domain.catalogue import CATALOGUE
from sync.domain.clinical import nhs_number
from sync.domain.clinical.shifts import in_hours
from sync.domain.forms import Context, Event, Form, Moment, YesNo, ask, group, missing, read
from sync.domain.records.standing import document
from sync.domain.records.tasks import tasks
from tests.steps.builders import BOOK, LAW, PACKS
from tests.steps.words import forbidden

END = date(2026, 11, 1)
SOME = 200


@pytest.fixture(scope="module")
def year() -> list[Facts]:
    """Five teams over a year, without a word of text."""
    return list(facts(20261122, END, 12, teams=5))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(islice(generate(PACKS, 7, END, 3), SOME))


def share(some: Sequence[Facts], holds: Callable[[Facts], bool]) -> float:
    return sum(map(holds, some)) / len(some)


def near(table: Table, values: Sequence[str], within: float = 0.015) -> bool:
    """Whether each value comes up as often as its weight says."""
    counts, whole = Counter(values), sum(weight for _, weight in table)
    return all(abs(counts[value] / len(values) - weight / whole) < within for value, weight in table)


# --- the same again ---------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_incidents_and_another_gives_others():
    one, same, other = (list(islice(generate(PACKS, seed, END, 1), 15)) for seed in (1, 1, 2))
    assert [(case.steps, case.signed_at) for case in one] == [(case.steps, case.signed_at) for case in same]
    assert not {case.incident_id for case in one} & {case.incident_id for case in other}


def test_a_longer_span_begins_with_the_same_incidents():
    three, first = facts(5, END, 3, teams=1), list(facts(5, months_before(END, 2), 1, teams=1))
    assert list(islice(three, len(first))) == first


def test_a_month_of_a_team_does_not_depend_on_how_many_teams_there_are():
    alone = list(facts(5, END, 1, teams=1))
    assert [one for one in facts(5, END, 1, teams=3) if one.team == 0] == alone


def test_a_hundred_years_begin_at_once():
    assert next(generate(PACKS, 1, END, 1200, teams=50)).facts.when.year == END.year - 100


# --- how it is spread -------------------------------------------------------------------------------------------------


def test_a_car_has_about_fifty_incidents_a_month(year: list[Facts]):
    by_month = Counter(
        (one.team, one.car, one.day.strftime("%Y-%m")) for one in year if one.car is not None and not one.duplicate_of
    )
    assert len(by_month) == 5 * 2 * 12
    assert abs(mean(by_month.values()) - 50) < 2
    assert 3 < (sum((count - 50) ** 2 for count in by_month.values()) / len(by_month)) ** 0.5 < 11  # Poisson: 7


def test_contacts_are_mixed_by_desk(year: list[Facts]):
    def kinds(desk: str) -> list[str]:
        return ["advice" if "advice" in one.mode else one.mode for one in year if one.desk == desk]

    settings = Spread()
    assert near(settings.car_contacts, kinds("car"))
    assert near(settings.control_room_contacts, kinds("control_room"), 0.05)
    assert near(settings.custody_contacts, kinds("custody"), 0.06)
    control_room = kinds("control_room")
    assert sum(kind in ("phone_with_person", "advice") for kind in control_room) / len(control_room) > 0.8


@pytest.mark.parametrize("end", [date(2026, 4, 20), date(2026, 11, 20), date(2027, 1, 5)])
def test_cars_are_out_only_in_their_hours_also_where_clocks_change(end: date):
    found = [one for one in facts(11, end, 2, teams=4) if one.desk == "car" and not one.duplicate_of]
    assert found
    assert all(in_hours(one.when) for one in found)
    assert {one.day.weekday() for one in found} == set(range(7))
    assert any(one.day == date(end.year, 10, 24) or one.day.month in (3, 12) for one in found)


def test_the_busy_hours_of_a_shift_and_of_the_control_room(year: list[Facts]):
    def hours(desk: str) -> list[int]:
        return [local(one.when).hour for one in year if one.desk == desk]

    assert sum(18 <= hour < 22 for hour in hours("car")) / len(hours("car")) > 0.62  # 4 of 8 hours, of double weight
    room = hours("control_room")
    by_part = ["0-6" if hour < 6 else "6-12" if hour < 12 else "12-17" if hour < 17 else "17-24" for hour in room]
    assert near(Spread().control_room_hours, by_part, 0.05)


def test_age_sex_and_what_services_know(year: list[Facts]):
    ages = [one.age for one in year]
    assert min(ages) >= 10
    assert 35 < mean(ages) < 41
    assert 0.03 <= share(year, lambda one: one.age < 18) <= 0.055
    assert 0.045 <= share(year, lambda one: one.age >= 65) <= 0.075
    assert abs(share(year, lambda one: one.person.male) - 0.52) < 0.03
    assert near(Spread().known, [one.person.known for one in year], 0.03)
    known = [one for one in year if one.person.known == "yes"]
    assert abs(share(known, lambda one: one.seen_lately) - 0.5) < 0.03


def test_ethnicity_is_by_the_table_and_a_rate_ratio_moves_only_section_136(year: list[Facts]):
    assert near(Spread().ethnic_groups, [one.person.ethnicity for one in year], 0.03)
    assert abs(share(year, lambda one: one.ethnicity == "Z") - 0.08) < 0.01
    assert abs(share(year, lambda one: one.ethnicity == "99") - 0.05) < 0.01
    settings = Spread(s136_rate_ratio=(("M", 4.0), ("N", 4.0), ("P", 4.0)))
    skewed = list(facts(20261122, END, 12, teams=5, settings=settings))
    black = [one for one in skewed if one.person.ethnicity in "MNP" and one.desk != "custody"]
    others = [one for one in skewed if one.person.ethnicity not in "MNP" and one.desk != "custody"]
    assert len(black) > 100
    assert share(black, lambda one: one.outcome == "s136") > 2 * share(others, lambda one: one.outcome == "s136")


def test_themes_callers_places_and_outcomes(year: list[Facts]):
    settings = Spread()
    for theme, weight in settings.themes:
        assert abs(share(year, lambda one, theme=theme: theme in one.themes) - weight) < 0.02, theme
    elsewhere = [one for one in year if one.desk != "custody"]
    assert near(settings.alerted_by, [one.alerted_by for one in elsewhere])
    assert near(settings.locations, [one.location for one in elsewhere])
    assert near(settings.outcomes, [one.outcome for one in elsewhere])
    assert {one.outcome for one in year if one.desk == "custody"} == {"custody"}


def test_section_136_places_transport_outcomes_and_times(year: list[Facts]):
    settings = Spread()
    held = [one.detained for one in facts(5, END, 12, teams=9) if one.detained]
    assert len(held) > 1000
    assert near(settings.places_of_safety, [one.place for one in held], 0.04)
    assert near(settings.transport, [one.transport for one in held], 0.04)
    assert near(settings.s136_outcomes, [one.outcome for one in held], 0.04)
    assert 0.28 <= sum(one.outcome in ("informal", "s2", "s3") for one in held) / len(held) <= 0.38
    assert abs(sum(not one.disorder for one in held) / len(held) - 0.18) < 0.03
    assert abs(median(one.wait for one in held) - 95) < 10
    assert 0.05 < sum(one.wait > 300 for one in held) / len(held) < 0.11
    assert 0.005 < sum(one.wait >= 540 for one in held) / len(held) < 0.03
    assert abs(median(one.assessed for one in held) - 240) < 20
    assert not [one for one in year if one.detained and one.detained.place == "police_station" and one.age < 18]


def test_some_come_again_and_some_section_136_within_a_month(year: list[Facts]):
    one_year = [one for one in year if one.when.year == 2026 and not one.duplicate_of]
    often = Counter((one.team, one.number) for one in one_year)
    assert 0.13 < sum(count >= 2 for count in often.values()) / len(often) < 0.19
    assert max(often.values()) >= 5
    held = [one for one in year if one.detained]
    again = [
        any(
            two.number == one.number and two.team == one.team and timedelta(0) < two.when - one.when <= timedelta(28)
            for two in held
        )
        for one in held
    ]
    assert 0.04 < sum(again) / len(again) < 0.16


def test_defects_are_as_rare_as_they_are_meant_to_be(year: list[Facts]):
    settings = Spread()
    assert abs(share(year, lambda one: one.late) - settings.late) < 0.01
    assert abs(share(year, lambda one: one.conflict) - settings.conflict) < 0.008
    assert abs(share(year, lambda one: one.unknown) - settings.unknown_person) < 0.012
    assert abs(share(year, lambda one: one.duplicate_of is not None) - settings.duplicate) < 0.006
    assert 0.004 < share(year, lambda one: one.drift != 0) < 0.017
    assert {abs(one.drift) for one in year} <= {0, *range(3, 21)}
    shifts = {(one.team, one.car, one.day): one.no_signal for one in year if one.desk == "car"}
    assert 0.01 < sum(shifts.values()) / len(shifts) < 0.03


def test_a_distribution_can_be_set(year: list[Facts]):
    quiet = replace(Spread(), car_month=5.0, unknown_person=0.0, late=0.0)
    found = list(facts(1, END, 6, settings=quiet))
    assert 30 < sum(one.desk == "car" for one in found) < 95
    assert not any(one.unknown or one.late for one in found)


# --- people who do not exist ------------------------------------------------------------------------------------------


def test_every_nhs_number_is_valid_and_from_the_range_for_tests(year: list[Facts]):
    owners: dict[str, set[tuple[int, int]]] = {}
    for one in year:
        if number := one.person.nhs_number:
            assert number.startswith("999")
            assert nhs_number.valid(number)
            owners.setdefault(number, set()).add((one.number, one.when.year))
    assert all(len({number for number, _ in people}) == 1 for people in owners.values())


# --- what is recorded -------------------------------------------------------------------------------------------------


def test_every_answer_is_readable_and_nothing_is_missing(cases: list[Case]):
    assert len(cases) == SOME
    for case in cases:
        incident = case.incident
        context = incident.context(PACKS, case.signed_at)
        assert incident.one("contact")
        for record in incident.records.values():
            form = CATALOGUE[record.kind]
            assert read(form, record.values).unread == (), record.kind
            assert [(lack.kind, lack.name) for lack in missing(form, record.values, context)] == []
        assert [task.kind for task in tasks(incident, PACKS, case.signed_at) if task.missing] == []


def test_records_are_in_the_order_of_time_and_signed_after_all_of_them(cases: list[Case]):
    for case in cases:
        recorded = [step.at for step in case.steps]
        assert recorded == sorted(recorded)
        assert recorded[-1] < (case.cosigned_at or case.signed_at) <= case.signed_at < case.reviewed_at
        assert (case.shift is not None) == (case.facts.car is not None)


def test_no_text_says_what_must_not_be_said(cases: list[Case]):
    for case in cases:
        assert forbidden(json.dumps(document(case.incident), ensure_ascii=False)) == []


class Shelf(BaseModel):
    name: str = ""
    at: Moment | None = None
    safe: YesNo | None = None


class Later(Form):
    """A form that nobody has thought of yet."""

    kind, title = "later", "Later"

    heard: YesNo | None = ask("Was it heard?", required=True)
    kinds: tuple[YesNo, ...] | None = ask("Which?", required=True)
    degrees: Decimal | None = ask("How warm?", required=True)
    day: date | None = ask("Which day?", required=True)
    when: Event | None = ask("When?", required=True)
    words: str | None = ask("What was said?", required=True, long=True)
    shelves: dict[str, Shelf] = group("Which shelves?", required=True)
    code: str | None = ask("The code nobody guesses", required=True, check=lambda text: "Not that.")
    codes: dict[str, Shelf] = group("Nor these", required=True, check=lambda shelf: "Not that.")


def test_a_question_that_comes_later_is_answered_all_the_same():
    answers: dict[str, Any] = {}
    teller, context = Teller(Random(1), {"outcome": "", "colleague": "A"}), Context(rules=LAW, directory=BOOK)
    for lack in missing(Later, answers, context):
        key, value = teller.answer(Later, lack.name, answers, context, datetime(2026, 11, 1, tzinfo=UTC))
        answers[key] = value
    assert missing(Later, answers, context) == []
    assert read(Later, answers).unread == ()
    assert set(read(Later, answers).unavailable) == {"code", "codes.unavailable"}


def test_an_incident_weighs_about_as_much_as_a_real_one(cases: list[Case]):
    """Fifty incidents: about 246 records and 400 KB, half as much or half as much again."""
    sizes = [len(json.dumps([one.values for one in case.incident.records.values()]).encode()) for case in cases]
    records = [len(case.incident.records) for case in cases]
    assert 4000 < mean(sizes) < 12000
    assert 2.5 < mean(records) < 7.5
