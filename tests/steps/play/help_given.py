"""Vignettes without a power: a call, a head injury, a person met before, a shift without signal."""

from sync.domain.catalogue import CATALOGUE
from sync.domain.catalogue.assessment.codes import Dash, HarmFromOthers, HeadInjury, Means, PlanMade, Theme
from sync.domain.catalogue.contact.codes import Agency, CallType, Intention, Limb, RcrpDecision
from sync.domain.catalogue.handover.form import Copy, Support
from sync.domain.catalogue.incident import LocationType, Nature, SceneDanger, SourceOfContact
from sync.domain.catalogue.person.codes import (
    DependantKind,
    EthnicCategory,
    EthnicitySource,
    Identity,
    KnownToServices,
    Presence,
)
from sync.domain.catalogue.referral import Destination, Method, ReferralReply, Urgency, target_at
from sync.domain.catalogue.safeguarding import Decision as SafeguardingDecision
from sync.domain.clinical.forces import District
from sync.domain.clinical.modes import Mode
from sync.domain.forms import questions
from tests.steps.builders import PACKS
from tests.steps.play.at_the_centre import changes, incidents
from tests.steps.play.nurse import NOW, At, Nurse
from tests.steps.play.stage import FLAGGED, NO, NO_FLAGS, YES, Stage, at, forms

# --- V5: a call, nobody sent --------------------------------------------------------------------------------------


def v5(stage: Stage) -> None:
    """At home, alone, on the phone to 999. Not for police: a crisis team accepts it 22 minutes later; she is told."""
    nurse, screen = stage.nurse, stage.nurse.screen
    nurse.add(
        "incident",
        nature=Nature.PRIMARY,
        source_of_contact=SourceOfContact.C999,
        cad_ref="CC-0907",
        location="Her own house, Wisbech",
        location_type=LocationType.HOME,
        dwelling=YES,
        scene_dangers=[SceneDanger.NONE],
        district=District.FENLAND,
        call_received=At("1610"),
        mh_engaged=At("1618"),
    )
    nurse.open("contact")
    nurse.answer(
        contact_mode=Mode.CONTROL_ROOM,
        police_present=NO,
        rcrp_relevant=YES,
        rcrp_call_type=CallType.WELFARE,
        rcrp_threshold=[Limb.NOT_MET],
        rcrp_rationale="Says life is not worth living, no act begun, nobody else in danger",
        rcrp_decision=RcrpDecision.REDIRECT,
        rcrp_decided_by="Coordinator Lena Ashgrove",
        rcrp_decided_at=At("1625"),
        rcrp_agency_type=Agency.CRISIS_TEAM,
    )
    nurse.leave()
    nurse.open("contact-1")
    screen.sees("Nobody has accepted this yet")
    nurse.answer(
        rcrp_accepted_by="Femi Adekunle-Test, shift lead",
        rcrp_accepted_at=At("1647"),
        rcrp_caller_told=YES,
        rcrp_caller_told_at=At("1650"),
    )
    nurse.finish()
    nurse.section(
        "referral",
        destination=Destination.CRISIS_TEAM,
        urgency=Urgency.VERY_URGENT,
        decided_at=At("1625"),
        reason="See her at home this evening",
        person_aware=YES,
        sent_at=At("1626"),
        method=Method.PHONE,
        acknowledged_at=At("1648"),
        outcome=ReferralReply.ACCEPTED,
    )
    nurse.add("incident", cleared=NOW)
    nurse.finish_section("incident")
    nurse.sign()

    incident = stage.incident()
    held, sent = forms(incident, "contact")[0], forms(incident, "referral")[0]
    assert (held.rcrp_accepted_at - held.rcrp_decided_at).total_seconds() == 22 * 60
    assert held.rcrp_caller_told == YES
    assert incident.one("person") is None, "nobody has to know who she is"
    assert target_at(sent, incident.rule_pack(PACKS).rules) == at("2026-11-22 20:25"), "four hours from the decision"


# --- V7: a head injury --------------------------------------------------------------------------------------------


