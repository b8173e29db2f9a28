"""Section 5, *send while locked*, between the client written from the page and the real centre."""

import secrets
from collections.abc import Iterable, Iterator

import pytest

from tests.independent.canonical import Json
from tests.independent.sealed import day_key_line, sealed_line
from tests.steps.centre.running import new_id

PLACES = ("Mill Road", "Old Bridge", "High Street " * 400)
DAYS = (20_779, 20_780, 20_779)


@pytest.fixture
def locked(client):
    """The client, which from now on sends what waits as a locked phone does."""
    keys, in_clear = {day: secrets.token_bytes(32) for day in DAYS}, client.batch_lines

    def day_of(number: int) -> int:
        return DAYS[number % len(DAYS)]

    def sealed(numbers: Iterable[int], **_: bool) -> Iterator[Json]:
        for line in in_clear(numbers, full=True):
            if line["t"] == "batch":
                yield line
                days = {day_of(number) for number in range(line["first"], line["first"] + line["n"])}
                yield from (day_key_line(client.device_id, day, keys[day], client.seal_key) for day in days)
            elif line["t"] == "full":
                day = day_of(line["body"]["device_seq"])
                yield sealed_line(line["id"], line["body"], day, keys[day])
            else:
                yield line

    client.batch_lines, client.token, client.scope = sealed, None, None
    return client


def test_what_is_sealed_is_opened_stored_and_receipted(running, locked):
    ids = [locked.change(new_id(), {"location": place}) for place in PLACES]
    response = locked.sync()
    assert response["verdict"] == []
    assert locked.waiting() == []
    assert {row.change_id: row.verdict for row in running.rows()} == dict.fromkeys(ids, "accepted")
    running.check_chain()


def test_one_that_does_not_open_is_named_and_the_others_arrive(running, locked):
    ids = [locked.change(new_id(), {"location": place}) for place in PLACES]
    lines = locked.batch_lines
    locked.batch_lines = lambda numbers, **how: (
        {**line, "record_id": new_id()} if line.get("id") == ids[1] else line for line in lines(numbers, **how)
    )
    verdicts = locked.sync()["verdict"]
    assert [(one["device_seq"], one["code"]) for one in verdicts] == [(2, "not_opened")]
    locked.sync()
    assert {row.change_id for row in running.rows()} == {ids[0], ids[2]}


def test_what_was_sent_sealed_needs_not_be_sent_in_clear(running, locked):
    locked.change(new_id(), {"location": "Mill Road"})
    locked.sync()
    again = locked.sync()
    assert len(running.rows()) == 1
    assert again["own"] == []
