"""One incident as it was recorded: which answers, when, by whom, and when it was signed and reviewed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from demo import people
from demo.synthetic import answers
from demo.synthetic.complete import Completion, Teller, completed, folded, readable
from demo.synthetic.facts import Facts, facts
from demo.synthetic.settings import Spread
from demo.synthetic.times import ADVICE, Times, ribbon, times
from demo.synthetic.words import FAMILY, GIVEN, RELATIVES, SERVICES, STREETS, TOWNS
from sync.core.times import clock, instant
from sync.domain.clinical.shifts import CARS, planned
from sync.domain.content.pack_set import PackSet
from sync.domain.forms import of_question
from sync.domain.records.incident import Incident

OPTIONAL = {
    "contact": ("officer_question",),
    "person": ("what_helps", "services_detail", "family_view", "gp_practice"),
    "assessment": ("psychiatric_history", "social_circumstances"),
    "detention": ("grounds",),
}
LOOKED_UP = 0.5  # of contacts without the person: how often the nurse looks up who it is
BEFORE = ("call_received", "dispatched", "first_officer_arrived", "mh_requested", "arrived", "mh_engaged")
AFTER = ("departed_scene", "handover_offered", "handover_accepted", "officers_released", "cleared")


@dataclass(frozen=True)
class Shift:
    shift_id: str
    at: datetime
    answers: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """`steps`: every change in order. `cosigned_at`: None where no officer was there. `nurse`: a user name."""

    facts: Facts
    nurse: str
    car: str
    shift: Shift | None
    steps: tuple[Completion, ...]
    cosigned_at: datetime | None
    signed_at: datetime
    reviewed_at: datetime

    @property
    def incident_id(self) -> str:
        return self.facts.incident_id

    @property
    def incident(self) -> Incident:
        """As it stands once everything has been recorded."""
        return folded(self.incident_id, self.steps, self.nurse)


def generate(
    packs: PackSet, seed: int, end: date, months: int, teams: int = 1, cars: int = 2, settings: Spread | None = None
) -> Iterator[Case]:
    """The incidents of these months up to `end`: closed, signed, reviewed; oldest first, team by team."""
    for incident in facts(seed, end, months, teams, cars, settings):
        yield case(incident, packs)


def case(happened: Facts, packs: PackSet) -> Case:
    """What was recorded of these facts, up to the review."""
    rng = Random(happened.incident_id)
    nurses = [(username, name) for username, name, role, _ in people(happened.team) if role == "nurse"]
    nurse, name = nurses[(happened.car or 0) % len(nurses)]
    car = (
        (CARS[happened.car] if happened.car < len(CARS) else f"Car {happened.car + 1}")
        if happened.car is not None
        else ""
    )
    shift = _shift(happened, name, car)
    at = times(happened, rng)
    teller = Teller(rng, _slots(happened, name, rng, at))
    steps = _recorded(happened, packs, at, teller, shift.shift_id if shift else None)
    late = timedelta(hours=rng.randint(6, 30)) if happened.late else timedelta()
    wrong = timedelta(minutes=happened.drift)
    last = max(step.at for step in steps)
    signed = last + timedelta(minutes=rng.randint(5, 40))
    steps = completed(happened.incident_id, steps, packs, signed, teller)
    steps = [replace(step, at=step.at + late + wrong) for step in steps]
    if happened.conflict:
        steps += _conflict(happened, teller, signed + late + wrong - timedelta(minutes=4))
    police = any(of_question(step.answers, "officers") for step in steps)
    signed += late + wrong
    cosigned = signed - timedelta(minutes=2) if police and happened.mode == "face_to_face" else None
    reviewed = signed - wrong + timedelta(minutes=rng.randint(8 * 60, 48 * 60))
    return Case(happened, nurse, car, shift, tuple(steps), cosigned, signed, reviewed)


def _slots(happened: Facts, nurse: str, rng: Random, at: Times) -> dict[str, Any]:
    def invented() -> str:
        return f"{rng.choice(GIVEN)} {''.join(rng.choice(part) for part in FAMILY)}"

    officer, collar, town = invented(), str(rng.randint(9000, 9999)), rng.choice(list(TOWNS))
    places = {
        "ed": f"{town} Infirmary, ED",
        "hbpos": f"Health-based place of safety, {town}",
        "police_station": f"Police station, {town}",
    }
    return {
        "outcome": happened.outcome,
        "place": places.get(happened.detained.place if happened.detained else "ed", f"{town} Infirmary"),
        "town": town,
        "street": rng.choice(STREETS),
        "number": rng.randint(1, 9),
        "service": rng.choice(SERVICES),
        "relative": rng.choice(RELATIVES),
        "nurse": nurse,
        "officer_name": officer,
        "collar": collar,
        "officer": f"PC {officer}, {collar}",
        "colleague": invented(),
        "clock": clock(at["ended"]),
        "age": max(happened.age, 1) // 5 * 5 or happened.age,
    }


def _recorded(happened: Facts, packs: PackSet, at: Times, teller: Teller, shift: str | None) -> list[Completion]:
    """The records in the order in which a nurse makes them."""
    rng, slots, ids, steps = teller.rng, teller.slots, {"incident": happened.incident_id}, []

    def record(kind: str, when: datetime, given: dict[str, Any]) -> None:
        first = kind not in ids and kind != "incident"
        record_id = ids.setdefault(kind, str(UUID(int=rng.getrandbits(128), version=4)))
        more = {name: teller.text(name) for name in OPTIONAL.get(kind, ()) if first and rng.random() < 0.7}
        steps.append(Completion(kind, record_id, when, readable(kind, {**more, **given})))

    source = "typed" if happened.late else "tapped"
    ended, mode = at["ended"], happened.mode
    record(
        "incident",
        at["mh_engaged"],
        {**answers.incident(happened, packs, rng, slots, shift), **ribbon(at, BEFORE, source)},
    )
    if mode in answers.WITH_PERSON or happened.detained or rng.random() < LOOKED_UP:
        record("person", at["mh_engaged"] + timedelta(minutes=4), answers.person(happened, rng))
    record("contact", ended, answers.contact(happened, rng, slots, at))
    if mode in answers.WITH_PERSON:
        record("assessment", ended + timedelta(minutes=3), answers.assessment(happened, rng))
    if happened.detained or (happened.intended == "s136" and mode in (*ADVICE, "face_to_face") and rng.random() < 0.7):
        record("detention", at.get("place", ended) + timedelta(minutes=5), answers.detention(happened, rng, slots, at))
    if (
        happened.outcome in answers.REFERRALS
        and mode in answers.WITH_PERSON
        and (happened.outcome != "home_with_plan" or rng.random() < 0.4)
    ):
        record("referral", ended + timedelta(minutes=8), answers.referral(happened, at, rng))
    if "handover_accepted" in at:
        record("handover", at["handover_accepted"], answers.handover(happened))
    record("incident", at["cleared"], {**ribbon(at, AFTER, source), "incident_outcome": answers.outcome(happened)})
    if happened.detained:
        record(
            "detention",
            max(at["finished"], at["cleared"]) + timedelta(minutes=30),
            answers.after_detention(happened, at),
        )
    return sorted(steps, key=lambda step: step.at)


def _conflict(happened: Facts, teller: Teller, when: datetime) -> list[Completion]:
    """Two nurses wrote where it was without seeing each other's words; later one of them settles it."""
    mine, theirs = (f"{teller.rng.choice(STREETS)}, {teller.slots['town']}, {side} side" for side in ("north", "south"))
    home = happened.incident_id
    return [
        Completion("incident", home, when, {"location": mine}),
        Completion("incident", home, when, {"location": theirs}, beside=True),
        Completion("incident", home, when + timedelta(minutes=1), {"location": mine}, op="resolve"),
    ]


def _shift(happened: Facts, nurse: str, car: str) -> Shift | None:
    hours = planned(happened.day)
    if happened.car is None or hours is None:
        return None
    shift_id = str(UUID(int=Random(f"{happened.team}/{happened.car}/{happened.day}").getrandbits(128), version=4))
    return Shift(
        shift_id,
        hours[0],
        {
            "car": car,
            "day": happened.day.isoformat(),
            "crew_nurse": nurse,
            "crew_officer": "PC Dan Hart, 2417",
            "planned_start": instant(hours[0]),
            "planned_end": instant(hours[1]),
            "started_at": instant(hours[0]),
            "ended_at": instant(hours[1]),
        },
    )
