"""When a phone syncs, and what it makes of a response.

Waiting after failures, the send window, the daily comparison, a wipe last.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest

from field_app.phone.background import FIRST_S, IDLE_S, LEFT_ALONE_S, LONGEST_S, TELLINGS, Background
from field_app.phone.store.disk import Draft
from sync.core.errors import Busy, CentreAway, GatewayLimit, NetworkBlocks, NotReachable, Problem
from sync.core.times import instant
from sync.protocol.anti_entropy import bucket_sums
from sync.protocol.batch import Batch
from sync.protocol.messages import Change, End, Hello, LogSegment, ResponsePart, Verdict, Welcome
from tests.steps.builders import CENTRE, NO_CHANGE, NOON, Pocket, segment

WELCOME = Welcome("e1", instant(NOON), "0.1.0")
COMMAND = {"device_id": "", "kind": "wipe", "command_id": "o1"}


class Centre:
    """Takes what it is sent and signs for it, unless the next of `says` is something else."""

    token = own = None

    def __init__(self) -> None:
        self.says: deque[Exception | list[ResponsePart]] = deque()
        self.log: list[Change] = []
        self.chain = NO_CHANGE
        self.hellos: list[Hello] = []
        self.pushed: list[int] = []  # changes of each request
        self.end = End()
        self.welcome = WELCOME
        self.asked: list[tuple[Any, ...]] = []  # comparisons
        self.state_is: Any = None
        self.closed = False
        self.meanwhile: Callable[[int], None] = lambda _batches: None  # done once so many batches have come

    def sync(
        self, hello: Hello, batches: Iterable[Batch], *, full: bool = False, returned: Iterable[LogSegment] = ()
    ) -> Iterator[ResponsePart]:
        self.hellos.append(hello)
        came: list[Change] = []
        self.meanwhile(0)
        for number, batch in enumerate(batches, 1):
            came += [change for change in batch.changes if isinstance(change, Change)]
            self.meanwhile(number)
        self.pushed.append(len(came))
        said = self.says.popleft() if self.says else None
        if isinstance(said, Exception):
            raise said
        if said is not None:
            yield from said
            return
        yield self.welcome
        if came:
            made = segment(came, self.chain, len(self.log) + 1)
            self.log += came
            self.chain = made.head.chain
            yield made
        yield self.end

    def state(self, *asked: Any) -> tuple[set[int], set[str]]:
        self.asked.append(asked)
        if isinstance(self.state_is, Exception):
            raise self.state_is
        return self.state_is or (set(), set())

    def close(self) -> None:
        self.closed = True

    def forget_line(self) -> None:
        """It learns nothing of any line."""


class Rig:
    def __init__(self, folder: Any):
        self.pocket, self.centre, self.jitter = Pocket(folder), Centre(), 1.0
        self.store, self.offline = self.pocket.store, False
        self.wiped: list[int] = []  # how many changes the centre had when it was wiped
        self.after: list[bool] = []
        self.background = self.begun_anew()

    def begun_anew(self) -> Background:
        """As after a restart."""
        return Background(
            self.store,
            self.pocket.disk,
            self.centre,  # pyright: ignore[reportArgumentType]
            lambda: self.offline,
            jitter=lambda: self.jitter,
            after=lambda _token, news: self.after.append(news),
            wipe=lambda: not self.wiped.append(len(self.centre.log)),
        )

    def step(self) -> float:
        return self.background.step()

    def command(self) -> None:
        claim = {**COMMAND, "device_id": self.pocket.device_id}
        self.centre.end = End(commands=({**claim, "signature": CENTRE.sign("command", claim)},))


@pytest.fixture
def rig(tmp_path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.pocket.db.conn.close()


# --- how long it waits ---------------------------------------------------------------------------------------------


def test_after_what_went_well_it_looks_again_in_a_minute(rig: Rig):
    rig.pocket.seal(1, {"location": "x"})
    assert rig.step() == IDLE_S
    assert (rig.store.strip().waiting, rig.after) == (0, [True])


@pytest.mark.parametrize(("jitter", "waits"), [(0.0, [5, 5, 5]), (0.5, [10, 15, 25]), (1.0, [15, 25, 45])])
def test_failures_wait_longer_by_chance_and_never_less_than_five_seconds(rig: Rig, jitter: float, waits: list[float]):
    rig.jitter = jitter
    rig.centre.says.extend(NotReachable("no answer") for _ in waits)
    assert [rig.step() for _ in waits] == waits


def test_the_longest_wait_is_fifteen_minutes_and_a_wake_begins_afresh(rig: Rig):
    rig.centre.says.extend(NotReachable("no answer") for _ in range(13))
    assert max(rig.step() for _ in range(12)) == FIRST_S + LONGEST_S
    rig.background.wake()
    assert rig.step() == FIRST_S + 2 * FIRST_S


def test_a_stop_between_two_rounds_does_not_wait_for_the_pause_to_end(rig: Rig):
    background = rig.background

    class Wake(Event):
        def clear(self):
            background._stopped = True  # as `stop` does, in another thread, at the worst moment
            self.set()
            super().clear()

    background._wake = Wake()
    background.wake()
    background.start()
    background._thread.join(timeout=5)
    assert not background._thread.is_alive()


def test_what_is_stopped_before_it_begins_never_does(rig: Rig):
    rig.background.stop()
    rig.background.start()
    rig.background._thread.join(timeout=5)
    assert not rig.background._thread.is_alive()
    assert (rig.centre.hellos, rig.centre.closed) == ([], True)


@pytest.mark.parametrize(("said", "waits"), [(0, IDLE_S), (20, IDLE_S), (300, 300)])
def test_a_busy_centre_is_left_alone_for_as_long_as_it_says(rig: Rig, said: int, waits: float):
    rig.centre.end = End(backoff_s=said)
    assert rig.step() == waits


def test_a_busy_centre_is_left_alone_after_a_problem_too(rig: Rig):
    rig.jitter = 0.0
    rig.centre.says.append([WELCOME, End(problem={"code": "not_ready", "advice": "Later."}, backoff_s=40)])
    assert rig.step() == 40


@pytest.mark.parametrize(("said", "waits"), [(90, 90), (2, FIRST_S), (10**9, LEFT_ALONE_S), (-7, FIRST_S)])
def test_whoever_asks_to_be_left_alone_is_within_an_hour(rig: Rig, said: int, waits: float):
    rig.jitter = 0.0
    rig.centre.says.append(Busy(backoff_s=said))
    rig.pocket.seal(1, {"location": "x"})
    assert rig.step() == waits
    strip = rig.store.strip()
    assert (strip.problem, strip.offline_since) == ("busy", None)
    assert ("next try is at" in strip.advice) is (said > 0)


def test_a_save_waits_with_the_others_and_a_tap_or_another_network_does_not(rig: Rig):
    rig.centre.says.append(Busy(backoff_s=600))
    pause = rig.step()

    def resting(begin: Callable[[], None]) -> Thread:
        thread = Thread(target=rig.background._rest, args=(pause,), daemon=True)
        begin()
        thread.start()
        thread.join(0.3)
        return thread

    save = resting(rig.background.wake)
    assert save.is_alive()
    rig.background.hurry()
    save.join(5)
    assert not save.is_alive()
    assert not resting(rig.background.hurry).is_alive()
    assert resting(rig.background.wake).is_alive(), "the next save waits again"
    rig.background._stopped = True
    rig.background._wake.set()


def test_what_was_too_much_at_once_is_sent_in_parts_at_once(rig: Rig):
    for number in range(1, 9):
        rig.pocket.seal(number, {"location": str(number)})
    rig.centre.says.append(GatewayLimit())
    assert rig.step() == 0
    assert rig.store.strip().problem == "gateway_limit"
    rig.step()
    assert rig.centre.pushed == [8, 4]


def test_a_line_that_is_cut_is_no_signal_and_a_network_that_blocks_is_not(rig: Rig):
    for error, is_silent in ((NotReachable(), True), (NetworkBlocks(), False), (CentreAway(), False)):
        rig.centre.says.append(error)
        rig.step()
        assert (rig.store.strip().offline_since is not None) is is_silent


def test_more_to_come_is_fetched_at_once(rig: Rig):
    rig.centre.end = End(more=True)
    assert rig.step() == 0
    assert rig.after == [], "the rest comes first"
    rig.centre.end = End()
    assert rig.step() == IDLE_S


def test_working_offline_sends_nothing(rig: Rig):
    rig.offline = True
    rig.pocket.seal(1, {"location": "x"})
    assert rig.step() == LONGEST_S
    assert (rig.centre.hellos, rig.store.problem) == ([], "work_offline")


@pytest.mark.parametrize("at", [0, 1], ids=["before the first batch", "between two batches"])
def test_what_is_sealed_while_working_offline_does_not_go_with_an_exchange_that_has_begun(rig: Rig, at: int):
    """A request with much in it takes minutes on a bad line, and reads the outbox as it goes."""
    rig.pocket.seal(1, {"location": "x"})

    def meanwhile(batches: int) -> None:
        if batches == at:
            rig.offline = True
            rig.pocket.seal(2, {"location": "y"})

    rig.centre.meanwhile = meanwhile
    assert rig.step() == IDLE_S
    assert (rig.centre.pushed, len(rig.centre.hellos)) == ([at], 1)
    assert rig.store.strip().waiting == 2 - at
    rig.offline, rig.centre.meanwhile = False, lambda _batches: None
    rig.step()
    assert rig.store.strip().waiting == 0


@pytest.mark.parametrize("code", ["sign_in_expired", "sign_in_needed", "scope_not_yours"])
def test_an_ended_sign_in_is_no_failure_of_sending(rig: Rig, code: str):
    rig.centre.says.append([WELCOME, End(problem={"code": code, "advice": "Sign in."})])
    assert rig.step() == IDLE_S
    assert (rig.store.problem, rig.after) == (code, [])


# --- the change at fault -------------------------------------------------------------------------------------------


class Poison(Centre):
    """Breaks off whenever this change is in the request."""

    poison = ""

    def sync(self, hello: Hello, batches: Iterable[Batch], **how: Any) -> Iterator[ResponsePart]:
        some = list(batches)
        if any(change.change_id == self.poison for batch in some for change in batch.changes):
            raise NotReachable("no answer")
        yield from super().sync(hello, some, **how)


def test_after_a_cut_nothing_is_sent_to_see_what_arrived_and_whether_it_is_the_line(rig: Rig):
    rig.pocket.seal(1, {"location": "x"})
    rig.centre.says.extend([NotReachable("no answer"), NotReachable("no answer")])
    rig.step()
    rig.step()
    assert rig.step() == 0, "the line is there: at once again"
    assert rig.centre.pushed == [1, 0, 0]
    rig.step()
    assert rig.store.strip().waiting == 0


def test_the_one_change_at_fault_is_set_aside_and_the_rest_goes_on(tmp_path):
    rig = Rig(tmp_path)
    rig.centre = Poison()
    rig.background._client = rig.centre  # pyright: ignore[reportAttributeAccessIssue]
    made = [rig.pocket.seal(n, {"location": str(n)}) for n in range(1, 9)]
    rig.centre.poison = made[4].change_id
    steps = 0
    while rig.store.strip().waiting and steps < 60:
        rig.step()
        steps += 1
    states = {one.record_id: (one.state, one.last_error) for one in rig.store.deliveries()}
    assert states.pop(made[4].record_id) == ("refused", "will_not_go")
    assert {state for state, _ in states.values()} == {"received"}
    rig.pocket.db.conn.close()


# --- the daily comparison ------------------------------------------------------------------------------------------


def pulled(rig: Rig) -> None:
    """The team's log is here."""
    rig.pocket.seal(1, {"location": "x"})
    rig.step()
    assert rig.store.sync.verified_range()
    assert rig.store.sync.logged()


