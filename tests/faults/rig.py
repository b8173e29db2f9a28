"""Real stores and a real centre, joined by a line that a test can cut at any byte; and the one checker of invariants.

The bytes are those of the protocol: requests and answers are written, cut, and read again. Only the socket is missing.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from field_app.store.store import Store
from sync import codec, demo
from sync.api import answer, signin
from sync.api.app import prepare
from sync.api.database import Database
from sync.api.intake import Intake
from sync.api.routes import Centre
from sync.api.schema import change_log
from sync.api.settings import Settings, database_url
from sync.canonical import parse
from sync.domain.fold import fold_records
from sync.domain.times import to_millis
from sync.engine import sync_once
from sync.errors import NotReachable, Untrusted
from sync.signing import Signer
from sync.wire import NO_CHANGE, Answer, Change, Hello, Piece, Report, link
from tests.builders import CENTRE, FakeClock, Pocket


class TestCentre:
    """The centre on SQLite in a folder, that can be killed and started again."""

    __test__ = False
    org = "alongside"
    signer = CENTRE

    def __init__(self, folder: Path, clock: FakeClock):
        self.folder, self.clock = folder, clock
        self.db = Database(database_url("", folder))

    @classmethod
    def template(cls, folder: Path) -> Path:
        """A prepared folder, to be copied for each run."""
        made = cls(folder, FakeClock())
        prepare(
            Centre(Settings(database_url("", folder), folder, demo=True), made.db, Signer(bytes(32)), made.clock.now)
        )
        made.db.close()
        return folder

    def restart(self) -> None:
        self.db.close()
        self.db = Database(database_url("", self.folder))

    def log(self) -> list:
        with self.db.read() as conn:
            return list(conn.execute(select(change_log).order_by(change_log.c.seq)).all())

    # what a broken centre may do otherwise
    def arrive(self, intake: Intake, data: bytes) -> None:
        intake.feed(data)

    def answers(self, reply: answer.Reply) -> Iterator[Answer]:
        return answer.answers(reply)


@dataclass
class Line:
    """One exchange over a line. `up` and `down`: bytes after which it breaks, never for None."""

    centre: TestCentre
    store: Store
    up: int | None = None
    down: int | None = None
    during: Callable[[], None] = lambda: None

    def sync(self, hello: Hello, pieces: Iterable[Piece], *, full: bool = False) -> Iterator[Answer]:
        centre = self.centre
        intake = Intake(centre.db, centre.org, lambda: to_millis(centre.clock.now()), compressed=True)
        for data in _until(self.up, codec.write(codec.request_lines(hello, pieces, full), flush_at=1500)):
            centre.arrive(intake, data)
            self.during()
        intake.close()
        now = to_millis(centre.clock.now())
        reply = answer.prepare(centre.db, centre.org, centre.signer, intake, self.store.token(), now)
        self.during()
        lines = codec.answer_lines(centre.answers(reply), hello.device_id, reply.spelled)
        yield from codec.read_answers(self._read(codec.write(lines, flush_at=1500)), hello.device_id, self.store.own)

    def _read(self, answer_bytes: Iterator[bytes]) -> Iterator[codec.Line]:
        reader = codec.LineReader(compressed=True, max_out=1 << 26)
        try:
            for data in _until(self.down, answer_bytes):
                yield from reader.feed(data)
            yield from reader.close()
        except codec.Unreadable:
            raise Untrusted("unreadable") from None


def _until(cut: int | None, stream: Iterator[bytes]) -> Iterator[bytes]:
    """The stream in small portions, broken off after `cut` bytes."""
    passed = 0
    for data in stream:
        for at in range(0, len(data), 700):
            portion = data[at : at + 700]
            if cut is not None and passed + len(portion) > cut:
                if cut > passed:
                    yield portion[: cut - passed]
                raise NotReachable("the line was cut")
            passed += len(portion)
            yield portion


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

    def __post_init__(self) -> None:
        shutil.copytree(self.template, self.folder / "centre")
        self.clock = FakeClock()
        self.centre = self.make(self.folder / "centre", self.clock)

    def phone(self, username: str = "amina.yusuf") -> Pocket:
        number = len(self.phones) + 1
        pocket = Pocket(self.folder / f"phone{number}", number, username)
        user, device = pocket.vault.user, pocket.vault.device
        claim = {
            "device_id": pocket.device_id, "public_key": device.public, "user_public_key": user.public,
            "username": username,
        }  # fmt: skip
        asked = signin.Request(
            username, demo.PASSWORD, pocket.device_id, "Phone", device.public, user.public, device.sign("enrol", claim)
        )
        done = signin.sign_in(self.centre.db, self.centre.org, asked, to_millis(self.clock.now()))
        profile = {**pocket.vault.profile, "token": done.token, "scope": done.who.scopes[0]}
        pocket.vaults.save_profile(pocket.vault, profile)
        pocket.store = self.store(pocket.disk, pocket.vault)
        self.phones.append(pocket)
        return pocket

    def seal(self, pocket: Pocket, *args, **about) -> Change:
        change = pocket.seal(*args, **about)
        self.sealed[change.change_id] = change
        return change

    def sync(self, pocket: Pocket, *, cautious: bool = False, **cuts) -> Report:
        report = sync_once(pocket.store, Line(self.centre, pocket.store, **cuts), cautious=cautious)
        self.note()
        return report

    def restart(self, pocket: Pocket) -> None:
        pocket.restart()
        pocket.store = self.store(pocket.disk, pocket.vault)

    def note(self) -> None:
        """I1: what a phone calls received is in the centre's log, now and after any kill."""
        stored = {row.change_id for row in self.centre.log()}
        for pocket in self.phones:
            rows = pocket.db.execute("SELECT change_id FROM outbox WHERE received_ms IS NOT NULL").fetchall()
            self.received |= {row[0].hex() for row in rows}
        assert self.received <= stored, "I1: a change called received is not at the centre"

    def settle(self, rounds: int = 6) -> None:
        """Let faults stop, and give everything time to arrive."""
        for _ in range(rounds):
            reports = [self.sync(pocket) for pocket in self.phones]
            if all(not (report.code or report.more or report.sent or report.pulled) for report in reports):
                return
        raise AssertionError(f"I8: the phones do not come to rest: {[report.code for report in reports]}")

    def check(self) -> None:
        """Every invariant that can be read off when all is at rest (docs/protocol.md, invariants)."""
        self.settle()
        rows = self.centre.log()
        ids = [row.change_id for row in rows]
        assert set(self.sealed) <= set(ids), "I2: something sealed is not at the centre"
        assert len(ids) == len(set(ids)), "I3: a change is at the centre twice"
        chains: dict[str, str] = {}
        for row in rows:
            change = Change.model_validate(parse(row.body))
            assert change.change_id == row.change_id, "I7: the bytes at the centre are not what the id names"
            chains[row.scope] = link(chains.get(row.scope, NO_CHANGE), row.change_id, row.seq, row.received_ms)
            assert chains[row.scope] == row.chain, "I7: the centre's chain is broken"
        records: dict[str, list[Change]] = {}
        for row in rows:
            records.setdefault(row.record_id, []).append(Change.model_validate(parse(row.body)))
        void = {row.change_id for row in rows if row.void}
        folded = fold_records((change for some in records.values() for change in some), void)
        for record_id, record in folded.items():
            parents = {parent for change in records[record_id] for parent in change.parents}
            leaves = {change.change_id for change in records[record_id]} - parents
            assert set(record.heads) == leaves, "I4: heads are not the leaves"
        for pocket in self.phones:
            mine = {
                record_id: record
                for incident in pocket.store.incidents(1000)
                for record_id, record in incident.records.items()
            }
            assert mine == folded, "I5: a phone's view is not the centre's"
            assert pocket.store.strip().waiting == 0, "I8: the outbox is not empty"
            last = rows[-1] if rows else None
            head = pocket.store.head()
            if last:
                assert head is not None
                assert (head.seq, head.chain) == (last.seq, last.chain), "I6: the pulled log has a hole"

    def close(self) -> None:
        for pocket in self.phones:
            pocket.db.conn.close()
        self.centre.db.close()
