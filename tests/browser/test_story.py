"""An incident from the car to the desk, as its people live it: real browsers over real processes.

In parts, each from where the incident then stands (`tests.steps.play.laid`): begun without a signal, the phone app
killed in the middle of a section, the officer's turn, signed and received, two nurses editing the same answer, sent
back by a supervisor, amended and approved.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.domain.catalogue.contact.form import Mode
from sync.domain.catalogue.incident import IncidentOutcome, LocationType, Nature, SceneDanger, SourceOfContact
from sync.domain.catalogue.person.form import Identity
from sync.domain.clinical.forces import District
from sync.domain.forms import YesNo
from sync.domain.records.standing import cosignature, standing
from tests.steps.play import laid
from tests.steps.play.at_the_centre import only_incident
from tests.steps.play.nurse import NOW, PIN, Nurse
from tests.steps.play.supervisor import Supervisor
from tools.world import Process, World

pytestmark = pytest.mark.browser

SECRETS = ("Marigold", "Thistlewood", "999 246 9145", "9992469145", "Mill Road bridge", "Zebedee")


@pytest.fixture(autouse=True)
def _nothing_is_told(world: World) -> Iterator[None]:
    """No log and no file of a phone holds what was typed, however the part went on."""
    yield
    for process in world.processes:
        log = process.log()
        assert not [secret for secret in SECRETS if secret in log], f"a secret is in the log of {process.folder.name}"
        if process.folder.name.startswith("phone"):
            bytes_with_no_secret(process.folder)


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


def taken_up(world: World, name: str = "phone1") -> tuple[Process, Nurse]:
    """Amina's phone, laid before, opened by her PIN."""
    phone = world.phone(name)
    nurse = Nurse(world.screen(phone, name), "amina.yusuf")
    nurse.unlock()
    return phone, nurse


def received(world: World, nurse: Nurse) -> Any:
    """The incident as the centre has it, once the phone has sent all."""
    nurse.go_home()
    nurse.sync()
    return only_incident(world.centre.folder)


def test_an_incident_is_begun_in_the_car_without_a_signal(world: World):
    amina = Nurse(world.screen(world.phone("phone1"), "phone"), "amina.yusuf")
    screen = amina.screen
    amina.sign_in()
    amina.start_shift("Car 1", officer="PC Dan Hart 2417")
    screen.shoot("01-shift")

    world.centre.kill()  # no signal from here on
    amina.new_incident()
    amina.open("incident")
    amina.answer(
        nature=Nature.PRIMARY, source_of_contact=SourceOfContact.C999, cad_ref="CC-0412", location="Mill Road bridge",
        location_type=LocationType.STREET, dwelling=YesNo.NO, scene_dangers=[SceneDanger.NONE],
        district=District.CAMBRIDGE, dispatched=NOW, first_officer_arrived=NOW, mh_requested=NOW,
        incident_outcome=[IncidentOutcome.CRISIS_TEAM],
    )  # fmt: skip
    screen.shoot("02-section")
    amina.leave()
    screen.sees("only on this phone")
    amina.stamp("Arrived")
    amina.stamp("Engaged")
    amina.open("contact")
    amina.finish(contact_mode=Mode.FACE_TO_FACE, police_present=YesNo.YES)
    screen.shoot("03-incident")

    world.centre.start()
    incident = received(world, amina)
    assert incident.records[incident.incident_id].values["location"] == "Mill Road bridge"
    assert {"arrived", "mh_engaged"} <= incident.times.keys()
    contact = incident.one("contact").values
    assert contact["contact_mode"] == Mode.FACE_TO_FACE.value
    officers = [officer for name, officer in contact.items() if name.startswith("officers.")]
    assert officers == [{**laid.OFFICER, "rank": "PC"}], "of this car's crew, so that nobody types it"


def test_a_phone_app_that_dies_in_the_middle_of_a_section_keeps_what_was_typed(world: World):
    with laid.in_hand(world, "phone1") as session:
        world.centre.kill()
        laid.begun(session)
    phone, amina = taken_up(world)
    screen = amina.screen
    amina.go_to_incident()
    amina.open("person")
    amina.answer(
        identity_status=Identity.STATED, given_name="Marigold", family_name="Thistlewood", nhs_number="9992469145"
    )
    amina.answer(family_view="Her neighbour Zebedee has a spare key")
    screen.pause(5)  # what was typed more than 5 seconds ago has to be there
    phone.kill()
    assert bytes_with_no_secret(phone.folder) > 20_000
    phone.start()
    screen.open()
    amina.unlock()
    amina.go_to_incident()
    amina.open("person")
    screen.holds("answer-family_name", "Thistlewood")
    amina.finish(family_view=" and knows her well")
    screen.sees("Marigold Thistlewood")
    amina.section("assessment", reason="Would not be assessed at the bridge")

    world.centre.start()
    person = received(world, amina).one("person")
    assert person
    assert person.values["family_view"] == "Her neighbour Zebedee has a spare key and knows her well"


def test_the_officer_reads_the_sheet_and_nothing_else_and_signs_on_the_glass(world: World):
    with laid.in_hand(world, "phone1") as session:
        world.centre.kill()
        laid.met(session)
    _, amina = taken_up(world)
    screen = amina.screen
    amina.go_to_incident()
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

    world.centre.start()
    signature = cosignature(received(world, amina))
    assert signature
    assert signature.op == "cosign"
    assert signature.detail["officer"] == {
        "force": "Cambridgeshire Constabulary",
        "collar_number": "2417",
        "name": "Dan Hart",
    }


def test_what_is_signed_without_a_signal_is_received_once_there_is_one(world: World):
    with laid.in_hand(world, "phone1") as session:
        world.centre.kill()
        laid.handed_over(session)
    _, amina = taken_up(world)
    screen = amina.screen
    amina.go_to_incident()
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

    world.centre.start()
    screen.tap("sync-now")
    screen.sees("All received")
    screen.until(lambda: re.search(r"Received \d\d:\d\d, no\. \d+", screen.says()), "a receipt with its number")
    assert "Only on this phone" not in screen.says()
    screen.shoot("07-records-received")
    assert standing(only_incident(world.centre.folder)) == "signed"


def test_two_nurses_edit_the_same_answer_without_a_signal_and_a_person_settles_it(world: World):
    with laid.in_hand(world, "phone1") as session:
        laid.signed(session)
    _, amina = taken_up(world)
    tom = Nurse(world.screen(world.phone("phone2"), "phone2"), "tom.ellery", pin="735192")
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

    incident = received(world, amina)
    record = incident.records[incident.incident_id]
    assert not record.clashes
    assert record.values["location"].startswith("Mill Road bridge, ")
    assert standing(incident) == "signed"


def test_a_record_that_a_supervisor_sends_back_is_amended_and_approved(world: World):
    with laid.in_hand(world, "phone1") as session:
        laid.signed(session)
    _, amina = taken_up(world)
    ruth = Supervisor(world.screen(world.console(), "desk"), "ruth.okoro")
    ruth.sign_in()
    ruth.review("Thistlewood")
    ruth.screen.shoot("10-review")
    ruth.send_back("incident", "cad_ref", "Please add the date to the CAD reference")
    amina.sync()
    amina.go_home()
    amina.screen.sees("Please add the date")
    amina.screen.shoot("11-returned")
    amina.screen.tap(amina.screen.first("returned-"))
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

    incident = only_incident(world.centre.folder)
    assert standing(incident) == "approved"
    assert incident.records[incident.incident_id].values["cad_ref"] == "CC-0412 of 22 Nov 2026"
    assert cosignature(incident), "the officer's signature stands"