def test_the_log_is_compared_once_a_day_and_on_a_tap(rig: Rig):
    pulled(rig)
    once = len(rig.centre.asked)
    assert once == 1
    _scope, first, last, said = rig.centre.asked[0]
    assert (first, last, said) == (1, 1, bucket_sums(rig.store.sync.logged()))
    rig.step()
    assert len(rig.centre.asked) == 1
    rig.pocket.clock.forward(hours=25)
    rig.step()
    assert len(rig.centre.asked) == 2
    rig.background.check_soon()
    rig.step()
    assert len(rig.centre.asked) == 3


def test_a_comparison_that_found_no_centre_is_made_at_the_next_sync(rig: Rig):
    rig.centre.state_is = Problem(503, "not_ready", "Not ready", "Later.")
    pulled(rig)
    rig.centre.state_is = None
    rig.step()
    rig.step()
    assert len(rig.centre.asked) == 2


def test_what_is_missing_here_is_asked_for_and_what_is_missing_there_is_sent_again(rig: Rig):
    lost = "ab" * 32
    pulled(rig)
    mine = rig.centre.log[0].change_id
    rig.centre.state_is = ({0xAB, int(mine[:2], 16)}, {lost})
    rig.background.check_soon()
    rig.step()
    assert rig.store.changes.wanted == {lost}
    assert rig.store.strip().waiting == 1


