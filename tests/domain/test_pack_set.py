"""A set of packs: which one is in force on a day, and that a set never changes."""

from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from sync.domain.content.pack_set import PackSet
from sync.pack_files import shipped
from tests.steps.builders import PACKS, SHIPPED
from tests.steps.packs import later, rules_with

TODAY = date(2026, 11, 22)


def test_the_set_that_is_shipped_has_every_pack_that_is():
    packs = shipped(training=True)
    assert packs == PACKS == PackSet.of(reversed(SHIPPED)), "in whatever order they come"
    known = (*packs.rules, *packs.guidance, *packs.directories)
    assert {pack.manifest.pack_id for pack in known} == {pack.manifest.pack_id for pack in SHIPPED}


def test_a_further_pack_makes_a_new_set_and_leaves_the_one_before_as_it_was():
    more = PACKS.with_pack(rules_with("rules-2026.9", date(2026, 11, 1), permitted_hours=20))
    assert more.rules_on(TODAY).rules.permitted_hours == 20
    assert PACKS.rules_on(TODAY).rules.permitted_hours == 24
    assert (more.guidance, more.directories) == (PACKS.guidance, PACKS.directories)
    with pytest.raises(FrozenInstanceError):
        PACKS.rules = more.rules  # type: ignore[misc]


def test_the_pack_that_came_into_force_last_stands_first_and_one_of_the_same_id_is_replaced():
    packs = PACKS.with_pack(rules_with("rules-1", date(2026, 9, 1), permitted_hours=20))
    packs = packs.with_pack(rules_with("rules-2", date(2026, 10, 1), permitted_hours=21))
    packs = packs.with_pack(rules_with("rules-2", date(2026, 10, 1), permitted_hours=22))
    assert [pack.manifest.pack_id for pack in packs.rules] == ["rules-2", "rules-1", "rules-2017.1", "rules-2025.1"]
    assert packs.rule_pack("rules-2", TODAY).rules.permitted_hours == 22
    assert packs.rules_on(date(2026, 9, 30)).manifest.pack_id == "rules-1"


@pytest.mark.parametrize("pack_id", ["rules-2099.9", None, 7])
def test_of_a_pack_that_is_not_there_the_law_of_the_day_stands_in(pack_id: object):
    assert PACKS.rule_pack(pack_id, TODAY) is PACKS.rules_on(TODAY)
    assert PACKS.rule_pack("rules-2025.1", TODAY) is not PACKS.rules_on(TODAY)


@pytest.mark.parametrize("kind", ["guidance", "directory"])
def test_guidance_and_services_change_on_their_day(kind):
    packs = PACKS.with_pack(later(f"{kind}-2", kind, effective_from=date(2026, 11, 23)))
    on = {"guidance": packs.guidance_on, "directory": packs.directory_on}[kind]
    assert on(TODAY).manifest.pack_id == f"{kind}-2026.1"
    assert on(date(2026, 11, 23)).manifest.pack_id == f"{kind}-2"


def test_before_any_law_was_in_force_the_lowest_rank_stands_in():
    assert PACKS.rules_on(date(2000, 1, 1)).manifest.pack_id == "rules-2025.1"


def test_it_shows_itself_by_the_ids_alone():
    assert repr(PACKS) == "PackSet(rules-2017.1, rules-2025.1, guidance-2026.1, directory-2026.1)"
