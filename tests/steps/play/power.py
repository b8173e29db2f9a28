"""Vignettes about section 136: a wait at ED, a child, a dwelling, an extension over the change of the clocks."""

from sync.domain.catalogue.assessment.codes import Danger, HarmFromOthers, SubstanceTaken, Theme
from sync.domain.catalogue.capacity import Conclusion, Functional, functional_result, may_conclude_lacking
from sync.domain.catalogue.contact.codes import Delay, Intention
from sync.domain.catalogue.detention.codes import (
    Ambulance,
    Consulted,
    ExtensionReason,
    Force,
    HomeRoute,
    LessRestrictive,
    NotUsed,
    PlaceReason,
    Power,
    Transport,
    VehicleReason,
)
from sync.domain.catalogue.detention.notes import clock_of
from sync.domain.catalogue.handover.form import Copy, Support
from sync.domain.catalogue.incident import HighRiskPlace, LocationType, Nature, SceneDanger, SourceOfContact
from sync.domain.catalogue.person.codes import DependantKind, EthnicCategory, Identity, KnownToServices, Presence
from sync.domain.catalogue.safeguarding import Decision as SafeguardingDecision
from sync.domain.clinical.forces import District
from sync.domain.clinical.modes import Mode
from sync.domain.clinical.places_of_safety import PlaceOfSafety
from sync.domain.documents.handover_sheet import handover_sheet
from sync.domain.records.interruptions import CHILD, DWELLING
from sync.domain.records.standing import cosignature
from tests.steps.builders import LAW
from tests.steps.play.nurse import NOW, At, Interrupts
from tests.steps.play.stage import FLAGGED, NO, NO_FLAGS, PC_HART, YES, Stage, at, forms, notes

# --- V1: the bridge -----------------------------------------------------------------------------------------------


