"""An incident as it stands at a moment of the story, laid through the phone's own session before its app is started.

Each part of `tests/browser/test_story.py` begins where one of these ends, so that no part waits for another to pass.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from demo import PASSWORD
from field_app.phone.phone import Phone
from field_app.phone.session import Session
from sync.client.http import Client
from sync.core.canonical import digest
from sync.core.times import instant
from sync.domain.documents.handover_sheet import sheet_digest
from sync.domain.records.standing import document
from tests.steps.at_a_phone import arrived
from tests.steps.builders import SHIPPED
from tests.steps.play.nurse import PIN
from tests.steps.play.screen import World
from tests.steps.ui.incident import finish, give
from tools.world import device_folder

OFFICER = {"force": "Cambridgeshire Constabulary", "collar_number": "2417", "name": "Dan Hart"}


@contextmanager
def in_hand(world: World, name: str) -> Iterator[Session]:
    """Amina at this phone, signed in and on a shift that the centre has received."""
    folder = device_folder(world.folder / name)
    folder.mkdir(mode=0o700, parents=True)
    phone = Phone(folder, lambda: Client(world.centre.url), SHIPPED, training=True)
    try:
        session = phone.sign_in("amina.yusuf", PASSWORD, PIN)
        now = session.now()
        session.start_shift("Car 1", "PC Dan Hart 2417", now.date(), now, now + timedelta(hours=8))
        assert arrived(session)
        yield session
    finally:
        phone.close()


def begun(session: Session) -> str:
    """The nurse is with the person: the call, the place, the first times, and in which way they met."""
    incident_id = session.new_incident()
    now = {"at": instant(session.now()), "source": "tapped"}
    give(
        session, incident_id, "incident", nature="mh_primary", source_of_contact="999", cad_ref="CC-0412",
        location="Mill Road bridge", location_type="N01", dwelling="no", scene_dangers=["none"], dispatched=now,
        first_officer_arrived=now, mh_requested=now,
    )  # fmt: skip
    for step in ("arrived", "mh_engaged"):
        session.stamp(incident_id, step)
    officer = {"officers.1": {**OFFICER, "rank": "PC"}}  # of this car's crew, as the contact suggests
    give(session, incident_id, "contact", contact_mode="face_to_face", police_present="yes", **officer)
    return incident_id


def met(session: Session) -> str:
    """Who the person is has been said, and what a neighbour told."""
    incident_id = begun(session)
    give(
        session, incident_id, "person", identity_status="stated", given_name="Marigold", family_name="Thistlewood",
        nhs_number="9992469145", family_view="Her neighbour Zebedee has a spare key and knows her well",
    )  # fmt: skip
    return incident_id


def handed_over(session: Session) -> str:
    """The officer has signed the sheet, everybody has gone, and nothing needed is left open."""
    incident_id = met(session)
    give(session, incident_id, "handover", situation="Talked down from the parapet, wants to talk to somebody")
    for step in ("handover_offered", "handover_accepted", "officers_released", "cleared"):
        session.stamp(incident_id, step)
    finish(session, incident_id)
    incident = session.store.incident(incident_id)
    assert incident
    strokes = [[[3 * step, 20 + step % 5, 16 * step] for step in range(40)]]
    session.cosign(incident_id, sheet_digest(incident), OFFICER, strokes)
    return incident_id


def signed(session: Session) -> str:
    """Signed by the nurse, and received by the centre."""
    incident_id = handed_over(session)
    incident = session.store.incident(incident_id)
    assert incident
    session.sign(incident_id, digest(document(incident)), PIN)
    assert arrived(session)
    return incident_id
