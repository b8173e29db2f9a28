"""When to sync: after a save, on a tap, when the network or the app comes back, and every minute while the app runs.

One thread a store. After a failure it waits 5 s to 15 min, longer each time (exponential backoff with full
jitter); any wake begins afresh. Where the centre, or what stands before it, asks to be left alone for so long, a save
waits too, up to an hour, and only a tap or another network does not. Android suspends an app that is not in front:
nothing is sent then, nothing is lost.
"""

import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from threading import Event, Thread, current_thread

from field_app.phone.store.disk import Disk
from field_app.phone.store.locked_store import LockedStore
from field_app.phone.store.store import Store
from sync import VERSION
from sync.client.http import Client
from sync.core.errors import AlongsideError
from sync.core.times import clock
from sync.protocol.anti_entropy import bucket_sums
from sync.protocol.batch import Batch
from sync.protocol.exchange import SET_ASIDE, Report, sync_once
from sync.protocol.messages import Hello, LogSegment, ResponsePart
from sync.protocol.send_window import SendWindow

IDLE_S, FIRST_S, LONGEST_S = 60.0, 5.0, 900.0
CHECK_MS = 86_400_000
TELLINGS = 5  # of a wipe that is about to be done, before it is done untold
LEFT_ALONE_S = 3600  # at most, whatever is asked for
NO_SIGNAL = ("not_reachable", "cut_short")
HANDLED = ("", "sign_in_expired", "sign_in_needed", "scope_not_yours", "device_revoked")  # what was sent is taken
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class UntilOffline:
    """The line to the centre (`SyncApi`): once the nurse works offline, an exchange that has begun takes no more."""

    client: Client
    offline: Callable[[], bool]

    def sync(
        self, hello: Hello, batches: Iterable[Batch], *, full: bool = False, returned: Iterable[LogSegment] = ()
    ) -> Iterator[ResponsePart]:
        online = takewhile(lambda _read: not self.offline(), batches)  # asked after the outbox was read, not before
        return self.client.sync(hello, online, full=full, returned=returned)


