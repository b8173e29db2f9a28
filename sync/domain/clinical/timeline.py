"""The incident's time ribbon, T0 to T21, as one table; the steps offered; what is asked about times that look wrong.

Each time is kept once, in the form it belongs to; the table says where. Nothing here blocks: a wrong order is a question.

Source: project specification 2.2 and 3(a), 22 Nov 2026 (events, who, when mandatory; order is a query to confirm; not
more than 5 minutes in the future; more than 24 hours old is flagged). Which event may not come before which, and the
steps of each contact mode, are this project's own, 22 Nov 2026: several events run side by side (the car is cleared
long before a detention ends), so each names only those it follows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sync.core.times import moment
from sync.domain.clinical import shifts
from sync.domain.clinical.modes import ADVICE, IN_PERSON, Mode
from sync.domain.forms import AnswerKey, Context, Event, Note, Rule, Source

if TYPE_CHECKING:
    from sync.domain.records.fold import Act, Record

NOT_MH = "not_mh"
AHEAD = timedelta(minutes=5)
OLD = timedelta(hours=24)
TO_HEALTH = frozenset({"ed_voluntary", "s135", "s136", "hospital", "detained", "ambulance"})  # outcomes: taken there


# --- when an event is wanted --------------------------------------------------------------------------------------


def modes(context: Context) -> frozenset[Mode]:
    """How the contacts of the incident were made."""
    found = (getattr(contact, "contact_mode", None) for contact in context.forms.get("contact", ()))
    return frozenset(mode for mode in found if mode)


def counts(form: Any, context: Context) -> bool:
    """Not said to be no mental-health incident. One that is, is logged in two answers."""
    return getattr(form, "nature", None) != NOT_MH


def _face_to_face(form: Any, context: Context) -> bool:
    return counts(form, context) and Mode.FACE_TO_FACE in modes(context)


def _police_on_scene(form: Any, context: Context) -> bool:
    return context.police_present and _face_to_face(form, context)


def _asked(form: Any, context: Context) -> bool:
    """An officer asked for advice, or for somebody to come."""
    wanted = modes(context) & (ADVICE | {Mode.FACE_TO_FACE})
    return counts(form, context) and context.police_present and bool(wanted)


def _attended(form: Any, context: Context) -> bool:
    """Police came: one who only asks by phone or radio may never have been there."""
    came = getattr(form, "first_officer_arrived", None) is not None
    on_scene = context.police_present and modes(context) <= {Mode.FACE_TO_FACE}
    return counts(form, context) and (came or on_scene or _police_on_scene(form, context))


def _conveyed(form: Any, context: Context) -> bool:
    arrived = any(getattr(held, "arrival_first_pos_at", None) for held in context.forms.get("detention", ()))
    return counts(form, context) and (arrived or bool(TO_HEALTH & set(getattr(form, "incident_outcome", None) or ())))


def _always(form: Any, context: Context) -> bool:
    return True


# --- the table ----------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where a time is kept: a question of a form; in a group, the part of each item."""

    kind: str
    question: str
    part: str = ""

    def values(self, form: Any) -> Iterable[tuple[str, Any]]:
        """Each time that this form keeps here, with the key of its answer."""
        value = getattr(form, self.question, None)
        if not self.part:
            return [(self.question, value)] if value is not None else []
        parts = {item: getattr(each, self.part, None) for item, each in (value or {}).items()}
        return [(str(AnswerKey(self.question, item)), part) for item, part in parts.items() if part is not None]


@dataclass(frozen=True)
class TimelineEvent:
    """One event. `places`: where its time is kept; the first that has one counts. `mandatory`: when the time is wanted,
    in words; `needed`: the same as a rule, for the events on the incident's own form; other forms ask for theirs."""

    code: str
    event: str
    label: str
    who: str
    mandatory: str
    places: tuple[Place, ...] = ()
    after: tuple[str, ...] = ()  # events it does not come before
    needed: Rule | None = None
    last: bool = False  # of several records, the last time and not the first


def _entry(code: str, event: str, label: str, who: str, mandatory: str, *places: str, **about: Any) -> TimelineEvent:
    """A place is written "kind.question", or "kind.question.part" for the items of a group."""
    return TimelineEvent(
        code, event, label, who, mandatory, tuple(Place(*place.split(".")) for place in places), **about
    )


def _own(code: str, event: str, label: str, who: str, mandatory: str, *also: str, **about: Any) -> TimelineEvent:
    """An event on the incident's own form."""
    return _entry(code, event, label, who, mandatory, f"incident.{event}", *also, **about)


