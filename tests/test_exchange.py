"""The engine believes only what verifies, settles only what is named, and loses nothing when an answer fails."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from field_app.phone.store.disk import DiskFull
from sync.core.errors import NotReachable, Unconnected, Untrusted
from sync.core.signing import Signer
from sync.protocol.batch import Batch
from sync.protocol.codec import request_lines
from sync.protocol.compact import Expander
from sync.protocol.exchange import sync_once
from sync.protocol.messages import (
    NO_CHANGE,
    End,
    Head,
    Hello,
    LogEntry,
    LogSegment,
    Resend,
    ResponsePart,
    Verdict,
    Welcome,
    chain_hash,
)
from sync.protocol.send_window import MIN_FLUSH_BYTES, STREAMS, SendWindow
from sync.protocol.verify import verify
from tests.steps.builders import CENTRE, NOON, SCOPE, Device, Pocket, segment, uid

WELCOME = Welcome("e1", "2026-11-22T12:00:07.000Z", "0.1.0")


@pytest.fixture
def pocket(tmp_path):
    made = Pocket(tmp_path)
    yield made
    made.db.conn.close()


class Scripted:
    """A centre that says what the test tells it to, once it has read everything."""

    def __init__(self, *answers: ResponsePart | Exception):
        self.answers, self.hellos, self.batches, self.full = answers, [], [], []

    def sync(
        self, hello: Hello, batches: Iterable[Batch], *, full: bool = False, returned: Iterable[LogSegment] = ()
    ) -> Iterator[ResponsePart]:
        self.hellos.append(hello)
        self.batches.append(list(batches))
        self.full.append(full)
        for answer in self.answers if len(self.hellos) == 1 else (WELCOME, End()):
            if isinstance(answer, Exception):
                raise answer
            yield answer


def flip(log: LogSegment, **change) -> LogSegment:
    """The same segment with one thing changed in its first entry."""
    return replace(log, entries=(replace(log.entries[0], **change), *log.entries[1:]))


def test_what_waits_is_sent_and_settled_by_the_receipts(pocket):
    made = [pocket.seal(1, {"location": str(n)}) for n in range(3)]
    centre = Scripted(WELCOME, segment(made), End())
    report = sync_once(pocket.store, centre)
    assert (report.sent, report.received, report.code) == (3, 3, "")
    assert report.clock_offset_ms == 7000
    assert [list(batch.changes) for batch in centre.batches[0]] == [made]
    assert pocket.store.strip().waiting == 0


def test_large_work_goes_in_several_batches(pocket):
    for number in range(4):
        pocket.seal(1, {"officer_safety_note": str(number) * 30_000})
    centre = Scripted(WELCOME, End())
    sync_once(pocket.store, centre)
    assert [len(batch.changes) for batch in centre.batches[0]] == [2, 2]


def bad_runs():
    device = Device()
    for number in range(3):
        device.change(1, {"location": str(number)})
    good = segment(device.made)
    other = segment(device.made, at=NOON - timedelta(days=1))
    yield "time", flip(good, received_ms=good.entries[0].received_ms + 1)
    yield "whether it counts", flip(good, void=True)
    yield "number", flip(good, seq=7)
    yield "content", flip(good, change=Device(2).change(1, {"location": "0"}))
    yield "left out", replace(good, entries=good.entries[1:])
    yield "order", replace(good, entries=good.entries[::-1])
    yield "before", replace(good, before="1" * 64)
    yield "signature of another segment", replace(good, head=replace(good.head, signature=other.head.signature))
    yield (
        "another's signature",
        replace(good, head=replace(good.head, signature=Signer(b"x" * 32).sign("head", good.head.claim()))),
    )
    yield "scope", replace(good, head=replace(good.head, scope="team:else"))
    yield "epoch", replace(good, head=replace(good.head, epoch="e2"))


@pytest.mark.parametrize(("what", "bad"), list(bad_runs()), ids=lambda one: one if isinstance(one, str) else "")
def test_one_changed_thing_in_a_run_is_caught(what, bad):
    with pytest.raises(Untrusted):
        verify(bad, CENTRE.public)


@pytest.mark.parametrize("void", [True, False])
def test_whether_an_entry_counts_is_under_the_chain(void):
    change = Device().change(1, {"location": "Mill Road"})
    head = Head("0123456789abcdef", SCOPE, 8, chain_hash(NO_CHANGE, change.change_id, 8, 1000, void=void))
    signed = replace(head, signature=CENTRE.sign("head", head.claim()))
    good = LogSegment(NO_CHANGE, (LogEntry(8, 1000, change, void),), signed)
    verify(good, CENTRE.public)
    with pytest.raises(Untrusted, match="chain"):
        verify(flip(good, void=not void), CENTRE.public)


def test_an_unverified_receipt_marks_nothing(pocket):
    made = [pocket.seal(1, {"location": "x"})]
    good = segment(made)
    lie = replace(good, head=replace(good.head, signature=Signer(b"x" * 32).sign("head", good.head.claim())))
    report = sync_once(pocket.store, Scripted(WELCOME, lie, End()))
    assert report.code == "untrusted"
    assert pocket.store.strip().waiting == 1
    assert pocket.store.deliveries()[0].attempts == 1


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_cut_line_keeps_what_was_settled_and_sends_the_rest_again(pocket, place):
    made = [pocket.seal(1, {"location": str(n)}) for n in range(2)]
    answers: list = [WELCOME, segment(made[:1]), End()]
    answers[place] = NotReachable("cut")
    report = sync_once(pocket.store, Scripted(*answers))
    assert report.code == "not_reachable"
    assert pocket.store.strip().waiting == 1  # the one record
    assert len(pocket.store.pending(0)) == (1 if place == 2 else 2)


def test_an_answer_without_its_end_is_not_a_success(pocket):
    pocket.seal(1, {"location": "x"})
    assert sync_once(pocket.store, Scripted(WELCOME)).code == "cut_short"


def test_a_batch_asked_for_again_is_sent_in_full_form(pocket):
    pocket.seal(1, {"location": "x"})
    centre = Scripted(WELCOME, Resend(1, full=True), End())
    sync_once(pocket.store, centre)
    assert centre.full == [False, True]
    assert len(centre.batches[1]) == 1


def test_a_receipt_run_of_another_scope_settles_but_does_not_move_the_cursor(pocket):
    made = [pocket.seal(1, {"location": "x"})]
    claim_elsewhere = segment(made, before="7" * 64, first=9, scope="team:else")
    sync_once(pocket.store, Scripted(WELCOME, claim_elsewhere, End()))
    assert pocket.store.strip().waiting == 0
    assert pocket.store.head() is None


def test_verdicts_reach_the_record(pocket):
    made = [pocket.seal(1, {"location": "x"})]
    verdict = Verdict(1, "held", "newer_form", advice="an update of the centre")
    sync_once(pocket.store, Scripted(WELCOME, verdict, segment(made), End()))
    assert pocket.store.deliveries()[0].words() == "Received 12:00, no. 1 – waiting for an update of the centre"


def test_a_problem_at_the_end_keeps_what_was_received(pocket):
    made = [pocket.seal(1, {"location": "x"})]
    problem = {"code": "sign_in_expired", "status": 401, "title": "t", "advice": "Sign in again."}
    report = sync_once(pocket.store, Scripted(WELCOME, segment(made), End(problem=problem)))
    assert (report.code, report.received) == ("sign_in_expired", 1)
    assert pocket.store.strip().waiting == 0


def test_a_change_sealed_while_sending_is_not_taken_for_sent(pocket):
    made = [pocket.seal(1, {"location": "x"})]

    class Busy(Scripted):
        def sync(self, hello, batches, *, full=False, returned=()):
            list(batches)
            pocket.seal(1, {"cad_ref": "sealed meanwhile"})
            yield WELCOME
            yield segment(made)
            yield End()

    sync_once(pocket.store, Busy())
    assert [change.device_seq for change in pocket.store.pending(0)] == [2]


def test_pulled_runs_land_one_by_one_so_that_a_cut_pull_resumes(pocket):
    theirs = Device(2)
    changes = [theirs.change(5, {"location": str(n)}) for n in range(4)]
    first = segment(changes[:2])
    second = segment(changes[2:], before=first.head.chain, first=3)
    sync_once(pocket.store, Scripted(WELCOME, first, NotReachable("cut")))
    assert pocket.store.head().seq == 2
    sync_once(pocket.store, Scripted(WELCOME, second, End()))
    assert pocket.store.head().seq == 4
    assert pocket.store.incident(uid(5)).records[uid(5)].changes == 4


def test_a_time_that_cannot_be_read_is_said_and_not_raised(pocket):
    pocket.seal(1, {"location": "x"})
    report = sync_once(pocket.store, Scripted(replace(WELCOME, server_time="yesterday"), End()))
    assert report.code == "untrusted"


def test_an_error_while_noting_an_error_is_not_raised_either(pocket, monkeypatch):
    def full(*_):
        raise DiskFull("full")

    pocket.seal(1, {"location": "x"})
    monkeypatch.setattr(pocket.store, "note_failure", full)
    assert sync_once(pocket.store, Scripted(NotReachable("cut"))).code == "not_reachable"


def test_after_a_cut_what_arrived_is_learned_first_and_a_request_carries_less(pocket):
    for number in range(8):
        pocket.seal(1, {"officer_safety_note": str(number) * 30_000})
    centre, window = Scripted(WELCOME, End()), SendWindow(flush_bytes=MIN_FLUSH_BYTES)
    assert sync_once(pocket.store, Scripted(NotReachable("cut")), window=window).code
    assert sync_once(pocket.store, centre, window=window).more
    assert centre.batches == [[]]
    assert sync_once(pocket.store, centre, window=window).more
    assert [len(batch.changes) for batch in centre.batches[1]] == [1] * (STREAMS + 1)


def test_a_cut_makes_streams_shorter_where_nothing_gets_through_until_all_has_gone():
    window = SendWindow()
    for first, then, shorter in (
        (1, 1, 256),
        (1, 5, 256),
        (5, 5, 256),
        (5, 5, 128),
        (5, 5, 64),
        (5, 5, 32),
        (5, 5, 32),
    ):
        window.failed(first, 10, got=False)
        window.completed(then, more=True)
        assert window.flush_bytes == shorter * 1024
    for more, longer in ((True, 64), (True, 128), (True, 256), (True, 256), (False, 512), (True, 512)):
        window.completed(0, more)
        assert window.flush_bytes == longer * 1024


def test_a_pull_that_is_cut_asks_for_less_where_nothing_comes():
    window = SendWindow()
    for got, less in ((False, 256), (True, 256), (False, 128), (False, 64)):
        window.failed(0, 0, got)
        assert window.flush_bytes == less * 1024


def test_no_connection_at_all_teaches_nothing(pocket):
    pocket.seal(1, {"location": "x"})
    window = SendWindow()
    for _ in range(20):
        assert sync_once(pocket.store, Scripted(Unconnected("no signal")), window=window).code == "not_reachable"
    assert window == SendWindow()


def test_gaps_are_filled_from_the_phone(pocket):
    made = [pocket.seal(1, {"location": str(n)}) for n in range(3)]
    sync_once(pocket.store, Scripted(WELCOME, segment(made), End()))
    sync_once(pocket.store, Scripted(WELCOME, End(gaps=((2, 2),))))
    assert pocket.store.pending(0) == [made[1]]


def test_a_new_phone_begins_with_the_newest_and_goes_back_to_the_beginning(pocket):
    theirs = Device(2)
    changes = [theirs.change(5, {"location": str(n)}) for n in range(6)]
    oldest = segment(changes[:2])
    middle = segment(changes[2:4], before=oldest.head.chain, first=3)
    newest = segment(changes[4:], before=middle.head.chain, first=5)
    centre = Scripted(WELCOME, newest, NotReachable("cut"))
    sync_once(pocket.store, centre)
    assert centre.hellos[0].newest
    span = pocket.store.verified_range()
    assert (span.first, span.is_whole, pocket.store.head().seq) == (5, False, 6)

    later = Scripted(WELCOME, middle, oldest, End())
    sync_once(pocket.store, later)
    assert later.hellos[0].verified_from == {"seq": 5, "chain": middle.head.chain}
    assert (pocket.store.verified_range().is_whole, pocket.store.head().seq) == (True, 6)
    assert pocket.store.incident(uid(5)).records[uid(5)].changes == 6
    assert pocket.store.hello().verified_from is None


def test_a_run_that_leads_to_neither_end_of_what_is_here_moves_nothing(pocket):
    theirs = Device(2)
    changes = [theirs.change(5, {"location": str(n)}) for n in range(4)]
    first = segment(changes[:1])
    elsewhere = segment(changes[2:3], before="7" * 64, first=9)
    sync_once(pocket.store, Scripted(WELCOME, first, elsewhere, End()))
    assert pocket.store.head().seq == 1


def test_after_a_restore_the_pull_begins_anew_and_what_was_lost_goes_back(pocket):
    theirs = Device(2)
    mine = pocket.seal(1, {"location": "mine"})
    old = segment([theirs.change(5, {"location": "kept"}), mine, theirs.change(5, {"cad_ref": "lost"})])
    sync_once(pocket.store, Scripted(WELCOME, old, End()))
    assert pocket.store.strip().waiting == 0

    ended = {"code": "epoch_ended", "status": 409, "title": "t", "advice": "a"}
    report = sync_once(pocket.store, Scripted(replace(WELCOME, epoch="e2", kept=1), End(problem=ended)))
    assert (report.code, report.more) == ("", True)
    assert pocket.store.verified_range() is None
    assert pocket.store.strip().waiting == 1  # number 2 was above what was kept

    class Restored(Scripted):
        def sync(self, hello, batches, *, full=False, returned=()):
            self.brought = list(returned)
            return super().sync(hello, batches, full=full)

    centre = Restored(WELCOME, End())
    sync_once(pocket.store, centre)
    assert centre.brought == [old]
    assert [list(batch.changes) for batch in centre.batches[0]] == [[mine]]
    again = Restored(WELCOME, End())
    sync_once(pocket.store, again)
    assert again.brought == []


def test_what_is_brought_back_is_brought_again_until_an_answer_has_come(pocket):
    old = segment([Device(2).change(5, {"location": "x"})])
    sync_once(pocket.store, Scripted(WELCOME, old, End()))
    ended = {"code": "epoch_ended", "status": 409, "title": "t", "advice": "a"}
    sync_once(pocket.store, Scripted(replace(WELCOME, kept=0), End(problem=ended)))
    sync_once(pocket.store, Scripted(WELCOME, NotReachable("cut")))
    assert list(pocket.store.segments_to_return()) == [old]


def test_an_earlier_own_change_is_named_by_its_number(pocket):
    first = pocket.seal(1, {"location": "x"})
    sync_once(pocket.store, Scripted(WELCOME, segment([first]), End()))
    pocket.seal(1, {"location": "y"})
    centre = Scripted(WELCOME, End())
    sync_once(pocket.store, centre)
    assert centre.batches[0][0].earlier == {first.change_id: 1}
    [_hello, _batch, line, _sig] = request_lines(centre.hellos[0], centre.batches[0])
    assert line["parents"] == [-1]
    assert Expander({1: first.change_id}).expand(line, first.device_id, 2, first.change_id).parents == (
        first.change_id,
    )


class Poisoned:
    """A centre that cannot take a request in which one certain change is. The line is fine."""

    def __init__(self, poison: int):
        self.poison, self.log, self.requests = poison, [], 0

    def sync(self, hello, batches, *, full=False, returned=()):
        self.requests += 1
        for batch in batches:
            if self.poison in [change.device_seq for change in batch.changes]:
                raise NotReachable("the connection is reset, always here")
            self.log += [one for one in batch.changes if one not in self.log]
        yield WELCOME
        if own := [change for change in self.log if change.device_seq > hello.acked]:
            yield segment(own)
        yield End()


@pytest.mark.parametrize("poison", [1, 2, 17, 40])
def test_one_change_that_never_goes_through_is_found_and_set_aside_and_the_rest_goes_on(pocket, poison):
    made = [pocket.seal(number, {"location": str(number)}) for number in range(1, 41)]
    centre, window = Poisoned(poison), SendWindow()
    for _ in range(90):
        sync_once(pocket.store, centre, window=window)
    assert pocket.store.pending(0) == []
    stays = [one for one in pocket.store.deliveries() if one.state != "received"]
    assert [(one.record_id, one.state, one.last_error) for one in stays] == [(uid(poison), "refused", "will_not_go")]
    assert {one.change_id for one in made} - {one.change_id for one in centre.log} == {made[poison - 1].change_id}
    pocket.store.release(("will_not_go",))
    assert [one.device_seq for one in pocket.store.pending(0)] == [poison]


def test_a_line_that_is_down_sets_nothing_aside(pocket):
    pocket.seal(1, {"location": "x"})
    window = SendWindow()
    for _ in range(20):
        assert sync_once(pocket.store, Scripted(NotReachable("down")), window=window).code == "not_reachable"
    assert len(pocket.store.pending(0)) == 1


def test_a_line_that_breaks_every_other_time_sets_nothing_aside(pocket):
    """A probe that went through by luck proves little: one change has to fail alone again and again."""
    made = [pocket.seal(number, {"location": "x"}) for number in range(1, 4)]
    window = SendWindow()
    for luck in (0, 0, 1, 0, 1, 0, 1):
        answers = (WELCOME, End()) if luck else (NotReachable("cut"),)
        sync_once(pocket.store, Scripted(*answers), window=window)
    assert pocket.store.pending(0) == made