class Background:
    """The sync thread of one store, open or locked."""

    def __init__(
        self,
        store: Store | LockedStore,
        disk: Disk,
        client: Client,
        offline: Callable[[], bool],
        jitter: Callable[[], float] = random.random,
        after: Callable[[str | None, bool], None] = lambda _token, _news: None,
        wipe: Callable[[], bool] = lambda: True,
    ):
        """`offline`: whether the nurse works offline. `jitter`: a random number from 0 to 1.

        `after` is called after each sync that went well, with the token, and True when something was sent or came.
        `wipe` erases the vault, when the centre has commanded it and has received everything; it returns False, and
        erases nothing, when something has been sealed or begun since.
        """
        self._store, self._disk, self._client, self._offline, self._jitter = store, disk, client, offline, jitter
        client.own = store.sync.own
        self._after, self._wipe = after, wipe
        self._wake, self._stopped, self._hurried = Event(), False, False
        self._before: Background | None = None
        self._left_alone_until = 0.0  # by the monotonic clock, seconds
        self._failures, self._window, self._check_due_ms = 0, SendWindow(), 0
        self._first_time = True  # that a wipe is due
        self._tellings = 0  # how often the centre has been told that it is being done
        self._thread = Thread(target=self._run, name="sync", daemon=True)

    def start(self, before: "Background | None" = None) -> None:
        """`before`: the thread that this one takes over from; it has been told to end."""
        self._before = before
        self._thread.start()

    def end(self) -> None:
        """End the thread as soon as it comes to it."""
        self._stopped = True
        self._wake.set()

    def stop(self) -> None:
        """End the thread, and wait up to 5 s for a sync that is on its way."""
        self.end()
        if current_thread() is not self._thread:
            self.join()
            self._client.close()

    def join(self) -> None:
        """Wait up to 5 s for a thread that is about to end."""
        if self._thread.is_alive():  # ended before it began, it ends as soon as it does
            self._thread.join(timeout=5)

    def wake(self) -> None:
        """Sync now, whatever the back-off says; but leave the centre alone for as long as it asked to be."""
        self._failures = 0
        self._wake.set()

    def hurry(self) -> None:
        """Sync now, since somebody asks for it or the line may be another one: whatever was asked for or learned."""
        self._client.forget_line()
        self._hurried = True
        self.wake()

    def renew(self) -> None:
        """Take up a fresh sign-in."""
        self._store.problem = self._store.advice = ""
        self.hurry()

    def step(self) -> float:
        """Sync once. Returns the seconds until the next sync is due."""
        if self._offline():
            self._report(None)
            return LONGEST_S
        self._client.token = self._store.sync.token()
        self._store.sending = True
        self._disk.tell()
        report = sync_once(self._store.sync, UntilOffline(self._client, self._offline), window=self._window)
        backoff_s = max(0, min(report.backoff_s, LEFT_ALONE_S))
        self._left_alone_until = time.monotonic() + backoff_s
        self._report(report, backoff_s)
        if (report.more and not report.code) or report.again:
            return float(backoff_s)
        handled = report.code in HANDLED
        if (handled or self._store.commands.done()) and self._is_wipe_due():
            self._obey()
        elif not report.code:
            self._check()
            self._after(self._client.token, bool(report.pulled or report.received))
        if handled:
            self._failures = 0
            return max(LONGEST_S if self._is_quiet() else IDLE_S, backoff_s)
        self._failures = min(self._failures + 1, 10)
        return max(backoff_s, FIRST_S + self._jitter() * min(LONGEST_S, FIRST_S * 2**self._failures))

    def _is_quiet(self) -> bool:
        """True when nothing can come but a command: nothing waits, and nobody reads what others record."""
        return isinstance(self._store, LockedStore) and not self._store.outbox.is_waiting

    def _is_wipe_due(self) -> bool:
        """Whether all is to be erased. Not while there is a draft that nobody has, since it could not be sealed."""
        store = self._store
        return store.commands.due("wipe") and not (isinstance(store, LockedStore) and store.drafts())

    def check_soon(self) -> None:
        """Compare with the centre at the next sync, and not only once a day."""
        self._check_due_ms = 0

    def _check(self) -> None:
        """Once a day, compare the team's log here with the centre's (anti-entropy), and offer what was set aside.

        Entries that are only there are asked for; own changes that are only here are offered again.
        """
        store, now_ms = self._store, self._disk.clock.monotonic_ms()
        if isinstance(store, LockedStore) or now_ms < self._check_due_ms:
            return
        pulled = store.sync.verified_range()
        if pulled is None:
            return
        if store.outbox.release((SET_ASIDE.code,)):
            self.wake()
        try:
            difference = self._client.state(
                pulled.head.scope, pulled.first, pulled.head.seq, bucket_sums(store.sync.logged())
            )
        except AlongsideError:
            return  # tomorrow, or at the next start
        self._check_due_ms = now_ms + CHECK_MS
        if store.sync.compared(*difference):
            self.wake()

    def _obey(self) -> None:
        """Carry out the command to wipe: report it as done, then erase, also where the report fails time and again.

        Drafts are sealed and sent first, and what was set aside is offered once. An app that is killed in between
        goes on at its next start, with a line or without.
        """
        first_time, self._first_time = self._first_time, False
        if self._store.put_away() or (first_time and self._store.outbox.release((SET_ASIDE.code,))):
            self.wake()
            return
        self._store.commands.obeyed("wipe")
        report = sync_once(self._store.sync, self._client, push=False)
        self._tellings += 1
        if report.code not in HANDLED and self._tellings < TELLINGS:
            return
        if self._wipe():
            self._stopped = True
            self._client.close()
        else:
            self.wake()  # something was sealed or begun meanwhile

    def _report(self, report: Report | None, backoff_s: int = 0) -> None:
        store = self._store
        store.sending = False
        store.problem, store.advice = (report.code, report.advice) if report else ("work_offline", "")
        if store.problem and backoff_s:
            until = clock(self._disk.clock.now() + timedelta(seconds=backoff_s))
            store.advice += f" The next try is at {until}; Sync now tries at once."
        silent = report is None or report.code in NO_SIGNAL
        store.offline_since = (store.offline_since or self._disk.clock.now()) if silent else None
        if report and report.clock_offset_ms is not None:
            self._disk.heard_clock(report.clock_offset_ms)
            self._disk.heard_version(_older(VERSION, report.min_app_version))
        else:
            self._disk.keep_clock()
        self._disk.tell()

    def _run(self) -> None:
        if self._before:
            self._before.join()
        while not self._stopped:
            try:
                pause = self.step()
            except AlongsideError as error:  # this phone could not write what came
                self._report(Report(code=error.code, advice=error.advice))
                pause = IDLE_S
            except Exception as error:  # noqa: BLE001 - whatever it was, sync goes on; its words may hold content
                log.error("sync stopped short: %s", type(error).__name__)
                self._store.sending, pause = False, LONGEST_S
            if not self._stopped:
                self._rest(pause)
        self._client.close()

    def _rest(self, pause: float) -> None:
        """Wait so many seconds, or until somebody wakes; not less than was asked for, unless it has to be at once."""
        while True:
            self._wake.wait(pause)
            self._wake.clear()  # before `_stopped` is looked at, so that nobody waits for a pause to end
            pause = self._left_alone_until - time.monotonic()
            if self._stopped or self._hurried or pause <= 0:
                break
        self._hurried = False


def _older(version: str, than: str) -> bool:
    """True when a version such as "0.9.1" comes before another. What is not a number in it is left out."""

    def parts(text: str) -> list[int]:
        return [int(part) for part in text.split(".") if part.isdigit()]

    return parts(version) < parts(than)