TABLE = (
    _own("T0", "call_received", "Call received", "Control room", "Known"),
    _entry("T1", "rcrp_decided", "Right Care Right Person decided", "Coordinator", "Control-room triage",
           "contact.rcrp_decided_at", after=("call_received",)),
    _own("T2", "dispatched", "Dispatched", "Control room", "Face to face", after=("call_received",),
         needed=_face_to_face),
    _own("T3", "first_officer_arrived", "First officer arrived", "Officer", "Police at the scene",
         after=("call_received",), needed=_police_on_scene),
    _own("T4", "mh_requested", "Mental-health input asked for", "Officer", "Advice or attendance",
         after=("call_received",), needed=_asked),
    _own("T5", "arrived", "Arrived", "Nurse", "", after=("dispatched", "call_received")),
    _own("T5", "mh_engaged", "Engaged", "Nurse", "Always", after=("arrived", "mh_requested", "call_received"),
         needed=counts),
    _own("T5", "advice_given", "Advice given", "Nurse", "Advice", "contact.advice_given_at",
         after=("mh_engaged", "mh_requested")),
    _entry("T6", "contact_started", "With the person from", "Nurse", "Contact with the person", "contact.started_at",
           after=("mh_engaged",)),
    _entry("T6", "contact_ended", "With the person until", "Nurse", "Contact with the person", "contact.ended_at",
           after=("contact_started",), last=True),
    _entry("T7", "s136_consulted", "Consultation began", "Officer and nurse", "Section 136 considered",
           "detention.consulted_at", after=("call_received",)),
    _entry("T8", "s136_used", "Section 136 used", "Constable", "Section 136 used", "detention.used_at",
           after=("first_officer_arrived",)),
    _own("T9", "ambulance_requested", "Ambulance asked for", "Officer or nurse", "Conveyance needed",
         "detention.ambulance_requested_at", after=("call_received",)),
    _own("T9", "ambulance_arrived", "Ambulance came", "Officer or nurse", "Conveyance needed",
         "detention.ambulance_arrived_at", after=("ambulance_requested",)),
    _own("T9", "ambulance_declined", "Ambulance declined", "Officer or nurse", "Conveyance needed",
         "detention.ambulance_declined_at", after=("ambulance_requested",)),
    _own("T10", "departed_scene", "Left the scene", "Anyone", "Taken to a place",
         after=("arrived", "first_officer_arrived"), needed=_conveyed),
    _entry("T11", "arrived_first_pos", "Arrived at the first place of safety", "Officer", "Section 135 or 136: removed",
           "detention.arrival_first_pos_at", after=("s136_used", "departed_scene")),
    _entry("T11", "decided_keep_at_pos", "Decided to keep them where they were", "Constable",
           "Section 135 or 136: kept where they were", "detention.kept_at", after=("call_received",)),
    _entry("T12", "pos_informed", "Place of safety told", "Officer or nurse", "Section 135 or 136",
           "detention.pos_informed_at", after=("call_received",)),
    _entry("T12", "amhp_informed", "AMHP told", "Officer or nurse", "Section 135 or 136",
           "detention.amhp_informed_at", after=("call_received",)),
    _own("T13", "handover_offered", "Handover offered", "Officer or nurse", "Taken to health services",
         after=("arrived_first_pos", "departed_scene", "mh_engaged"), needed=_conveyed),
    _own("T14", "handover_accepted", "Handover accepted", "Receiving clinician", "Taken to health services",
         after=("handover_offered",), needed=_conveyed),
    _own("T15", "officers_released", "Officers released", "Officer", "Police attended",
         after=("handover_accepted", "first_officer_arrived"), needed=_attended),
    _entry("T16", "assessment_started", "Assessment began", "Doctor, AMHP", "Section 135 or 136",
           "detention.assessment_started_at", after=("arrived_first_pos", "decided_keep_at_pos")),
    _entry("T16", "assessment_completed", "Assessment finished", "Doctor, AMHP", "Section 135 or 136",
           "detention.assessment_completed_at", after=("assessment_started",)),
    _entry("T17", "pos_transferred", "Moved to a second place of safety", "Officer or unit", "Transfer",
           "detention.transfers.arrived", after=("arrived_first_pos", "decided_keep_at_pos")),
    _entry("T18", "extension_authorised", "Extension authorised", "Doctor", "Extension",
           "detention.extension_authorised_at", after=("arrived_first_pos", "decided_keep_at_pos")),
    _entry("T19", "detention_ended", "Detention ended", "Doctor, AMHP or unit", "Section 135 or 136",
           "detention.ended_at", after=("assessment_completed", "arrived_first_pos", "decided_keep_at_pos")),
    _own("T20", "cleared", "Cleared", "Car", "Always",
         after=("officers_released", "handover_accepted", "departed_scene", "mh_engaged", "arrived"), needed=_always),
    _entry("T21", "record_signed", "Record signed", "Nurse", "Always"),
    _entry("T21", "officer_cosigned", "Handover sheet signed by the officer", "Officer", "Always"),
    _entry("T21", "synced", "Received by the centre", "Device", "Always"),
)  # fmt: skip
BY_EVENT = {entry.event: entry for entry in TABLE}


