"""An exchange believes only what verifies, settles only what is named, and loses nothing when a response fails."""

from dataclasses import replace

import pytest

from field_app.phone.store.disk import DiskFull
from sync.core.errors import GatewayLimit, NotReachable, Problem, Rewritten
from sync.core.signing import Signer, verified
from sync.protocol.codec import hello_claim, hello_line, request_lines
from sync.protocol.compact import Expander
from sync.protocol.exchange import sync_once
from sync.protocol.messages import NO_CHANGE, End, OwnChange, Resend, Verdict
from sync.protocol.send_window import SendWindow
from tests.steps.builders import Device, segment, uid
from tests.steps.scripted_centre import WELCOME, Scripted


def test_what_waits_is_sent_and_settled_by_the_receipts(pocket):
    sealed = [pocket.seal(1, {"location": str(n)}) for n in range(3)]
    centre = Scripted(WELCOME, segment(sealed), End())
    report = sync_once(pocket.store.sync, centre)
    assert (report.sent, report.received, report.code) == (3, 3, "")
    assert report.clock_offset_ms == 7000
    assert [list(batch.changes) for batch in centre.batches[0]] == [sealed]
    assert pocket.store.strip().waiting == 0


def test_large_work_goes_in_several_batches(pocket):
    for number in range(4):
        pocket.seal(1, {"officer_safety_note": str(number) * 30_000})
    centre = Scripted(WELCOME, End())
    sync_once(pocket.store.sync, centre)
    assert [len(batch.changes) for batch in centre.batches[0]] == [2, 2]


def test_an_unverified_receipt_marks_nothing(pocket):
    sealed = [pocket.seal(1, {"location": "x"})]
    good = segment(sealed)
    lie = replace(good, head=replace(good.head, signature=Signer(b"x" * 32).sign("head", good.head.claim())))
    report = sync_once(pocket.store.sync, Scripted(WELCOME, lie, End()))
    assert report.code == "untrusted"
    assert pocket.store.strip().waiting == 1
    assert pocket.store.deliveries()[0].attempts == 1


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_cut_line_keeps_what_was_settled_and_sends_the_rest_again(pocket, place):
    sealed = [pocket.seal(1, {"location": str(n)}) for n in range(2)]
    answers: list = [WELCOME, segment(sealed[:1]), End()]
    answers[place] = NotReachable("cut")
    report = sync_once(pocket.store.sync, Scripted(*answers))
    assert report.code == "not_reachable"
    assert pocket.store.strip().waiting == 1  # the one record
    assert len(pocket.store.sync.pending(0)) == (1 if place == 2 else 2)


def stale(count: int | None) -> Problem:
    return Problem(409, "hello_stale", "A later hello has come already", "Nothing to do.", count)


def test_every_hello_is_signed_by_the_device_and_counts_on(pocket):
    centre = Scripted(WELCOME, End())
    for _ in range(3):
        sync_once(pocket.store.sync, centre)
    assert [hello.count for hello in centre.hellos] == [1, 2, 3]
    for hello in centre.hellos:
        line = hello_line(hello)
        assert verified(pocket.vault.device.public, "hello", hello_claim(line), hello.signature)
        assert hello_claim(line).keys() == line.keys() - {"t", "signature"}


def test_a_device_that_is_behind_goes_on_above_it_in_the_same_exchange(pocket):
    sealed = [pocket.seal(1, {"location": "x"})]
    centre = Scripted(stale(41))
    report = sync_once(pocket.store.sync, centre)
    assert (report.code, report.sent) == ("", 1)
    assert [hello.count for hello in centre.hellos] == [1, 42]
    assert [list(batches[0].changes) for batches in centre.batches] == [sealed, sealed]


class Refusing(Scripted):
    """Answers every request with the same problem."""

    def __init__(self, problem: Problem):
        super().__init__()
        self.problem = problem

    def sync(self, hello, batches, *, full=False, returned=()):
        self.hellos.append(hello)
        list(batches)
        yield from ()
        raise self.problem


@pytest.mark.parametrize("count", [None, 0, -1, 2**53 - 1, 2**60])
def test_a_count_that_no_device_can_have_said_is_not_followed(pocket, count):
    centre = Refusing(stale(count))
    assert sync_once(pocket.store.sync, centre).code == "hello_stale"
    assert len(centre.hellos) == 1
    sync_once(pocket.store.sync, Scripted(WELCOME, End()))
    assert pocket.store.sync.sign_hello(pocket.store.sync.hello()).count == 3


