"""An incident on the phone: what interrupts, what is folded away, what is handed on; it can always be finished."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import flet as ft
import pytest

from field_app.ui.phone.start import open_app
from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.clinical import timeline
from sync.domain.forms import Unavailable, pages, questions, unobtainable
from sync.domain.records.handing_on import holder, waiting
from sync.domain.records.tasks import tasks
from tests.steps.builders import land, segment
from tests.steps.ui.harness import App, phone, signed_in
from tests.steps.ui.incident import answers, at, begin, finish, give, interrupted, open_section, sign

# --- What interrupts ------------------------------------------------------------------------------------------------


async def test_a_red_flag_interrupts_once_and_leads_to_what_was_done(app):
    incident_id = await begin(app)
    await at(app, incident_id, "assessment", "chest_pain")
    await app.tap("answer-chest_pain-yes")
    await app.until(lambda: interrupted(app) == ["red-flag"])
    assert app.says("Call 999 or go to ED now")
    assert app.all(ft.AlertDialog)[0].scrollable, "it can be read at any size of text"
    await app.tap("interruption-red-flag-settle")
    await app.until(lambda: interrupted(app) == [])
    await app.until(lambda: app.has("answer-red_flag_action"))
    await app.tap("previous-page")
    await app.tap("answer-chest_pain-yes")
    await app.tap("answer-chest_pain-yes")
    assert interrupted(app) == [], "once for a record"
    assert app.says("Physical emergency"), "as a quiet note it stays"
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "assessment").get("chest_pain") == "yes")
    await at(app, incident_id, "assessment", "chest_pain")
    assert interrupted(app) == []


async def test_a_police_station_for_a_child_interrupts_and_is_recorded_as_it_happened(app):
    incident_id = await begin(app)
    give(app.made.session, incident_id, "person", date_of_birth="2010-05-01")
    record_id = give(app.made.session, incident_id, "detention", power="s136_1_a")
    await at(app, incident_id, "detention", "pos_type", record_id)
    if app.has("answer-pos_type"):
        await app.tap("answer-pos_type")
    await app.tap("answer-pos_type-police_station")
    await app.until(lambda: interrupted(app) == ["child"])
    assert app.says("MHA 1983 s136A(1)")
    await app.tap("interruption-child-record")
    await app.until(lambda: interrupted(app) == [])
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "detention").get("pos_type") == "police_station")


async def test_section_136_in_a_dwelling_interrupts(app):
    incident_id = await begin(app)
    give(app.made.session, incident_id, "incident", dwelling="yes")
    await open_section(app, "detention")
    assert interrupted(app) == [], "opening the section is no answer"
    await app.tap("answer-power-s136_1_a")
    await app.until(lambda: interrupted(app) == ["dwelling"])
    await app.tap("interruption-dwelling-record")
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "detention").get("power") == "s136_1_a")


async def test_what_a_colleague_recorded_interrupts_nobody(app):
    incident_id = await begin(app)
    record_id = give(app.made.session, incident_id, "detention", power="s136_1_a", pos_type="police_station")
    await at(app, incident_id, "detention", "pos_type", record_id)
    give(app.made.session, incident_id, "person", approx_age=15)
    give(app.made.session, incident_id, "incident", dwelling="yes")
    await app.settle(0.2)
    assert interrupted(app) == []


# --- The task list --------------------------------------------------------------------------------------------------


async def test_sections_that_nothing_asks_for_are_folded_away(app, session):
    incident_id = await begin(app)
    hidden = [kind for kind in SECTIONS if not app.has(f"section-{kind}")]
    incident = session.store.incident(incident_id)
    context = incident.context(session.packs, session.now())
    assert set(hidden) == {kind for kind in SECTIONS if not CATALOGUE[kind].expected(context)} - {"incident"}
    if hidden:
        await app.tap("other-sections")
        assert all(app.has(f"section-{kind}") for kind in SECTIONS)
        give(session, incident_id, hidden[0])
        await app.tap("other-sections")
        assert not app.has(f"section-{hidden[-1]}")


async def test_a_section_that_is_asked_for_says_needed_and_why(app, session):
    incident_id = await begin(app)
    give(session, incident_id, "incident", handover_offered={"at": "2026-11-22T21:00:00.000Z", "source": "tapped"})
    await app.until(lambda: app.has("section-handover") and "Needed" in app.texts(app.at("section-handover")))
    assert any("over" in text.lower() for text in app.texts(app.at("section-handover")))
    await app.tap("check")
    await app.until(lambda: app.has("missing-handover-section"))
    await app.tap("missing-handover-section")
    await app.until(lambda: app.has("continue"))


# --- It can always be finished --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SECTIONS)
async def test_any_section_is_finished_with_three_taps(app, session, kind):
    incident_id = await begin(app)
    await open_section(app, kind)
    if len(pages(CATALOGUE[kind])) > 1:
        await app.tap("pages")
    if not app.has("rest"):
        return  # nothing is asked for here
    await app.tap("rest")
    await app.tap("answer-rest-not_known")
    await app.tap("back")

    def lacking() -> tuple[Any, ...]:
        found = tasks(session.store.incident(incident_id), session.packs, session.now())
        return next(task for task in found if task.kind == kind).missing

    await app.until(lambda: not lacking())


async def test_unable_asks_for_the_reason(app, session):
    incident_id = await begin(app)
    await open_section(app, "person")
    await app.tap("pages")
    await app.tap("rest")
    await app.tap("answer-rest-unable")
    await app.type("rest-reason", "asleep")
    await app.tap("rest-use")
    await app.tap("back")
    said = {"unavailable": "unable", "reason": "asleep"}
    await app.until(lambda: said in answers(app, incident_id, "person").values())


async def test_an_incident_with_every_section_begun_can_be_signed(app, session):
    incident_id = await begin(app)
    for kind in SECTIONS:
        record = session.edit(incident_id, kind)
        name = next(
            name for name, question in questions(CATALOGUE[kind]).items() if not question.hidden and not question.group
        )
        session.seal(replace(record, answers={**record.answers, name: unobtainable(Unavailable.DECLINED)}))
    finish(session, incident_id)
    await sign(app, session, incident_id)


# --- Handing on -----------------------------------------------------------------------------------------------------


async def test_an_incident_is_handed_to_a_crisis_team_and_is_open_until_somebody_there_accepts(app, session):
    incident_id = await begin(app)
    await app.tap("hand-on")
    await app.until(lambda: app.has("hand-on-send"))
    await app.tap("hand-on-send")
    assert app.says("Choose who it goes to.")
    await app.tap("hand-on-crisis_team")
    await app.type("hand-on-to", "First response north", blur=False)
    await app.tap("hand-on-send")
    await app.until(lambda: app.says("Waiting for acceptance"))
    assert holder(session.store.incident(incident_id)).practitioner == "p.amara"
    await app.tap("record-acceptance")
    await app.until(lambda: app.has("accepted"))
    await app.tap("accepted")
    assert app.has("hand-on-error")
    await app.type("accepted-by", "Kim Osei", blur=False)
    await app.type("accepted-role", "crisis nurse", blur=False)
    await app.tap("accepted")
    await app.until(lambda: app.says("Kim Osei, crisis nurse has this incident"))
    assert waiting(session.store.incident(incident_id)) is None


async def test_home_puts_what_was_handed_to_this_nurse_first(tmp_path, session):
    """Two nurses of one team: what one hands on, the other accepts on their own phone."""
    incident_id = session.new_incident()
    session.hand_on(incident_id, "shift", "Car 2", "He is asleep")
    other = phone(tmp_path / "other")
    mate = signed_in(other, "bo")
    land(mate.store, segment(session.store.sync.pending(0)))
    async with App(lambda page: open_app(page, other)) as app:
        app.made.enter(mate, "bo")
        await app.until(lambda: app.has(f"accept-{incident_id}"))
        assert app.says("The next shift: Car 2")
        assert app.says("“He is asleep”")
        assert not app.has(f"incident-{incident_id}"), "it stands once"
        assert app.identifiers().index(f"accept-{incident_id}") < app.identifiers().index("start-shift")
        await app.tap(f"accept-{incident_id}")
        await app.until(lambda: not app.has(f"accept-{incident_id}"))
        await app.until(lambda: app.has(f"incident-{incident_id}"))
        held = holder(mate.store.incident(incident_id))
    assert (held.practitioner, held.name) == ("p.bo", "Bo Okafor, nurse")
    other.close()


async def test_whoever_handed_on_sees_that_it_waits(app, session):
    incident_id = session.new_incident()
    session.hand_on(incident_id, "shift", "Car 2")
    await app.until(lambda: app.says("Waiting for acceptance. The next shift: Car 2"))
    assert not app.has(f"accept-{incident_id}")
    await app.tap(f"incident-{incident_id}")
    await app.until(lambda: app.has("holder"))
    assert not app.has("accept")


# --- The same person again ------------------------------------------------------------------------------------------

ZOE = {"identity_status": "stated", "given_name": "Zoë", "family_name": "Ellis", "date_of_birth": "1990-02-01"}


async def test_a_person_seen_before_is_offered_and_nothing_is_copied_by_itself(app, session):
    earlier = session.new_incident()
    give(session, earlier, "person", **ZOE, nhs_number="9990000018", gp_practice="Mill Road", language="English")
    incident_id = await begin(app)
    await open_section(app, "person")
    await app.type("answer-family_name", "ellis")
    await app.type("answer-date_of_birth", "01021990")
    assert not app.has("seen-before"), "a name and a date of birth are not enough"
    await app.type("answer-nhs_number", "999 000 0018")
    await app.until(lambda: app.has("same-person"))
    assert app.says("Seen before: Zoë Ellis")
    assert app.says("(1 incident)")
    assert not app.has("use-suggestion-given_name")
    await app.tap("same-person")
    await app.until(lambda: app.says("The same person as Zoë Ellis"))
    assert app.says("From the record: Zoë")
    await app.tap("use-suggestion-given_name")
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "person").get("same_person_as") == earlier)
    held = answers(app, incident_id, "person")
    assert held["given_name"] == "Zoë"
    assert "gp_practice" not in held


async def test_somebody_else_of_that_name_is_put_aside_with_one_tap(app, session):
    give(session, session.new_incident(), "person", **ZOE, phone="07700 900123")
    incident_id = await begin(app)
    give(session, incident_id, "person", family_name="Ellis", date_of_birth="1990-02-01", phone="+447700900123")
    await open_section(app, "person")
    await app.until(lambda: app.has("not-same-person"))
    await app.tap("not-same-person")
    assert not app.has("seen-before")
    await app.tap("back")
    assert "same_person_as" not in answers(app, incident_id, "person")


# --- All times ------------------------------------------------------------------------------------------------------


async def test_all_times_stand_on_one_page_with_their_source_and_what_looks_wrong(app, session):
    incident_id = await begin(app)
    give(
        session, incident_id, "incident",
        call_received={"at": "2026-11-22T20:00:00.000Z", "source": "cad"},
        arrived={"at": "2026-11-22T19:00:00.000Z", "source": "typed"},
    )  # fmt: skip
    await app.until(lambda: app.says("“Arrived” is before “Call received”: check."))
    await app.tap("all-times")
    await app.until(lambda: app.has("all-times-call_received"))
    assert {entry.label for entry in timeline.TABLE} <= set(app.texts()), "by its words: nobody says T5"
    assert not [text for text in app.texts() if re.match(r"T\d", text)]
    assert any("From CAD, entered 22:00 by you" in text for text in app.texts(app.at("all-times-call_received")))
    assert any("Entered later" in text for text in app.texts(app.at("all-times-arrived")))
    assert app.says("This phone’s clock has not been compared")
    assert app.says("“Arrived” is before “Call received”: check.")
    await app.tap("all-times-cleared")
    await app.until(lambda: app.has("answer-cleared-now"))


async def test_all_times_say_where_the_time_of_an_item_comes_from_and_lead_to_it(app, session):
    incident_id = await begin(app)
    moved = {"to_place": "ED, City", "arrived": "2026-11-22T19:00:00.000Z"}
    give(session, incident_id, "detention", power="s136_1_a", **{"transfers.1a2b": moved})
    await app.tap("all-times")
    await app.until(lambda: app.has("all-times-pos_transferred"))
    assert {"22 Nov 2026 19:00", "Entered later: 22:00, by you"} <= set(app.texts(app.at("all-times-pos_transferred")))
    await app.tap("all-times-pos_transferred")
    await app.until(lambda: app.says("Moves to another place of safety"))


async def test_the_next_step_follows_how_the_contact_is_made(app, session):
    incident_id = await begin(app)
    assert "Arrived" in app.texts(app.at("next-step"))
    give(session, incident_id, "contact", contact_mode="phone_advice_to_officer")
    await app.until(lambda: "Arrived" not in app.texts(app.at("next-step")))
    assert not app.has("time-arrived")


# --- Nothing is typed twice, and no page is empty -------------------------------------------------------------------


async def test_the_officer_of_the_shift_is_added_to_a_contact_with_one_tap(app, session):
    now = session.now()
    session.start_shift("Car 1", "PC Dan Hart 2417", now.date(), now, now + timedelta(hours=8))
    incident_id = await begin(app)
    assert answers(app, incident_id, "incident")["crew_nurse"] == "Amara Okafor"
    contact = give(session, incident_id, "contact", contact_mode="face_to_face", police_present="yes")
    await at(app, incident_id, "contact", "contact_mode", contact)
    await app.until(lambda: app.has("use-suggestion-officers"))
    assert app.says("From the record: PC Dan Hart 2417")
    await app.tap("use-suggestion-officers")
    await app.tap("back")
    await app.until(lambda: any(name.startswith("officers.") for name in answers(app, incident_id, "contact")))
    held = answers(app, incident_id, "contact")
    assert [value for name, value in held.items() if name.startswith("officers.")] == [
        {"name": "Dan Hart", "rank": "PC", "collar_number": "2417", "force": "Cambridgeshire Constabulary"}
    ]
    await app.tap("officer")
    await app.until(lambda: app.has("officer-sign"))
    assert app.inside("officer-name", ft.TextField).value == "Dan Hart"


async def test_an_incident_outside_a_shift_has_no_crew(app, session):
    incident_id = await begin(app)
    assert not {"crew_nurse", "crew_officer"} & set(answers(app, incident_id, "incident"))


async def test_pages_with_nothing_to_ask_are_passed_over_both_ways(app, session):
    incident_id = await begin(app)
    contact = give(session, incident_id, "contact", contact_mode="control_room_triage", police_present="no")
    await at(app, incident_id, "contact", "contact_mode", contact)
    assert app.says("Page 1 of 4")
    await app.tap("pages")
    assert app.inside("page-2", ft.Text).value == "Advice"
    assert app.texts().count("Nothing to ask here") == 1, "nobody to advise"
    await app.tap("pages")
    await app.tap("continue")
    assert app.says("Page 3 of 4")
    assert app.says("Continue")
    await app.tap("answer-rcrp_relevant-no")
    await app.until(lambda: app.says("Done"))
    await app.tap("answer-rcrp_relevant-yes")
    await app.until(lambda: app.says("Continue"))
    await app.tap("continue")
    assert app.says("Page 4 of 4")
    await app.tap("previous-page")
    await app.tap("previous-page")
    assert app.says("Page 1 of 4")


async def test_a_page_with_nothing_to_ask_says_so_when_it_is_opened_all_the_same(app, session):
    incident_id = await begin(app)
    contact = give(session, incident_id, "contact", contact_mode="control_room_triage", police_present="no")
    await at(app, incident_id, "contact", "contact_mode", contact)
    await app.tap("pages")
    await app.tap("page-2")
    assert app.says("Page 2 of 4")
    assert app.says("Nothing to ask here")


async def test_the_pages_of_the_act_are_passed_over_under_16(app, session):
    incident_id = await begin(app)
    give(session, incident_id, "person", date_of_birth="2014-05-01")
    await at(app, incident_id, "capacity", "decision")
    names = pages(CATALOGUE["capacity"])
    asked = [app.texts()]
    while app.says("Continue"):
        await app.tap("continue")
        asked.append(app.texts())
    assert len(asked) == len(names) - 1
    assert not any("Because of what, and your conclusion" in texts for texts in asked)
    assert not any("Nothing to ask here" in texts for texts in asked)
