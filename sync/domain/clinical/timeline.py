"""The incident's time ribbon: the times that are kept, questions about those that look wrong, and the steps offered.

Each time is kept once, in the form it belongs to; `events.TABLE` says where. Nothing here blocks: a wrong order is a
question.

Source: project specification 2.2 and 3(a), 22 Nov 2026 (order is a query to confirm; not more than 5 minutes in the
future; more than 24 hours old is flagged). The steps of each contact mode are this project's own, 22 Nov 2026.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sync.core.times import as_moment, moment
from sync.domain.clinical import shifts
from sync.domain.clinical.events import BY_EVENT, TABLE, conveyed, counts, modes
from sync.domain.clinical.modes import ADVICE, IN_PERSON, Mode
from sync.domain.forms import Context, Event, Note, Source

if TYPE_CHECKING:
    from sync.domain.records.fold import Act, Record

AHEAD = timedelta(minutes=5)
OLD = timedelta(hours=24)


# --- the times that are kept --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeptTime:
    """A time as it is kept.

    `number`: of the record among the incident's records of this kind, the oldest being 0. `key`: of the answer.
    `value`: an `Event` on the incident's own form, a moment on the others.
    """

    kind: str
    number: int
    key: str
    value: Any = field(repr=False)

    @property
    def at(self) -> datetime:
        return self.value.at if isinstance(self.value, Event) else self.value


def kept(context: Context) -> dict[str, list[KeptTime]]:
    """Every event that has a time, with all the times at the first of its places that has one."""
    recorded: dict[str, list[KeptTime]] = {}
    for entry in TABLE:
        for place in entry.places:
            times = [
                KeptTime(place.kind, number, key, value)
                for number, form in enumerate(context.forms.get(place.kind, ()))
                for key, value in place.values(form)
            ]
            if times:
                recorded[entry.event] = times
                break
    return recorded


def counting(context: Context) -> dict[str, KeptTime]:
    """For each event the time that counts: the earliest recorded, or the latest where the table says so."""
    return {
        event: (max if BY_EVENT[event].last else min)(recorded, key=lambda time: time.at)
        for event, recorded in kept(context).items()
    }


def times(context: Context, acts: "Iterable[Act]" = ()) -> dict[str, datetime]:
    """The whole ribbon: each event that has a time, gathered from the forms, and from the acts of signing."""
    ribbon = {event: time.at for event, time in counting(context).items()}
    for act in acts:
        event = {"sign": "record_signed", "cosign": "officer_cosigned"}.get(act.op)
        if event:
            ribbon[event] = max(ribbon.get(event, moment(act.at)), moment(act.at))
    return ribbon


def entered_late(record: "Record") -> list[str]:
    """The events that were entered in this record more than 24 hours after they happened: "entered later"."""
    return [
        name
        for name, given in record.answers.items()
        if isinstance(given.value, Mapping)
        and name in BY_EVENT
        and (at := as_moment(given.value.get("at"))) is not None
        and moment(given.at) - at > OLD
    ]


def queries(context: Context) -> list[Note]:
    """Questions about times that look wrong: before a time they follow, in the future, or over 24 hours old."""
    at, notes = times(context), []
    remote = bool(modes(context) - IN_PERSON)  # on the phone first, and there later: both are right
    for event, when in at.items():
        before = [other for other in BY_EVENT[event].after if other in at and when < at[other]]
        before = [other for other in before if not (remote and (event, other) == ("mh_engaged", "arrived"))]
        if before:
            notes.append(Note(f"“{BY_EVENT[event].label}” is before “{BY_EVENT[before[0]].label}”: check."))
        if context.now and when > context.now + AHEAD:
            notes.append(Note(f"“{BY_EVENT[event].label}” is in the future: check."))
    if context.now and "cleared" not in at:
        notes += [
            Note(f"“{BY_EVENT[event].label}” is more than 24 hours ago: check. It is shown as entered later.")
            for event, recorded in kept(context).items()
            if any(_entered_by_hand(time.value) and context.now - time.at > OLD for time in recorded)
        ]
    return notes


def _entered_by_hand(value: Any) -> bool:
    return isinstance(value, Event) and value.source != Source.TAPPED


def in_hours(
    times: Mapping[str, datetime], opened_at: datetime, patterns: Iterable[shifts.ShiftPattern] = shifts.PATTERNS
) -> bool:
    """Whether a car was planned to be out when the incident began: when the nurse engaged, else when it was opened."""
    return shifts.in_hours(times.get("mh_engaged", opened_at), patterns)


# --- the next step ------------------------------------------------------------------------------------------------

FACE_TO_FACE = ("arrived", "mh_engaged", "handover_offered", "handover_accepted", "officers_released", "cleared")
_ORDER = ("arrived", "mh_engaged", "advice_given", *FACE_TO_FACE[2:])
_STEPS: Mapping[Mode, tuple[str, ...]] = {
    Mode.FACE_TO_FACE: FACE_TO_FACE,
    **dict.fromkeys(ADVICE, ("mh_engaged", "advice_given", "cleared")),
    **dict.fromkeys((Mode.CUSTODY, Mode.VOLUNTARY), ("arrived", "mh_engaged", "cleared")),
}
_REMOTE = ("mh_engaged", "cleared")


def steps(context: Context) -> tuple[str, ...]:
    """The events to offer as large buttons, in order, by the contact modes; and those that already have a time."""
    incident = next(iter(context.forms.get("incident", ())), None)
    used = modes(context)
    if not counts(incident, context):
        wanted = {"cleared"}
    elif not used:
        wanted = set(FACE_TO_FACE)
    else:
        wanted = {event for mode in used for event in _STEPS.get(mode, _REMOTE)}
        if getattr(incident, "first_officer_arrived", None):
            wanted.add("officers_released")
        if conveyed(incident, context):
            wanted |= {"handover_offered", "handover_accepted"}
    tapped = {event for event in _ORDER if incident and getattr(incident, event, None)}
    return tuple(event for event in _ORDER if event in wanted | tapped)
