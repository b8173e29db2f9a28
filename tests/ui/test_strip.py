"""The strip says where the work is, and never more than the strip's data prove."""

from datetime import UTC, datetime

import pytest

from field_app.ui.kit.strip import say
from sync.domain.records.delivery import Strip

AT = datetime(2026, 11, 22, 22, 3, tzinfo=UTC)
SINCE = datetime(2026, 11, 22, 21, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("strip", "of", "words"),
    [
        (Strip(), 0, "Nothing to send yet"),
        (Strip(last_received=AT), 0, "All received 22:03"),
        (Strip(last_received=AT, drafts=1), 0, "All received 22:03 · 1 unfinished"),
        (Strip(waiting=3, offline_since=SINCE), 0, "3 only on this phone · no signal since 21:14"),
        (Strip(waiting=1, last_received=AT), 0, "1 only on this phone"),
        (Strip(waiting=5, sending=True), 5, "Sending 1 of 5"),
        (Strip(waiting=4, sending=True), 5, "Sending 2 of 5"),
        (Strip(waiting=6, sending=True), 5, "Sending 1 of 6"),
        (Strip(waiting=0, sending=True, last_received=AT), 0, "All received 22:03"),
        (Strip(attention=1), 0, "1 needs attention"),
        (Strip(attention=2, waiting=3, sending=True), 3, "2 need attention · Sending 3"),
        (
            Strip(attention=1, waiting=1, problem="work_offline"),
            0,
            "1 needs attention · 1 only on this phone · working offline",
        ),
        (
            Strip(waiting=3, problem="work_offline", offline_since=SINCE),
            0,
            "3 only on this phone · working offline since 21:14",
        ),
        (Strip(problem="work_offline", offline_since=SINCE, last_received=AT), 0, "Working offline since 21:14"),
    ],
)
def test_the_words(strip, of, words):
    assert say(strip, of) == words


@pytest.mark.parametrize("waiting", [1, 7])
@pytest.mark.parametrize("sending", [False, True])
def test_it_never_says_received_while_something_waits(waiting, sending):
    assert "received" not in say(Strip(waiting=waiting, sending=sending, last_received=AT), waiting).lower()


@pytest.mark.parametrize(
    ("offset_ms", "words"),
    [
        (120_000, ""),
        (-120_000, ""),
        (120_001, "This phone’s clock is 2 min slow."),
        (-14 * 60_000, "This phone’s clock is 14 min fast."),
    ],
)
def test_a_clock_that_is_wrong_by_more_than_two_minutes_is_said(offset_ms: int, words: str):
    said = Strip(clock_offset_ms=offset_ms).clock_words()
    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_a_phone_whose_key_was_never_read_back_says_how_that_is_done():
    notices = Strip(is_key_pending=True).notices(AT)
    assert list(notices) == ["key-pending"]
    assert "Close Alongside once and open it again" in notices["key-pending"]
    assert "record meanwhile" in notices["key-pending"]
