"""What a phone does without a line, broken at each of its statements: migrating, vaults, profile, PIN, drafts, packs.

And an app that is brought up to date with a full outbox. Each begins with the database of the version before: six
changes that wait, and a draft. What the next version does to it is a migration of this test.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from field_app.phone.packs import PhonePacks
from field_app.phone.store import schema
from field_app.phone.store.disk import Disk, Draft
from field_app.phone.store.locked_store import LockedStore
from field_app.phone.store.pin import PinWrong
from field_app.phone.store.schema import open_db
from field_app.phone.store.vault import Vaults
from sync.core.errors import AlongsideError
from tests.faults import checker, figures, points, scenario
from tests.faults.rig import Rig, opened
from tests.steps.builders import CANARIES, CENTRE, PIN, SEALING, TRUST, FakeClock, Pocket, uid
from tests.steps.builders import SHIPPED as SHIPPED_PACKS

WAITING = 6


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    """A phone at work: of three incidents two changes each wait, and a person is being written down."""
    pocket = Pocket(tmp_path_factory.mktemp("phone"))
    for number in range(1, WAITING // 2 + 1):
        pocket.seal(number, {"location": CANARIES[3]})
        pocket.seal(number, {"cad_ref": f"CC-22112026-{number:04}", "officer_safety_note": "x" * 250})
    pocket.store.keep(Draft(uid(9), uid(1), "person", answers={"family_name": CANARIES[1]}))
    pocket.db.conn.close()
    return pocket.folder / "phone.db"


@pytest.fixture(autouse=True)
def brought_up_to_date(database, monkeypatch) -> None:
    """From here on the app is of the next version."""
    later = Migrations("phone")
    later._migrations += schema.migrations._migrations

    @later()
    def m999_next(db: Database) -> None:
        for statement in (
            "ALTER TABLE outbox ADD COLUMN later INTEGER NOT NULL DEFAULT 0",
            "UPDATE outbox SET later = size",
            "CREATE TABLE later (vault_id BLOB PRIMARY KEY, value INTEGER NOT NULL) STRICT",
            "INSERT INTO later SELECT vault_id, count(*) FROM outbox GROUP BY vault_id",
            "CREATE INDEX outbox_later ON outbox (vault_id, later)",
        ):
            db.execute(statement)

    monkeypatch.setattr(schema, "migrations", later)


def laid_out(folder: Path, database: Path) -> Path:
    phone = folder / "phone1"
    phone.mkdir(parents=True)
    shutil.copy(database, phone / "phone.db")
    return phone


def migrate(phone: Path) -> None:
    open_db(phone / "phone.db").conn.close()


def unlock(phone: Path) -> None:
    opened(phone, "amina.yusuf", FakeClock()).db.conn.close()


def act(do: Callable[[Pocket], object]) -> Callable[[Path], None]:
    def run(phone: Path) -> None:
        pocket = opened(phone, "amina.yusuf", FakeClock())
        try:
            do(pocket)
        finally:
            pocket.db.conn.close()

    return run


def another_nurse(pocket: Pocket) -> None:
    if "tom.ellery" not in pocket.vaults.usernames():
        pocket.vaults.create(uid(77), "tom.ellery", PIN, pocket.vault.profile, bytes(32))


def new_profile(pocket: Pocket) -> None:
    pocket.vaults.save_profile(pocket.vault, {**pocket.vault.profile, "token": "another"})


def wrong_pin(pocket: Pocket) -> None:
    with suppress(PinWrong):
        pocket.vaults.open("amina.yusuf", "111222")


ACTS = {
    "migrating": migrate,
    "unlocking": unlock,
    "a wrong PIN": act(wrong_pin),
    "setting up another nurse": act(another_nurse),
    "a new profile": act(new_profile),
    "keeping a draft": act(lambda it: it.store.keep(Draft(uid(1), uid(1), "incident", answers={"location": "x"}))),
    "dropping a draft": act(lambda it: it.store.drop(uid(9))),
    "hearing the centre's clock": act(lambda it: it.disk.heard_clock(90_000)),
}


def numbered(database: Path, do: Callable[[Path], None]) -> list[tuple[int, str]]:
    with scenario.folder() as here, points.armed(points.Points("phone")) as passed:
        do(laid_out(here, database))
    ways = [(at, kind) for at in range(1, len(passed.seen) + 1) for kind in ("io", "full", "kill")]
    return ways + [(at, "torn") for at, name in enumerate(passed.seen, 1) if name.endswith("COMMIT")]


def broken(template: Path, database: Path, do: Callable[[Path], None], at: int, kind: str) -> None:
    """Once broken there, then as if nothing had been; and the work that waited arrives."""
    with scenario.folder() as here:
        phone = laid_out(here, database)
        wrong = (points.Killed, AlongsideError, sqlite3.OperationalError)
        with points.armed(points.Points("phone", at, kind)), suppress(*wrong):
            do(phone)
        if points.is_killed(phone):
            points.put_back(phone)
        do(phone)
        rig = Rig(here, template)
        try:
            pocket = rig.adopt(phone)
            checker.whole(pocket)
            assert len(rig.sealed) == WAITING, "I2: something that waited is gone"
            assert "tom.ellery" not in pocket.vaults.usernames() or pocket.vaults.open("tom.ellery", PIN)
            rig.check()
        finally:
            rig.close()


@pytest.mark.parametrize("part", [pytest.param(80, id="some"), pytest.param(1, id="all", marks=pytest.mark.fault)])
@pytest.mark.parametrize("name", ACTS)
def test_an_act_broken_at_any_statement_leaves_all_as_it_was_or_done(template, database, name, part):
    with points.watched():
        for at, kind in numbered(database, ACTS[name])[4::part]:
            with figures.counted(f"the phone alone: {name}", points=1):
                broken(template, database, ACTS[name], at, kind)


def vaults(phone: Path) -> Vaults:
    return Vaults(Disk(open_db(phone / "phone.db"), FakeClock()), b"s" * 32, FakeClock(), scrypt_n=2**10)


def begin_anew(phone: Path) -> None:
    """The PIN was forgotten: a new vault for the same nurse."""
    made = vaults(phone)
    profile = {"centre_key": CENTRE.public, "seal_key": SEALING.public}
    try:
        if uid(78) not in [vault.device_id for vault in made.locked()]:
            made.create(uid(78), "amina.yusuf", "739164", profile, bytes(32))
    finally:
        made._db.conn.close()


def erase_the_old(phone: Path) -> None:
    """What a start and a phone with nothing more to send do with it."""
    made = vaults(phone)
    try:
        made.erase_ordered()
        for vault in made.locked():
            if vault.device_id != uid(78):
                made.erase(vault.vault_id)
    finally:
        made._db.conn.close()


def after_breaking(
    database: Path, first: Callable[[Path], None], do: Callable[[Path], None], every: int
) -> Iterator[Path]:
    """The phone after each of these points was broken and the act was done once more."""

    def both(phone: Path) -> None:
        first(phone)
        do(phone)

    for at, kind in numbered(database, both)[4::every]:
        with scenario.folder() as here:
            phone = laid_out(here, database)
            wrong = (points.Killed, AlongsideError, sqlite3.OperationalError)
            with points.armed(points.Points("phone", at, kind)), suppress(*wrong):
                both(phone)
            if points.is_killed(phone):
                points.put_back(phone)
            both(phone)
            yield phone


PARTS = [pytest.param(40, id="some"), pytest.param(1, id="all", marks=pytest.mark.fault)]


@pytest.mark.parametrize("part", PARTS)
def test_a_new_vault_for_a_forgotten_pin_leaves_all_that_waits_to_be_sent(database, part):
    with points.watched(), figures.counted("the phone alone: a forgotten PIN", points=1):
        for phone in after_breaking(database, migrate, begin_anew, part):
            made = vaults(phone)
            assert made.usernames() == ["amina.yusuf"]
            assert made.open("amina.yusuf", "739164").device_id == uid(78)
            old = next(vault for vault in made.locked() if vault.device_id != uid(78))
            store = LockedStore(made._disk, old)
            assert len(store.sync.pending(0)) == WAITING, "I2: something that waited is gone"
            assert (store.drafts(), store.is_retired()) == (1, True)
            made._db.conn.close()


@pytest.mark.parametrize("part", PARTS)
def test_an_old_vault_is_erased_whole_whatever_breaks(database, part):
    with points.watched(), figures.counted("the phone alone: erasing an old vault", points=1):
        for phone in after_breaking(database, begin_anew, erase_the_old, part):
            erase_the_old(phone)
            made = vaults(phone)
            assert made.open("amina.yusuf", "739164").device_id == uid(78)
            for table in ("change", "outbox", "incident", "draft", "segment", "command", "pulled"):
                assert made._db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
            made._db.conn.close()


def test_an_app_brought_up_to_date_with_a_full_outbox_sends_it_all(tmp_path, template, database):
    rig = Rig(tmp_path, template)
    try:
        with figures.counted("an app upgraded with a full outbox", points=1):
            pocket = rig.adopt(laid_out(tmp_path, database))
            assert len(rig.sealed) == WAITING
            assert pocket.db.execute("SELECT value FROM later").fetchall() == [(WAITING,)]
            assert [draft.answers for draft in pocket.store.drafts()] == [{"family_name": CANARIES[1]}]
            rig.check()
            assert len(rig.received) == WAITING
    finally:
        rig.close()


@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
def test_a_pack_is_kept_whole_or_not_at_all(tmp_path, monkeypatch, call):
    """A phone that dies, or has no room, while it keeps a pack."""
    pack = SHIPPED_PACKS[0]
    made = PhonePacks(SHIPPED_PACKS, tmp_path / "packs", lambda: None, FakeClock(), lambda: None, TRUST)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with figures.counted("the phone alone: keeping a pack", points=1), monkeypatch.context() as patch:
        patch.setattr(*{"open": (Path, "open"), "fsync": (os, "fsync"), "replace": (Path, "replace")}[call], full)
        made._keep(pack)
    assert list((tmp_path / "packs").glob("*.json")) == [], "I3: a pack that could not be kept is there"
    made._keep(pack)
    again = PhonePacks(SHIPPED_PACKS, tmp_path / "packs", lambda: None, FakeClock(), lambda: None, TRUST)
    assert again.refused == {}