def test_who_says_again_and_again_that_it_is_behind_is_asked_twice(pocket):
    centre = Refusing(stale(41))
    assert sync_once(pocket.store.sync, centre).code == "hello_stale"
    assert len(centre.hellos) == 2


@pytest.mark.parametrize("code", ["unknown_device", "hello_wrong"])
def test_a_device_that_is_not_let_in_learns_nothing_of_the_line(pocket, code):
    pocket.seal(1, {"location": "x"})
    window = SendWindow()
    for _ in range(6):
        report = sync_once(pocket.store.sync, Refusing(Problem(403, code, "t", "Sign in.")), window=window)
        assert (report.code, report.advice) == (code, "Sign in.")
    assert window == SendWindow()
    assert [change.device_seq for change in pocket.store.sync.pending(0)] == [1]


def test_after_a_receipt_for_a_number_that_names_another_change_own_changes_are_asked_for_whole(pocket):
    """A copy of this device has given the number too: by it no chain leads to the head."""
    window, mine = SendWindow(), pocket.seal(1, {"location": "here"})
    theirs = Device(author=pocket.username)
    theirs.device_id = pocket.device_id
    log = segment([theirs.change(1, {"location": "there"})])
    named = replace(log, entries=(replace(log.entries[0], change=OwnChange.of(mine)),))
    for answer, code, asked in (
        (named, "untrusted", False),
        (NotReachable("cut"), "not_reachable", True),
        (log, "", True),
        (segment([mine], before=log.head.chain, first=2), "", False),
    ):
        centre = Scripted(WELCOME, answer, End())
        assert sync_once(pocket.store.sync, centre, window=window).code == code
        assert centre.hellos[0].spell_out is asked
    assert len(pocket.store.history(uid(1))) == 2
    assert pocket.store.strip().waiting == 0


def test_a_line_that_is_cut_is_no_reason_to_ask_for_own_changes_whole(pocket):
    window = SendWindow()
    pocket.seal(1, {"location": "x"})
    for _ in range(2):
        centre = Scripted(WELCOME)
        assert sync_once(pocket.store.sync, centre, window=window).code == "cut_short"
        assert not centre.hellos[0].spell_out


def test_a_response_without_its_end_is_not_a_success(pocket):
    pocket.seal(1, {"location": "x"})
    assert sync_once(pocket.store.sync, Scripted(WELCOME)).code == "cut_short"


def test_a_batch_asked_for_again_is_sent_in_full_form(pocket):
    pocket.seal(1, {"location": "x"})
    centre = Scripted(WELCOME, Resend(1, full=True), End())
    sync_once(pocket.store.sync, centre)
    assert centre.full == [False, True]
    assert len(centre.batches[1]) == 1


def test_a_segment_of_receipts_of_another_scope_settles_but_does_not_move_the_cursor(pocket):
    sealed = [pocket.seal(1, {"location": "x"})]
    claim_elsewhere = segment(sealed, before="7" * 64, first=9, scope="team:else")
    sync_once(pocket.store.sync, Scripted(WELCOME, claim_elsewhere, End()))
    assert pocket.store.strip().waiting == 0
    assert pocket.store.sync.verified_range() is None


def test_verdicts_reach_the_record(pocket):
    sealed = [pocket.seal(1, {"location": "x"})]
    verdict = Verdict(1, "held", "newer_form", advice="an update of the centre")
    sync_once(pocket.store.sync, Scripted(WELCOME, verdict, segment(sealed), End()))
    assert pocket.store.deliveries()[0].words() == "Received 12:00, no. 1 – waiting for an update of the centre"


def test_a_problem_at_the_end_keeps_what_was_received(pocket):
    sealed = [pocket.seal(1, {"location": "x"})]
    problem = {"code": "sign_in_expired", "status": 401, "title": "t", "advice": "Sign in again."}
    report = sync_once(pocket.store.sync, Scripted(WELCOME, segment(sealed), End(problem=problem)))
    assert (report.code, report.received) == ("sign_in_expired", 1)
    assert pocket.store.strip().waiting == 0


def test_a_change_sealed_while_sending_is_not_taken_for_sent(pocket):
    sealed = [pocket.seal(1, {"location": "x"})]

    class Busy(Scripted):
        def sync(self, hello, batches, *, full=False, returned=()):
            list(batches)
            pocket.seal(1, {"cad_ref": "sealed meanwhile"})
            yield WELCOME
            yield segment(sealed)
            yield End()

    sync_once(pocket.store.sync, Busy())
    assert [change.device_seq for change in pocket.store.sync.pending(0)] == [2]


