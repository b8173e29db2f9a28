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
    Batch,
    Change,
    End,
    Hello,
    LogSegment,
    Report,
    Resend,
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
SET_ASIDE = Verdict(
    0,
    "refused",
    "will_not_go",
    advice="The centre could not take it. It is kept here, and tried again once a day and by Sync now.",
)


def sync_once(store: SyncStore, api: SyncApi, *, push: bool = True, window: SendWindow | None = None) -> Report:
    """One round trip. Errors come back in the report; they are never raised, and never lose anything.

    `window`: what earlier exchanges taught; it is changed by this one. `Report.more`: come again at once.
    """
    report, window = Report(), window or SendWindow()
    probing, first = window.probing, 0
    try:
        hello = store.hello()
        first = _first(hello)
        _exchange(store, api, hello, report, window, push=push and not probing)
        waits = _first(store.hello()) if probing else 0
        window.completed(waits, report.more)
        if window.is_first_at_fault:
            store.keep_verdict(replace(SET_ASIDE, device_seq=waits))
        report.more = report.more or (probing and waits > 0)
    except AlongsideError as error:
        report.code, report.advice = error.code, error.advice
        if not isinstance(error, Unconnected):
            window.failed(first, report.offered, got=bool(report.received or report.pulled))
        with suppress(AlongsideError):  # a full disk: the report says what failed first
            store.note_failure(error.code)
    return report


def batches(store: SyncStore, after: int, report: Report, window: SendWindow | None = None) -> Iterator[Batch]:
    """What waits to be sent, batch by batch, each under the device's signature."""
    window, sent = window or SendWindow(), 0
    while window.has_room(sent):
        if not (changes := tuple(store.pending(after, window.batch_bytes))):
            return
        if window.max_changes:
            changes = changes[: window.max_changes]
        last: Change = changes[-1]
        report.offered += len(changes)
        claim = batch_claim(last.device_id, last.device_seq, last.change_id)
        parents = {parent for change in changes for parent in change.parents}
        earlier = store.numbers_of(sorted(parents - {change.change_id for change in changes}))
        yield Batch(changes, store.sign_batch(claim), earlier)
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
    window: SendWindow,
    *,
    push: bool,
    full_from: int | None = None,
) -> None:
    """`full_from`: send changes from this number in full form, as an earlier answer asked."""
    hello = replace(hello, flush_bytes=0 if window.is_good else window.flush_bytes)
    after = full_from - 1 if full_from else hello.acked
    resend: Resend | None = None
    ended = False
    report.offered = 0
    sending = batches(store, after, report, window) if push else ()
    for part in api.sync(hello, sending, full=full_from is not None, returned=store.segments_to_return()):
        match part:
            case Welcome():
                report.clock_offset_ms = _offset(part.server_time, hello.clock)
                report.min_app_version = part.min_app_version
                if part.kept is not None:
                    store.restart_pull(part.kept)
            case LogSegment():
                _land(store, hello, part, report)
            case Verdict():
                report.verdicts.append(part)
                store.keep_verdict(part)
            case Resend():
                resend = part
            case End():
                ended = True
                _close(store, part, report)
    if not ended:
        raise Untrusted(
            "the answer ended early", code="cut_short", advice="The line was cut. It is tried again by itself."
        )
    if resend and full_from is None:
        _exchange(store, api, store.hello(), report, window, push=push, full_from=resend.first)


def _land(store: SyncStore, hello: Hello, segment: LogSegment, report: Report) -> None:
    verify(segment, store.centre_key())
    own = sum(entry.change.device_id == hello.device_id for entry in segment.entries)
    report.received += own
    if grown := _grown(segment, store.verified_range(), hello):
        report.pulled += len(segment.entries) - own
        store.apply(segment, grown)
    else:
        store.settle(segment)


def _close(store: SyncStore, end: End, report: Report) -> None:
    problem = end.problem or {}
    store.offer_again(end.gaps)
    store.keep_commands(end.commands)
    report.more, report.backoff_s = report.more or end.more, end.backoff_s
    if not problem:
        store.forget_returned()
    elif problem["code"] == RESTORED:
        report.more = True
    else:
        report.code, report.advice = problem["code"], problem["advice"]


def _grown(segment: LogSegment, verified: VerifiedRange | None, hello: Hello) -> VerifiedRange | None:
    """The verified of the pulled log with this segment at one of its ends; None when it lies elsewhere."""
    if segment.head.scope != hello.scope or not segment.entries:
        return None
    first = segment.entries[0].seq
    if verified is None:
        begins = segment.before == NO_CHANGE or hello.newest
        return VerifiedRange(segment.head, first, segment.before) if begins else None
    if segment.before == verified.head.chain:
        return replace(verified, head=segment.head)
    if segment.head.chain == verified.before:
        return replace(verified, first=first, before=segment.before)
    return None


def _offset(server_time: str, clock: dict) -> int:
    try:
        return round((moment(server_time) - moment(clock["wall"])).total_seconds() * 1000)
    except ValueError:
        raise Untrusted("the centre's time cannot be read") from None
