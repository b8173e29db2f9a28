"""When each question of the section 136 record is asked, what a value may be, and what is offered from the record.

Sources: those of `sync.domain.catalogue.detention.form`, read 22 Nov 2026 (MHA 1983 ss135 to 136C); that nothing
recorded once is asked again: project specification, 22 Nov 2026.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sync.domain.catalogue.assessment.codes import Theme
from sync.domain.catalogue.contact.form import ContactForm, Mode
from sync.domain.catalogue.detention.codes import (
    ADMITTED,
    ENDED_BY,
    HBPOS_UNAVAILABLE,
    S136,
    STATUS_AFTER,
    TIMED,
    Ambulance,
    Consulted,
    CountedBy,
    DetentionOutcome,
    EndReason,
    Force,
    LegalStatus,
    Power,
    Transfer,
    Transport,
)
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person.age import under_18
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.clinical.places_of_safety import PlaceOfSafety
from sync.domain.forms import Context, YesNo

if TYPE_CHECKING:
    from sync.domain.catalogue.detention.form import DetentionForm


# --- when -------------------------------------------------------------------------------------------------------


def none(form: "DetentionForm", context: Context) -> bool:
    return form.power == Power.NONE


def s136(form: "DetentionForm", context: Context) -> bool:
    return form.power in S136


def used(form: "DetentionForm", context: Context) -> bool:
    return form.power in TIMED


def removed(form: "DetentionForm", context: Context) -> bool:
    """Taken to a place of safety, so that the clock starts on arrival; not if they were kept where they were."""
    return form.power in TIMED and form.kept_at is None


def may_be_kept(form: "DetentionForm", context: Context) -> bool:
    return form.power in (Power.KEEP, Power.WARRANT)


def forced_entry(form: "DetentionForm", context: Context) -> bool:
    return form.entry_forced == YesNo.YES


def dwelling(form: "DetentionForm", context: Context) -> bool:
    """A place where somebody lives: by this form's answer, else by the incident's."""
    return (form.dwelling or from_incident("dwelling")(form, context)) == YesNo.YES


def practicable(form: "DetentionForm", context: Context) -> bool:
    return form.power in S136 and form.consultation_practicable == YesNo.YES


def not_practicable(form: "DetentionForm", context: Context) -> bool:
    return form.power in S136 and form.consultation_practicable == YesNo.NO


def home(form: "DetentionForm", context: Context) -> bool:
    return form.pos_type == PlaceOfSafety.PRIVATE_HOME


def needs_consent(form: "DetentionForm", context: Context) -> bool:
    return form.pos_type in (PlaceOfSafety.PRIVATE_HOME, PlaceOfSafety.OTHER)


def unit_refused(form: "DetentionForm", context: Context) -> bool:
    """A health-based place of safety was full, was closed or refused."""
    return form.pos_reason in HBPOS_UNAVAILABLE


def station(form: "DetentionForm", context: Context) -> bool:
    """A police station, at first or after a transfer."""
    places = {form.pos_type, *(transfer.to_type for transfer in form.transfers.values())}
    return PlaceOfSafety.POLICE_STATION in places


def extended(form: "DetentionForm", context: Context) -> bool:
    return form.extension_authorised_at is not None


def station_extended(form: "DetentionForm", context: Context) -> bool:
    return current_place(form) == PlaceOfSafety.POLICE_STATION and extended(form, context)


def ambulance_asked(form: "DetentionForm", context: Context) -> bool:
    return form.power in TIMED and form.ambulance not in (None, Ambulance.NOT_REQUESTED)


def ambulance_not_to_come(form: "DetentionForm", context: Context) -> bool:
    return ambulance_asked(form, context) and form.ambulance != Ambulance.ATTENDED


def by_ambulance(form: "DetentionForm", context: Context) -> bool:
    return form.transport_mode == Transport.AMBULANCE


def police_vehicle(form: "DetentionForm", context: Context) -> bool:
    return form.transport_mode == Transport.POLICE


def searched(form: "DetentionForm", context: Context) -> bool:
    return form.searched == YesNo.YES


def force(form: "DetentionForm", context: Context) -> bool:
    return bool(set(form.use_of_force or ()) - {Force.NONE})


def prone(form: "DetentionForm", context: Context) -> bool:
    return Force.PRONE in (form.use_of_force or ())


def rights_given(form: "DetentionForm", context: Context) -> bool:
    return form.rights_given == YesNo.YES


def maybe_child(form: "DetentionForm", context: Context) -> bool:
    return bool(under_18(context)) and form.power != Power.NONE


def looked_after_child(form: "DetentionForm", context: Context) -> bool:
    person = context.one(PersonForm)
    return maybe_child(form, context) and not (person and person.looked_after == YesNo.NO)


def ended(form: "DetentionForm", context: Context) -> bool:
    return form.ended_at is not None


def followed_up(form: "DetentionForm", context: Context) -> bool:
    return form.outcome == DetentionOutcome.FOLLOW_UP


def admitted(form: "DetentionForm", context: Context) -> bool:
    return form.outcome in ADMITTED


def not_admitted(form: "DetentionForm", context: Context) -> bool:
    return form.outcome is not None and form.outcome not in ADMITTED


def absconded(form: "DetentionForm", context: Context) -> bool:
    return form.outcome == DetentionOutcome.ABSCONDED or form.absconded_at is not None


def detained_before(form: "DetentionForm", context: Context) -> bool:
    return form.previous_s136 == YesNo.YES


def current_place(form: "DetentionForm") -> PlaceOfSafety | None:
    """Where they are now: the last transfer's place, else the first place of safety."""
    last = last_transfer(form)
    return last.to_type if last else form.pos_type