def v1(stage: Stage) -> None:
    """Talked down from a parapet; two places of safety full; ED with wounds, by police vehicle; three hours' wait."""
    nurse, screen = stage.nurse, stage.nurse.screen
    nurse.add(
        "incident",
        nature=Nature.PRIMARY,
        source_of_contact=SourceOfContact.C999,
        cad_ref="CC-2240 of 20 Nov",
        location="Magdalene Bridge parapet",
        location_type=LocationType.STREET,
        dwelling=NO,
        high_risk_place=[HighRiskPlace.BRIDGE],
        scene_dangers=[SceneDanger.NONE],
        district=District.CAMBRIDGE,
        call_received=At("2224"),
        first_officer_arrived=At("2233"),
        mh_requested=At("2234"),
        arrived=At("2240"),
        mh_engaged=At("2241"),
    )
    nurse.section(
        "contact",
        contact_mode=Mode.FACE_TO_FACE,
        police_present=YES,
        started_at=At("2242"),
        ended_at=At("2330"),
        officers=[PC_HART],
        officer_intended_action=Intention.S136,
    )
    nurse.section(
        "person",
        identity_status=Identity.STATED,
        given_name="Amy",
        family_name="Fernsby-Test",
        date_of_birth="14 3 2002",
        ethnic_category=EthnicCategory.WHITE_BRITISH,
        language="English",
        interpreter_needed=NO,
        dependants_present=Presence.NONE,
        known_to_services=KnownToServices.OFFLINE,
    )
    nurse.section(
        "assessment",
        **{**NO_FLAGS, "bleeding": FLAGGED},
        red_flag_action="Pressure dressing on both forearms, to ED for closing",
        red_flag_action_at=At("2246"),
        alcohol=SubstanceTaken.NONE,
        drugs=SubstanceTaken.NONE,
        presenting_themes=[Theme.ATTEMPT],
        presenting_situation="Stood outside the rail after a row, let herself be helped down",
    )
    nurse.section(
        "detention",
        power=Power.REMOVE,
        used_at=At("2250"),
        appears_disordered=YES,
        needs_care_now=YES,
        necessary=YES,
        options_considered=[LessRestrictive.ED],
        options_why_not="Would not stay off the parapet by her own will",
        consultation_practicable=YES,
        consulted_role=Consulted.NURSE,
        consulted_name="Amina Yusuf",
        consulted_at=At("2248"),
        information_shared="Wounds, means, no plan held on file",
        pos_type=PlaceOfSafety.ED,
        pos_name="Addenbrooke ED (invented)",
        pos_reason=PlaceReason.CLINICAL,
        refusals=[
            {"unit": "Fulbourn suite", "reason": "Both rooms taken"},
            {"unit": "Peterborough suite", "reason": "No staff"},
        ],
        ambulance=Ambulance.NOT_IN_30,
        transport_mode=Transport.POLICE,
        police_vehicle_reason=VehicleReason.NO_AMBULANCE,
        arrival_first_pos_at=At("2342"),
        pos_informed_at=At("2315"),
        amhp_informed_at=At("2350"),
        searched=NO,
        use_of_force=[Force.HOLD],
    )
    nurse.section(
        "handover",
        support_needed=Support.ONE,
        receiving_unit="Emergency department",
        receiving_clinician="Sister Orla Penhallow",
        receiving_clinician_role="Nurse in charge",
        refused=NO,
        copy_given=Copy.PAPER,
    )
    nurse.add("incident", departed_scene=At("2320"), handover_offered=At("2355"))
    screen.sees("Handover 3 h")
    screen.shoot("waiting")
    nurse.add("incident", handover_accepted=At("0250"))
    nurse.finish_section("handover", delay_reason=[Delay.ED_QUEUE])
    nurse.officer_signs()
    nurse.add("incident", officers_released=At("0255"), cleared=At("0258"))
    nurse.finish_section("incident")
    nurse.sign()

    incident = stage.incident()
    held = forms(incident, "detention")[0]
    clock = clock_of(held, LAW)
    assert clock
    assert clock.starts_at == at("2026-11-20 23:42"), "the 24 hours run from the arrival at ED"
    assert held.pos_reason == PlaceReason.CLINICAL, "a medical need is not “no space elsewhere”"
    assert {each.unit for each in held.refusals.values()} == {"Fulbourn suite", "Peterborough suite"}
    assert held.police_vehicle_reason == VehicleReason.NO_AMBULANCE
    assert held.consulted_at < held.used_at
    assert held.place_used == LocationType.STREET, "taken from the incident, not asked for again"
    assert "More than 1 h" in notes(incident, "handover", at("2026-11-21 03:00"))
    signed = cosignature(incident)
    assert signed
    assert signed.op == "cosign"
    assert signed.detail["officer"]["collar_number"] == "2417"


# --- V3: said to be 18 --------------------------------------------------------------------------------------------


