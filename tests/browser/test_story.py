"""An incident from the car to the desk, as its people live it: real browsers over real processes.

The centre is dead for the middle of it, the phone app is killed in the middle of a section, two nurses edit the same
answer without a signal, a supervisor sends the record back, the nurse amends it, and it is approved.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sync.domain.catalogue.contact.form import Mode
from sync.domain.catalogue.incident import IncidentOutcome, LocationType, Nature, SceneDanger, SourceOfContact
from sync.domain.catalogue.person.form import Identity
from sync.domain.clinical.forces import District
from sync.domain.forms import YesNo
from sync.domain.records.standing import cosignature, standing
from tests.steps.play.at_the_centre import only_incident
from tests.steps.play.nurse import NOW, PIN, Nurse
from tests.steps.play.supervisor import Supervisor

pytestmark = pytest.mark.browser

SECRETS = ("Marigold", "Thistlewood", "999 246 9145", "9992469145", "Mill Road bridge", "Zebedee")


def test_an_incident_from_the_car_to_the_desk(world):
    first = world.phone("phone1")
    amina = Nurse(world.screen(first, "phone"), "amina.yusuf")
    screen = amina.screen
    amina.sign_in()
    amina.start_shift("Car 1", officer="PC Dan Hart 2417")
    screen.shoot("01-shift")

    # ---- no signal from here on: the centre is dead ----
    world.centre.kill()
    screen.tap("new-incident")
    amina.on("section-incident")
    amina.open("incident")
    amina.answer(
        nature=Nature.PRIMARY, source_of_contact=SourceOfContact.C999, cad_ref="CC-0412", location="Mill Road bridge",
        location_type=LocationType.STREET, dwelling=YesNo.NO, scene_dangers=[SceneDanger.NONE], district=District.CAMBRIDGE,
        dispatched=NOW, first_officer_arrived=NOW, mh_requested=NOW, incident_outcome=[IncidentOutcome.CRISIS_TEAM],
    )  # fmt: skip
    screen.shoot("02-section")
    amina.leave()
    screen.sees("only on this phone")
    amina.stamp("Arrived")
    amina.stamp("Engaged")
    amina.open("contact")
    amina.finish(contact_mode=Mode.FACE_TO_FACE, police_present=YesNo.YES)
    screen.shoot("03-incident")

    # ---- the phone app dies in the middle of a section ----
    amina.open("person")
    amina.answer(
        identity_status=Identity.STATED, given_name="Marigold", family_name="Thistlewood", nhs_number="9992469145"
    )
    amina.answer(family_view="Her neighbour Zebedee has a spare key")
    screen.page.wait_for_timeout(5_000)  # what was typed more than 5 seconds ago has to be there
    first.kill()
    assert bytes_with_no_secret(first.folder) > 20_000
    first.start()
    screen.open()
    amina.unlock()
    screen.tap(screen.at_prefix("incident-"))
    amina.open("person")
    screen.holds("answer-family_name", "Thistlewood")
    amina.finish(family_view=" and knows her well")
    screen.sees("Marigold Thistlewood")

    amina.section("assessment", reason="Would not be assessed at the bridge")

    # ---- the officer's turn ----
    amina.open("handover")
    amina.finish(
        situation="Talked down from the parapet, wants to talk to somebody", recommendation="Crisis team tonight"
    )
    amina.stamp("Handover offered")
    amina.stamp("Handover accepted")
    screen.tap("officer")
    amina.on("signature-pad")
    screen.holds("officer-name", "Dan Hart")  # of this car's crew, so that nobody types it
    screen.sees("Talked down from the parapet")
    assert "Zebedee" not in screen.says(), "the officer sees the sheet and nothing else"
    screen.draw("signature-pad")
    screen.shoot("04-officer")
    screen.tap("officer-sign")
    screen.type("pin", PIN)
    screen.tap("take-back")
    amina.on("section-incident")
    amina.stamp("Officers released")
    amina.stamp("Cleared")

    # ---- check and sign ----
    screen.tap("check")
    screen.sees("Everything needed is answered")
    screen.shoot("05-check")
    screen.type("pin", PIN)
    screen.tap("sign")
    screen.sees("You signed this")
    screen.tap("strip")
    amina.on("work-offline")
    assert len(re.findall(r"Received \d\d:\d\d", screen.says())) == 1, "only the shift, sent before the centre died"
    screen.shoot("06-records-waiting")

    # ---- the centre is back ----
    world.centre.start()
    screen.tap("sync-now")
    screen.sees("All received")
    expect(screen.page.get_by_text(re.compile(r"Received \d\d:\d\d, no\. \d+")).first).to_be_attached()
    assert "Only on this phone" not in screen.says()
    screen.shoot("07-records-received")
    screen.tap("back")

    # ---- a second phone on the same shift, and the same answer edited on both without a signal ----
    second = world.phone("phone2")
    tom = Nurse(world.screen(second, "phone2"), "tom.ellery", pin="735192")
    tom.sign_in()
    tom.join_shift()
    tom.screen.sees("Marigold Thistlewood")
    for nurse, where in ((amina, "Mill Road bridge, north side"), (tom, "Mill Road bridge, south steps")):
        nurse.work_offline(True)
        nurse.go_to_incident()
        nurse.open("incident", amend=True)
        nurse.replace("location", where)
        nurse.leave()
    for nurse in (amina, tom):
        nurse.work_offline(False)
        nurse.screen.sees("All received")
    amina.sync()
    ruth = Supervisor(world.screen(world.console(), "desk"), "ruth.okoro")
    ruth.sign_in()
    for nurse in (amina, tom):
        nurse.go_to_incident()
        nurse.open("incident", amend=True)
        nurse.screen.sees("north side")
        nurse.screen.sees("south steps")
    amina.screen.scroll_to("clash-location")
    amina.screen.shoot("08-clash")
    ruth.find("Thistlewood")
    ruth.screen.sees("north side")
    ruth.screen.sees("south steps")
    ruth.screen.shoot("09-clash")
    tom.screen.tap("use-location-0")
    tom.leave()
    tom.screen.sees("All received")
    amina.sync()
    amina.go_to_incident()
    amina.sign_again()

    # ---- the supervisor sends it back, the nurse amends, it is approved ----
    ruth.review("Thistlewood")
    ruth.screen.shoot("10-review")
    ruth.send_back("incident", "cad_ref", "Please add the date to the CAD reference")
    amina.sync()
    amina.go_home()
    amina.screen.sees("Please add the date")
    amina.screen.shoot("11-returned")
    amina.screen.tap(amina.screen.at_prefix("returned-"))
    amina.open("incident", amend=True)
    amina.screen.sees("Please add the date")
    amina.replace("cad_ref", "CC-0412 of 22 Nov 2026")
    amina.leave()
    amina.sign_again()
    ruth.review("Thistlewood")
    ruth.screen.sees("CC-0412 of 22 Nov 2026")
    ruth.approve()
    ruth.screen.shoot("12-approved")
    amina.sync()
    amina.go_home()
    amina.screen.sees("Approved")
    amina.screen.shoot("13-approved")

    # ---- what the centre holds ----
    incident = only_incident(world.centre.folder)
    assert standing(incident) == "approved"
    values = incident.records[incident.incident_id].values
    assert values["location"].startswith("Mill Road bridge, ")
    assert values["cad_ref"] == "CC-0412 of 22 Nov 2026"
    signed = cosignature(incident)
    assert signed
    assert signed.op == "cosign"
    assert signed.detail["officer"] == {
        "force": "Cambridgeshire Constabulary",
        "collar_number": "2417",
        "name": "Dan Hart",
    }
    person = incident.one("person")
    assert person
    assert person.values["family_view"] == "Her neighbour Zebedee has a spare key and knows her well"
    for process in world.processes:
        said = process.log()
        assert not [secret for secret in SECRETS if secret in said], (
            f"a secret stands in the log of {process.folder.name}"
        )
    for phone in (first, second):
        bytes_with_no_secret(phone.folder)


def bytes_with_no_secret(folder: Path) -> int:
    """Search every file of a phone for what was typed; returns how many bytes were searched."""
    searched = 0
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            searched += len(data)
            for secret in SECRETS:
                assert secret.encode() not in data, f"{path.name} holds what was typed"
    return searched
