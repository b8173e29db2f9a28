"""Where a person may be kept under section 135 or 136: by age, by the rule pack, and by who agrees.

Sources, read 22 Nov 2026: the places, MHA 1983 s135(6); who has to agree to a private home or another suitable place,
s135(7), both as amended by the Policing and Crime Act 2017 s81, in force 11 Dec 2017. Never a police station under 18:
s136A(1). For adults the conditions of SI 2017/1036 regs 2 and 4, with a check by a healthcare professional at least
every 30 minutes. An emergency department is a place of safety: Department of Health and Home Office guidance, Oct 2017.
Unconfirmed: that the Mental Health Act 2025 ends police stations as places of safety for everyone, and from when; a
pack says which rule holds. The codes are this project's own.

Nothing here blocks the recording of a fact: it says what the law asks for, and what to do when that was not done.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sync.domain.content.rules import Rules
from sync.domain.forms import Choice


class PlaceOfSafety(Choice):
    HBPOS = "hbpos", "Health-based place of safety"
    ED = "ed", "Emergency department"
    HOSPITAL = "other_hospital", "Other hospital"
    INDEPENDENT = "independent", "Independent hospital or care home"
    RESIDENTIAL = "la_residential", "Local authority residential accommodation"
    PRIVATE_HOME = "private_home", "Private home, with consent"
    OTHER = "other", "Other suitable place"
    POLICE_STATION = "police_station", "Police station"


class Occupancy(Choice):
    """Whose home it is: MHA 1983 s135(7)."""

    SOLE = "sole", "The person lives there alone"
    JOINT = "joint", "The person lives there with others"
    NOT_OCCUPIER = "not_occupier", "The person does not live there"


class PlaceAgreement(Choice):
    """For a private home or another suitable place: MHA 1983 s135(7)."""

    PERSON = "person", "The person"
    OCCUPIER = "occupier", "An occupier"
    MANAGER = "manager", "The manager of the place"


class StationCondition(Choice):
    """SI 2017/1036 regs 2 and 4: all are needed for an adult at a police station."""

    IMMINENT = "imminent", "Behaviour poses an imminent risk of serious injury or death"
    NO_OTHER = "no_other_place", "No other place of safety in the police area can be expected to detain them"
    HCP = "hcp_present", "A healthcare professional is present and available, so far as practicable"
    INSPECTOR = "inspector", "An officer of at least the rank of inspector authorised it"
    CONSULTED = "consulted", "A health professional was consulted, if practicable"
    CHECKS = "checks", "A healthcare professional checks at least every 30 minutes"


class Station(Choice):
    """What the law says of a police station for this person."""

    NEVER = "never", "A police station is not a place of safety for anyone"
    NOT_UNDER_18 = "not_under_18", "A police station is never a place of safety for anyone under 18"
    AGE_UNKNOWN = "age_unknown", "The age is not recorded. A police station is never for anyone under 18"
    CONDITIONS = "conditions", "Only when every condition is met"


def station(under_18: bool | None, rules: Rules) -> Station:
    """Whether a police station may be used. `under_18`: also true when it is possible; None when nothing is known."""
    if rules.police_station_adult == "never":
        return Station.NOT_UNDER_18 if under_18 else Station.NEVER
    if under_18 is None:
        return Station.AGE_UNKNOWN
    return Station.NOT_UNDER_18 if under_18 else Station.CONDITIONS


def usable(under_18: bool | None, rules: Rules) -> tuple[PlaceOfSafety, ...]:
    """The places that may be used; a police station only for a known adult, where the pack allows it on conditions."""
    station_too = station(under_18, rules) == Station.CONDITIONS
    return tuple(place for place in PlaceOfSafety if place != PlaceOfSafety.POLICE_STATION or station_too)


def conditions_lacking(met: Iterable[str], rules: Rules) -> tuple[StationCondition, ...]:
    """The pack's conditions for an adult at a police station that are not recorded as met."""
    needed = set(rules.police_station_conditions) - set(met)
    return tuple(condition for condition in StationCondition if condition in needed)


def consents_needed(place: PlaceOfSafety | None, occupancy: Occupancy | None) -> frozenset[PlaceAgreement]:
    """Who has to agree to the place: nobody for a hospital.

    For a private home the person, and an occupier too unless the person is recorded as living there alone.
    """
    if place == PlaceOfSafety.OTHER:
        return frozenset({PlaceAgreement.MANAGER})
    if place != PlaceOfSafety.PRIVATE_HOME:
        return frozenset()
    alone = occupancy == Occupancy.SOLE
    return frozenset({PlaceAgreement.PERSON} if alone else {PlaceAgreement.PERSON, PlaceAgreement.OCCUPIER})


def check_overdue(checks: Iterable[datetime], since: datetime | None, now: datetime, rules: Rules) -> timedelta | None:
    """How long ago the last check was, if that is longer than the rules allow; else None. `since`: the arrival."""
    last = max((at for at in (*checks, since) if at is not None and at <= now), default=None)
    if last is None or now - last <= timedelta(minutes=rules.police_station_check_minutes):
        return None
    return now - last