def v3(stage: Stage) -> None:
    """Says she is 18; a police station is thought of; she is 15, and in care."""
    nurse, screen = stage.nurse, stage.nurse.screen
    nurse.add(
        "incident",
        nature=Nature.PRIMARY,
        source_of_contact=SourceOfContact.OFFICER,
        cad_ref="BTP-118",
        location="Platform 2, Ely",
        location_type=LocationType.PUBLIC_BUILDING,
        dwelling=NO,
        high_risk_place=[HighRiskPlace.RAILWAY],
        scene_dangers=[SceneDanger.NONE],
        district=District.EAST,
        mh_engaged=At("1905"),
        first_officer_arrived=At("1850"),
    )
    nurse.section("contact", contact_mode=Mode.FACE_TO_FACE, police_present=YES, officer_intended_action=Intention.S136)
    nurse.open("person")
    nurse.answer(identity_status=Identity.STATED, given_name="Kayleigh", approx_age="18")
    screen.leave_field()  # on to the next field
    screen.sees("May be under 18")
    nurse.leave()
    nurse.open("detention")
    nurse.answer(power=Power.REMOVE)
    nurse.answer(pos_type=Interrupts(PlaceOfSafety.POLICE_STATION, CHILD))
    nurse.answer(pos_type=PlaceOfSafety.HBPOS)
    nurse.leave()
    nurse.open("person")
    nurse.answer(date_of_birth="2 2 2011")
    screen.leave_field()
    screen.sees("Under 18")
    nurse.answer(
        ethnic_category=EthnicCategory.NOT_STATED,
        language="English",
        interpreter_needed=NO,
        looked_after=YES,
        parental_responsibility="Cambridgeshire County Council, duty social worker",
        dependants_present=Presence.NONE,
    )
    nurse.finish()
    nurse.section(
        "assessment",
        **{**NO_FLAGS, "bleeding": FLAGGED},
        red_flag_action="Cleaned and dressed, to be seen at the hospital",
        red_flag_action_at=At("1915"),
        presenting_themes=[Theme.SELF_HARM],
        harm_from_others=[HarmFromOthers.EXPLOITATION],
        safeguarding_child=YES,
        child_concern="Older man met her off the train, she will not say who",
    )
    nurse.open("detention-1")
    nurse.answer(child_camhs=YES, child_parent=YES, child_council=YES, child_place=YES)
    nurse.finish()
    nurse.section("safeguarding", decision=SafeguardingDecision.REFER, danger_now=NO)
    nurse.section("handover", support_needed=Support.NHS, refused=NO, copy_given=Copy.NONE)
    nurse.add(
        "incident", handover_offered=At("2005"), handover_accepted=At("2020"), officers_released=At("2025"), cleared=NOW
    )
    nurse.finish_section("incident")
    nurse.sign()

    incident = stage.incident()
    person, held = incident.one("person"), forms(incident, "detention")[0]
    assert person
    assert person.values["date_of_birth"] == "2011-02-02"
    assert person.values["looked_after"] == "yes"
    assert held.pos_type == PlaceOfSafety.HBPOS, "the police station was stopped and thought of again"
    assert (held.child_camhs, held.child_council, held.child_parent) == (YES, YES, YES)
    sent = forms(incident, "safeguarding")[0]
    assert "Older man" in sent.concern, "taken over from the assessment, not typed again"


# --- V4: at his mother's flat -------------------------------------------------------------------------------------


def v4(stage: Stage) -> None:
    """In a dwelling: section 136 cannot be used. An AMHP is called; capacity is asked for one decision."""
    nurse = stage.nurse
    nurse.add(
        "incident",
        nature=Nature.PRIMARY,
        source_of_contact=SourceOfContact.FAMILY,
        cad_ref="CP-3391",
        location="Flat 4, Tern Court",
        location_type=LocationType.CARER_HOME,
        dwelling=YES,
        scene_dangers=[SceneDanger.WEAPONS],
        scene_told="Sergeant told of the kitchen knives",
        officer_safety_note="Knife seen on the worktop, moved by his mother",
        district=District.HUNTINGDONSHIRE,
        mh_engaged=At("1420"),
        first_officer_arrived=At("1405"),
    )
    nurse.section("contact", contact_mode=Mode.FACE_TO_FACE, police_present=YES, officer_intended_action=Intention.S136)
    nurse.section(
        "person",
        identity_status=Identity.STATED,
        given_name="Darrow",
        family_name="Quillfeather",
        date_of_birth="9 8 1993",
        ethnic_category=EthnicCategory.OTHER,
        language="English",
        interpreter_needed=NO,
        dependants_present=Presence.YES,
        dependants=[{"kind": DependantKind.ADULT, "where": "In the flat", "cared_for_by": "Neighbour for tonight"}],
    )
    nurse.open("detention")
    nurse.answer(power=Interrupts(Power.REMOVE, DWELLING))
    nurse.answer(
        power=Power.NONE,
        considered_not_used_reason=NotUsed.DWELLING,
        home_route=[HomeRoute.ASSESSMENT, HomeRoute.WARRANT],
        amhp_called_at=At("1440"),
    )
    nurse.finish()
    nurse.section(
        "assessment",
        **NO_FLAGS,
        presenting_themes=[Theme.PSYCHOSIS],
        danger_kinds=[Danger.WEAPON_SEEN],
        harm_to_others="Fears for his mother’s food, has not threatened her",
        safeguarding_adult=NO,
        safeguarding_child=NO,
    )
    nurse.section(
        "capacity",
        decision="Let a doctor see him at home this afternoon",
        understand=YES,
        retain=YES,
        use_or_weigh=NO,
        use_or_weigh_evidence="Every answer came back to the poisoned tap water",
        communicate=YES,
        impairment_present=YES,
        impairment_what="Fixed beliefs that he is being poisoned",
        causal_link="Because of them he cannot weigh being seen",
        conclusion=Conclusion.LACKS,
    )
    nurse.add("incident", officers_released=NOW, cleared=NOW)
    nurse.finish_section("incident")
    nurse.sign()

    incident = stage.incident()
    held = forms(incident, "detention")[0]
    assert held.power == Power.NONE
    assert held.considered_not_used_reason == NotUsed.DWELLING
    assert held.amhp_called_at == at("2026-11-22 14:40")
    decided = forms(incident, "capacity")[0]
    assert (functional_result(decided), may_conclude_lacking(decided)) == (Functional.UNABLE, True)
    assert decided.conclusion == Conclusion.LACKS
    lines = dict(handover_sheet(incident))
    assert any("Knife seen" in said for said in lines.values()), "what keeps officers safe stands on their copy"
    assert not any("poison" in said for said in lines.values()), "what he believes does not"


