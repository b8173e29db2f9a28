"""The use of section 136, or 135, of the Mental Health Act: the constable's power, the place of safety, the clock.

The decision is the constable's; the nurse advises. Nothing here blocks: the record must be able to show what happened.

Sources, read 22 Nov 2026:
- Grounds, places where it cannot be used, consultation: MHA 1983 s136(1), (1A)-(1C), as amended by the Policing and
  Crime Act 2017 s80, in force 11 Dec 2017; R (Sessay) v SLaM [2011] EWHC 2617 (QB).
- Places of safety and consents: MHA 1983 s135(6), (7), PCA 2017 s81. Never a police station under 18: s136A(1); for
  adults the conditions of SI 2017/1036 reg 2, and checks every 30 minutes, reg 4.
- The clock: see `sync.domain.s136_clock`. Search: MHA 1983 s136C.
- Monitoring: Home Office Annual Data Requirement (transport, reason for a police vehicle); Jenkins et al., BJPsych
  Bulletin 2017;41 (outcomes).

Unconfirmed, for a named person to check: that an occupational therapist may be consulted (SI 2017/1036 reg 8) and, less
so, a paramedic; routes in a dwelling other than a warrant; wording of the police-vehicle reasons; what people are told
of their rights; under-18 steps; which parts of the Mental Health Act 2025 are in force (it is to end police cells).
"""

from collections.abc import Iterable
from datetime import timedelta

from sync.domain import s136_clock
from sync.domain.catalogue.detention_codes import (
    HBPOS_UNAVAILABLE,
    S136,
    TIMED,
    Ambulance,
    ChildStep,
    Consent,
    Consulted,
    ExtensionReason,
    Force,
    NotUsed,
    Outcome,
    PlaceOfSafety,
    PlaceReason,
    Power,
    StationCondition,
    Transport,
    VehicleReason,
)
from sync.domain.catalogue.incident import IncidentForm, LocationType
from sync.domain.catalogue.person import PersonForm, may_be_under_18
from sync.domain.forms import Context, Form, Moment, Note, YesNo, ask
from sync.domain.times import day_and_clock, span


def _none(form: "DetentionForm", context: Context) -> bool:
    return form.power == Power.NONE


def _s136(form: "DetentionForm", context: Context) -> bool:
    return form.power in S136


def _used(form: "DetentionForm", context: Context) -> bool:
    return form.power in TIMED


def _removed(form: "DetentionForm", context: Context) -> bool:
    """The clock starts on arrival, unless they were kept where they already were."""
    return form.power in TIMED and form.kept_at is None


def _may_be_kept(form: "DetentionForm", context: Context) -> bool:
    return form.power in (Power.KEEP, Power.WARRANT)


def _forced(form: "DetentionForm", context: Context) -> bool:
    return form.entry_forced == YesNo.YES


def _practicable(form: "DetentionForm", context: Context) -> bool:
    return form.power in S136 and form.consultation_practicable == YesNo.YES


def _not_practicable(form: "DetentionForm", context: Context) -> bool:
    return form.power in S136 and form.consultation_practicable == YesNo.NO


def _needs_consent(form: "DetentionForm", context: Context) -> bool:
    return form.pos_type in (PlaceOfSafety.PRIVATE_HOME, PlaceOfSafety.OTHER)


def _refused(form: "DetentionForm", context: Context) -> bool:
    return form.pos_reason in HBPOS_UNAVAILABLE


def _station(form: "DetentionForm", context: Context) -> bool:
    return form.pos_type == PlaceOfSafety.POLICE_STATION


def _station_extended(form: "DetentionForm", context: Context) -> bool:
    return _station(form, context) and form.extension_authorised_at is not None


def _extended(form: "DetentionForm", context: Context) -> bool:
    return form.extension_authorised_at is not None


def _ambulance_asked(form: "DetentionForm", context: Context) -> bool:
    return form.power in TIMED and form.ambulance not in (None, Ambulance.NOT_REQUESTED)


def _police_vehicle(form: "DetentionForm", context: Context) -> bool:
    return form.transport_mode == Transport.POLICE


def _searched(form: "DetentionForm", context: Context) -> bool:
    return form.searched == YesNo.YES


