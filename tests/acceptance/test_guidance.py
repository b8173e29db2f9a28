"""STF-6: which guidance was on the device. DOR-7: a simple "briefing read" log, and nothing clinical in it."""

from datetime import UTC, date, datetime

from sync.domain.catalogue import APART, reading
from sync.domain.content.guidance import filled
from sync.domain.content.packs import Manifest, Pack
from sync.domain.forms import questions
from tests.steps.builders import PACKS
from tests.steps.packs import shipped
from tests.steps.records import Case

TODAY, LATER = date(2026, 11, 22), date(2099, 1, 1)
AT = datetime(2026, 11, 22, 23, 10, tzinfo=UTC)
SHIPPED = shipped("guidance")[0]


def coming() -> Pack:
    """The guidance as it will be brought out in 2099, with page 7 written anew."""
    facts = SHIPPED.manifest.model_dump() | {"pack_id": "guidance-2099.1", "version": "2099.1", "effective_from": LATER}
    seven = SHIPPED.files["g07.md"].replace("\nversion: 1\n", "\nversion: 2\n")
    return Pack(Manifest.model_validate(facts), {**SHIPPED.files, "g07.md": seven})


def test_stf_6_the_guidance_on_the_device_names_its_version_and_each_page_its_own():
    on_device = PACKS.guidance_on(TODAY)
    assert (on_device.manifest.pack_id, on_device.manifest.version) == ("guidance-2026.1", "2026.1")
    assert all(page.version and page.review < page.expires for page in on_device.pages)


def test_stf_6_the_log_keeps_the_version_that_was_read_when_a_newer_one_comes():
    case, before = Case(), PACKS.guidance_on(TODAY)
    page = before.page("G7")
    assert page is not None
    case.add("reading", reading.begun("nurse-1", before.manifest.pack_id, before.manifest.version), record="r1")
    case.add("reading", reading.opened("a1", page.id, page.version, AT), record="r1")
    both = PACKS.with_pack(coming())
    newer = both.guidance_on(LATER).page("G7")
    assert newer is not None
    assert newer.version != page.version
    assert both.guidance_on(LATER).manifest.pack_id == "guidance-2099.1"
    assert both.guidance_on(TODAY) is before
    kept = case.record("r1").values
    assert (kept["pack"], kept["pack_version"]) == ("guidance-2026.1", "2026.1")
    assert (kept["opened.a1"]["page"], kept["opened.a1"]["version"]) == ("G7", "1")
    (read,) = (pack for pack in both.guidance if pack.manifest.pack_id == kept["pack"])
    assert read.page("G7") == page, "what was read can be shown again"


def test_stf_6_a_page_is_short_enough_to_learn_from_in_the_moment():
    law = PACKS.rules_on(TODAY).rules
    assert all(len(filled(page, law).body.split()) <= 480 for page in PACKS.guidance_on(TODAY).pages)
    assert all("\n1. " in f"\n{page.body}" for page in PACKS.guidance_on(TODAY).pages)


def test_dor_7_the_briefing_log_says_who_read_what_and_when_and_has_no_place_for_a_patient():
    case = Case()
    case.add("reading", reading.begun("nurse-1", "guidance-2026.1", "2026.1"), record="r1")
    assert not reading.has_opened([case.record("r1")], "nurse-1", "guidance-2026.1")
    case.add("reading", reading.opened("a1", "G22", "1", AT), record="r1")
    assert reading.has_opened([case.record("r1")], "nurse-1", "guidance-2026.1")
    assert not reading.has_opened([case.record("r1")], "nurse-2", "guidance-2026.1")
    assert set(questions(reading.ReadingForm)) == {"nurse", "pack", "pack_version", "opened"}
    assert set(reading.PageOpened.model_fields) == {"page", "version", "at"}
    assert "reading" in APART, "it is no part of an incident"
