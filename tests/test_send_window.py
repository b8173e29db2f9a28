"""How much goes up at once after a cut, and how one change at fault is found: a phone's store, a scripted centre."""

import pytest

from sync.core.errors import Busy, CaptivePortal, NotReachable, Unconnected
from sync.protocol.exchange import sync_once
from sync.protocol.messages import End
from sync.protocol.send_window import MIN_FLUSH_BYTES, REQUEST_BYTES, STREAMS, SendWindow
from tests.steps.builders import segment, uid
from tests.steps.scripted_centre import WELCOME, Scripted


def test_after_a_cut_what_arrived_is_learned_first_and_a_request_carries_less(pocket):
    for number in range(8):
        pocket.seal(1, {"officer_safety_note": str(number) * 30_000})
    centre, window = Scripted(WELCOME, End()), SendWindow(flush_bytes=MIN_FLUSH_BYTES)
    assert sync_once(pocket.store.sync, Scripted(NotReachable("cut")), window=window).code
    assert sync_once(pocket.store.sync, centre, window=window).more
    assert centre.batches == [[]]
    assert sync_once(pocket.store.sync, centre, window=window).more
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
        assert sync_once(pocket.store.sync, Scripted(Unconnected("no signal")), window=window).code == "not_reachable"
    assert window == SendWindow()


@pytest.mark.parametrize("kind", [CaptivePortal, Busy])
def test_whoever_answers_in_between_gets_no_work_a_second_time_and_no_change_is_blamed(pocket, kind):
    sealed = [pocket.seal(number, {"location": "x"}) for number in range(1, 4)]
    window, centre = SendWindow(), Scripted(WELCOME, End())
    for _ in range(12):
        portal = Scripted(kind())
        assert sync_once(pocket.store.sync, portal, window=window).code == kind.code
    assert portal.batches == [[]]
    assert (window.failures, window.is_good) == (0, True)
    assert sync_once(pocket.store.sync, centre, window=window).more
    sync_once(pocket.store.sync, centre, window=window)
    assert [change for batch in centre.batches[1] for change in batch.changes] == sealed


class Poisoned:
    """A centre that cannot take a request in which one certain change is. The line is fine."""

    def __init__(self, poison: int):
        self.poison, self.log, self.requests = poison, [], 0

    def sync(self, hello, batches, *, full=False, returned=()):
        self.requests += 1
        for batch in batches:
            if self.poison in [change.device_seq for change in batch.changes]:
                raise NotReachable("the connection is reset, always here")
            self.log += [change for change in batch.changes if change not in self.log]
        yield WELCOME
        if own := [change for change in self.log if change.device_seq > hello.acked]:
            yield segment(own)
        yield End()


def test_what_is_too_much_at_once_is_halved_without_a_probe_until_one_is_left():
    window, sent = SendWindow(), []
    offered = 900
    while not window.probing:
        sent.append(offered)
        window.failed(1, offered, got=False, is_too_much=True)
        offered = window.max_changes
    assert sent == [900, 450, 225, 112, 56, 28, 14, 7, 3, 1]
    assert window.flush_bytes == MIN_FLUSH_BYTES


def test_a_request_has_its_bound_on_a_good_line_too():
    window = SendWindow()
    assert window.is_good
    assert window.has_room(REQUEST_BYTES - 1)
    assert not window.has_room(REQUEST_BYTES)


@pytest.mark.parametrize("poison", [1, 2, 17, 40])
def test_one_change_that_never_goes_through_is_found_and_set_aside_and_the_rest_goes_on(pocket, poison):
    sealed = [pocket.seal(number, {"location": str(number)}) for number in range(1, 41)]
    centre, window = Poisoned(poison), SendWindow()
    for _ in range(90):
        sync_once(pocket.store.sync, centre, window=window)
    assert pocket.store.sync.pending(0) == []
    stays = [delivery for delivery in pocket.store.deliveries() if delivery.state != "received"]
    assert [(delivery.record_id, delivery.state, delivery.last_error) for delivery in stays] == [
        (uid(poison), "refused", "will_not_go")
    ]
    assert {change.change_id for change in sealed} - {change.change_id for change in centre.log} == {
        sealed[poison - 1].change_id
    }
    pocket.store.outbox.release(("will_not_go",))
    assert [change.device_seq for change in pocket.store.sync.pending(0)] == [poison]


def test_a_line_that_is_down_sets_nothing_aside(pocket):
    pocket.seal(1, {"location": "x"})
    window = SendWindow()
    for _ in range(20):
        assert sync_once(pocket.store.sync, Scripted(NotReachable("down")), window=window).code == "not_reachable"
    assert len(pocket.store.sync.pending(0)) == 1


def test_a_line_that_breaks_every_other_time_sets_nothing_aside(pocket):
    """A probe that went through by luck proves little: one change has to fail alone again and again."""
    sealed = [pocket.seal(number, {"location": "x"}) for number in range(1, 4)]
    window = SendWindow()
    for luck in (0, 0, 1, 0, 1, 0, 1):
        answers = (WELCOME, End()) if luck else (NotReachable("cut"),)
        sync_once(pocket.store.sync, Scripted(*answers), window=window)
    assert pocket.store.sync.pending(0) == sealed