# --- what is there ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeptTime:
    """A time as it is kept.

    `number`: in which of the incident's records of this kind, the oldest being 0; `key`: of its answer; `value`: an
    `Event` on the incident's own form, a moment on the others.
    """

    kind: str
    number: int
    key: str
    value: Any = field(repr=False)

    @property
    def at(self) -> datetime:
        return self.value.at if isinstance(self.value, Event) else self.value


def kept(context: Context) -> dict[str, list[KeptTime]]:
    """Every event that has a time, with all the times recorded at the first of its places that has one."""
    recorded: dict[str, list[KeptTime]] = {}
    for entry in TABLE:
        for place in entry.places:
            here = [
                KeptTime(place.kind, number, key, value)
                for number, form in enumerate(context.forms.get(place.kind, ()))
                for key, value in place.values(form)
            ]
            if here:
                recorded[entry.event] = here
                break
    return recorded


def counting(context: Context) -> dict[str, KeptTime]:
    """Of each event the time that counts: the earliest recorded, or the latest where the table says so."""
    return {
        event: (max if BY_EVENT[event].last else min)(recorded, key=lambda time: time.at)
        for event, recorded in kept(context).items()
    }


def times(context: Context, acts: "Iterable[Act]" = ()) -> dict[str, datetime]:
    """The whole ribbon: each event that has a time, gathered from the forms, and from the acts of signing."""
    found = {event: time.at for event, time in counting(context).items()}
    for act in acts:
        event = {"sign": "record_signed", "cosign": "officer_cosigned"}.get(act.op)
        if event:
            found[event] = max(found.get(event, moment(act.at)), moment(act.at))
    return found


def entered_late(record: "Record") -> list[str]:
    """The events of this record that were written down more than 24 hours after they happened: "entered later"."""
    return [
        name
        for name, given in record.answers.items()
        if isinstance(given.value, Mapping)
        and name in BY_EVENT
        and (at := _read(given.value.get("at"))) is not None
        and moment(given.at) - at > OLD
    ]


def _read(raw: Any) -> datetime | None:
    try:
        at = moment(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None


def queries(context: Context) -> list[Note]:
    """Quiet questions about times: one before another it follows, one in the future, one of another day."""
    at, made = times(context), []
    remote = bool(modes(context) - IN_PERSON)  # on the phone first, and there later: both are right
    for event, when in at.items():
        before = [other for other in BY_EVENT[event].after if other in at and when < at[other]]
        before = [other for other in before if not (remote and (event, other) == ("mh_engaged", "arrived"))]
        if before:
            made.append(Note(f"“{BY_EVENT[event].label}” is before “{BY_EVENT[before[0]].label}”: check."))
        if context.now and when > context.now + AHEAD:
            made.append(Note(f"“{BY_EVENT[event].label}” is in the future: check."))
    if context.now and "cleared" not in at:
        made += [
            Note(f"“{BY_EVENT[event].label}” is more than 24 hours ago: check. It is shown as entered later.")
            for event, recorded in kept(context).items()
            if any(_typed(time.value) and context.now - time.at > OLD for time in recorded)
        ]
    return made


def _typed(value: Any) -> bool:
    return isinstance(value, Event) and value.source != Source.TAPPED


def in_hours(
    times: Mapping[str, datetime], opened_at: datetime, patterns: Iterable[shifts.ShiftPattern] = shifts.PATTERNS
) -> bool:
    """Whether the incident began while a car is planned to be out: when the nurse engaged, else when it was opened."""
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
    """The events offered as large buttons, in order, as this incident goes; what already has a time stays in sight."""
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
        if _conveyed(incident, context):
            wanted |= {"handover_offered", "handover_accepted"}
    done = {event for event in _ORDER if incident and getattr(incident, event, None)}
    return tuple(event for event in _ORDER if event in wanted | done)
