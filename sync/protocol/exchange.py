"""One exchange with the centre: send what waits, land what comes back, believe only what verifies.

Pure of network and disk: both come in as arguments. Every step is safe to repeat; whatever fails, what has been
settled stays settled and the rest is simply sent again.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from sync.core.errors import AlongsideError, Unconnected, Untrusted
from sync.core.times import moment
from sync.protocol.messages import (
    NO_CHANGE,
    Again,
    Batch,
    Change,
    End,
    Hello,
    LogSegment,
    Report,
    SyncApi,
    SyncStore,
    Verdict,
    VerifiedRange,
    Welcome,
    batch_claim,
)
from sync.protocol.send_window import SendWindow
from sync.protocol.verify import verify

RESTORED = "epoch_ended"  # no error: the pull begins anew
ASIDE = Verdict(
    0,
    "refused",
    "will_not_go",
    advice="The centre could not take it. It is kept here, and tried again once a day and by Sync now.",
)


def sync_once(store: SyncStore, api: SyncApi, *, push: bool = True, pace: SendWindow | None = None) -> Report:
    """One round trip. Errors come back in the report; they are never raised, and never lose anything.

    `pace`: what earlier exchanges taught; it is changed by this one. `Report.more`: come again at once.
    """
    report, pace = Report(), pace or SendWindow()
    probing, first = pace.probing, 0
    try:
        hello = store.hello()
        first = _first(hello)
        _exchange(store, api, hello, report, pace, push=push and not probing)
        waits = _first(store.hello()) if probing else 0
        if pace.went_well(waits, report.more):
            store.judged(replace(ASIDE, device_seq=waits))
        report.more = report.more or (probing and waits > 0)
    except AlongsideError as error:
        report.code, report.advice = error.code, error.advice
        if not isinstance(error, Unconnected):
            pace.failed(first, report.offered, got=bool(report.received or report.pulled))
        with suppress(AlongsideError):  # a full disk: the report says what failed first
            store.tried(error.code)
    return report


def batches(store: SyncStore, after: int, report: Report, pace: SendWindow | None = None) -> Iterator[Batch]:
    """What waits to be sent, piece by piece, each under the device's signature."""
    pace, sent = pace or SendWindow(), 0
    while pace.room(sent):
        if not (changes := tuple(store.pending(after, pace.piece))):
            return
        if pace.few:
            changes = changes[: pace.few]
        last: Change = changes[-1]
        report.offered += len(changes)
        claim = batch_claim(last.device_id, last.device_seq, last.change_id)
        parents = {parent for change in changes for parent in change.parents}
        earlier = store.numbers(sorted(parents - {change.change_id for change in changes}))
        yield Batch(changes, store.sign_piece(claim), earlier)
        report.sent += len(changes)
        after, sent = last.device_seq, sent + sum(change.size for change in changes)
    report.more = bool(store.pending(after, 1))


def _first(hello: Hello) -> int:
    """The change that waits first; 0 when none does."""
    return hello.acked + 1 if hello.acked < hello.device_seq else 0


def _exchange(
    store: SyncStore,
    api: SyncApi,
    hello: Hello,
    report: Report,
    pace: SendWindow,
    *,
    push: bool,
    full_from: int | None = None,
) -> None:
    """`full_from`: send changes from this number in full form, as an earlier answer asked."""
    hello = replace(hello, flush=0 if pace.good else pace.flush)
    after = full_from - 1 if full_from else hello.acked
    again: Again | None = None
    ended = False
    report.offered = 0
    sending = batches(store, after, report, pace) if push else ()
    for answer in api.sync(hello, sending, full=full_from is not None, returned=store.returning()):
        match answer:
            case Welcome():
                report.clock_offset_ms = _offset(answer.server_time, hello.clock)
                report.min_app_version = answer.min_app_version
                if answer.kept is not None:
                    store.restored(answer.kept)
            case LogSegment():
                _land(store, hello, answer, report)
            case Verdict():
                report.verdicts.append(answer)
                store.judged(answer)
            case Again():
                again = answer
            case End():
                ended = True
                _close(store, answer, report)
    if not ended:
        raise Untrusted(
            "the answer ended early", code="cut_short", advice="The line was cut. It is tried again by itself."
        )
    if again and full_from is None:
        _exchange(store, api, store.hello(), report, pace, push=push, full_from=again.first)


def _land(store: SyncStore, hello: Hello, run: LogSegment, report: Report) -> None:
    verify(run, store.centre_key())
    own = sum(entry.change.device_id == hello.device_id for entry in run.entries)
    report.received += own
    if grown := _grown(run, store.span(), hello):
        report.pulled += len(run.entries) - own
        store.apply(run, grown)
    else:
        store.settle(run)


def _close(store: SyncStore, end: End, report: Report) -> None:
    problem = end.problem or {}
    store.offer_again(end.gaps)
    store.ordered(end.orders)
    report.more, report.backoff_s = report.more or end.more, end.backoff_s
    if not problem:
        store.returned()
    elif problem["code"] == RESTORED:
        report.more = True
    else:
        report.code, report.advice = problem["code"], problem["advice"]


def _grown(run: LogSegment, span: VerifiedRange | None, hello: Hello) -> VerifiedRange | None:
    """The span of the pulled log with this run at one of its ends; None when it lies elsewhere."""
    if run.head.scope != hello.scope or not run.entries:
        return None
    first = run.entries[0].seq
    if span is None:
        begins = run.before == NO_CHANGE or hello.newest
        return VerifiedRange(run.head, first, run.before) if begins else None
    if run.before == span.head.chain:
        return replace(span, head=run.head)
    if run.head.chain == span.before:
        return replace(span, first=first, before=run.before)
    return None


def _offset(server_time: str, clock: dict) -> int:
    try:
        return round((moment(server_time) - moment(clock["wall"])).total_seconds() * 1000)
    except ValueError:
        raise Untrusted("the centre's time cannot be read") from None
