"""Phones and a centre for one test, whatever was ever sealed or received there, and the end of every run: `check`."""

import copy
import logging
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import delete

import demo
from field_app.phone.store.disk import Clock, Disk
from field_app.phone.store.locked_store import LockedStore, LockedSyncStore
from field_app.phone.store.schema import open_db
from field_app.phone.store.store import Store
from field_app.phone.store.vault import Vaults
from sync.api.accounts import employment, signin
from sync.api.accounts.sign_in_limits import Addresses
from sync.api.ops.restore import new_epoch
from sync.api.storage.schema import session
from sync.client.memory_device import Device
from sync.core.errors import AlongsideError
from sync.core.signing import Signer
from sync.core.times import to_millis
from sync.protocol.exchange import SET_ASIDE, Report, sync_once
from sync.protocol.messages import Change, LogEntry
from sync.protocol.send_window import SendWindow
from tests.faults import checker, points
from tests.faults.line import Line, TestCentre
from tests.steps.builders import PIN, FakeClock, Pocket

IDLE = ("", 0, 0, 0, False)
SCRYPT_N = 2**10


class Words(logging.Handler):
    """All that was logged, for I10."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.held: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.held.append(f"{record.getMessage()} {getattr(record, 'fields', '')} {record.exc_text or ''}")


def opened(folder: Path, username: str, clock: Clock, secret: bytes = b"s" * 32) -> Pocket:
    """The phone whose files lie in this folder."""
    made = Pocket.__new__(Pocket)
    made.folder, made.username, made.clock = folder, username, clock
    made.db = open_db(folder / "phone.db")
    made.disk = Disk(made.db, clock)
    made.vaults = Vaults(made.disk, secret, clock, scrypt_n=SCRYPT_N)
    made.vault = made.vaults.open(username, PIN)
    made.device_id = made.vault.device_id
    made.store = Store(made.disk, made.vault)
    return made


@dataclass
class Rig:
    """Phones, a centre, and everything that was ever sealed or acknowledged."""

    folder: Path
    template: Path
    make: type[TestCentre] = TestCentre
    store: type[Store] = Store
    phones: list[Pocket] = field(default_factory=list)
    sealed: dict[str, Change] = field(default_factory=dict)
    received: set[str] = field(default_factory=set)  # every change a screen ever called received
    windows: dict[str, SendWindow] = field(default_factory=dict)
    idle: list[tuple[int, int]] = field(default_factory=list)
    requests: dict[str, list[bytes]] = field(default_factory=dict)  # what went over the line, by device
    answers: dict[str, list[bytes]] = field(default_factory=dict)
    refilling: bool = False  # a restored centre has not everything back yet
    copied: set[str] = field(default_factory=set)  # devices whose folders were copied or put back

    def __post_init__(self) -> None:
        shutil.copytree(self.template, self.folder / "centre")
        self.clock = FakeClock()
        self.centre = self.make(self.folder / "centre", self.clock)
        self.words = Words()
        logging.getLogger().addHandler(self.words)

    # --- phones ---------------------------------------------------------------------------------------------------

    def phone(self, username: str = "amina.yusuf") -> Pocket:
        number = len(self.phones) + 1
        pocket = Pocket(self.folder / f"phone{number}", number, username)
        self.phones.append(pocket)
        self.sign_in(pocket)
        return pocket

    def adopt(self, folder: Path, username: str = "amina.yusuf") -> Pocket:
        """A phone that has been at work before, and signs in here. What waits on it is to arrive."""
        pocket = opened(folder, username, FakeClock())
        self.phones.append(pocket)
        waiting = pocket.db.execute("SELECT change_id FROM waiting").fetchall()
        self.sealed.update((row[0].hex(), pocket.store.changes.read(row[0].hex())) for row in waiting)
        self.sign_in(pocket)
        return pocket

    def back_up(self) -> Path:
        """A copy of the centre as it is now."""
        backup = self.folder / "backup"
        self.centre.db.close()
        shutil.copytree(self.centre.folder, backup)
        self.centre.restart()
        return backup

    def restore(self, backup: Path) -> None:
        """Put yesterday's copy of the centre back, as docs/deploy.md says. What it lacks may be missing for a while."""
        self.centre.db.close()
        shutil.rmtree(self.centre.folder)
        shutil.copytree(backup, self.centre.folder)
        self.centre.restart()
        with self.centre.db.write() as conn:
            new_epoch(conn, self.centre.org, to_millis(self.clock.now()), "a test")
        self.refilling = True

    def sign_in(self, pocket: Pocket) -> None:
        """A fresh token; the first time, that is how the centre gets to know the phone."""
        done = self._enrol(pocket.username, pocket.device_id, pocket.vault.device, pocket.vault.user)
        profile = {**pocket.vault.profile, "token": done.token, "scope": done.who.scopes[0]}
        pocket.vaults.save_profile(pocket.vault, profile)
        pocket.store = self.store(pocket.disk, pocket.vault)
        pocket.store.outbox.release()

    def end_sessions(self, pocket: Pocket) -> None:
        with self.centre.db.write() as conn:
            conn.execute(delete(session).where(session.c.device_id == pocket.device_id))

    def revoke(self, pocket: Pocket, revoked: bool = True) -> None:
        with self.centre.db.write() as conn:
            if revoked:
                employment.revoke(conn, self.centre.org, pocket.device_id, to_millis(self.clock.now()))
            else:
                employment.unrevoke(conn, self.centre.org, pocket.device_id)

    def _enrol(self, username: str, device_id: str, key: Signer, user: Signer) -> signin.SignedIn:
        claim = {
            "device_id": device_id, "public_key": key.public, "user_public_key": user.public, "username": username,
        }  # fmt: skip
        asked = signin.Credentials(
            username, demo.PASSWORD, device_id, "Phone", key.public, user.public, key.sign("enrol", claim)
        )
        with self.centre.working():
            trying = signin.begin(self.centre.db, self.centre.org, asked, "")
            now_ms = to_millis(self.clock.now())
            return signin.finish(self.centre.db, self.centre.org, asked, trying, Addresses(), now_ms)

    def seal(self, pocket: Pocket, *args, **about) -> Change:
        change = pocket.seal(*args, **about)
        self.sealed[change.change_id] = change
        return change

    def deposit(self, pocket: Pocket, **line) -> Report:
        """One exchange of the phone while nobody has unlocked it: what waits goes as it lies."""
        vault = next(vault for vault in pocket.vaults.locked() if vault.vault_id == pocket.vault.vault_id)
        return self.sync(pocket, locked=LockedStore(pocket.disk, vault).sync, **line)

    def sync(self, pocket: Pocket, locked: LockedSyncStore | None = None, **line) -> Report:
        store = locked or pocket.store.sync
        made = Line(self.centre, store, store.token(), gone=lambda: self.vanish(pocket), **line)
        report = sync_once(store, made, window=self.windows.setdefault(pocket.folder.name, SendWindow()))
        if locked:
            pocket.store.sync.take_told()  # as on unlocking
        self.requests.setdefault(pocket.folder.name, []).append(bytes(made.request))
        self.answers.setdefault(pocket.folder.name, []).append(bytes(made.answered))
        self.note()
        came_to = (report.code, report.sent, report.received, report.pulled, report.more)
        if came_to == IDLE and not (line or locked or self.refilling):
            self.idle.append((len(made.request), len(made.answered)))
        return report

    def tap(self, pocket: Pocket) -> int:
        """Sync now: what was parked, because the line broke on it again and again, is offered anew."""
        parked = pocket.db.execute("SELECT count(*) FROM outbox WHERE code = ?", (SET_ASIDE.code,)).fetchone()[0]
        pocket.store.outbox.release((SET_ASIDE.code,))
        return parked

    def repeat_request(self, pocket: Pocket, late: int) -> None:
        """A request that the network held back, and nobody waits for its answer any more."""
        if sent := self.requests.get(pocket.folder.name):
            Line(self.centre, pocket.store.sync, pocket.store.sync.token()).deliver(sent[late % len(sent)])

    def repeat_answer(self, pocket: Pocket, late: int) -> None:
        """Instead of an answer the phone gets one that it, or the network, has seen before."""
        if seen := self.answers.get(pocket.folder.name):
            self.sync(pocket, instead=seen[late % len(seen)])

    def restart(self, pocket: Pocket) -> None:
        """What a kill and a new start leave: what had been written by then."""
        pocket.db.conn.close()
        if points.is_killed(pocket.folder):
            points.put_back(pocket.folder)
        pocket.open()
        pocket.vault = pocket.vaults.open(pocket.username, PIN)
        pocket.store = self.store(pocket.disk, pocket.vault)
        self.windows.pop(pocket.folder.name, None)

    def vanish(self, pocket: Pocket) -> None:
        points.keep(pocket.folder)
        raise points.Killed

    def attempt(self, what: Callable[[], object]) -> bool:
        """Do it, and if it breaks go on like a person: start the app again, or see that it could not be saved."""
        try:
            what()
        except (points.Killed, sqlite3.OperationalError, AlongsideError):
            with points.quiet():
                for pocket in self.phones:
                    if points.is_killed(pocket.folder):
                        self.restart(pocket)
                    checker.whole(pocket)
            return False
        return True

    # --- the end of a run -----------------------------------------------------------------------------------------

    def note(self) -> None:
        """I1 at this moment: what a phone calls received is in the centre's log."""
        with points.quiet():
            for pocket in self.phones:
                rows = pocket.db.execute("SELECT change_id FROM outbox WHERE received_ms IS NOT NULL").fetchall()
                self.received |= {row[0].hex() for row in rows}
            if not self.refilling:
                checker.acknowledged(self.received, self.centre.log())

    def settle(self, rounds: int = 12) -> None:
        """Let faults stop, and give everything time to arrive."""
        for _ in range(rounds):
            reports = [self.sync(pocket) for pocket in self.phones]
            for pocket, report in zip(self.phones, reports, strict=True):
                if report.code in ("sign_in_expired", "sign_in_needed"):
                    self.sign_in(pocket)
            if all((one.code, one.sent, one.received, one.pulled, one.more) == IDLE for one in reports):
                return
        raise AssertionError(f"I8: the phones do not come to rest: {[report.code for report in reports]}")

    def check(self) -> None:
        """Every invariant, when all is at rest; and again after both ends were killed and started."""
        self.settle()
        if any(self.tap(pocket) for pocket in self.phones):
            self.settle()
        self.refilling = False
        for pocket in self.phones:
            self.restart(pocket)
        self.centre.restart()
        self.note()
        checker.check(self.world())

    def world(self) -> checker.World:
        return checker.World(
            self.centre.log(), self.phones, self.sealed, self.received, self.pulled(), self.idle,
            "\n".join(self.words.held), self.copied,
        )  # fmt: skip

    def pulled(self) -> dict[int, LogEntry]:
        """What a device gets that has nothing yet."""
        reader = Device("Reader", self.clock.now, trusted=self.centre.signer.public)
        done = self._enrol("amina.yusuf", reader.device_id, reader.key, reader.user)
        reader.scope = done.who.scopes[0]
        for _ in range(20):
            report = sync_once(reader, Line(self.centre, reader, done.token))
            assert not report.code, f"I6: a fresh pull ends in {report.code}"
            if not report.more:
                return reader.log
        raise AssertionError("I6: a fresh pull does not come to its end")

    def close(self) -> None:
        logging.getLogger().removeHandler(self.words)
        for pocket in self.phones:
            pocket.db.conn.close()
        self.centre.db.close()

    # --- the same again, from here --------------------------------------------------------------------------------

    def twin(self, folder: Path) -> "Rig":
        """This rig as it stands now, in another folder."""
        for path in (self.folder / "centre", *(pocket.folder for pocket in self.phones)):
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("*-shm"))
        made = copy.copy(self)
        made.folder, made.clock = folder, copy.copy(self.clock)
        made.sealed, made.received = dict(self.sealed), set(self.received)
        made.windows, made.idle, made.phones, made.requests, made.answers = {}, [], [], {}, {}
        made.copied = set(self.copied)
        made.centre = self.make(folder / "centre", made.clock)
        made.words = Words()
        logging.getLogger().addHandler(made.words)
        for pocket in self.phones:
            other = copy.copy(pocket)
            other.folder, other.clock = folder / pocket.folder.name, copy.copy(pocket.clock)
            other.open()
            other.vault = other.vaults.open(pocket.username, PIN)
            other.store = self.store(other.disk, other.vault)
            made.phones.append(other)
        return made
