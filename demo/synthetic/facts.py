"""What happens in each incident, drawn without any text, so that a hundred thousand can be counted in seconds.

Everything follows from the seed and from what is drawn, never from what was drawn before: a month of a team is the same
whatever is drawn around it, and a person is the same wherever they come up again.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from demo.synthetic.person import TRAITS, InventedPerson, person
from demo.synthetic.settings import Spread, pick
from sync.core.times import LONDON, local
from sync.domain.clinical.shifts import planned

SPAN = 1024  # person numbers of a team and month; the upper half is for the people who come again


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


class Call(NamedTuple):
    """A call that an incident begins with. `desk`: car, control_room or custody; `day`: of the shift."""

    when: datetime
    desk: str
    car: int | None
    day: date


class Month(NamedTuple):
    """A month of a team, from `start` up to `stop` (not in it), and how it is drawn."""

    seed: int
    team: int
    start: date
    stop: date
    cars: int
    settings: Spread


def facts(
    seed: int, end: date, months: int, teams: int = 1, cars: int = 2, settings: Spread | None = None
) -> Iterator[Facts]:
    """The months up to `end` (not in it), oldest first, team by team, each in order of time."""
    for back in range(months, 0, -1):
        start, stop = months_before(end, back), months_before(end, back - 1)
        for team in range(teams):
            yield from _incidents(Month(seed, team, start, stop, cars, settings or Spread()))


def months_before(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 - months
    return date(whole // 12, whole % 12 + 1, min(day.day, 28))


def _incidents(month: Month) -> Iterator[Facts]:
    """The incidents of the month in order of time; a few are recorded twice."""
    earlier: list[tuple[datetime, int]] = []  # uses of section 136 this month
    for serial, call in enumerate(_calls(month)):
        rng = Random(f"{month.seed}/{month.team}/{month.start}/{serial}")
        drawn = _draw(rng, month, serial, call, earlier)
        if drawn.detained:
            earlier.append((call.when, drawn.number))
        yield drawn
        if rng.random() < month.settings.duplicate:
            twin = _uuid(rng)
            later = call.when + timedelta(minutes=rng.randint(1, 9))
            yield replace(drawn, incident_id=twin, when=later, duplicate_of=drawn.incident_id)


def _calls(month: Month) -> list[Call]:
    rng, settings = Random(f"{month.seed}/{month.team}/{month.start}"), month.settings
    calls = []
    for car in range(month.cars):
        for day in _days(rng, settings.car_month, month.start, month.stop):
            calls.append(Call(_car_time(rng, day, settings), "car", car, day))
    for desk, expected in (("control_room", settings.control_room_month), ("custody", settings.custody_month)):
        for day in _days(rng, expected, month.start, month.stop):
            calls.append(Call(_any_time(rng, day, settings), desk, None, day))
    return sorted(calls, key=lambda call: call.when)


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


def _draw(rng: Random, month: Month, serial: int, call: Call, earlier: list[tuple[datetime, int]]) -> Facts:
    """One incident. The order of the draws is part of the seed: another order gives other incidents."""
    settings, desk = month.settings, call.desk
    number = _number(rng, month, serial)
    who = person(month.seed, number, month.start, settings)
    outcome = _outcome(rng, desk, who, settings)
    again = [known for at, known in earlier if call.when - at > timedelta(days=2)]
    if outcome == "s136" and again and rng.random() < settings.s136_again:
        number = rng.choice(again)
        who = person(month.seed, number, month.start, settings)
    mode = _mode(rng, desk, settings)
    child = call.day.year - who.born.year <= 18
    answered = rng.random()  # the answer about ethnicity
    return Facts(
        _uuid(rng),
        month.team,
        call.car,
        desk,
        call.day,
        call.when,
        number,
        who,
        unknown=rng.random() < settings.unknown_person,
        mode=mode,
        alerted_by="custody" if desk == "custody" else pick(rng, settings.alerted_by),
        location="custody" if desk == "custody" else pick(rng, settings.locations),
        themes=_themes(rng, who, settings),
        outcome=outcome,
        intended=_intended(rng, outcome, settings),
        ethnicity=_ethnicity(answered, who, settings),
        seen_lately=who.known == "yes" and rng.random() < settings.seen_lately,
        detained=_detained(rng, child, settings) if outcome == "s136" else None,
        late=rng.random() < settings.late,
        no_signal=_no_signal(month, call),
        drift=rng.choice((-1, 1)) * rng.randint(3, 20) if rng.random() < settings.drift else 0,
        conflict=rng.random() < settings.conflict,
    )


def _mode(rng: Random, desk: str, settings: Spread) -> str:
    mode = pick(rng, getattr(settings, f"{desk}_contacts"))
    if mode == "advice":
        return "radio_advice_to_officer" if rng.random() < settings.by_radio else "phone_advice_to_officer"
    return mode


def _themes(rng: Random, who: InventedPerson, settings: Spread) -> tuple[str, ...]:
    return tuple(
        theme for theme, share in settings.themes if (theme in who.traits if theme in TRAITS else rng.random() < share)
    )


def _intended(rng: Random, outcome: str, settings: Spread) -> str:
    """What the officer meant to do."""
    if outcome == "s136" or rng.random() < settings.intended_s136:
        return "s136"
    return rng.choice(("take_to_ed", "leave", "arrest", "unsure"))


def _ethnicity(answered: float, who: InventedPerson, settings: Spread) -> str:
    """The ethnic category as it was recorded: not stated, not known, or the person's own."""
    if answered < settings.ethnicity_not_stated:
        return "Z"
    return "99" if answered < settings.ethnicity_not_stated + settings.ethnicity_not_known else who.ethnicity


def _no_signal(month: Month, call: Call) -> bool:
    """Whether the car had no signal: the same for every incident of a shift."""
    shift = Random(f"{month.seed}/{month.team}/{call.day}/{call.desk}/{call.car}")
    return call.desk == "car" and shift.random() < month.settings.no_signal


def _outcome(rng: Random, desk: str, who: InventedPerson, settings: Spread) -> str:
    if desk == "custody":
        return "custody"
    ratio = dict(settings.s136_rate_ratio).get(who.ethnicity, 1.0)
    return pick(rng, tuple((code, share * ratio if code == "s136" else share) for code, share in settings.outcomes))


def _detained(rng: Random, child: bool, settings: Spread) -> Detained:
    place = pick(rng, settings.places_of_safety)
    outcome = pick(rng, settings.s136_outcomes)
    not_admitted = sum(share for code, share in settings.s136_outcomes if code in ("follow_up", "discharged"))
    return Detained(
        "ed" if child and place == "police_station" else place,
        pick(rng, settings.transport),
        wait=round(rng.lognormvariate(math.log(settings.wait_median), settings.wait_sigma)),
        assessed=round(rng.lognormvariate(math.log(settings.assessed_median), settings.assessed_sigma)),
        outcome=outcome,
        disorder=outcome not in ("follow_up", "discharged") or rng.random() * not_admitted > settings.no_disorder,
    )


def _number(rng: Random, month: Month, serial: int) -> int:
    """The number of the person: a new one, or of somebody who comes again within the year."""
    settings, year = month.settings, month.start.year * 12
    at = year + month.start.month - 1
    if rng.random() < settings.again:
        a_year = 12 * (month.cars * settings.car_month + settings.control_room_month + settings.custody_month)
        at = year
        serial = SPAN // 2 + rng.randrange(max(1, min(SPAN // 2, round(a_year * settings.again_group))))
    return (month.team * 60 + at % 60) * SPAN + serial


def _uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))
