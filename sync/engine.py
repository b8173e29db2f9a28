"""One exchange with the centre: send what waits, land what comes back, believe only what verifies.

Pure of network and disk: both come in as arguments. Every step is safe to repeat; whatever fails, what has been
settled stays settled and the rest is simply sent again.
"""

from collections.abc import Iterator
from contextlib import suppress

from sync.domain.times import moment
from sync.errors import AlongsideError, Untrusted
from sync.signing import verified
from sync.wire import (
    PIECE,
    Again,
    Change,
    End,
    Head,
    Piece,
    Report,
    Run,
    SyncApi,
    SyncStore,
    Verdict,
    Welcome,
    link,
    piece_claim,
)

CAUTIOUS = 32 * 1024  # bytes of the one piece that is sent after a failure


def sync_once(
    store: SyncStore, api: SyncApi, *, push: bool = True, cautious: bool = False, full_from: int | None = None
) -> Report:
    """One round trip. Errors come back in the report; they are never raised, and never lose anything.

    `cautious`: after a failure, send one small piece. It proves who asks, so that the answer holds the receipts of all
    that got through before the line was cut; the next round goes on from there (`Report.more`).
    `full_from`: send changes from this number in full form, as an earlier answer asked.
    """
    report = Report()
    try:
        _exchange(store, api, report, push, cautious, full_from)
    except AlongsideError as error:
        report.code, report.advice = error.code, error.advice
        with suppress(AlongsideError):  # a full disk: the report says what failed first
            store.tried(error.code)
    return report


def pieces(store: SyncStore, after: int, report: Report, cautious: bool = False) -> Iterator[Piece]:
    """What waits to be sent, piece by piece, each under the device's signature."""
    while changes := tuple(store.pending(after, CAUTIOUS if cautious else PIECE)):
        last: Change = changes[-1]
        claim = piece_claim(last.device_id, last.device_seq, last.change_id)
        yield Piece(changes, store.sign_piece(claim))
        report.sent += len(changes)
        after = last.device_seq
        if cautious:
            report.more = bool(store.pending(after, 1))
            return


def _exchange(
    store: SyncStore, api: SyncApi, report: Report, push: bool, cautious: bool, full_from: int | None
) -> None:
    hello = store.hello()
    after = full_from - 1 if full_from else hello.acked
    again: Again | None = None
    ended = False
    sending = pieces(store, after, report, cautious) if push else ()
    for answer in api.sync(hello, sending, full=full_from is not None):
        match answer:
            case Welcome(server_time=at):
                report.clock_offset_ms = _offset(at, hello.clock)
            case Run():
                verify(answer, store.centre_key())
                own = sum(entry.change.device_id == hello.device_id for entry in answer.entries)
                report.received += own
                if _extends(answer, store.head(), hello.scope):
                    report.pulled += len(answer.entries) - own
                    store.apply(answer)
                else:
                    store.settle(answer)
            case Verdict():
                report.verdicts.append(answer)
                store.judged(answer)
            case Again():
                again = answer
            case End():
                ended = True
                store.offer_again(answer.gaps)
                report.more, report.backoff_s = report.more or answer.more, answer.backoff_s
                if answer.problem:
                    report.code, report.advice = answer.problem["code"], answer.problem["advice"]
    if not ended:
        raise Untrusted(
            "the answer ended early", code="cut_short", advice="The line was cut. It is tried again by itself."
        )
    if again and full_from is None:
        _exchange(store, api, report, push, cautious, again.first)


def verify(run: Run, centre_key: str) -> None:
    """Raise Untrusted unless the run's chain leads to its head and the centre signed that head."""
    chain, seq = run.before, 0
    for entry in run.entries:
        if entry.seq <= seq:
            raise Untrusted("numbers do not rise")
        seq = entry.seq
        chain = link(chain, entry.change.change_id, entry.seq, entry.received_ms)
    if chain != run.head.chain or (run.entries and seq != run.head.seq):
        raise Untrusted("the chain does not lead to its head")
    if not verified(centre_key, "head", run.head.claim(), run.head.signature):
        raise Untrusted("the head is not signed by the centre")


def _extends(run: Run, head: Head | None, scope: str | None) -> bool:
    """Whether this run takes up the pulled log where this device left it."""
    if run.head.scope != scope:
        return False
    if head is None:
        return run.before == "0" * 64
    return (run.head.epoch, run.before) == (head.epoch, head.chain)


def _offset(server_time: str, clock: dict) -> int:
    try:
        return round((moment(server_time) - moment(clock["wall"])).total_seconds() * 1000)
    except ValueError:
        raise Untrusted("the centre's time cannot be read") from None