def test_pulled_segments_land_one_by_one_so_that_a_cut_pull_resumes(pocket):
    theirs = Device(2)
    changes = [theirs.change(5, {"location": str(n)}) for n in range(4)]
    first = segment(changes[:2])
    second = segment(changes[2:], before=first.head.chain, first=3)
    sync_once(pocket.store.sync, Scripted(WELCOME, first, NotReachable("cut")))
    assert pocket.store.sync.verified_range().head.seq == 2
    sync_once(pocket.store.sync, Scripted(WELCOME, second, End()))
    assert pocket.store.sync.verified_range().head.seq == 4
    assert pocket.store.incident(uid(5)).records[uid(5)].changes == 4


def test_a_time_that_cannot_be_read_is_said_and_not_raised(pocket):
    pocket.seal(1, {"location": "x"})
    report = sync_once(pocket.store.sync, Scripted(replace(WELCOME, server_time="yesterday"), End()))
    assert report.code == "untrusted"


def test_an_error_while_noting_an_error_is_not_raised_either(pocket, monkeypatch):
    def full(*_):
        raise DiskFull("full")

    pocket.seal(1, {"location": "x"})
    monkeypatch.setattr(pocket.store.outbox, "note_failure", full)
    assert sync_once(pocket.store.sync, Scripted(NotReachable("cut"))).code == "not_reachable"


def test_gaps_are_filled_from_the_phone(pocket):
    sealed = [pocket.seal(1, {"location": str(n)}) for n in range(3)]
    sync_once(pocket.store.sync, Scripted(WELCOME, segment(sealed), End()))
    sync_once(pocket.store.sync, Scripted(WELCOME, End(gaps=((2, 2),))))
    assert pocket.store.sync.pending(0) == [sealed[1]]


def test_a_new_phone_begins_with_the_newest_and_goes_back_to_the_beginning(pocket):
    theirs = Device(2)
    changes = [theirs.change(5, {"location": str(n)}) for n in range(6)]
    oldest = segment(changes[:2])
    middle = segment(changes[2:4], before=oldest.head.chain, first=3)
    newest = segment(changes[4:], before=middle.head.chain, first=5)
    centre = Scripted(WELCOME, newest, NotReachable("cut"))
    sync_once(pocket.store.sync, centre)
    assert centre.hellos[0].newest
    verified = pocket.store.sync.verified_range()
    assert (verified.first, verified.is_whole, pocket.store.sync.verified_range().head.seq) == (5, False, 6)

    later = Scripted(WELCOME, middle, oldest, End())
    sync_once(pocket.store.sync, later)
    assert later.hellos[0].verified_from == {"seq": 5, "chain": middle.head.chain}
    assert (pocket.store.sync.verified_range().is_whole, pocket.store.sync.verified_range().head.seq) == (True, 6)
    assert pocket.store.incident(uid(5)).records[uid(5)].changes == 6
    assert pocket.store.sync.hello().verified_from is None


def test_a_segment_that_leads_to_neither_end_of_what_is_here_moves_nothing(pocket):
    theirs = Device(2)
    changes = [theirs.change(5, {"location": str(n)}) for n in range(4)]
    first = segment(changes[:1])
    elsewhere = segment(changes[2:3], before="7" * 64, first=9)
    sync_once(pocket.store.sync, Scripted(WELCOME, first, elsewhere, End()))
    assert pocket.store.sync.verified_range().head.seq == 1


def test_after_a_restore_the_pull_begins_anew_and_what_was_lost_goes_back(pocket):
    theirs = Device(2)
    mine = pocket.seal(1, {"location": "mine"})
    old = segment([theirs.change(5, {"location": "kept"}), mine, theirs.change(5, {"cad_ref": "lost"})])
    sync_once(pocket.store.sync, Scripted(WELCOME, old, End()))
    assert pocket.store.strip().waiting == 0

    ended = {"code": "epoch_ended", "status": 409, "title": "t", "advice": "a"}
    report = sync_once(pocket.store.sync, Scripted(replace(WELCOME, epoch="e2", kept=1), End(problem=ended)))
    assert (report.code, report.more) == ("", True)
    assert pocket.store.sync.verified_range() is None
    assert pocket.store.strip().waiting == 1  # number 2 was above what was kept

    centre = Scripted(WELCOME, End())
    sync_once(pocket.store.sync, centre)
    assert centre.returned == [[old]]
    assert [list(batch.changes) for batch in centre.batches[0]] == [[mine]]
    again = Scripted(WELCOME, End())
    sync_once(pocket.store.sync, again)
    assert again.returned == [[]]


