"""The vignettes of the acceptance list, played on the phone app: each ends with what the app must prove.

Every name and place is made up. Times are typed as the nurse would: `At` is a clock time of that evening.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from sync.domain.catalogue import CATALOGUE
from sync.domain.catalogue.assessment_codes import (
    Danger,
    Dash,
    HarmFromOthers,
    HeadInjury,
    Means,
    PlanMade,
    Taken,
    Theme,
)
from sync.domain.catalogue.capacity import Conclusion, Functional, functional_result, may_conclude_lacking
from sync.domain.catalogue.contact_codes import Agency, CallType, Delay, Intention, Limb, RcrpDecision
from sync.domain.catalogue.detention_codes import (
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
from sync.domain.catalogue.detention_rules import clock_of
from sync.domain.catalogue.handover import Copy, Support
from sync.domain.catalogue.incident import HighRiskPlace, LocationType, Nature, SceneDanger, SourceOfContact
from sync.domain.catalogue.person_codes import DependantKind, EthnicCategory, EthnicitySource, Identity, Known, Presence
from sync.domain.catalogue.referral import Destination, Method, Reply, Urgency, target_at
from sync.domain.catalogue.safeguarding import Decision as SafeguardingDecision
from sync.domain.forces import District
from sync.domain.forms import YesNo, questions, read
from sync.domain.incident import Incident, cosignature, handover_sheet
from sync.domain.modes import Mode
from sync.domain.places_of_safety import PlaceOfSafety
from sync.domain.times import LONDON
from tests.browser.at_the_centre import changes, incidents, only_incident
from tests.browser.effort import Effort, counted
from tests.browser.nurse import NOW, At, Nurse
from tools.world import World

YES, NO = YesNo.YES, YesNo.NO
PC_HART = {"name": "Dan Hart", "rank": "PC", "collar_number": "2417", "force": "Cambridgeshire"}
NO_FLAGS: dict[str, Any] = dict.fromkeys(
    (
        "abd", "consciousness_reduced", "breathing_difficulty", "chest_pain", "seizure", "asphyxia", "bleeding", "sepsis",
        "diabetes", "burns", "hypothermia", "delirium", "pregnancy_problem", "head_injury", "overdose",
    ), NO,
)  # fmt: skip


@dataclass
class Stage:
    """A world at the vignette's time, with one nurse signed in and on shift."""

    world: World
    nurse: Nurse

    def synced(self) -> World:
        self.nurse.go_home()
        self.nurse.sync()
        return self.world

    def incident(self) -> Incident:
        """The one incident, as the centre has it after a sync."""
        return only_incident(self.synced().centre.folder)

    def later(self, when: str) -> None:
        """It is this time now, and the nurse has the incident in front of them."""
        self.world.go_to(at(when))
        self.nurse.screen.open()
        self.nurse.unlock()
        self.nurse.go_to_incident()