def v7(stage: Stage) -> None:
    """She makes little of it, he stands beside her. A head injury goes to ED; she is seen alone; two children."""
    nurse, screen = stage.nurse, stage.nurse.screen
    nurse.add(
        "incident",
        nature=Nature.SECONDARY,
        source_of_contact=SourceOfContact.C999,
        cad_ref="CP-7719",
        location="8 Larkspur Walk",
        location_type=LocationType.HOME,
        dwelling=YES,
        scene_dangers=[SceneDanger.VIOLENCE],
        scene_told="Both crews",
        district=District.SOUTH,
        mh_engaged=At("2105"),
        first_officer_arrived=At("2050"),
    )
    nurse.section(
        "contact", contact_mode=Mode.FACE_TO_FACE, police_present=YES, officer_intended_action=Intention.ARREST
    )
    nurse.section(
        "person",
        identity_status=Identity.STATED,
        given_name="Imelda",
        family_name="Rookwood-Test",
        date_of_birth="30 6 1987",
        phone="01632 960144",
        safe_to_contact=NO,
        ethnic_category=EthnicCategory.WHITE_BRITISH,
        ethnicity_source=EthnicitySource.PERSON,
        language="English",
        interpreter_needed=NO,
        dependants_present=Presence.YES,
        dependants=[
            {"kind": DependantKind.CHILD, "where": "Asleep upstairs", "cared_for_by": "Her sister, sent for"},
            {"kind": DependantKind.CHILD, "where": "In the same room"},
        ],
    )
    nurse.open("assessment")
    nurse.answer(**{**NO_FLAGS, "head_injury": FLAGGED}, head_injury_detail=[HeadInjury.VOMITING, HeadInjury.HEADACHE])
    nurse.answer(
        red_flag_action="999 rung, to ED by ambulance",
        red_flag_action_at=At("2112"),
        seen_alone=YES,
        others_present="Husband, asked to wait with PC Hart",
        presenting_themes=[Theme.TRAUMA],
        harm_from_others=[HarmFromOthers.DOMESTIC],
        da_dash=Dash.DONE,
        da_dash_ref="D-4471",
        safeguarding_adult=YES,
        adult_concern="Assault by her husband, third call this year",
        safeguarding_child=YES,
        child_concern="Both were in the house and may have heard it",
    )
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
        "incident",
        nature=Nature.PRIMARY,
        source_of_contact=SourceOfContact.PERSON,
        location="Railway footpath",
        cad_ref="CP-0511",
        location_type=LocationType.STREET,
        dwelling=NO,
        scene_dangers=[SceneDanger.NONE],
        district=District.PETERBOROUGH,
        mh_engaged=At("1840"),
    )
    nurse.section("contact", contact_mode=Mode.FACE_TO_FACE, police_present=NO)
    nurse.open("person")
    nurse.answer(identity_status=Identity.STATED, **{name: text for name, text in who.items() if name != "given_name"})
    screen.leave_field()
    screen.sees("Seen before")
    screen.shoot("seen-before")
    screen.tap("same-person")
    nurse.turn_to_first()
    nurse.finish(
        known_to_services=KnownToServices.YES,
        crisis_plan_seen=KnownToServices.YES,
        care_coordinator="Bryony Fallow-Test",
    )
    nurse.open("assessment")
    screen.sees_not("Says nothing matters")
    nurse.answer(
        **NO_FLAGS,
        presenting_themes=[Theme.SUICIDAL],
        means=[Means.RAILWAY],
        plan_made=PlanMade.TOGETHER,
        plan_people="His uncle in March",
        safety_formulation="Worse at weekends when the day centre shuts; wants company",
    )
    nurse.finish()
    nurse.add("incident", cleared=NOW)
    nurse.finish_section("incident")
    nurse.sign()

    found = incidents(stage.synced().centre.folder)
    last = max(found.values(), key=lambda each: each.opened_at)
    person, seen = forms(last, "person")[0], forms(last, "assessment")[0]
    assert (person.given_name, person.what_helps) == ("Corin", "Time, and his dog"), "carried over, not typed again"
    assert person.allergies is None, "what may have changed is asked anew"
    assert person.crisis_plan_seen == KnownToServices.YES
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
    screen.pause(5)
    stage.phone.kill()  # the battery
    tom.open("incident")
    tom.replace("location", "Far side of the drove")
    tom.leave()
    stage.phone.start()
    screen.open()
    nurse.unlock()
    nurse.go_to_incident()
    nurse.open("contact")
    screen.until(
        lambda: screen.is_on(f"answer-contact_mode-{Mode.FACE_TO_FACE.value}"), "what was chosen before the kill"
    )
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
