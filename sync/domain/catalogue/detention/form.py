"""The use of section 136, or 135, of the Mental Health Act: the constable's power, the place of safety, the clock.

The decision is the constable's; the nurse advises. Nothing here blocks: the record must be able to show what happened.

Sources, read 22 Nov 2026:
- Grounds, places where it cannot be used, consultation: MHA 1983 s136(1), (1A)-(1C), as amended by the Policing and
  Crime Act 2017 s80, in force 11 Dec 2017; R (Sessay) v SLaM [2011] EWHC 2617 (QB).
- Places of safety, consents, police stations: see `sync.domain.clinical.places_of_safety`. Search: MHA 1983 s136C.
- The clock: see `sync.domain.clinical.s136_clock`.
- Monitoring: Home Office Annual Data Requirement (transport, reason for a police vehicle); Jenkins et al., BJPsych
  Bulletin 2017;41 (outcomes and what is audited). No single national form is mandatory.

Unconfirmed, for a named person to check: that an occupational therapist may be consulted (SI 2017/1036 reg 8) and, less
so, a paramedic; routes in a dwelling other than a warrant; wording of the police-vehicle reasons; what people are told
of their rights; under-18 steps; retaking under section 138; that a detention ends when a doctor finds no mental
disorder; which parts of the Mental Health Act 2025 are in force (it is to end police cells).
"""

from collections.abc import Iterable
from datetime import date

from sync.domain.catalogue.assessment.codes import Theme
from sync.domain.catalogue.contact.form import ContactForm, Intention
from sync.domain.catalogue.detention import codes as codes
from sync.domain.catalogue.detention import conditions, notes
from sync.domain.catalogue.detention.notes import clock_of as clock_of
from sync.domain.catalogue.detention.notes import in_a_dwelling as in_a_dwelling
from sync.domain.catalogue.detention.notes import station_for_a_child as station_for_a_child
from sync.domain.catalogue.incident import LocationType
from sync.domain.forms import Context, Form, Moment, Note, YesNo, ask, group


