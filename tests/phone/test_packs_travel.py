"""Packs reach a phone, are checked each time they are read, and never stand in the way of a record."""

import json
import time
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread, current_thread
from typing import Any

import pytest

from demo import PASSWORD
from field_app.desk.desk import Desk
from field_app.packs import FetchedPacks
from field_app.phone.packs import HOUR_MS, PhonePacks
from field_app.phone.phone import Phone
from field_app.ui.console.board import clocks
from sync.client.http import Client
from sync.core.canonical import digest
from sync.core.errors import NotReachable, Untrusted
from sync.domain.content.packs import Pack, PackWrong
from tests.steps.at_a_phone import arrived, came, sealed, settled, until
from tests.steps.builders import PACKS, PIN, SHIPPED, TRUST, FakeClock
from tests.steps.centre.running import Running
from tests.steps.packs import STRANGER, later, rules_with


class Shop:
    """A centre that has these packs, and is asked for nothing else."""

    token: str | None = None

    def __init__(self, *packs: Pack):
        self.bundles = {pack.manifest.pack_id: pack.bundle() for pack in packs}
        self.told = {pack_id: digest(bundle) for pack_id, bundle in self.bundles.items()}
        self.asked: list[str] = []

    def packs(self) -> Any:
        self.asked.append("")
        return {"packs": [{"pack_id": pack_id, "digest": told} for pack_id, told in self.told.items()]}

    def pack(self, pack_id: str) -> Any:
        self.asked.append(pack_id)
        return self.bundles[pack_id]

    def close(self) -> None: ...


class Turned(FakeClock):
    """A clock that is moved by hand."""

    ms = 5_000

    def monotonic_ms(self) -> int:
        return self.ms


def packs_in(folder: Path, shop: Any = None, clock: Any = None) -> PhonePacks:
    return PhonePacks(SHIPPED, folder, lambda: shop, clock or Turned(), lambda: None, TRUST)


def ids(packs: PhonePacks) -> set[str]:
    """The rule packs in use."""
    return {pack.manifest.pack_id for pack in packs.current.rules}


# --- Taken, kept, checked again -------------------------------------------------------------------------------------


def test_a_pack_is_fetched_once_kept_and_known_again_after_a_restart(tmp_path):
    shop = Shop(later("rules-2026.9", effective_from=date(2026, 9, 1)))
    packs = packs_in(tmp_path)
    before = packs.current
    assert packs.fetch(shop) == ["rules-2026.9"]
    assert packs.current.rules_on(date(2026, 11, 22)).manifest.pack_id == "rules-2026.9"
    assert before == PACKS, "whoever holds the earlier set goes on with that"
    assert packs.fetch(shop) == []
    assert shop.asked == ["", "rules-2026.9", ""]
    assert [path.name for path in tmp_path.iterdir()] == ["rules-2026.9.json"]
    again = packs_in(tmp_path)
    assert again.current.rules_on(date(2026, 11, 22)).manifest.pack_id == "rules-2026.9"
    assert again.fetch(shop) == []
    assert (packs.refused, again.refused) == ({}, {})


@pytest.mark.parametrize("kind", ["guidance", "directory"])
def test_every_kind_of_pack_is_known_once_it_has_come(kind, tmp_path):
    packs = packs_in(tmp_path)
    packs.fetch(Shop(later(f"{kind}-2099.1", kind, effective_from=date(2026, 11, 23))))
    on = {"guidance": packs.current.guidance_on, "directory": packs.current.directory_on}[kind]
    assert on(date(2026, 11, 22)).manifest.pack_id != f"{kind}-2099.1"
    assert on(date(2026, 11, 23)).manifest.pack_id == f"{kind}-2099.1"


def test_a_pack_that_fails_is_named_and_the_others_are_taken(tmp_path):
    shop = Shop(
        later("rules-1", signer=STRANGER),
        later("rules-2", files={"rules.json": "{}"}),
        later("rules-3"),
        later("rules-4"),
    )
    shop.bundles["rules-4"]["files"] = {"rules.json": "{}"}
    packs = packs_in(tmp_path)
    assert packs.fetch(shop) == ["rules-3"]
    assert packs.refused["rules-1"] == "rules-1 is not signed by a publisher trusted here"
    assert "can read" in packs.refused["rules-2"]
    assert "not the one its manifest names" in packs.refused["rules-4"]
    assert [path.name for path in tmp_path.iterdir()] == ["rules-3.json"]
    assert ids(packs) == {*ids(packs_in(tmp_path / "other")), "rules-3"}


def test_what_the_publisher_put_right_is_taken_and_no_longer_named(tmp_path):
    packs = packs_in(tmp_path)
    packs.fetch(Shop(later("rules-1", signer=STRANGER)))
    assert packs.fetch(Shop(later("rules-1"))) == ["rules-1"]
    assert packs.refused == {}


def test_one_pack_is_not_given_out_as_another(tmp_path):
    good, other = later("rules-1"), later("rules-2")
    shop = Shop(good)
    shop.bundles["rules-1"] = other.bundle()
    packs = packs_in(tmp_path)
    assert packs.fetch(shop) == []
    assert packs.refused["rules-1"] == "rules-1 is not the pack the centre named"