def _force(form: "DetentionForm", context: Context) -> bool:
    return bool(set(form.use_of_force or ()) - {Force.NONE})


def _maybe_child(form: "DetentionForm", context: Context) -> bool:
    person = context.one(PersonForm)
    return bool(person and context.now and may_be_under_18(person, context.now)) and form.power != Power.NONE


def _ended(form: "DetentionForm", context: Context) -> bool:
    return form.ended_at is not None


def _one_kind(chosen: tuple[Force, ...]) -> str | None:
    return None if len(chosen) == 1 or Force.NONE not in chosen else "Choose “None” alone, or what was used."


def _hours(hours: int) -> str | None:
    return None if 1 <= hours <= 12 else "An extension is for 1 to 12 hours."


class DetentionForm(Form):
    kind, title = "detention", "Section 136"
    repeats = True

    power: Power | None = ask("Which power?", page="Power and grounds", required=True, police=True)
    considered_not_used_reason: NotUsed | None = ask("Why was it not used?", when=_none, required=_none)
    used_at: Moment | None = ask("When was it used?", when=_used, required=_used, police=True)
    detaining_officer: str | None = ask(
        "Officer who used it", when=_used, required=_used, hint="Name and collar number", police=True
    )
    place_used: LocationType | None = ask("What kind of place?", when=_used, required=_used, police=True)
    dwelling: YesNo | None = ask(
        "Is it a house, flat or room where anyone lives, or its yard, garden, garage or outhouse?", when=_used,
        required=_used, police=True, hint="Not if shared with other homes (MHA 1983 s136(1A))",
    )  # fmt: skip
    entry_forced: YesNo | None = ask("Did officers force entry?", when=_used)
    entry_forced_detail: str | None = ask("Where and how?", when=_forced, long=True)
    appears_disordered: YesNo | None = ask(
        "Did they appear to the constable to have a mental disorder?", when=_s136, required=_s136, police=True
    )
    needs_care_now: YesNo | None = ask("In immediate need of care or control?", when=_s136, required=_s136, police=True)
    necessary: YesNo | None = ask(
        "Was it necessary in their interests, or to protect others?", when=_s136, required=_s136, police=True
    )
    grounds: str | None = ask("What did the constable see and hear?", when=_s136, long=True, police=True)

    consultation_practicable: YesNo | None = ask(
        "Was it practicable to consult first?", page="Consultation", when=_s136, required=_s136, police=True
    )
    consultation_reason: str | None = ask(
        "Why not?", when=_not_practicable, required=_not_practicable, long=True, police=True
    )
    consulted_role: Consulted | None = ask("Who was consulted?", when=_practicable, required=_practicable, police=True)
    consulted_name: str | None = ask("Their name", when=_practicable, required=_practicable, police=True)
    consulted_at: Moment | None = ask("When?", when=_practicable, required=_practicable, police=True)
    consulted_how: str | None = ask("How?", when=_practicable, phrases=("In person", "Phone", "Radio"))
    information_shared: str | None = ask(
        "What information was shared?", when=_practicable, required=_practicable, long=True
    )
    consultation_advice: str | None = ask("What was advised?", when=_practicable, required=_practicable, long=True)
    officer_decision: str | None = ask(
        "What did the officer decide?", when=_practicable, required=_practicable, long=True
    )

    pos_type: PlaceOfSafety | None = ask(
        "Place of safety", page="Place of safety", when=_used, required=_used, police=True
    )
    pos_name: str | None = ask("Which one?", when=_used, required=_used, police=True)
    pos_reason: PlaceReason | None = ask("Why this one?", when=_used, required=_used, police=True)
    pos_refusals: str | None = ask(
        "Who refused, when and why?", when=_refused, required=_refused, long=True, hint="Unit, name, time, reason",
        police=True,
    )  # fmt: skip
    pos_consents: tuple[Consent, ...] | None = ask("Who agreed?", when=_needs_consent, required=_needs_consent)
    station_conditions: tuple[StationCondition, ...] | None = ask(
        "Which conditions are met?", when=_station, required=_station, hint="All are needed for an adult", police=True
    )
    child_steps: tuple[ChildStep, ...] | None = ask(
        "Under 18, or perhaps: what was done?", when=_maybe_child, required=_maybe_child
    )
    ambulance: Ambulance | None = ask("Ambulance", when=_used, required=_used, police=True)
    ambulance_requested_at: Moment | None = ask("Ambulance asked for at", when=_ambulance_asked, police=True)
    ambulance_arrived_at: Moment | None = ask("Ambulance came at", when=_ambulance_asked, police=True)
    transport_mode: Transport | None = ask("How did they get there?", when=_used, required=_used, police=True)
    police_vehicle_reason: VehicleReason | None = ask(
        "Why a police vehicle?", when=_police_vehicle, required=_police_vehicle, police=True
    )

    arrival_first_pos_at: Moment | None = ask(
        "Arrived at the first place of safety", page="The 24 hours", when=_removed, required=_removed, police=True,
        hint="Starts the 24 hours. ED counts. A transfer does not restart it",
    )  # fmt: skip
    kept_at: Moment | None = ask(
        "Decided to keep them where they were", when=_may_be_kept, police=True,
        hint="Starts the 24 hours. For a warrant: when the constable first entered",
    )  # fmt: skip
    amhp_informed_at: Moment | None = ask("AMHP told at", when=_used, required=_used, police=True)
    amhp_name: str | None = ask("Name of the AMHP", when=_used)
    doctor_informed_at: Moment | None = ask("Doctor told at", when=_used, required=_used)
    doctors: str | None = ask("Doctors", when=_used, long=True, hint="Names, and who is approved under section 12")
    extension_authorised_at: Moment | None = ask("Extension authorised at", when=_used, hint="Before the 24 hours end")
    extension_hours: int | None = ask(
        "For how long?", when=_extended, required=_extended, unit="hours", check=_hours, hint="12 at most"
    )
    extension_reason: ExtensionReason | None = ask("Why?", when=_extended, required=_extended)
    extension_doctor: str | None = ask("Which doctor authorised it?", when=_extended, required=_extended)
    extension_superintendent: str | None = ask(
        "Superintendent who approved it", when=_station_extended, required=_station_extended
    )

    searched: YesNo | None = ask(
        "Were they searched?", page="Search, force and rights", when=_used, required=_used, police=True
    )
    search_grounds: str | None = ask(
        "On what grounds, how far, and what was found?", when=_searched, required=_searched, long=True, police=True,
        hint="Danger, and hiding an item that could injure (MHA 1983 s136C). Who keeps it?",
    )  # fmt: skip
    use_of_force: tuple[Force, ...] | None = ask(
        "Was force used?", when=_used, required=_used, check=_one_kind, police=True
    )
    force_detail: str | None = ask(
        "By whom, how long, injuries, checks, form reference", when=_force, required=_force, long=True, police=True,
        hint="If prone: from when to when",
    )  # fmt: skip
    body_worn_video: YesNo | None = ask("Was body-worn video on?", when=_used, required=_used, police=True)
    body_worn_video_ref: str | None = ask("Video reference", when=_used, police=True)
    rights_given: YesNo | None = ask(
        "Was the person told they are detained, why, and for how long?", when=_used, required=_used, police=True
    )
    rights_detail: str | None = ask("Was it understood? In which language? To be repeated when?", when=_used, long=True)
    someone_informed: str | None = ask(
        "Who was told where they are?", when=_used, required=_used, hint="Name, time, or their wish"
    )

    assessment_started_at: Moment | None = ask("Assessment began", page="Outcome", when=_used)
    assessment_completed_at: Moment | None = ask("Assessment finished", when=_used)
    mental_disorder_found: YesNo | None = ask("Was a mental disorder found?", when=_ended, required=_ended)
    outcome: Outcome | None = ask("Outcome", when=_used, required=_ended)
    ended_at: Moment | None = ask("Detention ended", when=_used, hint="Discharged, admitted or run out", police=True)

    @classmethod
    def notes(cls, form: "DetentionForm", context: Context) -> Iterable[Note]:
        if in_a_dwelling(form, context):
            yield Note(DWELLING_WARNING, grave=True, source="MHA 1983 s136(1A)")
        if _station(form, context):
            yield from _station_notes(form, context)
        if form.power in S136 and YesNo.NO in (form.appears_disordered, form.needs_care_now, form.necessary):
            yield Note("All three grounds are needed for section 136.", source="MHA 1983 s136(1)")
        if form.consulted_at and form.used_at and form.consulted_at > form.used_at:
            yield Note("The consultation is after the power was used. It will be shown so.", source="MHA 1983 s136(1C)")
        yield from _clock_notes(form, context)