def test_what_is_brought_back_is_brought_again_until_a_response_has_come(pocket):
    old = segment([Device(2).change(5, {"location": "x"})])
    sync_once(pocket.store.sync, Scripted(WELCOME, old, End()))
    ended = {"code": "epoch_ended", "status": 409, "title": "t", "advice": "a"}
    sync_once(pocket.store.sync, Scripted(replace(WELCOME, kept=0), End(problem=ended)))
    sync_once(pocket.store.sync, Scripted(WELCOME, NotReachable("cut")))
    assert list(pocket.store.sync.segments_to_return()) == [old]


def test_what_is_brought_back_in_too_large_a_request_is_brought_back_in_smaller_ones(pocket):
    theirs, old, chain = Device(2), [], NO_CHANGE
    for number in range(1, 12):
        old.append(segment([theirs.change(number, {"officer_safety_note": "x" * 60_000})], chain, number))
        chain = old[-1].head.chain
    store, window = pocket.store.sync, SendWindow()
    sync_once(store, Scripted(WELCOME, *old, End()))
    ended = {"code": "epoch_ended", "status": 409, "title": "t", "advice": "a"}
    sync_once(store, Scripted(replace(WELCOME, kept=0), End(problem=ended)))

    report = sync_once(store, Scripted(GatewayLimit()), window=window)
    assert (report.code, report.returned, report.again) == ("gateway_limit", 11, True)
    back = []
    for _ in range(4):
        centre = Scripted(WELCOME, End())
        report = sync_once(store, centre, window=window)
        back.append({each.head.seq for each in centre.returned[0]})
    assert set().union(*back) == set(range(1, 12))
    assert max(map(len, back)) < 11
    assert list(store.segments_to_return()) == []


def test_what_is_brought_back_and_never_fits_stops_no_pull_and_makes_no_haste(pocket):
    old = segment([Device(2).change(5, {"location": "x"})])
    new = segment([Device(3).change(6, {"location": "y"})], epoch="e2")
    store, window = pocket.store.sync, SendWindow()
    sync_once(store, Scripted(WELCOME, old, End()))
    ended = {"code": "epoch_ended", "status": 409, "title": "t", "advice": "a"}
    sync_once(store, Scripted(replace(WELCOME, kept=0), End(problem=ended)))
    haste = [sync_once(store, Scripted(GatewayLimit()), window=window).again for _ in range(12)]
    assert haste.count(True) < 5
    assert window.probing
    report = sync_once(store, Scripted(replace(WELCOME, epoch="e2", kept=0), new, End()), window=window)
    assert (report.code, report.pulled) == ("", 1)
    assert list(store.segments_to_return()) == [old]


def test_an_exchange_is_made_again_where_the_client_has_found_another_form_for_it(pocket):
    sealed = [pocket.seal(1, {"location": "x"})]

    class Spoiling(Scripted):
        spoilt = 2

        def sync(self, hello, batches, **how):
            if self.spoilt:
                self.spoilt -= 1
                list(batches)
                raise Rewritten
            return super().sync(hello, batches, **how)

    centre = Spoiling(WELCOME, segment(sealed), End())
    assert sync_once(pocket.store.sync, centre).code == ""
    assert pocket.store.strip().waiting == 0
    centre = Spoiling(WELCOME, End())
    centre.spoilt = 9
    assert sync_once(pocket.store.sync, centre).code == "rewritten"
    assert centre.spoilt == 6


def test_an_earlier_own_change_is_named_by_its_number(pocket):
    first = pocket.seal(1, {"location": "x"})
    sync_once(pocket.store.sync, Scripted(WELCOME, segment([first]), End()))
    pocket.seal(1, {"location": "y"})
    centre = Scripted(WELCOME, End())
    sync_once(pocket.store.sync, centre)
    assert centre.batches[0][0].earlier == {first.change_id: 1}
    [_hello, _batch, line, _sig] = request_lines(centre.hellos[0], centre.batches[0])
    assert line["parents"] == [-1]
    assert Expander({1: first.change_id}).expand(line, first.device_id, 2, first.change_id).parents == (
        first.change_id,
    )
