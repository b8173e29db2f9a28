"""What happens in each incident, drawn without any text, so that a hundred thousand can be counted in seconds.

Everything hangs on the seed and on what is being drawn, never on what was drawn before: a month of a team is the same
whatever stands around it, and a person is the same wherever they come up again.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from demo.synthetic.settings import Spread, pick
from demo.synthetic.words import FAMILY, GIVEN
from sync.core.times import LONDON, local
from sync.domain.clinical.nhs_number import check_digit
from sync.domain.clinical.shifts import planned

SPAN = 1024  # person numbers of a team and month; the upper half is for the people who come again
TRAITS = ("personality", "learning_disability")  # themes that go with the person and not with the day
NUMBERS = 1_000_000  # in the 999 range: enough for sixteen teams over five years, then they come again


@dataclass(frozen=True, repr=False)
class InventedPerson:
    """Somebody who does not exist."""

    given: str
    family: str
    male: bool
    born: date
    ethnicity: str
    known: str
    nhs_number: str | None  # None: not traced
    traits: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Detained:
    """A use of section 136. `place`, `transport`: "" when nobody wrote it down. Times in minutes from arrival there."""

    place: str
    transport: str
    wait: int
    assessed: int
    outcome: str
    disorder: bool


@dataclass(frozen=True, repr=False)
class Facts:
    """`desk`: car, control_room or custody. `number`: of the person. `drift`: minutes the phone's clock is fast."""

    incident_id: str
    team: int
    car: int | None
    desk: str
    day: date  # of the shift
    when: datetime  # the call
    number: int
    person: InventedPerson
    unknown: bool
    mode: str
    alerted_by: str
    location: str
    themes: tuple[str, ...]
    outcome: str
    intended: str
    ethnicity: str  # as recorded
    seen_lately: bool
    detained: Detained | None
    late: bool
    no_signal: bool
    drift: int
    conflict: bool
    duplicate_of: str | None = None

    @property
    def age(self) -> int:
        today, born = local(self.when).date(), self.person.born
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def facts(
    seed: int, end: date, months: int, teams: int = 1, cars: int = 2, settings: Spread | None = None
) -> Iterator[Facts]:
    """The months up to `end` (not in it), oldest first, team by team, each in order of time."""
    for back in range(months, 0, -1):
        for team in range(teams):
            yield from _month(
                seed, team, months_before(end, back), months_before(end, back - 1), cars, settings or Spread()
            )


