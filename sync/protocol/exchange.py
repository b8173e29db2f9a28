"""One exchange: the outbox goes up, receipts and the team's log come down, and only what verifies is believed.

A transactional outbox (Richardson 2018): a change is written with its place in the outbox in one transaction, and sent
until a verified receipt names it. Every step is idempotent; whatever fails, what has been settled stays settled and the
rest is simply sent again. Pure of network and disk: both come in as ports.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from sync.core.canonical import MAX_INT
from sync.core.errors import AlongsideError, DiskFull, NetworkBlocks, Problem, Rewritten, Unconnected, Untrusted
from sync.core.times import moment
from sync.protocol.batch import Batch, batch_claim
from sync.protocol.messages import NO_CHANGE, Change, End, Hello, LogSegment, Resend, Verdict, VerifiedRange, Welcome
from sync.protocol.ports import SyncApi, SyncStore
from sync.protocol.send_window import SendWindow
from sync.protocol.verify import verify

RESTORED = "epoch_ended"  # no error: the pull begins anew
REVOKED = "device_revoked"  # nothing of what was sent has been taken
STALE = "hello_stale"  # no error: the device counts on from what the centre has heard
MAX_COUNT = MAX_INT // 2  # of a hello: nothing counts so far, but whoever stands in between could say so
NOT_OF_THE_LINE = ("unknown_device", "hello_wrong", STALE)  # refusals that say nothing of how much the line carries
TOO_MUCH = ("gateway_limit", "too_large")  # at once, for something on the way or for the centre
FORMS = 2  # other ways to put a request on the line
UNLIKE = ("untrusted", "bad_response")  # also when device and centre mean two changes by one number
SET_ASIDE = Verdict(
    0,
    "refused",
    "will_not_go",
    advice="The centre could not take it. It is kept here, and tried again once a day and by Sync now.",
)


@dataclass
class Report:
    """What one exchange did. `code` is empty when all went well."""

    offered: int = 0  # changes of the last request, whatever became of them
    sent: int = 0
    returned: int = 0  # segments that a restored centre has lost, in the last request
    returning: bool = False  # more segments are to be returned than went with this request
    received: int = 0
    pulled: int = 0
    more: bool = False  # come again at once
    again: bool = False  # also after a failure: less is sent then
    code: str = ""
    advice: str = ""
    backoff_s: int = 0
    clock_offset_ms: int | None = None  # the centre's time less the device's
    min_app_version: str = ""
    verdicts: list[Verdict] = field(default_factory=list)


def sync_once(store: SyncStore, api: SyncApi, *, push: bool = True, window: SendWindow | None = None) -> Report:
    """One round trip. Errors come back in the report; they are never raised, and never lose anything.

    `window`: what earlier exchanges taught; this one changes it.
    """
    report, window = Report(), window or SendWindow()
    probing, first = window.probing, 0
    try:
        hello = store.hello()
        first = _first_waiting(hello)
        _exchange_in_any_form(store, api, hello, report, window, push=push and not probing)
        still_waiting = _first_waiting(store.hello()) if probing else 0
        window.completed(still_waiting, report.more)
        window.spell_out = False
        if window.is_first_at_fault:
            store.keep_verdict(replace(SET_ASIDE, device_seq=still_waiting))
        report.more = report.more or (probing and still_waiting > 0)
    except AlongsideError as failed:
        is_too_much = failed.code in TOO_MUCH
        is_empty = not (report.offered or report.returned)
        error = NetworkBlocks() if is_too_much and is_empty else failed
        report.code, report.advice, report.backoff_s = error.code, error.advice, error.backoff_s
        window.spell_out = window.spell_out or error.code in UNLIKE
        if error.teaches and error.code not in NOT_OF_THE_LINE:
            got, before = bool(report.received or report.pulled), window.size
            window.failed(first, report.offered, got, is_too_much=is_too_much)
            report.again = is_too_much and not window.probing and window.size != before
            window.probing = window.probing or (is_too_much and not (is_empty or report.again))
        elif report.offered:
            window.probing = window.probing or not (
                isinstance(error, Unconnected | DiskFull) or error.code in NOT_OF_THE_LINE
            )
        with suppress(AlongsideError):  # a full disk: the report says what failed first
            store.note_failure(error.code)
    return report


def batches(store: SyncStore, after: int, report: Report, window: SendWindow | None = None) -> Iterator[Batch]:
    """What waits to be sent, numbered above `after`, batch by batch, each under the device's signature."""
    window, sent = window or SendWindow(), 0
    if report.returning:
        return
    while window.has_room(sent):
        if not (changes := tuple(store.pending(after, window.batch_bytes))):
            return
        if window.max_changes:
            changes = changes[: window.max_changes]
        last = changes[-1]
        report.offered += len(changes)
        claim = batch_claim(last.device_id, last.device_seq, last.change_id)
        parents = {parent for change in changes for parent in change.parents}
        earlier = store.numbers_of(sorted(parents - {change.change_id for change in changes}))
        yield Batch(changes, store.sign_batch(claim), earlier)
        report.sent += len(changes)
        after, sent = last.device_seq, sent + sum(change.size for change in changes)
    report.more = bool(store.pending(after, 1))