def test_a_pack_never_gets_a_second_content_also_when_its_publisher_signs_it(tmp_path):
    """Open incidents stay under the law they began with, whatever comes under its name."""
    packs = packs_in(tmp_path)
    before = packs.current.rule_pack("rules-2017.1", date(2026, 11, 22)).rules
    assert packs.fetch(Shop(rules_with("rules-2017.1", date(2017, 12, 11), permitted_hours=72))) == []
    assert packs.current.rule_pack("rules-2017.1", date(2026, 11, 22)).rules == before
    assert "was here first is kept" in packs.refused["rules-2017.1"]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda text: text.replace('\\"permitted_hours\\": 24', '\\"permitted_hours\\": 72'), "manifest"),
        (lambda text: text[:-5], "cannot be read"),
        (lambda text: "[]", "not a pack"),
        (lambda text: text.replace("2026-09-01", "2020-09-01"), "not signed"),
        (lambda text: json.dumps(later("rules-1", signer=STRANGER).bundle()), "not signed"),
    ],
    ids=["a-number", "cut", "something-else", "a-date", "a-strangers"],
)
def test_a_kept_pack_that_was_altered_on_the_phone_is_not_used(spoil, why, tmp_path):
    packs_in(tmp_path).fetch(Shop(rules_with("rules-1", date(2026, 9, 1))))
    path = tmp_path / "rules-1.json"
    spoilt = spoil(path.read_text())
    assert spoilt != path.read_text()
    path.write_text(spoilt)
    packs = packs_in(tmp_path)
    assert why in packs.refused["rules-1"]
    assert "rules-1" not in ids(packs)
    assert packs.fetch(Shop(rules_with("rules-1", date(2026, 9, 1)))) == ["rules-1"], "and is fetched anew"


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, {"packs": [1]}, {"packs": [{"pack_id": "../x", "digest": "d"}]}, {"packs": [{"pack_id": "a"}]},
     {"packs": [{"pack_id": "rules-1/../../etc", "digest": "d"}]}, {"packs": [{"pack_id": 3, "digest": "d"}]},
     {"packs": [{"pack_id": "rules-1\n", "digest": "d"}]}],
)  # fmt: skip
def test_a_list_that_is_none_is_not_believed(answer, tmp_path):
    shop = Shop()
    shop.packs = lambda: answer  # type: ignore[method-assign]
    with pytest.raises(Untrusted):
        packs_in(tmp_path).fetch(shop)
    assert shop.asked == []


def test_a_disk_without_room_costs_nothing_but_the_keeping(tmp_path):
    (tmp_path / "file").write_text("")
    packs = packs_in(tmp_path / "file")  # a folder cannot be made here
    assert packs.fetch(Shop(rules_with("rules-1", date(2026, 9, 1)))) == ["rules-1"]
    assert "rules-1" in ids(packs)


# --- When it asks ---------------------------------------------------------------------------------------------------


def test_it_asks_once_at_the_start_then_after_news_and_at_most_once_an_hour(tmp_path):
    shop, clock = Shop(), Turned()
    packs = packs_in(tmp_path, shop, clock)

    def asks(token: str | None, news: bool) -> bool:
        before = len(shop.asked)
        packs.look(token, news)
        settled(packs)
        return len(shop.asked) > before

    assert not asks(None, True), "nobody is signed in at the centre"
    assert asks("t", False), "the start"
    assert not asks("t", True), "within the hour"
    clock.ms += HOUR_MS - 1
    assert not asks("t", True)
    clock.ms += 1
    assert not asks("t", False), "nothing new came"
    assert asks("t", True)
    assert shop.token == "t"


def test_after_a_cut_it_asks_again_before_the_hour_is_over(tmp_path):
    shop, clock = Shop(), Turned()
    packs = packs_in(tmp_path, shop, clock)

    def cut() -> Any:
        shop.asked.append("")
        raise NotReachable("no answer")

    shop.packs = cut  # type: ignore[method-assign]
    packs.look("t", False)
    settled(packs)
    clock.ms += HOUR_MS // 2
    packs.look("t", False)
    settled(packs)
    assert len(shop.asked) == 2


def test_a_fault_in_a_pack_reaches_nobody_and_names_no_content(tmp_path, caplog):
    shop = Shop()
    shop.packs = lambda: 1 / 0  # type: ignore[method-assign]
    packs = packs_in(tmp_path, shop)
    packs.look("t", True)
    settled(packs)
    assert "ZeroDivisionError" in caplog.text


def test_a_phone_may_be_closed_while_it_begins_to_ask(tmp_path, monkeypatch):
    packs = packs_in(tmp_path, Shop())

    class Beginning(Thread):
        def start(self):
            packs.close()  # another thread's, at the worst moment
            super().start()

    monkeypatch.setattr("field_app.phone.packs.Thread", Beginning)
    packs.look("t", True)
    packs.close()
    assert packs._thread is not None
    assert not packs._thread.is_alive(), "what has begun is waited for"


