"""The engine believes only what verifies, settles only what is named, and loses nothing when an answer fails."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from field_app.store.disk import DiskFull
from sync.engine import sync_once, verify
from sync.errors import NotReachable, Untrusted
from sync.signing import Signer
from sync.wire import Again, Answer, End, Hello, Piece, Run, Verdict, Welcome
from tests.builders import CENTRE, NOON, Device, Pocket, run, uid

WELCOME = Welcome("e1", "2026-11-22T12:00:07.000Z", "0.1.0")


@pytest.fixture
def pocket(tmp_path):
    made = Pocket(tmp_path)
    yield made
    made.db.conn.close()


class Scripted:
    """A centre that says what the test tells it to, once it has read everything."""

    def __init__(self, *answers: Answer | Exception):
        self.answers, self.hellos, self.pieces, self.full = answers, [], [], []

    def sync(self, hello: Hello, pieces: Iterable[Piece], *, full: bool = False) -> Iterator[Answer]:
        self.hellos.append(hello)
        self.pieces.append(list(pieces))
        self.full.append(full)
        for answer in self.answers if len(self.hellos) == 1 else (WELCOME, End()):
            if isinstance(answer, Exception):
                raise answer
            yield answer


def flip(log: Run, **change) -> Run:
    """The same run with one thing changed in its first entry."""
    return replace(log, entries=(replace(log.entries[0], **change), *log.entries[1:]))


def test_what_waits_is_sent_and_settled_by_the_receipts(pocket):
    made = [pocket.seal(1, {"location": str(n)}) for n in range(3)]
    centre = Scripted(WELCOME, run(made), End())
    report = sync_once(pocket.store, centre)
    assert (report.sent, report.received, report.code) == (3, 3, "")
    assert report.clock_offset_ms == 7000
    assert [list(piece.changes) for piece in centre.pieces[0]] == [made]
    assert pocket.store.strip().waiting == 0


def test_large_work_goes_in_several_pieces(pocket):
    for number in range(4):
        pocket.seal(1, {"officer_safety_note": str(number) * 30_000})
    centre = Scripted(WELCOME, End())
    sync_once(pocket.store, centre)
    assert [len(piece.changes) for piece in centre.pieces[0]] == [2, 2]


def bad_runs():
    device = Device()
    for number in range(3):
        device.change(1, {"location": str(number)})
    good = run(device.made)
    other = run(device.made, at=NOON - timedelta(days=1))
    yield "time", flip(good, received_ms=good.entries[0].received_ms + 1)
    yield "number", flip(good, seq=7)
    yield "content", flip(good, change=Device(2).change(1, {"location": "0"}))
    yield "left out", replace(good, entries=good.entries[1:])
    yield "order", replace(good, entries=good.entries[::-1])
    yield "before", replace(good, before="1" * 64)
    yield "signature of another run", replace(good, head=replace(good.head, signature=other.head.signature))
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


def test_an_unverified_receipt_marks_nothing(pocket):
    made = [pocket.seal(1, {"location": "x"})]
    good = run(made)
    lie = replace(good, head=replace(good.head, signature=Signer(b"x" * 32).sign("head", good.head.claim())))
    report = sync_once(pocket.store, Scripted(WELCOME, lie, End()))
    assert report.code == "untrusted"
    assert pocket.store.strip().waiting == 1
    assert pocket.store.deliveries()[0].attempts == 1


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_cut_line_keeps_what_was_settled_and_sends_the_rest_again(pocket, place):
    made = [pocket.seal(1, {"location": str(n)}) for n in range(2)]
    answers: list = [WELCOME, run(made[:1]), End()]
    answers[place] = NotReachable("cut")
    report = sync_once(pocket.store, Scripted(*answers))
    assert report.code == "not_reachable"
    assert pocket.store.strip().waiting == 1  # the one record
    assert len(pocket.store.pending(0)) == (1 if place == 2 else 2)


def test_an_answer_without_its_end_is_not_a_success(pocket):
    pocket.seal(1, {"location": "x"})
    assert sync_once(pocket.store, Scripted(WELCOME)).code == "cut_short"


def test_a_piece_asked_for_again_is_sent_in_full_form(pocket):
    pocket.seal(1, {"location": "x"})
    centre = Scripted(WELCOME, Again(1, full=True), End())
    sync_once(pocket.store, centre)
    assert centre.full == [False, True]
    assert len(centre.pieces[1]) == 1


def test_a_receipt_run_of_another_scope_settles_but_does_not_move_the_cursor(pocket):
    made = [pocket.seal(1, {"location": "x"})]
    claim_elsewhere = run(made, before="7" * 64, first=9, scope="team:else")
    sync_once(pocket.store, Scripted(WELCOME, claim_elsewhere, End()))
    assert pocket.store.strip().waiting == 0
    assert pocket.store.head() is None


def test_verdicts_reach_the_record(pocket):
    made = [pocket.seal(1, {"location": "x"})]
    verdict = Verdict(1, "held", "newer_form", advice="an update of the centre")
    sync_once(pocket.store, Scripted(WELCOME, verdict, run(made), End()))
    assert pocket.store.deliveries()[0].words() == "Received 12:00, no. 1 – waiting for an update of the centre"


def test_a_problem_at_the_end_keeps_what_was_received(pocket):
    made = [pocket.seal(1, {"location": "x"})]
    problem = {"code": "sign_in_expired", "status": 401, "title": "t", "advice": "Sign in again."}
    report = sync_once(pocket.store, Scripted(WELCOME, run(made), End(problem=problem)))
    assert (report.code, report.received) == ("sign_in_expired", 1)
    assert pocket.store.strip().waiting == 0


def test_a_change_sealed_while_sending_is_not_taken_for_sent(pocket):
    made = [pocket.seal(1, {"location": "x"})]

    class Busy(Scripted):
        def sync(self, hello, pieces, *, full=False):
            list(pieces)
            pocket.seal(1, {"cad_ref": "sealed meanwhile"})
            yield WELCOME
            yield run(made)
            yield End()

    sync_once(pocket.store, Busy())
    assert [change.device_seq for change in pocket.store.pending(0)] == [2]


def test_pulled_runs_land_one_by_one_so_that_a_cut_pull_resumes(pocket):
    theirs = Device(2)
    changes = [theirs.change(5, {"location": str(n)}) for n in range(4)]
    first = run(changes[:2])
    second = run(changes[2:], before=first.head.chain, first=3)
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
    monkeypatch.setattr(pocket.store, "tried", full)
    assert sync_once(pocket.store, Scripted(NotReachable("cut"))).code == "not_reachable"


def test_after_a_failure_one_small_piece_is_sent_and_the_rest_follows(pocket):
    for number in range(4):
        pocket.seal(1, {"officer_safety_note": str(number) * 30_000})
    centre = Scripted(WELCOME, End())
    assert sync_once(pocket.store, centre, cautious=True).more
    assert [len(piece.changes) for piece in centre.pieces[0]] == [1]


def test_gaps_are_filled_from_the_phone(pocket):
    made = [pocket.seal(1, {"location": str(n)}) for n in range(3)]
    sync_once(pocket.store, Scripted(WELCOME, run(made), End()))
    sync_once(pocket.store, Scripted(WELCOME, End(gaps=((2, 2),))))
    assert pocket.store.pending(0) == [made[1]]