class DetentionForm(Form):
    kind, title = "detention", "Section 136"
    repeats = True

    power: codes.Power | None = ask("Which power?", page="Power and grounds", required=True, police=True)
    considered_not_used_reason: codes.NotUsed | None = ask("Why was it not used?", needed=conditions.none)
    used_at: Moment | None = ask("When was it used?", needed=conditions.used, police=True)
    detaining_officer: str | None = ask(
        "Officer who used it",
        needed=conditions.used,
        hint="Name and collar number",
        police=True,
        suggest=conditions.the_officer,
    )
    place_used: LocationType | None = ask(
        "What kind of place?", needed=conditions.used, police=True, suggest=conditions.from_incident("location_type")
    )
    dwelling: YesNo | None = ask(
        "Is it a house, flat or room where anyone lives, or its yard, garden, garage or outhouse?",
        needed=conditions.used,
        police=True,
        hint="Not if shared with other homes (MHA 1983 s136(1A))",
        suggest=conditions.from_incident("dwelling"),
    )
    entry_forced: YesNo | None = ask("Did officers force entry?", when=conditions.used)
    entry_forced_detail: str | None = ask("Where and how?", when=conditions.forced_entry, long=True)
    appears_disordered: YesNo | None = ask(
        "Did they appear to the constable to have a mental disorder?", needed=conditions.s136, police=True
    )
    needs_care_now: YesNo | None = ask("In immediate need of care or control?", needed=conditions.s136, police=True)
    necessary: YesNo | None = ask(
        "Was it necessary in their interests, or to protect others?", needed=conditions.s136, police=True
    )
    grounds: str | None = ask("What did the constable see and hear?", when=conditions.s136, long=True, police=True)

    options_considered: tuple[codes.LessRestrictive, ...] | None = ask(
        "Which other ways were thought of?", page="Other ways, and consultation", needed=conditions.s136
    )
    options_why_not: str | None = ask("Why not those?", needed=conditions.s136, long=True)
    home_route: tuple[codes.HomeRoute, ...] | None = ask(
        "In a dwelling: what is being done?", needed=conditions.dwelling
    )
    amhp_called_at: Moment | None = ask("AMHP called at", when=conditions.dwelling)
    consultation_practicable: YesNo | None = ask(
        "Was it practicable to consult first?", needed=conditions.s136, police=True
    )
    consultation_reason: str | None = ask("Why not?", needed=conditions.not_practicable, long=True, police=True)
    consulted_role: codes.Consulted | None = ask(
        "Who was consulted?", needed=conditions.practicable, police=True, suggest=conditions.adviser
    )
    consulted_name: str | None = ask(
        "Their name", needed=conditions.practicable, police=True, suggest=conditions.nurse_consulted
    )
    consulted_at: Moment | None = ask(
        "When?", needed=conditions.practicable, police=True, suggest=conditions.advice("advice_given_at")
    )
    consulted_how: str | None = ask(
        "How?", when=conditions.practicable, phrases=("In person", "Phone", "Radio"), suggest=conditions.how_consulted
    )
    information_shared: str | None = ask("What information was shared?", needed=conditions.practicable, long=True)
    consultation_advice: str | None = ask(
        "What was advised?", needed=conditions.practicable, long=True, suggest=conditions.advice("advice_given")
    )
    officer_decision: str | None = ask("What did the officer decide?", needed=conditions.practicable, long=True)

    pos_type: codes.PlaceOfSafety | None = ask(
        "Place of safety", page="Place of safety", needed=conditions.used, police=True
    )
    pos_name: str | None = ask("Which one?", needed=conditions.used, police=True)
    pos_reason: codes.PlaceReason | None = ask("Why this one?", needed=conditions.used, police=True)
    refusals: dict[str, codes.Refused] = group(
        "Who refused, when and why?", when=conditions.used, required=conditions.unit_refused, police=True
    )
    home_occupancy: codes.Occupancy | None = ask("Who lives there?", needed=conditions.home)
    pos_consents: tuple[codes.PlaceAgreement, ...] | None = ask("Who agreed?", needed=conditions.needs_consent)
    transfers: dict[str, codes.Transfer] = group("Moves to another place of safety", when=conditions.used, police=True)
    healthcare_on_arrival: Moment | None = ask("Seen by health staff on arrival at", when=conditions.used)
    station_conditions: tuple[codes.StationCondition, ...] | None = ask(
        "Which conditions are met?", needed=conditions.station, hint="All are needed for an adult", police=True
    )
    station_authorised_by: str | None = ask(
        "Officer who authorised the police station", needed=conditions.station, police=True
    )
    station_authorised_rank: codes.Rank | None = ask("Their rank", needed=conditions.station, police=True)
    station_checks: dict[str, codes.Check] = group("Checks by a healthcare professional", needed=conditions.station)

    ambulance: codes.Ambulance | None = ask(
        "Ambulance", page="Getting there", needed=conditions.used, police=True, suggest=conditions.ambulance_came
    )
    ambulance_requested_at: Moment | None = ask(
        "Ambulance asked for at",
        when=conditions.ambulance_asked,
        police=True,
        suggest=conditions.tapped("ambulance_requested"),
    )
    ambulance_arrived_at: Moment | None = ask(
        "Ambulance came at",
        when=conditions.ambulance_asked,
        police=True,
        suggest=conditions.tapped("ambulance_arrived"),
    )
    ambulance_declined_at: Moment | None = ask(
        "Told that none would come at",
        when=conditions.ambulance_not_to_come,
        police=True,
        suggest=conditions.tapped("ambulance_declined"),
    )
    transport_mode: codes.Transport | None = ask("How did they get there?", needed=conditions.used, police=True)
    officer_in_ambulance: YesNo | None = ask("Did an officer ride in the ambulance?", when=conditions.by_ambulance)
    police_vehicle_reason: codes.VehicleReason | None = ask(
        "Why a police vehicle?", needed=conditions.police_vehicle, police=True
    )

    arrival_first_pos_at: Moment | None = ask(
        "Arrived at the first place of safety",
        page="The 24 hours",
        needed=conditions.removed,
        police=True,
        hint="Starts the 24 hours. ED counts. A transfer does not restart it",
    )
    kept_at: Moment | None = ask(
        "Decided to keep them where they were",
        when=conditions.may_be_kept,
        police=True,
        hint="Starts the 24 hours. For a warrant: when the constable first entered",
    )
    pos_informed_at: Moment | None = ask("Place of safety told at", needed=conditions.used, police=True)
    amhp_informed_at: Moment | None = ask("AMHP told at", needed=conditions.used, police=True)
    amhp_name: str | None = ask("Name of the AMHP", when=conditions.used)
    doctor_informed_at: Moment | None = ask("Doctor told at", needed=conditions.used)
    extension_authorised_at: Moment | None = ask(
        "Extension authorised at", when=conditions.used, hint="Before the 24 hours end"
    )
    extension_hours: int | None = ask("For how long?", needed=conditions.extended, unit="hours", check=conditions.hours)
    extension_reason: codes.ExtensionReason | None = ask("Why?", needed=conditions.extended)
    extension_doctor: str | None = ask("Which doctor authorised it?", needed=conditions.extended)
    extension_superintendent: str | None = ask("Superintendent who approved it", needed=conditions.station_extended)

    searched: YesNo | None = ask("Were they searched?", page="Search", needed=conditions.used, police=True)
    search_danger: YesNo | None = ask(
        "Grounds to believe that they were a danger to themselves or others?",
        needed=conditions.searched,
        police=True,
        hint="MHA 1983 s136C",
    )
    search_item: YesNo | None = ask(
        "And that they hid an item that could injure?", needed=conditions.searched, police=True
    )
    search_extent: tuple[codes.Extent, ...] | None = ask("How far?", needed=conditions.searched, police=True)
    search_by: str | None = ask("Searched by", needed=conditions.searched, police=True)
    search_found: str | None = ask(
        "What was found?", needed=conditions.searched, long=True, police=True, phrases=("Nothing. ",)
    )
    search_kept_by: str | None = ask("Who keeps it?", when=conditions.searched, police=True)

    use_of_force: tuple[codes.Force, ...] | None = ask(
        "Was force used?", page="Force", needed=conditions.used, check=conditions.one_kind, police=True
    )
    force_by: str | None = ask("By whom?", needed=conditions.force, police=True)
    force_minutes: int | None = ask(
        "For how long, in all?", needed=conditions.force, unit="minutes", check=conditions.minutes, police=True
    )
    prone_started_at: Moment | None = ask("Prone from", needed=conditions.prone, police=True)
    prone_ended_at: Moment | None = ask("Prone until", needed=conditions.prone, police=True)
    force_injuries: str | None = ask("Injuries", needed=conditions.force, long=True, police=True, phrases=("None. ",))
    force_checked: str | None = ask("Medical check after force: by whom, when?", needed=conditions.force, police=True)
    force_form_ref: str | None = ask("Police use of force form, reference", when=conditions.force, police=True)
    body_worn_video: YesNo | None = ask("Was body-worn video on?", needed=conditions.used, police=True)
    body_worn_video_ref: str | None = ask("Video reference", when=conditions.used, police=True)

    rights_given: YesNo | None = ask(
        "Was the person told they are detained, why, and for how long?",
        page="Rights, and people told",
        needed=conditions.used,
        police=True,
    )
    rights_told: tuple[codes.Right, ...] | None = ask("What were they told?", needed=conditions.rights_given)
    rights_language: str | None = ask(
        "Leaflet given in which language?", when=conditions.rights_given, suggest=conditions.from_person("language")
    )
    rights_understood: YesNo | None = ask("Was it understood?", needed=conditions.rights_given)
    rights_repeated_at: Moment | None = ask("Told again at", when=conditions.used, hint="When they are well enough")
    someone_informed: str | None = ask(
        "Who was told where they are?",
        needed=conditions.used,
        hint="Name, or their wish",
        suggest=conditions.relative_told,
    )
    someone_informed_at: Moment | None = ask("Told at", when=conditions.used)
    child_place: YesNo | None = ask(
        "Under 18, or perhaps: does the place suit their age?", needed=conditions.maybe_child
    )
    child_camhs: YesNo | None = ask("CAMHS told?", needed=conditions.maybe_child)
    child_parent: YesNo | None = ask("Parent, or who has parental responsibility, told?", needed=conditions.maybe_child)
    child_council: YesNo | None = ask(
        "Local authority told?", needed=conditions.looked_after_child, hint="If looked after"
    )
    child_paediatric: YesNo | None = ask("Paediatric team involved?", needed=conditions.maybe_child)

    assessment_started_at: Moment | None = ask("Assessment began", page="Assessment and outcome", when=conditions.used)
    assessment_completed_at: Moment | None = ask("Assessment finished", when=conditions.used)
    doctor1_name: str | None = ask("First doctor", when=conditions.used)
    doctor1_s12: YesNo | None = ask("Approved under section 12?", when=lambda form, _: bool(form.doctor1_name))
    doctor2_name: str | None = ask("Second doctor", when=lambda form, _: bool(form.doctor1_name))
    doctor2_s12: YesNo | None = ask(
        "The second: approved under section 12?", when=lambda form, _: bool(form.doctor2_name)
    )
    mental_disorder_found: YesNo | None = ask(
        "Was a mental disorder found?", when=conditions.used, required=conditions.ended
    )
    outcome: codes.DetentionOutcome | None = ask("Outcome", when=conditions.used, required=conditions.ended)
    follow_up: str | None = ask("Follow-up: who, and when?", needed=conditions.followed_up)
    legal_status_after: codes.LegalStatus | None = ask(
        "Legal status now", needed=conditions.admitted, suggest=conditions.status_after
    )
    absconded_at: Moment | None = ask("Absconded at", needed=conditions.absconded, police=True)
    returned_at: Moment | None = ask("Returned at", when=conditions.absconded, police=True)
    ended_at: Moment | None = ask(
        "Detention ended", when=conditions.used, hint="Discharged, admitted or run out", police=True
    )
    end_reason: codes.EndReason | None = ask("Why did it end?", needed=conditions.ended, suggest=conditions.end_reason)

    previous_s136: YesNo | None = ask("Section 136 in the 6 months before?", page="For audit", when=conditions.used)
    previous_s136_on: date | None = ask("When last?", when=conditions.detained_before)
    recent_contact: tuple[codes.RecentContact, ...] | None = ask(
        "Contact with services in the last 2 weeks", when=conditions.used
    )
    main_reason: Theme | None = ask("Main reason", when=conditions.used, suggest=conditions.the_theme)
    follow_up_offered: YesNo | None = ask(
        "Was follow-up offered?", needed=conditions.not_admitted, suggest=conditions.follow_up_offered
    )
    follow_up_kept: YesNo | None = ask("Was it kept?", when=lambda form, _: form.follow_up_offered == YesNo.YES)
    counted_by: codes.CountedBy | None = ask("Counted as", when=conditions.used, suggest=conditions.counted_by)

    @classmethod
    def expected(cls, context: Context) -> bool:
        """Police are there, an officer means to use the power, or one is recorded."""
        meant = any(contact.officer_intended_action == Intention.S136 for contact in context.every(ContactForm))
        return context.police_present or meant or bool(context.every(cls))

    @classmethod
    def notes(cls, form: "DetentionForm", context: Context) -> Iterable[Note]:
        return notes.notes(form, context)