DWELLING_WARNING = (
    "Section 136 cannot be used in a house, flat or room where anyone lives, or in its yard, garden, garage or outhouse "
    "unless that is shared with other homes. Ask an AMHP about a Mental Health Act assessment or a section 135(1) warrant. "
    "Record what happened."
)


def in_a_dwelling(form: DetentionForm, context: Context) -> bool:
    """Section 136 is recorded, or about to be, where it cannot be used: here, or by the incident if not said here."""
    incident = context.one(IncidentForm)
    dwelling = form.dwelling or (incident.dwelling if incident else None)
    return dwelling == YesNo.YES and (form.power is None or form.power in S136)


def clock_of(form: DetentionForm) -> s136_clock.Clock | None:
    """The clock of this detention, or None while it has not started."""
    kept = form.kept_at if form.power in (Power.KEEP, Power.WARRANT) else None
    arrivals = [form.arrival_first_pos_at] if form.arrival_first_pos_at else []
    starts_at = s136_clock.start(kept_at=kept, arrivals=arrivals) if form.power in TIMED else None
    if starts_at is None:
        return None
    extension = None
    if form.extension_authorised_at and form.extension_reason and form.extension_hours:
        extension = s136_clock.Extension(
            form.extension_authorised_at,
            form.extension_reason == ExtensionReason.CONDITION,
            timedelta(hours=form.extension_hours),
        )
    return s136_clock.clock(starts_at, extension)


