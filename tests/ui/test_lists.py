"""Lists on the phone: what is left to do stands in full, all else is a tap away."""

from field_app.phone.store.disk import Intent
from field_app.ui.phone.home import EARLIER
from field_app.ui.phone.records import SHOWN
from sync.core.canonical import digest
from sync.domain.records.standing import document
from sync.protocol.messages import Verdict
from tests.steps.builders import uid

CLEARED = {"cleared": {"at": "2026-11-22T13:00:00.000Z", "source": "tapped"}}


def finished(session, number):
    """An incident with nothing left to do, which the centre has taken."""
    record, who = uid(number), (session.who.practitioner_id, "nurse")
    given = {"location": f"Place {number}", **CLEARED}
    session.store.seal(*who, [Intent(record, record, "incident", "set", given)])
    incident = session.store.incident(record)
    signed = {"digest": digest(document(incident))}
    session.store.seal(*who, [Intent(record, record, "incident", "sign", signed, incident.one("incident").heads)])


def received(session):
    with session.phone._disk.writing():
        session.phone._disk.db.execute("UPDATE outbox SET received_ms = 1, seq = device_seq")


def cards(app, kind):
    return [identifier for identifier in app.identifiers() if identifier.startswith(f"{kind}-")]


async def test_the_earlier_incidents_come_page_by_page_and_open_ones_are_all_there(app):
    session = app.made.session
    open_one = session.new_incident()
    for number in range(1, EARLIER + 3):
        finished(session, number)
    received(session)
    session.phone._disk.tell()
    await app.until(lambda: app.has("more-incidents"))
    assert len(cards(app, "incident")) == EARLIER + 1
    assert app.has(f"incident-{open_one}")
    assert app.says("Show 2 more")
    await app.tap("more-incidents")
    await app.until(lambda: len(cards(app, "incident")) == EARLIER + 3)
    assert not app.has("more-incidents")


async def test_the_records_come_page_by_page_and_what_needs_attention_is_the_first(app):
    session = app.made.session
    record = uid(1)
    (bad,) = session.store.seal(session.who.practitioner_id, "nurse", [Intent(record, record, "incident", "set", {})])
    for number in range(2, SHOWN + 4):
        intent = Intent(uid(number), uid(number), "incident", "set", {"location": f"Place {number}"})
        session.store.seal(session.who.practitioner_id, "nurse", [intent])
    received(session)
    session.store.outbox.keep_verdict(Verdict(bad.device_seq, "quarantined", "bad_answer", advice="Look again."))
    await app.go("/records")
    await app.until(lambda: app.has("more-records"))
    assert cards(app, "record")[0] == f"record-{record}"
    assert len(cards(app, "record")) == SHOWN + 1
    await app.tap("more-records")
    await app.until(lambda: len(cards(app, "record")) == SHOWN + 3)
