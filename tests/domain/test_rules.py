"""Rule packs: which law is in force on a day, and that an incident keeps the pack it began with."""

from dataclasses import replace
from datetime import date

import pytest

from sync import pack_files
from sync.core.signing import Signer
from sync.domain.content.packs import PackWrong, from_bundle
from tests.steps.builders import LAW, PACKS, SHIPPED
from tests.steps.packs import shipped
from tests.steps.records import Case


@pytest.mark.parametrize(
    ("day", "pack_id"),
    [(date(2017, 12, 11), "rules-2017.1"), (date(2026, 11, 22), "rules-2017.1"), (date(2031, 1, 1), "rules-2017.1")],
)
def test_the_law_in_force_on_a_day(day: date, pack_id: str):
    assert PACKS.rules_on(day).manifest.pack_id == pack_id


def test_the_2025_act_is_there_without_a_day_on_which_it_commences():
    coming = PACKS.rule_pack("rules-2025.1", date(2026, 11, 22))
    assert coming.manifest.effective_from is None
    assert coming.manifest.state(date(2026, 11, 22)) == "Not in force: no date"
    assert (coming.rules.police_station_adult, coming.rules.relative) == ("never", "Nominated person")
    assert LAW.police_station_adult == "conditions"


def test_an_incident_keeps_the_pack_it_began_with():
    case = Case()
    case.add("incident", {"rule_pack": "rules-2025.1"})
    assert case.incident.rule_pack(PACKS).manifest.pack_id == "rules-2025.1"
    assert case.incident.context(PACKS).rules.relative == "Nominated person"


def test_an_incident_whose_pack_this_phone_lacks_is_read_by_the_law_of_its_day():
    case = Case()
    case.add("incident", {"rule_pack": "rules-2099.9"})
    assert case.incident.rule_pack(PACKS).manifest.pack_id == "rules-2017.1"


def test_what_a_pack_says_of_its_age():
    manifest = PACKS.rules_on(date(2026, 11, 22)).manifest
    assert manifest.state(manifest.review_due) == "In force"
    assert manifest.state(manifest.expires) == "Due for review"
    assert manifest.state(date(2028, 1, 1)).startswith("Out of date since")


def test_what_is_shipped_is_signed():
    trust = pack_files.publishers(training=True)
    assert {pack.manifest.kind for pack in SHIPPED} == {"rules", "guidance", "directory"}
    for pack in SHIPPED:
        assert pack_files.trusted(pack, trust) is pack


def test_a_pack_signed_by_somebody_else_or_altered_is_not_used():
    pack = shipped("rules")[0]
    other = pack_files.signed(pack, Signer(b"x" * 32))
    with pytest.raises(PackWrong, match="not signed"):
        pack_files.trusted(other, pack_files.publishers(training=True))
    later = replace(pack, manifest=pack.manifest.model_copy(update={"effective_from": date(2000, 1, 1)}))
    with pytest.raises(PackWrong, match="not signed"):
        pack_files.trusted(later, pack_files.publishers(training=True))
    bundle = pack.bundle()
    bundle["files"] = {"rules.json": bundle["files"]["rules.json"].replace("24", "72", 1)}
    with pytest.raises(PackWrong, match="manifest"):
        from_bundle(bundle)


@pytest.mark.parametrize("value", [None, [], {}, {"manifest": {}}, {"manifest": 1, "files": 2}])
def test_what_is_no_pack_is_refused(value):
    with pytest.raises(PackWrong):
        from_bundle(value)