def _station_notes(form: DetentionForm, context: Context) -> Iterable[Note]:
    person = context.one(PersonForm)
    child = may_be_under_18(person, context.now) if person and context.now else None
    if child:
        yield Note(
            "A police station is never a place of safety for anyone under 18. If it has happened, record it and tell "
            "the inspector and your supervisor now.", grave=True, source="MHA 1983 s136A(1)",
        )  # fmt: skip
    elif child is None:
        yield Note(
            "The age is not recorded. A police station is never for anyone under 18.", source="MHA 1983 s136A(1)"
        )
    lacking = [condition.label for condition in StationCondition if condition not in (form.station_conditions or ())]
    if lacking:
        yield Note(f"Not recorded as met: {'; '.join(lacking)}.", source="SI 2017/1036 regs 2 and 4")


def _clock_notes(form: DetentionForm, context: Context) -> Iterable[Note]:
    """Start, end and time left in words, and whatever is due."""
    running = clock_of(form)
    if running is None:
        return
    source = "MHA 1983 s136B" if running.expires_extended_at else "MHA 1983 s136(2A)"
    ends = f"Started {day_and_clock(running.starts_at)}. Ends {day_and_clock(running.ends_at)}"
    extended = ", extended" if running.expires_extended_at else ""
    if running.refusal:
        yield Note(f"The extension does not count: {running.refusal.label}", source="MHA 1983 s136B")
    if context.now is None:
        yield Note(f"{ends}{extended}.", source=source)
        return
    if running.breach(context.now, form.ended_at):
        yield Note(f"{ends}{extended}. The time was exceeded: tell the unit and your supervisor.", source=source)
    elif form.ended_at:
        yield Note(f"{ends}{extended}. Ended {day_and_clock(form.ended_at)}, in time.", source=source)
    else:
        yield Note(f"{ends}{extended}: {span(running.left(context.now))} left.", source=source)
        due = running.alerts_due(context.now, form.amhp_informed_at)
        if any(alert.amhp for alert in due):
            yield Note("3 hours and no AMHP told. Tell the AMHP now.", source=source)
        for alert in [alert for alert in due if not alert.amhp][-1:]:
            yield Note(f"{alert.after // timedelta(hours=1)} of the 24 hours have gone.", source=source)
