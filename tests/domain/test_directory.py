"""The directory: open or closed to the minute, on the nights the clock changes, on holidays; stale, ages, search."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from sync.domain.catalogue.referral import Destination
from sync.domain.content import directory, opening
from sync.domain.content.directory import (
    Referrer,
    Service,
    ServiceState,
    ages,
    ranked,
    referrers,
    search,
    stale,
    status,
    warnings,
)
from sync.domain.content.packs import PackWrong
from tests.steps.builders import BOOK, LAW, PACKS
from tests.steps.packs import shipped
from tests.steps.records import at, utc

OFF = BOOK.days_off
ALL = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS = ALL[:5]


def listed(*hours: tuple[list[str], str, str], **about: Any) -> Service:
    """A service with these hours: days, opens, closes."""
    given = {
        "service_id": "s", "name": "The Lantern", "kinds": ["retreat"], "area": "Dorset", "phone": "01632 960000",
        "refers": ["police", "health"], "verified": "2026-11-01",
        "hours": [{"days": days, "opens": opens, "closes": closes} for days, opens, closes in hours], **about,
    }  # fmt: skip
    return Service.model_validate(given)


EVENINGS = listed((["fri", "sat"], "16:30", "01:30"))


# --- to the minute ---


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-11-20 16:29", False), ("2026-11-20 16:30", True), ("2026-11-20 23:59", True), ("2026-11-21 00:00", True),
        ("2026-11-21 01:29", True), ("2026-11-21 01:30", False), ("2026-11-22 01:29", True),
        ("2026-11-22 01:30", False),
        ("2026-11-22 16:30", False), ("2026-11-20 01:00", False),
    ],
)  # fmt: skip
def test_a_service_that_crosses_midnight_is_open_to_the_minute(when: str, is_open: bool):
    assert opening.open_now(EVENINGS, at(when), OFF) is is_open


@pytest.mark.parametrize(("when", "is_open"), [("23:29", True), ("23:30", False), ("23:59", False)])
def test_a_service_that_closes_before_midnight_does_not_run_into_the_next_day(when: str, is_open: bool):
    assert opening.open_now(listed((ALL, "16:30", "23:30")), at(f"2026-11-20 {when}"), OFF) is is_open


def test_when_it_closes_and_when_it_opens_next():
    assert opening.closes_at(EVENINGS, at("2026-11-20 20:00"), OFF) == at("2026-11-21 01:30")
    assert opening.closes_at(EVENINGS, at("2026-11-20 12:00"), OFF) is None
    assert opening.next_opening(EVENINGS, at("2026-11-20 12:00"), OFF) == at("2026-11-20 16:30")
    assert opening.next_opening(EVENINGS, at("2026-11-22 12:00"), OFF) == at("2026-11-27 16:30")
    assert opening.next_opening(listed(), at("2026-11-22 12:00"), OFF) is None


def test_hours_that_meet_are_one():
    nights = listed((WEEKDAYS, "17:00", "09:00"), (["sat", "sun"], "09:00", "09:00"))
    assert opening.closes_at(nights, at("2026-11-20 18:00"), OFF) == at("2026-11-23 09:00")
    always = listed((ALL, "00:00", "00:00"))
    for when in ("2026-11-20 00:00", "2026-10-25 01:30", "2027-03-28 02:00", "2026-12-25 12:00"):
        assert opening.open_now(always, at(when), OFF)
        assert opening.closes_at(always, at(when), OFF) is None
        assert status(always, at(when), OFF, 90).words.endswith("Open now, day and night") or stale(
            always, at(when), 90
        )


# --- the two nights on which the clock changes ---


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-10-24 23:59", True), ("2026-10-25 00:29", True), ("2026-10-25 00:30", False),  # 01:30 BST, the first
        ("2026-10-25 01:15", False), ("2026-10-25 01:30", False),  # 01:15 GMT: the wall shows it again
    ],
)  # fmt: skip
def test_in_autumn_it_closes_at_the_first_half_past_one(when: str, is_open: bool):
    assert opening.open_now(EVENINGS, utc(when), OFF) is is_open


@pytest.mark.parametrize(
    ("when", "is_open"), [("2026-10-25 00:30", False), ("2026-10-25 01:29", False), ("2026-10-25 01:30", True)]
)
def test_in_autumn_it_opens_at_the_second_half_past_one(when: str, is_open: bool):
    assert opening.open_now(listed((["sun"], "01:30", "05:00")), utc(when), OFF) is is_open


@pytest.mark.parametrize(("when", "is_open"), [("2027-03-28 00:59", True), ("2027-03-28 01:00", False)])
def test_in_spring_a_closing_time_that_is_left_out_is_the_jump(when: str, is_open: bool):
    assert opening.open_now(EVENINGS, utc(when), OFF) is is_open
    assert opening.closes_at(EVENINGS, utc("2027-03-27 20:00"), OFF) == utc("2027-03-28 01:00")


def test_in_spring_an_opening_time_that_is_left_out_is_the_jump():
    assert opening.next_opening(listed((["sun"], "01:30", "05:00")), utc("2027-03-28 00:30"), OFF) == utc(
        "2027-03-28 01:00"
    )


@pytest.mark.parametrize(("day", "opens"), [("2026-10-25", "09:00"), ("2026-10-24", "08:00"), ("2027-03-28", "08:00")])
def test_nine_in_the_morning_is_nine_on_the_wall(day: str, opens: str):
    service = listed((ALL, "09:00", "17:00"))
    assert opening.next_opening(service, at(f"{day} 06:00"), OFF) == utc(f"{day} {opens}")


# --- holidays, exceptions, closed for good ---


@pytest.mark.parametrize(
    ("holidays", "christmas"),
    [("usual", True), ("closed", False), ([{"opens": "10:00", "closes": "12:00"}], False),
     ([{"opens": "10:00", "closes": "16:00"}], True)],
)  # fmt: skip
def test_a_bank_holiday_has_hours_of_its_own(holidays: Any, christmas: bool):
    service = listed((ALL, "09:00", "17:00"), holidays=holidays)
    assert opening.open_now(service, at("2026-12-25 14:00"), OFF) is christmas
    assert opening.open_now(service, at("2026-12-24 14:00"), OFF), "the day before is a day like any other"


def test_an_exception_stands_before_a_holiday_and_before_the_week():
    held = {"first": "2026-12-24", "last": "2026-12-25", "hours": [{"opens": "20:00", "closes": "02:00"}]}
    service = listed((ALL, "09:00", "17:00"), holidays="closed", exceptions=[held])
    table = {
        "2026-12-23 12:00": True, "2026-12-24 12:00": False, "2026-12-24 20:00": True, "2026-12-25 01:59": True,
        "2026-12-25 21:00": True, "2026-12-26 01:59": True, "2026-12-26 02:00": False, "2026-12-26 12:00": True,
        "2026-12-28 12:00": False,
    }  # fmt: skip
    assert {when: opening.open_now(service, at(when), OFF) for when in table} == table


@pytest.mark.parametrize(
    ("when", "is_open"), [("2026-11-26 12:00", True), ("2026-11-27 12:00", False), ("2026-11-30 12:00", True)]
)
def test_a_closure_of_some_days(when: str, is_open: bool):
    service = listed(
        (ALL, "09:00", "17:00"), exceptions=[{"first": "2026-11-27", "last": "2026-11-29", "reason": "Repairs"}]
    )
    assert opening.open_now(service, at(when), OFF) is is_open


@pytest.mark.parametrize(
    ("when", "state"), [("2026-09-30 12:00", ServiceState.OPEN), ("2026-10-01 12:00", ServiceState.GONE)]
)
def test_closed_for_good(when: str, state: ServiceState):
    service = listed(
        (ALL, "09:00", "17:00"), closed_from="2026-10-01", instead="Use The Harbour.", verified="2026-09-30"
    )
    assert status(service, at(when), OFF, 90).state == state
    assert ("Use The Harbour." in " ".join(warnings(service, at(when), OFF, 90))) is (state == ServiceState.GONE)


# --- in words ---


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("2026-11-20 17:00", "Open now until 01:30"),
        ("2026-11-20 09:00", "Closed: opens 16:30"),
        ("2026-11-22 09:00", "Closed: opens Fri 16:30"),
        ("2026-11-21 00:30", "Open now until 01:30"),
        ("2026-11-19 20:00", "Closed: opens Fri 16:30"),
    ],
)
def test_where_it_stands_in_words(when: str, words: str):
    assert status(EVENINGS, at(when), OFF, 90).words == words


def test_an_opening_a_week_away_has_its_date():
    service = listed((["fri"], "16:30", "20:00"), exceptions=[{"first": "2026-11-27", "last": "2026-11-27"}])
    assert status(service, at("2026-11-21 12:00"), OFF, 90).words == "Closed: opens Fri 4 Dec 16:30"
    assert status(listed(), at("2026-11-21 12:00"), OFF, 90).words == "Closed"


@pytest.mark.parametrize(("day", "is_stale"), [("2026-11-01", False), ("2027-01-30", False), ("2027-01-31", True)])
def test_an_entry_is_stale_the_day_after_its_90_days(day: str, is_stale: bool):
    days = LAW.directory_stale_days
    assert days == 90
    found = status(EVENINGS, at(f"{day} 23:59"), OFF, days)
    assert stale(EVENINGS, at(f"{day} 23:59"), days) is is_stale
    assert (found.state == ServiceState.STALE) is is_stale
    assert ("Not verified since 1 Nov 2026" in found.words) is is_stale


def test_a_stale_entry_says_what_it_lists_and_is_warned_of_even_when_open():
    old = listed((ALL, "16:30", "23:30"), verified="2026-05-01")
    (said,) = warnings(old, at("2026-11-20 17:00"), OFF, 90)
    assert (
        said
        == "The Lantern: not verified since 1 May 2026. Listed as open now until 23:30. Ring before you rely on it."
    )


def test_an_open_service_that_fits_has_no_warning():
    assert warnings(EVENINGS, at("2026-11-20 17:00"), OFF, 90, 40) == []


def test_a_closed_service_says_when_it_opens():
    (said,) = warnings(EVENINGS, at("2026-11-22 17:00"), OFF, 90)
    assert "closed: opens Fri 16:30" in said


@pytest.mark.parametrize(
    ("limits", "words", "taken", "refused"),
    [
        ({}, "All ages", [0, 17, 90], []),
        ({"youngest": 18}, "18 and over", [18, 90], [17]),
        ({"oldest": 17}, "Up to 17", [0, 17], [18]),
        ({"youngest": 14, "oldest": 65}, "14 to 65", [14, 65], [13, 66]),
    ],
)
def test_the_age_limits_are_included(limits: dict[str, int], words: str, taken: list[int], refused: list[int]):
    service = listed((ALL, "00:00", "00:00"), **limits)
    assert ages(service) == words
    now = at("2026-11-20 17:00")
    assert [age for age in taken if warnings(service, now, OFF, 90, age)] == []
    assert [age for age in refused if not warnings(service, now, OFF, 90, age)] == []
    assert warnings(service, now, OFF, 90, None) == [], "an age that is not known is no reason to warn"


@pytest.mark.parametrize(
    ("refers", "warned", "words"),
    [
        (["health"], False, "health professionals"), (["anyone"], False, "anyone, including the person"),
        (["police", "anyone"], False, "anyone, including the person"), (["gp"], True, "GPs"),
        (["police"], True, "the police"),
    ],
)  # fmt: skip
def test_who_may_refer(refers: list[str], warned: bool, words: str):
    service = listed((ALL, "00:00", "00:00"), refers=refers)
    assert referrers(service) == words
    assert bool(warnings(service, at("2026-11-20 17:00"), OFF, 90)) is warned
    assert service.takes(Referrer.POLICE) is (refers != ["health"] and refers != ["gp"])


# --- search ---


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("lantern", "", ["dor-retreat-bournemouth"]), ("weym", "retreat", ["dor-retreat-weymouth"]),
        ("CAFE", "", ["cam-cafe"]), ("café wisford", "", ["cam-cafe"]), ("retreat wisford", "", []),
        ("", "E01", ["cam-ld"]),
        ("lantern", "gp", []), ("rough sleeping", "", ["cam-housing"]),
    ],
)  # fmt: skip
def test_search_wants_every_word(text: str, kind: str, found: list[str]):
    assert [each.service_id for each in search(BOOK.services, text, kind)] == found


def test_search_finds_what_a_service_is():
    labels = {kind.value: kind.label for kind in Destination}
    assert "dor-crisis-house" in [each.service_id for each in search(BOOK.services, "crisis house", "", labels)]
    assert len(search(BOOK.services)) == len(BOOK.services)


def test_what_is_open_comes_first_and_what_is_gone_last():
    found = ranked(search(BOOK.services, "", "retreat"), at("2026-11-22 20:00"), OFF, 90)
    assert [one.state for _, one in found] == [
        ServiceState.OPEN,
        ServiceState.OPEN,
        ServiceState.STALE,
        ServiceState.GONE,
    ]


# --- the pack ---


def test_the_shipped_directory_has_every_kind_and_is_all_invented():
    assert {code for each in BOOK.services for code in each.kinds} == {kind.value for kind in Destination}
    assert all(each.demonstration for each in BOOK.services)
    assert [each.phone for each in BOOK.services if not re.fullmatch(r"01632 960\d{3}", each.phone)] == [], (
        "Ofcom's drama numbers"
    )
    assert {each.area for each in BOOK.services} == {"Cambridgeshire", "Dorset"}


def test_the_shipped_directory_shows_every_state():
    found = {one.state for _, one in ranked(BOOK.services, at("2026-11-22 20:00"), OFF, 90)}
    assert found == set(ServiceState)
    assert any(each.exceptions for each in BOOK.services)


def easter(year: int) -> date:
    """Easter Sunday, Gregorian (Meeus)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    far = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + far - 7 * ((a + 11 * h + 22 * far) // 451) + 114, 31)
    return date(year, month, day + 1)


def bank_holidays(year: int) -> set[date]:
    """Those of England: what falls on a weekend is moved to the next working day."""

    def monday(month: int, which: int) -> date:
        return [day for number in range(1, 32) if (day := date(year, month, number)).weekday() == 0][which]

    fixed: list[date] = []
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while day.weekday() > 4 or day in fixed:
            day += timedelta(days=1)
        fixed.append(day)
    sunday = easter(year)
    moving = {sunday - timedelta(days=2), sunday + timedelta(days=1), monday(5, 0), monday(5, -1), monday(8, -1)}
    return {*fixed, *moving}


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_the_bank_holidays_are_those_of_the_calendar(year: int):
    assert {day for day in OFF if day.year == year} == bank_holidays(year)


def test_a_directory_keeps_its_rules():
    assert PACKS.directory_on(date(2026, 11, 22)).manifest.pack_id == "directory-2026.1"
    assert BOOK.service("cam-cafe") is not None
    assert BOOK.service("nowhere") is None
    pack = shipped("directory")[0]
    twice = BOOK.model_copy(update={"services": (*BOOK.services, BOOK.services[0])})
    for text in ("{}", "not a directory", twice.model_dump_json()):
        with pytest.raises(PackWrong):
            PACKS.with_pack(type(pack)(pack.manifest, {directory.FILE: text}))


def test_every_service_has_words_at_every_hour_of_a_month():
    begin = utc("2026-12-10 00:00")
    for each in BOOK.services:
        for hour in range(0, 24 * 30, 7):
            assert status(each, begin + timedelta(hours=hour), OFF, 90).words