# --- what the centre says beside -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("least", "is_old"), [("0.0.9", False), ("0.1.0", False), ("0.10.0", True), ("", False)])
def test_a_newer_app_that_the_centre_asks_for_is_said_and_stops_nothing(rig: Rig, least: str, is_old: bool):
    rig.centre.welcome = replace(WELCOME, min_app_version=least)
    rig.pocket.seal(1, {"location": "x"})
    rig.step()
    assert ("app-old" in rig.store.strip().notices(NOON)) is is_old
    assert rig.store.strip().waiting == 0
    rig.pocket.restart()
    assert rig.pocket.store.strip().is_old is is_old, "it is known after a restart"


def test_a_wipe_waits_until_everything_was_received(rig: Rig):
    rig.command()
    rig.pocket.seal(1, {"location": "x"})
    rig.centre.says.append([WELCOME, rig.centre.end])
    rig.step()
    assert rig.wiped == [], "nothing was received yet"
    rig.step()
    assert rig.wiped == [1]
    assert rig.centre.hellos[-1].commands_done == ("o1",), "and the centre was told"
    assert rig.centre.closed


def test_a_wipe_is_told_before_it_is_done(rig: Rig):
    rig.command()
    cut = NotReachable("cut")
    rig.centre.says.extend([[WELCOME, rig.centre.end], cut])
    rig.step()
    assert rig.wiped == [], "the desk would never hear of it"
    rig.step()
    assert (rig.wiped, rig.centre.hellos[-1].commands_done) == ([0], ("o1",))


