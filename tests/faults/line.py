"""A real centre on SQLite, and a line to it that a test can cut at any byte.

The bytes are those of the protocol: requests and answers are written, cut, and read again. Only the socket is missing.
What breaks in the centre becomes what a phone sees of it: a problem answer while nothing has been sent, else a cut.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from demo.centre_people import teams
from field_app.phone.store.locked_store import LockedSyncStore
from field_app.phone.store.sync_store import PhoneSyncStore
from sync.api.app import prepare
from sync.api.ingest.request_reader import Ingest
from sync.api.pull import response
from sync.api.routes.centre import Centre
from sync.api.settings import Settings, database_url
from sync.api.storage.database import Database
from sync.api.storage.schema import change_log
from sync.client.memory_device import Device
from sync.core.errors import AlongsideError, NotReachable, Problem, Untrusted
from sync.core.signing import Signer
from sync.core.times import to_millis
from sync.protocol.batch import Batch
from sync.protocol.codec import read_response, request_lines, response_lines
from sync.protocol.line_stream import Limits, LineReader, Unreadable, compressed
from sync.protocol.line_stream import Line as TextLine
from sync.protocol.messages import Hello, LogSegment, ResponsePart
from tests.faults import points
from tests.steps.builders import CENTRE, PACKS, SEALING, FakeClock

PORTION = 700


class TestCentre:
    """The centre on SQLite in a folder, that can be killed and started again."""

    __test__ = False
    org = "alongside"
    signer = CENTRE

    def __init__(self, folder: Path, clock: FakeClock):
        self.folder, self.clock = folder, clock
        self.batches = 0  # of the request that had most
        self.db = Database(database_url("", folder))

    @classmethod
    def template(cls, folder: Path) -> Path:
        """A prepared folder, to be copied for each run."""
        made = cls(folder, FakeClock())
        centre = Centre(
            Settings(database_url("", folder), folder, training=True), made.db, Signer(bytes(32)), PACKS, made.clock.now
        )
        prepare(centre, teams(1))
        made.db.close()
        return folder

    def restart(self) -> None:
        self.db.close()
        if points.is_killed(self.folder):
            points.put_back(self.folder)
        self.db = Database(database_url("", self.folder))

    def log(self) -> list:
        with points.quiet(), self.db.read() as conn:
            return list(conn.execute(select(change_log).order_by(change_log.c.seq)).all())

    @contextmanager
    def working(self) -> Iterator[None]:
        """What goes wrong in here, as the other end sees it."""
        try:
            yield
        except (points.Killed, SQLAlchemyError):
            if points.is_killed(self.folder):
                self.restart()
                raise NotReachable("the centre is gone") from None
            raise Problem(503, "not_ready", "The centre cannot work now", "") from None
        except ValueError:  # what it has stored is no longer what it stored
            raise Problem(500, "centre_fault", "The centre made a mistake", "") from None

    # what a broken centre may do otherwise
    def arrive(self, ingest: Ingest, data: bytes) -> None:
        ingest.feed(data)

    def answers(self, answer: response.SyncResponse) -> Iterator[ResponsePart]:
        self.batches = max(self.batches, answer.ingest.batches)
        return response.parts(answer)


@dataclass
class Line:
    """One exchange over a line. `up` and `down`: bytes after which it breaks, never for None."""

    centre: TestCentre
    store: PhoneSyncStore | LockedSyncStore | Device
    token: str | None
    up: int | None = None
    down: int | None = None
    during: Callable[[], None] = lambda: None
    gone: Callable[[], None] = lambda: None  # how the phone ends when the line's point says so
    twice: bool = False  # the same request arrives a second time, at the same time
    instead: bytes | None = None  # what comes back without the centre having been asked
    request: bytearray = field(default_factory=bytearray)
    answered: bytearray = field(default_factory=bytearray)

    def sync(
        self, hello: Hello, batches: Iterable[Batch], *, full: bool = False, returned: Iterable[LogSegment] = ()
    ) -> Iterator[ResponsePart]:
        if self.instead is not None:
            yield from self._parts(iter([self.instead]))
            return
        ingests = [self._ingest() for _ in range(2 if self.twice else 1)]
        for data in self._until(self.up, compressed(request_lines(hello, batches, full, returned), 1500, 1500), "up"):
            self.request += data
            for ingest in ingests:
                with self.centre.working():
                    self.centre.arrive(ingest, data)
            self.during()
        answered = [self._response(ingest) for ingest in ingests]
        self.during()
        for answer in answered[:-1]:
            b"".join(self._sent(self._written(answer)))
        yield from self._parts(self._sent(self._written(answered[-1])))

    def _parts(self, sent: Iterator[bytes]) -> Iterator[ResponsePart]:
        """The answer, part by part; what cannot be read is named as `sync.client.http` names it."""
        try:
            yield from read_response(self._read(sent), self.store.own)
        except Unreadable as error:
            raise Untrusted("the answer is not of the protocol", code=error.code) from None

    def deliver(self, request: bytes) -> None:
        """The centre gets these bytes; nobody reads what it says to them."""
        with suppress(AlongsideError), self.centre.working():
            ingest = self._ingest()
            self.centre.arrive(ingest, request)
            b"".join(self._written(self._response(ingest)))

    def _ingest(self) -> Ingest:
        clock = self.centre.clock
        db, org, key = self.centre.db, self.centre.org, self.centre.signer.public
        return Ingest(db, org, lambda: to_millis(clock.now()), PACKS, True, key, SEALING)

    def _response(self, ingest: Ingest) -> response.SyncResponse:
        centre = self.centre
        with centre.working():
            ingest.close()
            now = to_millis(centre.clock.now())
            return response.prepare(centre.db, centre.org, centre.signer, ingest, self.token, now)

    def _written(self, answer: response.SyncResponse) -> Iterator[bytes]:
        lines = response_lines(self.centre.answers(answer))
        return compressed(lines, 1500, 1500)

    def _sent(self, answer_bytes: Iterator[bytes]) -> Iterator[bytes]:
        """Once an answer has begun, whatever goes wrong at the centre cuts it."""
        while True:
            try:
                with self.centre.working():
                    data = next(answer_bytes, b"")
            except Problem:
                raise NotReachable("the answer broke off") from None
            if not data:
                return
            yield data

    def _read(self, answer_bytes: Iterator[bytes]) -> Iterator[TextLine]:
        reader = LineReader(True, Limits(1 << 26))
        for data in self._until(self.down, answer_bytes, "down"):
            self.answered += data
            yield from reader.feed(data)
        yield from reader.close()

    def _until(self, cut: int | None, stream: Iterator[bytes], way: str) -> Iterator[bytes]:
        """The stream in small portions, broken off after `cut` bytes, or where the line's point says so."""
        passed = 0
        for data in stream:
            for at in range(0, len(data), PORTION):
                portion = data[at : at + PORTION]
                if broken := points.on_the_line(way):
                    self._break(broken.kind)
                if cut is not None and passed + len(portion) > cut:
                    if cut > passed:
                        yield portion[: cut - passed]
                    raise NotReachable("the line was cut")
                passed += len(portion)
                yield portion

    def _break(self, kind: str) -> None:
        if kind == "phone":
            self.gone()
        if kind == "centre":
            self.centre.restart()
        raise NotReachable("the line was cut")
