"""The events of the incident's time ribbon, T0 to T21, as one table: where each time is kept, and when it is wanted.

Source: project specification 2.2 and 3(a), 22 Nov 2026 (events, who, when mandatory). Which event may not come before
which is this project's own, 22 Nov 2026: several events run side by side (the car is cleared long before a detention
ends), so each names only those it follows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sync.domain.clinical.modes import ADVICE, Mode
from sync.domain.forms import AnswerKey, Context, Form, Rule

NOT_MH = "not_mh"
TO_HEALTH = frozenset({"ed_voluntary", "s135", "s136", "hospital", "detained", "ambulance"})  # outcomes: taken there


# --- when an event is wanted --------------------------------------------------------------------------------------


def modes(context: Context) -> frozenset[Mode]:
    """How the contacts of the incident were made."""
    used = (getattr(contact, "contact_mode", None) for contact in context.forms.get("contact", ()))
    return frozenset(mode for mode in used if mode)


def counts(form: Form | None, context: Context) -> bool:
    """True unless the nature is *not mental health*. Such an incident is logged with two answers."""
    return getattr(form, "nature", None) != NOT_MH


def _face_to_face(form: Form | None, context: Context) -> bool:
    return counts(form, context) and Mode.FACE_TO_FACE in modes(context)


def _police_on_scene(form: Form | None, context: Context) -> bool:
    return context.police_present and _face_to_face(form, context)


def _input_asked_for(form: Form | None, context: Context) -> bool:
    """Whether an officer asked for advice, or for somebody to come."""
    wanted = modes(context) & (ADVICE | {Mode.FACE_TO_FACE})
    return counts(form, context) and context.police_present and bool(wanted)


def _attended(form: Form | None, context: Context) -> bool:
    """Whether police came. An officer who only asks by phone or radio may never have been at the scene."""
    came = getattr(form, "first_officer_arrived", None) is not None
    on_scene = context.police_present and modes(context) <= {Mode.FACE_TO_FACE}
    return counts(form, context) and (came or on_scene or _police_on_scene(form, context))


def conveyed(form: Form | None, context: Context) -> bool:
    """Whether the person was taken to health services."""
    arrived = any(getattr(detention, "arrival_first_pos_at", None) for detention in context.forms.get("detention", ()))
    return counts(form, context) and (arrived or bool(TO_HEALTH & set(getattr(form, "incident_outcome", None) or ())))


def _always(form: Form | None, context: Context) -> bool:
    return True


# --- the table ----------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where a time is kept: in a question of a form, or in a part of each item of a group."""

    kind: str
    question: str
    part: str = ""

    def values(self, form: Form | None) -> Iterable[tuple[str, Any]]:
        """The times that this form keeps in this place, each with the key of its answer."""
        value = getattr(form, self.question, None)
        if not self.part:
            return [(self.question, value)] if value is not None else []
        parts = {key: getattr(item, self.part, None) for key, item in (value or {}).items()}
        return [(str(AnswerKey(self.question, key)), part) for key, part in parts.items() if part is not None]


@dataclass(frozen=True)
class TimelineEvent:
    """One event. `places`: where its time is kept; the first that has a time counts.

    `mandatory`: when the time is wanted, in words. `needed`: the same as a rule, for events on the incident's own form;
    the other forms have rules of their own.
    """

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
    """An event. A place is written "kind.question", or "kind.question.part" for the items of a group."""
    kept_in = tuple(Place(*place.split(".")) for place in places)
    return TimelineEvent(code, event, label, who, mandatory, kept_in, **about)


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
         after=("call_received",), needed=_input_asked_for),
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
         after=("arrived", "first_officer_arrived"), needed=conveyed),
    _entry("T11", "arrived_first_pos", "Arrived at the first place of safety", "Officer", "Section 135 or 136: removed",
           "detention.arrival_first_pos_at", after=("s136_used", "departed_scene")),
    _entry("T11", "decided_keep_at_pos", "Decided to keep them where they were", "Constable",
           "Section 135 or 136: kept where they were", "detention.kept_at", after=("call_received",)),
    _entry("T12", "pos_informed", "Place of safety told", "Officer or nurse", "Section 135 or 136",
           "detention.pos_informed_at", after=("call_received",)),
    _entry("T12", "amhp_informed", "AMHP told", "Officer or nurse", "Section 135 or 136",
           "detention.amhp_informed_at", after=("call_received",)),
    _own("T13", "handover_offered", "Handover offered", "Officer or nurse", "Taken to health services",
         after=("arrived_first_pos", "departed_scene", "mh_engaged"), needed=conveyed),
    _own("T14", "handover_accepted", "Handover accepted", "Receiving clinician", "Taken to health services",
         after=("handover_offered",), needed=conveyed),
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