# --- V12: the clocks go back --------------------------------------------------------------------------------------


def v12(stage: Stage) -> None:
    """Section 136 on the evening the clocks go back; extended for the person's condition, and refused for a bed."""
    nurse, screen = stage.nurse, stage.nurse.screen
    nurse.add(
        "incident",
        nature=Nature.PRIMARY,
        source_of_contact=SourceOfContact.OFFICER,
        cad_ref="CC-1800",
        location="Market Hill",
        location_type=LocationType.STREET,
        dwelling=NO,
        scene_dangers=[SceneDanger.NONE],
        district=District.CAMBRIDGE,
        mh_engaged=At("1730"),
        first_officer_arrived=At("1720"),
    )
    nurse.section("contact", contact_mode=Mode.RADIO_ADVICE, officer_intended_action=Intention.S136)
    nurse.section(
        "detention",
        power=Power.REMOVE,
        used_at=At("1735"),
        appears_disordered=YES,
        needs_care_now=YES,
        necessary=YES,
        pos_type=PlaceOfSafety.HBPOS,
        pos_name="Fulbourn suite",
        pos_reason=PlaceReason.NEAREST,
        ambulance=Ambulance.ATTENDED,
        transport_mode=Transport.AMBULANCE,
        arrival_first_pos_at=At("1800"),
        searched=NO,
        use_of_force=[Force.NONE],
        transfers=[{"to_place": "Peterborough suite", "authorised_by": "AMHP on call"}],
    )
    screen.sees("Ends 25 Oct 2026 17:00")
    screen.shoot("clock")
    stage.later("2026-10-25 16:00")  # 23 hours in, GMT again
    nurse.open("detention-1")
    nurse.answer(extension_authorised_at=NOW, extension_hours="12", extension_reason=ExtensionReason.BED)
    screen.sees("The extension does not count")
    screen.shoot("no-extension-for-a-bed")
    nurse.answer(extension_reason=ExtensionReason.CONDITION, extension_doctor="Dr Nell Osier-Test")
    nurse.leave()
    screen.sees("Ends 26 Oct 2026 05:00")
    stage.later("2026-10-26 05:01")
    nurse.on("section-incident")
    screen.sees("over")
    screen.shoot("over")
    nurse.finish_section("detention-1")
    nurse.finish_section("contact-1", delay_reasons=[Delay.DOCTOR])
    nurse.section("handover", refused=NO)
    nurse.add("incident", cleared=NOW)
    nurse.finish_section("incident")
    nurse.sign()

    incident = stage.incident()
    clock = clock_of(forms(incident, "detention")[0], LAW)
    assert clock
    assert clock.starts_at == at("2026-10-24 18:00"), "the transfer did not start it again"
    assert clock.expires_at == at("2026-10-25 17:00")
    assert clock.expires_extended_at == at("2026-10-26 05:00")
    assert clock.breach(at("2026-10-26 05:01"))