def last_transfer(form: "DetentionForm") -> Transfer | None:
    """The latest transfer by its time; one without a time counts as the last."""
    moves = [transfer for transfer in form.transfers.values() if transfer.to_type]
    return max(moves, key=lambda move: move.arrived or move.left or datetime.max.replace(tzinfo=UTC), default=None)


# --- what a value may be ------------------------------------------------------------------------------------------


def one_kind(chosen: tuple[Force, ...]) -> str | None:
    return None if len(chosen) == 1 or Force.NONE not in chosen else "Choose “None” alone, or what was used."


def hours(hours: int) -> str | None:
    """Catches a slip of the finger. The longest extension is the rule pack's, and one beyond it gives a note."""
    return None if 1 <= hours <= 72 else "Check the number of hours."


def minutes(minutes: int) -> str | None:
    return None if 0 <= minutes <= 1440 else "Check the number of minutes."


# --- what is offered --------------------------------------------------------------------------------------------


def from_incident(name: str) -> Callable[["DetentionForm", Context], Any]:
    return lambda form, context: getattr(context.one(IncidentForm), name, None)


def tapped(event: str) -> Callable[["DetentionForm", Context], Any]:
    """The time of this event of the ribbon."""
    return lambda form, context: getattr(from_incident(event)(form, context), "at", None)


def ambulance_came(form: "DetentionForm", context: Context) -> Ambulance | None:
    return Ambulance.ATTENDED if from_incident("ambulance_arrived")(form, context) else None


def nurse_consulted(form: "DetentionForm", context: Context) -> str | None:
    """The nurse of the car, unless somebody else is recorded as consulted."""
    return from_incident("crew_nurse")(form, context) if form.consulted_role in (None, Consulted.NURSE) else None


def from_person(name: str) -> Callable[["DetentionForm", Context], Any]:
    return lambda form, context: getattr(context.one(PersonForm), name, None)


def relative_told(form: "DetentionForm", context: Context) -> str | None:
    """The next of kin, when it is recorded that they were told."""
    person = context.one(PersonForm)
    return person.next_of_kin if person and person.carer_informed == YesNo.YES else None


def the_officer(form: "DetentionForm", context: Context) -> str | None:
    """The officer, when exactly one is recorded; with rank and collar number."""
    officers = [officer for contact in context.every(ContactForm) for officer in contact.officers.values()]
    if len(officers) != 1:
        return None
    name = " ".join(part for part in (officers[0].rank, officers[0].name) if part)
    return ", ".join(part for part in (name, officers[0].collar_number) if part)


def _advice(context: Context) -> ContactForm | None:
    return next((contact for contact in context.every(ContactForm) if contact.advice_given), None)


def adviser(form: "DetentionForm", context: Context) -> Consulted | None:
    """A nurse, when a contact has advice: the advice is a nurse's."""
    return Consulted.NURSE if _advice(context) else None


def advice(name: str) -> Callable[["DetentionForm", Context], Any]:
    return lambda form, context: getattr(_advice(context), name, None)


def how_consulted(form: "DetentionForm", context: Context) -> str | None:
    contact = _advice(context)
    ways = {Mode.FACE_TO_FACE: "In person", Mode.PHONE_ADVICE: "Phone", Mode.RADIO_ADVICE: "Radio"}
    return ways.get(contact.contact_mode) if contact and contact.contact_mode else None


def the_theme(form: "DetentionForm", context: Context) -> Theme | None:
    """The theme of the assessment, when it has exactly one."""
    assessments = context.forms.get("assessment", ())
    themes = [theme for assessment in assessments for theme in getattr(assessment, "presenting_themes", ()) or ()]
    return themes[0] if len(themes) == 1 else None


def status_after(form: "DetentionForm", context: Context) -> LegalStatus | None:
    return STATUS_AFTER.get(form.outcome) if form.outcome else None


def end_reason(form: "DetentionForm", context: Context) -> EndReason | None:
    return ENDED_BY.get(form.outcome) if form.outcome else None


def follow_up_offered(form: "DetentionForm", context: Context) -> YesNo | None:
    offered = {DetentionOutcome.FOLLOW_UP: YesNo.YES, DetentionOutcome.DISCHARGED: YesNo.NO}
    return offered.get(form.outcome) if form.outcome else None


def counted_by(form: "DetentionForm", context: Context) -> CountedBy | None:
    return CountedBy.POLICE if form.used_at else None