def _exchange_in_any_form(
    store: SyncStore, api: SyncApi, hello: Hello, report: Report, window: SendWindow, *, push: bool
) -> None:
    """One exchange; again where something on the way spoilt it and the client has another form to put it in."""
    for _ in range(FORMS):
        try:
            return _exchange(store, api, hello, report, window, push=push)
        except Rewritten:
            hello = store.hello()
    return _exchange(store, api, hello, report, window, push=push)


def _returned(store: SyncStore, report: Report, window: SendWindow) -> Iterator[LogSegment]:
    """Segments that a restored centre has lost, as many as fit. Changes wait until all have gone.

    An own change that counted is so judged by the centre's old word, and not by what its backup knows of the author.
    """
    segments, sent = iter(store.segments_to_return()), 0
    while window.has_room(sent):
        if (segment := next(segments, None)) is None:
            return
        report.returned += 1
        yield segment
        sent += sum(entry.change.size for entry in segment.entries if isinstance(entry.change, Change))
    report.returning = report.more = True


def _first_waiting(hello: Hello) -> int:
    """Number of the change that waits first; 0 when none does."""
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
    """One request and its response; once more if the centre asks for changes to be sent again.

    `full_from`: send changes from this number on whole, as an earlier response asked.
    """
    sent = report.sent
    try:
        resend = _asked(store, api, hello, report, window, push=push, full_from=full_from)
    except Problem as problem:
        if problem.code != STALE or problem.count is None or not 0 < problem.count < MAX_COUNT:
            raise
        report.sent = sent
        store.count_on_from(problem.count)
        resend = _asked(store, api, store.hello(), report, window, push=push, full_from=full_from)
    if resend and full_from is None:
        _exchange(store, api, store.hello(), report, window, push=push, full_from=resend.first)


def _asked(
    store: SyncStore,
    api: SyncApi,
    hello: Hello,
    report: Report,
    window: SendWindow,
    *,
    push: bool,
    full_from: int | None,
) -> Resend | None:
    """One request and its response. Returns what is to be sent again."""
    flush_bytes = 0 if window.is_good else window.flush_bytes
    hello = store.sign_hello(replace(hello, flush_bytes=flush_bytes, spell_out=window.spell_out))
    report.offered, report.returned, report.returning = 0, 0, False
    sending = batches(store, full_from - 1 if full_from else hello.acked, report, window) if push else ()
    returned = _returned(store, report, window) if push else ()
    resend: Resend | None = None
    ended = False
    for part in api.sync(hello, sending, full=full_from is not None, returned=returned):
        match part:
            case Welcome():
                _open(store, hello, part, report)
            case LogSegment():
                _land(store, hello, part, report)
            case Verdict():
                report.verdicts.append(part)
                store.keep_verdict(part)
            case Resend():
                resend = part
            case End():
                ended = True
                _close(store, part, report, returned=push)
    if not ended:
        advice = "The line was cut. It is tried again by itself."
        raise Untrusted("the response ended early", code="cut_short", advice=advice)
    return resend


def _open(store: SyncStore, hello: Hello, welcome: Welcome, report: Report) -> None:
    report.clock_offset_ms = _clock_offset_ms(welcome.server_time, hello.clock)
    report.min_app_version = welcome.min_app_version
    if welcome.kept is not None:
        store.restart_pull(welcome.kept)


def _land(store: SyncStore, hello: Hello, segment: LogSegment, report: Report) -> None:
    verify(segment, store.centre_key())
    own = sum(entry.change.device_id == hello.device_id for entry in segment.entries)
    report.received += own
    if grown := _grown(segment, store.verified_range(), hello):
        report.pulled += len(segment.entries) - own
        store.apply(segment, grown)
    else:
        store.settle(segment)


def _close(store: SyncStore, end: End, report: Report, *, returned: bool) -> None:
    """`returned`: the request carried segments that a restored centre has lost, if there are any."""
    problem = end.problem or {}
    store.offer_again(end.gaps)
    store.keep_commands(end.commands)
    report.more, report.backoff_s = report.more or end.more, end.backoff_s
    if returned and problem.get("code") != REVOKED:
        store.forget_returned()
    if problem.get("code") == RESTORED:
        report.more = True
    elif problem:
        report.code, report.advice = problem["code"], problem["advice"]


def _grown(segment: LogSegment, verified: VerifiedRange | None, hello: Hello) -> VerifiedRange | None:
    """The verified range with this segment at one of its ends; None when the segment lies elsewhere."""
    if segment.head.scope != hello.scope or not segment.entries:
        return None
    first = segment.entries[0].seq
    if verified is None:
        is_start = segment.before == NO_CHANGE or hello.newest
        return VerifiedRange(segment.head, first, segment.before) if is_start else None
    if segment.before == verified.head.chain:
        return replace(verified, head=segment.head)
    if segment.head.chain == verified.before:
        return replace(verified, first=first, before=segment.before)
    return None


def _clock_offset_ms(server_time: str, clock: Mapping[str, Any]) -> int:
    try:
        return round((moment(server_time) - moment(clock["wall"])).total_seconds() * 1000)
    except (ArithmeticError, TypeError, ValueError):
        raise Untrusted("the centre's time cannot be read") from None