def test_a_wipe_that_cannot_be_told_is_done_all_the_same(rig: Rig):
    rig.command()
    rig.centre.says.append([WELCOME, rig.centre.end])
    rig.centre.says.extend(NotReachable("cut") for _ in range(20))
    steps = 0
    while not rig.wiped:
        rig.step()
        steps += 1
    assert steps == TELLINGS


def test_a_wipe_that_was_begun_before_a_restart_is_told_again_and_done_without_a_line_too(rig: Rig):
    rig.command()
    rig.centre.says.append([WELCOME, rig.centre.end])
    rig.centre.says.extend(NotReachable("cut") for _ in range(20))
    rig.step()
    assert rig.store.commands.done() == ("o1",)
    begun_anew = rig.begun_anew()
    for _ in range(TELLINGS):
        assert rig.wiped == []
        begun_anew.step()
    assert (rig.wiped, rig.centre.hellos[-1].commands_done) == ([0], ("o1",))


def test_an_unfinished_draft_is_sent_before_a_wipe(rig: Rig):
    made = rig.pocket.seal(1, {"location": "x"})
    rig.store.keep(Draft(made.record_id, made.incident_id, "incident", (made.change_id,), {}, {"location": "half"}))
    rig.command()
    rig.step()
    assert rig.wiped == []
    rig.step()
    assert rig.wiped == [2]
    assert rig.centre.log[1].patch == {"location": "half"}


def test_an_order_that_the_centre_did_not_sign_is_nothing(rig: Rig):
    rig.command()
    forged = {**rig.centre.end.commands[0], "signature": CENTRE.sign("command", {**COMMAND, "device_id": "another"})}
    rig.centre.end = End(commands=(forged,))
    rig.step()
    rig.step()
    assert rig.wiped == []


def test_a_sign_in_that_has_ended_does_not_stop_a_wipe(rig: Rig):
    rig.command()
    rig.centre.end = replace(rig.centre.end, problem={"code": "sign_in_expired", "advice": "Sign in."})
    rig.step()
    assert rig.wiped == [0]


def test_what_was_set_aside_is_tried_once_more_before_a_wipe(rig: Rig):
    rig.pocket.seal(1, {"location": "x"})
    rig.store.sync.keep_verdict(Verdict(1, "refused", "will_not_go"))
    rig.command()
    rig.background.step()
    assert rig.wiped == []
    rig.background.step()
    assert rig.wiped == [1]