def months_before(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 - months
    return date(whole // 12, whole % 12 + 1, min(day.day, 28))


def _month(seed: int, team: int, start: date, stop: date, cars: int, settings: Spread) -> Iterator[Facts]:
    rng = Random(f"{seed}/{team}/{start}")
    calls: list[tuple[datetime, str, int | None, date]] = []
    each = [(settings.car_month, "car", car) for car in range(cars)]
    for expected, desk, car in [
        *each,
        (settings.control_room_month, "control_room", None),
        (settings.custody_month, "custody", None),
    ]:
        for day in _days(rng, expected, start, stop):
            calls.append(
                (_car_time(rng, day, settings) if desk == "car" else _any_time(rng, day, settings), desk, car, day)
            )
    earlier: list[tuple[datetime, int]] = []  # uses of section 136 this month
    for serial, (when, desk, car, day) in enumerate(sorted(calls, key=lambda call: call[0])):
        one = Random(f"{seed}/{team}/{start}/{serial}")
        made = _draw(one, seed, team, (start, serial), (when, desk, car, day), cars, settings, earlier)
        if made.detained:
            earlier.append((when, made.number))
        yield made
        if one.random() < settings.duplicate:
            yield replace(
                made,
                incident_id=_uuid(one),
                when=when + timedelta(minutes=one.randint(1, 9)),
                duplicate_of=made.incident_id,
            )


def _days(rng: Random, expected: float, start: date, stop: date) -> Iterator[date]:
    """Poisson arrivals over the month, by the days on which they fall."""
    length, at = (stop - start).days, 0.0
    while expected and (at := at + rng.expovariate(expected)) < 1:
        yield start + timedelta(days=int(at * length))


def _car_time(rng: Random, day: date, settings: Spread) -> datetime:
    hours = planned(day)
    assert hours, "the cars work every day"
    while True:
        when = hours[0] + timedelta(seconds=rng.randrange(int((hours[1] - hours[0]).total_seconds())))
        busy = settings.busy[0] <= local(when).hour < settings.busy[1]
        if busy or rng.random() * settings.busy_weight < 1:
            return when


def _any_time(rng: Random, day: date, settings: Spread) -> datetime:
    first, last = map(int, pick(rng, settings.control_room_hours).split("-"))
    at = time(rng.randrange(first, last), rng.randrange(60), rng.randrange(60))
    return datetime.combine(day, at, LONDON).astimezone(UTC)


def _draw(
    rng: Random,
    seed: int,
    team: int,
    place: tuple[date, int],
    call: tuple[datetime, str, int | None, date],
    cars: int,
    settings: Spread,
    earlier: list[tuple[datetime, int]],
) -> Facts:
    when, desk, car, day = call
    number = _number(rng, team, place, cars, settings)
    who = person(seed, number, place[0], settings)
    outcome = _outcome(rng, desk, who, settings)
    again = [one for at, one in earlier if when - at > timedelta(days=2)]
    if outcome == "s136" and again and rng.random() < settings.s136_again:
        number = rng.choice(again)
        who = person(seed, number, place[0], settings)
    mode = pick(rng, getattr(settings, f"{desk}_contacts"))
    if mode == "advice":
        mode = "radio_advice_to_officer" if rng.random() < settings.by_radio else "phone_advice_to_officer"
    shift = Random(f"{seed}/{team}/{day}/{desk}/{car}")
    child = day.year - who.born.year <= 18
    gone = rng.random()  # the answer about ethnicity
    return Facts(
        _uuid(rng),
        team,
        car,
        desk,
        day,
        when,
        number,
        who,
        unknown=rng.random() < settings.unknown_person,
        mode=mode,
        alerted_by="custody" if desk == "custody" else pick(rng, settings.alerted_by),
        location="custody" if desk == "custody" else pick(rng, settings.locations),
        themes=tuple(
            theme
            for theme, share in settings.themes
            if (theme in who.traits if theme in TRAITS else rng.random() < share)
        ),
        outcome=outcome,
        intended="s136"
        if outcome == "s136" or rng.random() < settings.intended_s136
        else rng.choice(("take_to_ed", "leave", "arrest", "unsure")),
        ethnicity="Z"
        if gone < settings.ethnicity_not_stated
        else "99"
        if gone < settings.ethnicity_not_stated + settings.ethnicity_not_known
        else who.ethnicity,
        seen_lately=who.known == "yes" and rng.random() < settings.seen_lately,
        detained=_detained(rng, child, settings) if outcome == "s136" else None,
        late=rng.random() < settings.late,
        no_signal=desk == "car" and shift.random() < settings.no_signal,
        drift=rng.choice((-1, 1)) * rng.randint(3, 20) if rng.random() < settings.drift else 0,
        conflict=rng.random() < settings.conflict,
    )


def _outcome(rng: Random, desk: str, who: InventedPerson, settings: Spread) -> str:
    if desk == "custody":
        return "custody"
    ratio = dict(settings.s136_rate_ratio).get(who.ethnicity, 1.0)
    return pick(rng, tuple((one, share * ratio if one == "s136" else share) for one, share in settings.outcomes))


def _detained(rng: Random, child: bool, settings: Spread) -> Detained:
    place = pick(rng, settings.places_of_safety)
    outcome = pick(rng, settings.s136_outcomes)
    not_admitted = sum(share for one, share in settings.s136_outcomes if one in ("follow_up", "discharged"))
    return Detained(
        "ed" if child and place == "police_station" else place,
        pick(rng, settings.transport),
        wait=round(rng.lognormvariate(math.log(settings.wait_median), settings.wait_sigma)),
        assessed=round(rng.lognormvariate(math.log(settings.assessed_median), settings.assessed_sigma)),
        outcome=outcome,
        disorder=outcome not in ("follow_up", "discharged") or rng.random() * not_admitted > settings.no_disorder,
    )


def _number(rng: Random, team: int, place: tuple[date, int], cars: int, settings: Spread) -> int:
    """The person: new, or one of those who come again within the year."""
    start, serial = place
    month = start.year * 12 + start.month - 1
    if rng.random() < settings.again:
        a_year = 12 * (cars * settings.car_month + settings.control_room_month + settings.custody_month)
        month = start.year * 12
        serial = SPAN // 2 + rng.randrange(max(1, min(SPAN // 2, round(a_year * settings.again_group))))
    return (team * 60 + month % 60) * SPAN + serial


def person(seed: int, number: int, about: date, settings: Spread) -> InventedPerson:
    """The same person for a seed and a number within a calendar year."""
    rng = Random(f"{seed}/person/{number}/{about.year}")
    tail, age = rng.random(), 0.0
    if tail < settings.under_18:
        age = rng.triangular(settings.youngest + 0.6, 18, 17)
    elif tail < settings.under_18 + settings.from_65:
        age = rng.triangular(66, 93, 67)
    while not age:
        drawn = rng.gauss(settings.age_mean, settings.age_spread)
        age = drawn if 18.5 <= drawn < 64 else 0.0
    digits = f"999{(number * 7919 + seed) % NUMBERS:06}"
    tenth = check_digit(digits)
    return InventedPerson(
        rng.choice(GIVEN),
        "".join(rng.choice(part) for part in FAMILY),
        rng.random() < settings.male,
        date(about.year, 7, 1) - timedelta(days=round(age * 365.25)),
        pick(rng, settings.ethnic_groups),
        pick(rng, settings.known),
        f"{digits}{tenth}" if tenth < 10 else None,
        tuple(theme for theme, share in settings.themes if theme in TRAITS and rng.random() < share),
    )


def _uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))
