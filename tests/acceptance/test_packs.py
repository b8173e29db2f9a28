"""Guidance and law as packs: read anywhere, logged by version, switched without touching what is open."""

from datetime import timedelta

from demo import PASSWORD
from field_app.phone.phone import Phone
from sync.api.storage.schema import change_log
from sync.client.http import Client
from sync.core.times import local
from sync.domain.catalogue import SECTIONS
from sync.domain.catalogue.reading import PageOpened, ReadingForm
from sync.domain.content import guidance
from tests.steps.at_a_phone import arrived, came, settled, until
from tests.steps.builders import PIN, SHIPPED
from tests.steps.packs import later, rules_with

NOWHERE = "http://127.0.0.1:9"


def published(running, phone, session, pack) -> None:
    """The pack is at the centre, and has reached this phone."""
    until(session, lambda: phone.packs._looked)
    settled(phone.packs)
    running.centre.shelf[pack.manifest.pack_id] = pack
    assert came(phone, session, lambda: pack.manifest.pack_id in phone.packs._known)
    settled(phone.packs)


def test_stf_6_short_guidance_is_on_the_phone_and_which_version_was_read_reaches_the_centre(running, phone, amina):
    hit = guidance.search(amina.guidance().pages, "severely agitated")[0]
    assert len(hit.page.body.split()) < 600, "short enough to be read at the scene"
    first = amina.new_guidance()
    amina.log_reading(hit.page.id)
    amina.log_reading("G1")
    (record,) = amina.store.apart("reading")
    assert (record.values["pack_version"], record.changes) == (first, 2)
    pages = {value["page"]: value["version"] for name, value in record.values.items() if name.startswith("opened.")}
    assert pages == {page_id: amina.guidance().page(page_id).version for page_id in (hit.page.id, "G1")}

    published(running, phone, amina, later("guidance-2026.2", "guidance", effective_from=local(amina.now()).date()))
    assert amina.new_guidance() == "2026.2", "the home screen says that there is a new version"
    amina.log_reading("G1")
    assert amina.new_guidance() == ""
    assert sorted(one.values["pack_version"] for one in amina.store.apart("reading")) == [first, "2026.2"]
    assert arrived(amina)
    with running.db.read() as conn:
        rows = conn.execute(change_log.select().where(change_log.c.kind == "reading")).all()
    assert len(rows) == 3


def test_dor_7_the_read_log_is_simple_and_holds_nothing_clinical(running, phone, amina):
    assert set(ReadingForm.model_fields) == {"nurse", "pack", "pack_version", "opened"}
    assert set(PageOpened.model_fields) == {"page", "version", "at"}
    assert "reading" not in SECTIONS
    incident_id = amina.new_incident()
    amina.log_reading("G7")
    assert [incident.incident_id for incident in amina.store.incidents()] == [incident_id]
    (record,) = amina.store.apart("reading")
    assert record.incident_id == record.record_id, "it is no part of an incident"
    assert amina.shifts() == []
    sent = next(one for one in amina.store.deliveries() if one.kind == "reading")
    assert sent.title == "Guidance read"


def test_x_2_guidance_and_law_work_with_no_connection_also_what_came_before(running, phone, amina, tmp_path):
    today = local(amina.now()).date()
    published(running, phone, amina, later("guidance-2026.2", "guidance", effective_from=today))
    published(running, phone, amina, rules_with("rules-2026.9", today, permitted_hours=20))
    phone.close()
    alone = Phone(tmp_path / "phone", lambda: Client(NOWHERE, timeout=1), SHIPPED, training=True, scrypt_n=2**10)
    try:
        nurse = alone.unlock("amina.yusuf", PIN)
        assert nurse.guidance().manifest.version == "2026.2"
        page = guidance.filled(nurse.guidance().page("G3"), nurse.packs.rules_on(today).rules)
        assert "{permitted_hours}" in nurse.guidance().page("G3").body
        assert "20 hours" in page.body
        nurse.log_reading("G1")
        assert nurse.new_guidance() == "", "logged, and sent when there is a line again"
        assert nurse.store.strip().waiting
    finally:
        alone.close()


def test_switching_mid_shift_keeps_open_records_on_the_pack_they_began_with(running, phone, amina):
    now = amina.now()
    amina.start_shift("Car 1", "PC Dan Hart 2417", now.date(), now, now + timedelta(hours=8))
    before = amina.new_incident()
    published(running, phone, amina, rules_with("rules-2026.9", local(now).date(), permitted_hours=20))
    after = amina.new_incident()

    def law(incident_id: str) -> tuple[str, int]:
        incident = amina.store.incident(incident_id)
        hours = incident.context(amina.packs, now).rules.permitted_hours
        return incident.rule_pack(amina.packs).manifest.pack_id, hours

    assert law(before) == ("rules-2017.1", 24)
    assert law(after) == ("rules-2026.9", 20)
    amina.stamp(before, "arrived")
    assert law(before) == ("rules-2017.1", 24), "also when it goes on being recorded"
    assert arrived(amina)
    colleague = phone.sign_in("tom.ellery", PASSWORD, "735192")
    assert until(colleague, lambda: colleague.store.incident(before))
    assert colleague.store.incident(before).rule_pack(colleague.packs).manifest.pack_id == "rules-2017.1"


def test_a_pack_that_is_not_yet_in_force_changes_nothing_until_its_day(running, phone, amina):
    today = local(amina.now()).date()
    published(running, phone, amina, rules_with("rules-2026.9", today + timedelta(days=1), permitted_hours=20))
    incident_id = amina.new_incident()
    assert amina.store.incident(incident_id).rule_pack(amina.packs).manifest.pack_id == "rules-2017.1"
    assert amina.packs.rules_on(today + timedelta(days=1)).manifest.pack_id == "rules-2026.9"