class Slow(Client):
    """A line on which packs never come."""

    go = Event()

    def packs(self) -> Any:
        assert current_thread().name == "packs"
        self.go.wait(20)
        return {"packs": []}


def test_a_push_never_waits_for_packs(running: Running, tmp_path):
    Slow.go.clear()
    device = Phone(tmp_path / "slow", lambda: Slow(running.url, timeout=5), SHIPPED, training=True, scrypt_n=2**10)
    try:
        amina = device.sign_in("amina.yusuf", PASSWORD, PIN)
        assert until(amina, lambda: device.packs._thread)
        began = time.monotonic()
        sealed(amina, location="Mill Road")
        assert arrived(amina)
        assert time.monotonic() - began < 10
        assert device.packs._thread.is_alive(), "still waiting for packs"
    finally:
        Slow.go.set()
        device.close()


# --- A phone, a real centre -----------------------------------------------------------------------------------------


def test_a_pack_published_at_the_centre_reaches_the_phone(running: Running, phone, amina, tmp_path):
    assert arrived(amina)
    assert until(amina, lambda: phone.packs._looked)
    settled(phone.packs)
    running.centre.shelf["rules-2026.9"] = later("rules-2026.9")
    running.centre.shelf["rules-666"] = later("rules-666", signer=STRANGER)
    assert came(phone, amina, lambda: "rules-666" in phone.packs.refused)
    settled(phone.packs)
    assert (tmp_path / "phone/packs/rules-2026.9.json").exists()
    assert "not signed" in phone.packs.refused["rules-666"]
    sealed(amina, location="Mill Road")
    assert arrived(amina), "a pack that was refused stops nothing"


def test_the_desk_reads_an_incident_by_the_law_it_began_with_which_it_fetches(running: Running):
    running.centre.shelf["rules-2026.9"] = rules_with("rules-2026.9", date(2026, 9, 1), permitted_hours=20)
    device = running.device()
    incident_id = device.record({"rule_pack": "rules-2026.9"}).incident_id
    assert device.sync().code == ""
    desk = Desk(running.url, FetchedPacks(SHIPPED, TRUST), training=True)
    desk.sign_in("ruth.okoro", PASSWORD)
    opened = desk.incident(incident_id)
    law = opened.incident.rule_pack(opened.packs)
    assert (law.manifest.pack_id, opened.incident.context(opened.packs).rules.permitted_hours) == ("rules-2026.9", 20)
    desk.client.close()


def test_what_one_desk_fetched_the_others_of_its_console_read_by_too(running: Running):
    device = running.device()
    incident_id = device.record({"rule_pack": "rules-2026.9"}).incident_id
    assert device.sync().code == ""
    packs = FetchedPacks(SHIPPED, TRUST)
    first, second = Desk(running.url, packs, training=True), Desk(running.url, packs, training=True)
    for desk in (first, second):
        desk.sign_in("ruth.okoro", PASSWORD)
    before = first.incident(incident_id)
    assert before.incident.rule_pack(before.packs).manifest.pack_id == "rules-2017.1", "the law of its day stands in"
    running.centre.shelf["rules-2026.9"] = rules_with("rules-2026.9", date(2026, 9, 1), permitted_hours=20)
    second.incident(incident_id)
    again = first.incident(incident_id, before.log[-1].seq)
    assert again.log is before.log, "it was not asked for again"
    assert again.incident.rule_pack(again.packs).manifest.pack_id == "rules-2026.9"
    first.client.close()
    second.client.close()


def test_the_board_counts_by_the_law_an_incident_began_with_which_it_fetches(running: Running):
    pack = rules_with("rules-2026.9", date(2026, 9, 1), waiting_mark_hours=[3])
    running.centre.shelf["rules-2026.9"] = pack
    object.__setattr__(running.centre, "packs", running.centre.packs.with_pack(pack))  # as at its next start
    device = running.device()
    device.record({"rule_pack": "rules-2026.9", "first_officer_arrived": {"at": "2026-11-22T16:00:00.000Z"}})
    assert device.sync().code == ""
    desk = Desk(running.url, FetchedPacks(SHIPPED, TRUST), training=True)
    desk.sign_in("ruth.okoro", PASSWORD)
    (line,) = desk.incidents("open").lines
    later = line.times["first_officer_arrived"] + timedelta(hours=2)
    assert [clock.text for clock in clocks(line, desk.packs, later)] == [""]
    assert desk.packs.rule_pack("rules-2026.9", date(2026, 11, 22)).manifest.pack_id == "rules-2026.9"
    desk.client.close()


def test_an_app_whose_own_packs_were_altered_does_not_start(tmp_path, monkeypatch):
    from field_app.bootstrap import make_phone
    from sync.core.errors import AlongsideError

    def altered(**_: bool) -> tuple[Pack, ...]:
        raise PackWrong("rules-2017.1 is not signed by a publisher trusted here")

    monkeypatch.setattr("field_app.bootstrap.shipped_packs", altered)
    monkeypatch.setenv("ALONGSIDE_DATA", str(tmp_path))
    with pytest.raises(AlongsideError) as caught:
        make_phone(tmp_path)
    assert caught.value.code == "packs_altered"
    assert "Install the app again" in caught.value.advice