def at(text: str) -> datetime:
    """A time in England: "2026-11-21 03:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def forms(incident: Incident, kind: str) -> list[Any]:
    return [read(CATALOGUE[kind], record.values).form for record in incident.of(kind)]


def notes(incident: Incident, kind: str, now: datetime) -> str:
    """What the form says back, as one text."""
    context = incident.context(now)
    return "\n".join(note.text for form in forms(incident, kind) for note in type(form).notes(form, context))


# --- V1: the bridge -----------------------------------------------------------------------------------------------


def v1(stage: Stage) -> None:
    """Talked down from a parapet; two places of safety full; ED with wounds, in a police vehicle; a wait of three hours."""
    nurse, screen = stage.nurse, stage.nurse.screen
    nurse.add(
        "incident", nature=Nature.PRIMARY, source_of_contact=SourceOfContact.C999, cad_ref="CC-2240 of 20 Nov",
        location="Magdalene Bridge parapet", location_type=LocationType.STREET, dwelling=NO,
        high_risk_place=[HighRiskPlace.BRIDGE], scene_dangers=[SceneDanger.NONE], district=District.CAMBRIDGE,
        call_received=At("2224"), first_officer_arrived=At("2233"), mh_requested=At("2234"), arrived=At("2240"), mh_engaged=At("2241"),
    )  # fmt: skip
    nurse.section(
        "contact", contact_mode=Mode.FACE_TO_FACE, police_present=YES, started_at=At("2242"), ended_at=At("2330"),
        officers=[PC_HART], officer_intended_action=Intention.S136,
    )  # fmt: skip
    nurse.section(
        "person", identity_status=Identity.STATED, given_name="Amy", family_name="Fernsby-Test", date_of_birth="14 3 2002",
        ethnic_category=EthnicCategory.WHITE_BRITISH, language="English", interpreter_needed=NO,
        dependants_present=Presence.NONE, known_to_services=Known.OFFLINE,
    )  # fmt: skip
    nurse.section(
        "assessment", **{**NO_FLAGS, "bleeding": YES}, red_flag_action="Pressure dressing on both forearms, to ED for closing",
        red_flag_action_at=At("2246"), alcohol=Taken.NONE, drugs=Taken.NONE,
        presenting_themes=[Theme.ATTEMPT], presenting_situation="Stood outside the rail after a row, let herself be helped down",
    )  # fmt: skip
    nurse.section(
        "detention", power=Power.REMOVE, used_at=At("2250"), appears_disordered=YES, needs_care_now=YES, necessary=YES,
        options_considered=[LessRestrictive.ED], options_why_not="Would not stay off the parapet by her own will",
        consultation_practicable=YES, consulted_role=Consulted.NURSE, consulted_name="Amina Yusuf", consulted_at=At("2248"),
        information_shared="Wounds, means, no plan held on file", pos_type=PlaceOfSafety.ED, pos_name="Addenbrooke ED (invented)",
        pos_reason=PlaceReason.CLINICAL,
        refusals=[
            {"unit": "Fulbourn suite", "reason": "Both rooms taken"}, {"unit": "Peterborough suite", "reason": "No staff"},
        ],
        ambulance=Ambulance.NOT_IN_30, transport_mode=Transport.POLICE, police_vehicle_reason=VehicleReason.NO_AMBULANCE,
        arrival_first_pos_at=At("2342"), pos_informed_at=At("2315"), amhp_informed_at=At("2350"), searched=NO, use_of_force=[Force.HOLD],
    )  # fmt: skip
    nurse.section(
        "handover", support_needed=Support.ONE, receiving_unit="Emergency department", receiving_clinician="Sister Orla Penhallow",
        receiving_clinician_role="Nurse in charge", refused=NO, copy_given=Copy.PAPER,
    )  # fmt: skip
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
    clock = clock_of(held)
    assert clock
    assert clock.starts_at == at("2026-11-20 23:42"), "the 24 hours run from the arrival at ED"
    assert held.pos_reason == PlaceReason.CLINICAL, "a medical need is not “no space elsewhere”"
    assert [each.unit for each in held.refusals.values()] == ["Fulbourn suite", "Peterborough suite"]
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
        "incident", nature=Nature.PRIMARY, source_of_contact=SourceOfContact.OFFICER, cad_ref="BTP-118", location="Platform 2, Ely",
        location_type=LocationType.PUBLIC_BUILDING, dwelling=NO, high_risk_place=[HighRiskPlace.RAILWAY],
        scene_dangers=[SceneDanger.NONE], district=District.EAST, mh_engaged=At("1905"), first_officer_arrived=At("1850"),
    )  # fmt: skip
    nurse.section("contact", contact_mode=Mode.FACE_TO_FACE, police_present=YES, officer_intended_action=Intention.S136)
    nurse.open("person")
    nurse.answer(identity_status=Identity.STATED, given_name="Kayleigh", approx_age="18")
    screen.page.keyboard.press("Tab")  # on to the next field
    screen.sees("May be under 18")
    nurse.leave()
    nurse.open("detention")
    nurse.answer(power=Power.REMOVE)
    nurse.answer(pos_type=PlaceOfSafety.POLICE_STATION)
    assert nurse.interruptions == ["child"]
    nurse.answer(pos_type=PlaceOfSafety.HBPOS)
    nurse.leave()
    nurse.open("person")
    nurse.answer(date_of_birth="2 2 2011")
    screen.page.keyboard.press("Tab")
    screen.sees("Under 18")
    nurse.answer(
        ethnic_category=EthnicCategory.NOT_STATED, language="English", interpreter_needed=NO, looked_after=YES,
        parental_responsibility="Cambridgeshire County Council, duty social worker", dependants_present=Presence.NONE,
    )  # fmt: skip
    nurse.finish()
    nurse.section(
        "assessment", **{**NO_FLAGS, "bleeding": YES}, red_flag_action="Cleaned and dressed, to be seen at the hospital",
        red_flag_action_at=At("1915"), presenting_themes=[Theme.SELF_HARM], harm_from_others=[HarmFromOthers.EXPLOITATION],
        safeguarding_child=YES, child_concern="Older man met her off the train, she will not say who",
    )  # fmt: skip
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
        "incident", nature=Nature.PRIMARY, source_of_contact=SourceOfContact.FAMILY, cad_ref="CP-3391", location="Flat 4, Tern Court",
        location_type=LocationType.CARER_HOME, dwelling=YES, scene_dangers=[SceneDanger.WEAPONS],
        scene_told="Sergeant told of the kitchen knives", officer_safety_note="Knife seen on the worktop, moved by his mother",
        district=District.HUNTINGDONSHIRE, mh_engaged=At("1420"), first_officer_arrived=At("1405"),
    )  # fmt: skip
    nurse.section("contact", contact_mode=Mode.FACE_TO_FACE, police_present=YES, officer_intended_action=Intention.S136)
    nurse.section(
        "person", identity_status=Identity.STATED, given_name="Darrow", family_name="Quillfeather", date_of_birth="9 8 1993",
        ethnic_category=EthnicCategory.OTHER, language="English", interpreter_needed=NO, dependants_present=Presence.YES,
        dependants=[{"kind": DependantKind.ADULT, "where": "In the flat", "cared_for_by": "Neighbour for tonight"}],
    )  # fmt: skip
    nurse.open("detention")
    nurse.answer(power=Power.REMOVE)
    assert nurse.interruptions == ["dwelling"]
    nurse.answer(
        power=Power.NONE, considered_not_used_reason=NotUsed.DWELLING, home_route=[HomeRoute.ASSESSMENT, HomeRoute.WARRANT],
        amhp_called_at=At("1440"),
    )  # fmt: skip
    nurse.finish()
    nurse.section(
        "assessment", **NO_FLAGS, presenting_themes=[Theme.PSYCHOSIS], danger_kinds=[Danger.WEAPON_SEEN],
        harm_to_others="Fears for his mother’s food, has not threatened her", safeguarding_adult=NO, safeguarding_child=NO,
    )  # fmt: skip
    nurse.section(
        "capacity", decision="Let a doctor see him at home this afternoon", understand=YES, retain=YES, use_or_weigh=NO,
        use_or_weigh_evidence="Every answer came back to the poisoned tap water", communicate=YES, impairment_present=YES,
        impairment_what="Fixed beliefs that he is being poisoned", causal_link="Because of them he cannot weigh being seen",
        conclusion=Conclusion.LACKS,
    )  # fmt: skip
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


# --- V5: a call, nobody sent --------------------------------------------------------------------------------------


def v5(stage: Stage) -> None:
    """At home, alone, on the phone to 999. Not for police: a crisis team accepts it 22 minutes later; she is told."""
    nurse, screen = stage.nurse, stage.nurse.screen
    nurse.add(
        "incident", nature=Nature.PRIMARY, source_of_contact=SourceOfContact.C999, cad_ref="CC-0907", location="Her own house, Wisbech",
        location_type=LocationType.HOME, dwelling=YES, scene_dangers=[SceneDanger.NONE], district=District.FENLAND,
        call_received=At("1610"), mh_engaged=At("1618"),
    )  # fmt: skip
    nurse.open("contact")
    nurse.answer(
        contact_mode=Mode.CONTROL_ROOM, police_present=NO, rcrp_relevant=YES, rcrp_call_type=CallType.WELFARE,
        rcrp_threshold=[Limb.NOT_MET], rcrp_rationale="Says life is not worth living, no act begun, nobody else in danger",
        rcrp_decision=RcrpDecision.REDIRECT, rcrp_decided_by="Coordinator Lena Ashgrove", rcrp_decided_at=At("1625"),
        rcrp_agency_type=Agency.CRISIS_TEAM,
    )  # fmt: skip
    nurse.leave()
    nurse.open("contact-1")
    screen.sees("Nobody has accepted this yet")
    nurse.answer(
        rcrp_accepted_by="Femi Adekunle-Test, shift lead", rcrp_accepted_at=At("1647"), rcrp_caller_told=YES,
        rcrp_caller_told_at=At("1650"),
    )  # fmt: skip
    nurse.finish()
    nurse.section(
        "referral", destination=Destination.CRISIS_TEAM, urgency=Urgency.VERY_URGENT, decided_at=At("1625"),
        reason="See her at home this evening", person_aware=YES, sent_at=At("1626"), method=Method.PHONE,
        acknowledged_at=At("1648"), outcome=Reply.ACCEPTED,
    )  # fmt: skip
    nurse.add("incident", cleared=NOW)
    nurse.finish_section("incident")
    nurse.sign()

    incident = stage.incident()
    held, sent = forms(incident, "contact")[0], forms(incident, "referral")[0]
    assert (held.rcrp_accepted_at - held.rcrp_decided_at).total_seconds() == 22 * 60
    assert held.rcrp_caller_told == YES
    assert incident.one("person") is None, "nobody has to know who she is"
    assert target_at(sent, incident.rule_pack.rules) == at("2026-11-22 20:25"), "four hours from the decision"


# --- V7: a head injury --------------------------------------------------------------------------------------------


def v7(stage: Stage) -> None:
    """She makes little of it, he stands beside her. A head injury goes to ED; she is seen alone; two children asleep."""
    nurse, screen = stage.nurse, stage.nurse.screen
    nurse.add(
        "incident", nature=Nature.SECONDARY, source_of_contact=SourceOfContact.C999, cad_ref="CP-7719", location="8 Larkspur Walk",
        location_type=LocationType.HOME, dwelling=YES, scene_dangers=[SceneDanger.VIOLENCE], scene_told="Both crews",
        district=District.SOUTH, mh_engaged=At("2105"), first_officer_arrived=At("2050"),
    )  # fmt: skip
    nurse.section(
        "contact", contact_mode=Mode.FACE_TO_FACE, police_present=YES, officer_intended_action=Intention.ARREST
    )
    nurse.section(
        "person", identity_status=Identity.STATED, given_name="Imelda", family_name="Rookwood-Test", date_of_birth="30 6 1987",
        phone="01632 960144", safe_to_contact=NO, ethnic_category=EthnicCategory.WHITE_BRITISH, ethnicity_source=EthnicitySource.PERSON,
        language="English", interpreter_needed=NO, dependants_present=Presence.YES,
        dependants=[
            {"kind": DependantKind.CHILD, "where": "Asleep upstairs", "cared_for_by": "Her sister, sent for"},
            {"kind": DependantKind.CHILD, "where": "In the same room"},
        ],
    )  # fmt: skip
    nurse.open("assessment")
    nurse.answer(**{**NO_FLAGS, "head_injury": YES}, head_injury_detail=[HeadInjury.VOMITING, HeadInjury.HEADACHE])
    assert nurse.interruptions == ["red-flag"]
    nurse.answer(
        red_flag_action="999 rung, to ED by ambulance", red_flag_action_at=At("2112"), seen_alone=YES,
        others_present="Husband, asked to wait with PC Hart", presenting_themes=[Theme.TRAUMA], harm_from_others=[HarmFromOthers.DOMESTIC],
        da_dash=Dash.DONE, da_dash_ref="D-4471", safeguarding_adult=YES, adult_concern="Assault by her husband, third call this year",
        safeguarding_child=YES, child_concern="Both were in the house and may have heard it",
    )  # fmt: skip
    nurse.finish()
    nurse.section("safeguarding", decision=SafeguardingDecision.REFER, danger_now=YES)
    nurse.section(
        "handover", support_needed=Support.ONE, receiving_unit="Ambulance crew", refused=NO, copy_given=Copy.PAPER
    )
    nurse.add("incident", departed_scene=At("2130"), officers_released=At("2140"), cleared=NOW)
    nurse.finish_section("incident")
    nurse.sign()
    screen.shoot("signed")

    incident = stage.incident()
    seen, person = forms(incident, "assessment")[0], forms(incident, "person")[0]
    assert seen.red_flag_action_at == at("2026-11-22 21:12")
    assert seen.seen_alone == YES
    assert person.safe_to_contact == NO
    assert len(person.dependants) == 2
    assert seen.da_dash_ref == "D-4471"
    assert not [name for name in questions(CATALOGUE["assessment"]) if "dash_score" in name or "dash_level" in name]
    assert "Both were in the house" in str(forms(incident, "safeguarding")[0].concern)


# --- V9: met before -----------------------------------------------------------------------------------------------


def v9(stage: Stage) -> None:
    """Met before, often. The same person is suggested and confirmed; a plan is looked for; nothing old is copied."""
    nurse, screen = stage.nurse, stage.nurse.screen
    who = {
        "given_name": "Corin",
        "family_name": "Thornapple-Test",
        "date_of_birth": "21 1 1999",
        "phone": "01632 960377",
    }
    with screen.uncounted():
        nurse.section(
            "person", identity_status=Identity.STATED, **who, allergies="Penicillin", what_helps="Time, and his dog"
        )
        nurse.section("assessment", mse_mood="Says nothing matters", safety_formulation="Alone since the flat was lost")
        nurse.go_home()
        nurse.new_incident()
    nurse.add(
        "incident", nature=Nature.PRIMARY, source_of_contact=SourceOfContact.PERSON, location="Railway footpath", cad_ref="CP-0511",
        location_type=LocationType.STREET, dwelling=NO, scene_dangers=[SceneDanger.NONE], district=District.PETERBOROUGH,
        mh_engaged=At("1840"),
    )  # fmt: skip
    nurse.section("contact", contact_mode=Mode.FACE_TO_FACE, police_present=NO)
    nurse.open("person")
    nurse.answer(identity_status=Identity.STATED, **{name: text for name, text in who.items() if name != "given_name"})
    screen.page.keyboard.press("Tab")
    screen.sees("Seen before")
    screen.shoot("seen-before")
    screen.tap("same-person")
    nurse.turn_to_first()
    nurse.finish(known_to_services=Known.YES, crisis_plan_seen=Known.YES, care_coordinator="Bryony Fallow-Test")
    nurse.open("assessment")
    screen.sees_not("Says nothing matters")
    nurse.answer(
        **NO_FLAGS, presenting_themes=[Theme.SUICIDAL], means=[Means.RAILWAY], plan_made=PlanMade.TOGETHER,
        plan_people="His uncle in March", safety_formulation="Worse at weekends when the day centre shuts; wants company",
    )  # fmt: skip
    nurse.finish()
    nurse.add("incident", cleared=NOW)
    nurse.finish_section("incident")
    nurse.sign()

    found = incidents(stage.synced().centre.folder)
    last = max(found.values(), key=lambda each: each.opened_at)
    person, seen = forms(last, "person")[0], forms(last, "assessment")[0]
    assert (person.given_name, person.what_helps) == ("Corin", "Time, and his dog"), "carried over, not typed again"
    assert person.allergies is None, "what may have changed is asked anew"
    assert person.crisis_plan_seen == Known.YES
    assert seen.mse_mood is None, "nothing of an old examination is copied"
    assert "weekends" in seen.safety_formulation
    words = " ".join(question.text for form in CATALOGUE.values() for question in questions(form).values())
    assert "intensity" not in words.lower()


# --- V10: no signal all shift -------------------------------------------------------------------------------------


def v10(stage: Stage) -> None:
    """No signal; both phones edit the same; one clock is 14 minutes fast; the battery dies; nothing is lost."""
    world, nurse = stage.world, stage.nurse
    screen = nurse.screen
    fast = world.phone("fast", fast_s=14 * 60)
    tom = Nurse(world.screen(fast, "fast"), "tom.ellery", pin="735192")
    tom.sign_in()
    tom.join_shift()
    tom.screen.sees("14 min fast")
    tom.screen.shoot("clock-fast")
    nurse.add("incident", nature=Nature.PRIMARY, location="Fen drove gate")
    nurse.sync()
    tom.sync()
    tom.go_to_incident()
    nurse.go_to_incident()
    world.centre.kill()
    nurse.open("incident")
    nurse.replace("location", "Sluice on the drove")
    nurse.leave()
    nurse.section(
        "person",
        identity_status=Identity.STATED,
        given_name="Wenna",
        family_name="Marlpit-Test",
        date_of_birth="4 4 1990",
    )
    nurse.open("contact")
    nurse.answer(contact_mode=Mode.FACE_TO_FACE, police_present=NO)
    screen.page.wait_for_timeout(5_000)
    phone = world.processes[1]
    phone.kill()  # the battery
    tom.open("incident")
    tom.replace("location", "Far side of the drove")
    tom.leave()
    phone.start()
    screen.open()
    nurse.unlock()
    nurse.go_to_incident()
    nurse.open("contact")
    expect(screen.at(f"answer-contact_mode-{Mode.FACE_TO_FACE.value}")).to_have_attribute("aria-checked", "true")
    nurse.leave()
    screen.sees("Wenna Marlpit-Test")
    world.centre.start()
    nurse.go_home()
    tom.go_home()
    nurse.sync()
    tom.sync()
    nurse.sync()
    nurse.go_to_incident()
    nurse.open("incident")
    screen.sees("Sluice on the drove")
    screen.sees("Far side of the drove")
    screen.shoot("clash")
    screen.tap("use-location-0")
    nurse.leave()
    nurse.add("incident", mh_engaged=NOW, cleared=NOW)
    for kind in ("incident", "contact-1", "person", "assessment"):
        nurse.finish_section(kind)
    nurse.sign()

    incident = stage.incident()
    record = incident.records[incident.incident_id]
    assert not record.clashes
    assert record.values["location"] in ("Sluice on the drove", "Far side of the drove")
    offsets = [change.clock_offset_ms for change in changes(world.centre.folder) if change.clock_offset_ms is not None]
    assert any(abs(offset + 14 * 60_000) < 5_000 for offset in offsets), "the fast clock is recorded with what it wrote"


# --- V12: the clocks go back --------------------------------------------------------------------------------------


def v12(stage: Stage) -> None:
    """Section 136 on the evening the clocks go back; extended for the person's condition, and refused for a bed."""
    nurse, screen = stage.nurse, stage.nurse.screen
    nurse.add(
        "incident", nature=Nature.PRIMARY, source_of_contact=SourceOfContact.OFFICER, cad_ref="CC-1800", location="Market Hill",
        location_type=LocationType.STREET, dwelling=NO, scene_dangers=[SceneDanger.NONE], district=District.CAMBRIDGE,
        mh_engaged=At("1730"), first_officer_arrived=At("1720"),
    )  # fmt: skip
    nurse.section("contact", contact_mode=Mode.RADIO_ADVICE, officer_intended_action=Intention.S136)
    nurse.section(
        "detention", power=Power.REMOVE, used_at=At("1735"), appears_disordered=YES, needs_care_now=YES, necessary=YES,
        pos_type=PlaceOfSafety.HBPOS, pos_name="Fulbourn suite", pos_reason=PlaceReason.NEAREST, ambulance=Ambulance.ATTENDED,
        transport_mode=Transport.AMBULANCE, arrival_first_pos_at=At("1800"), searched=NO, use_of_force=[Force.NONE],
        transfers=[{"to_place": "Peterborough suite", "authorised_by": "AMHP on call"}],
    )  # fmt: skip
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
    clock = clock_of(forms(incident, "detention")[0])
    assert clock
    assert clock.starts_at == at("2026-10-24 18:00"), "the transfer did not start it again"
    assert clock.expires_at == at("2026-10-25 17:00")
    assert clock.expires_extended_at == at("2026-10-26 05:00")
    assert clock.breach(at("2026-10-26 05:01"))


@dataclass(frozen=True)
class Vignette:
    name: str
    when: datetime
    play: Callable[[Stage], None]


VIGNETTES = [
    Vignette("V1", at("2026-11-21 03:00"), v1),
    Vignette("V3", at("2026-11-22 20:30"), v3),
    Vignette("V4", at("2026-11-22 15:30"), v4),
    Vignette("V5", at("2026-11-22 17:00"), v5),
    Vignette("V7", at("2026-11-22 22:00"), v7),
    Vignette("V9", at("2026-11-22 19:30"), v9),
    Vignette("V10", at("2026-11-22 19:30"), v10),
    Vignette("V12", at("2026-10-24 18:05"), v12),
]


def play(vignette: Vignette, folder: Path, browser: Any) -> Effort:
    """Play it in a world of its own; what it took of the nurse."""
    world = World(folder, browser, vignette.when)
    try:
        nurse = Nurse(world.screen(world.phone("phone"), vignette.name.lower()), "amina.yusuf")
        nurse.sign_in()
        nurse.start_shift("Car 1", officer="PC Dan Hart 2417")
        nurse.new_incident()
        with counted(nurse.screen, but=nurse.pin) as effort:
            vignette.play(Stage(world, nurse))
        return effort
    finally:
        world.close()
