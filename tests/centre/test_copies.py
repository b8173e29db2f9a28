"""A device whose folder was copied or put back: which changes come whole, both converge, the desk says so."""

import copy
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

import pytest

from sync.api.pull import log_pages
from sync.client.http import Client
from tests.steps.centre.running import Phone, Running, answered


@pytest.fixture
def cloned():
    """The same device once more, as it stands now."""
    with ExitStack() as stack:

        def clone(phone: Phone) -> Phone:
            twin = copy.deepcopy(phone.device)
            client = Client(phone.running.url, phone.client.token, own=twin.own)
            stack.callback(client.close)
            return Phone(phone.running, twin, client)

        yield clone


def in_step(*phones: Phone) -> None:
    for _ in range(3):
        for phone in phones:
            assert phone.sync().code == ""


def told(phone: Phone, **hello: object) -> tuple[list[int], list[int]]:
    """Numbers of own changes that a bare hello is told of: by their numbers, and whole."""
    answer = answered(phone.post(phone.lines(hello=replace(phone.device.hello(), **hello))))
    named = [line["first"] + place for line in answer.get("own", ()) for place in range(line["n"])]
    number, whole = 0, []
    for line in answer.get("c", ()):
        number = line.get("device_seq", number + 1)
        whole.append(number)
    return named, whole


@pytest.mark.parametrize(
    ("hello", "named", "whole"),
    [
        pytest.param({}, [1, 2, 3], [], id="in step"),
        pytest.param({"acked": 0}, [1, 2, 3], [], id="the answer was lost: the centre has the newest by its id"),
        pytest.param({"acked": 0, "device_head": "7" * 64}, [], [1, 2, 3], id="none is known to be the same"),
        pytest.param({"acked": 1, "device_head": "7" * 64}, [1], [2, 3], id="one receipt"),
        pytest.param({"acked": 2, "device_seq": 2, "device_head": "7" * 64}, [1, 2], [3], id="the last one lost"),
        pytest.param({"acked": 3, "spell_out": True}, [], [1, 2, 3], id="asked to spell out"),
    ],
)
def test_an_own_change_is_named_by_its_number_only_where_both_mean_the_same(
    running: Running, phone, hello, named, whole
) -> None:
    for place in ("Mill Road", "Old Bridge", "High Street"):
        phone.record({"location": place})
    phone.sync()
    assert told(phone, head=None, verified_from=None, **hello) == (named, whole)


def test_what_has_just_been_sent_is_named_by_its_number(running: Running, phone) -> None:
    changes = [phone.record({"location": place}) for place in ("Mill Road", "Old Bridge")]
    batch = phone.batch(changes[:1])
    answer = answered(phone.post(phone.lines(batch)))
    assert [(line["first"], line["n"]) for line in answer["own"]] == [(1, 1)]
    assert "c" not in answer


def test_own_changes_that_come_whole_come_in_pages(running: Running, phone, monkeypatch) -> None:
    monkeypatch.setattr(log_pages, "PAGE_BYTES", 4_600)
    for number in range(6):
        phone.record({"officer_safety_note": f"{number}" * 1_500})
    phone.sync()
    hello = replace(phone.device.hello(), acked=0, device_seq=0, device_head="0" * 64, flush_bytes=4_600)
    answer = answered(phone.post(phone.lines(hello=hello)))
    assert len(answer["c"]) == 6
    assert len(answer["head"]) == 3


def test_a_device_put_back_as_it_was_gets_all_again_and_numbers_on(running: Running, phone, cloned) -> None:
    phone.record({"location": "Mill Road"})
    phone.sync()
    old = cloned(phone)
    lost = [phone.record({"location": place}) for place in ("Old Bridge", "High Street")]
    phone.sync()
    mine = old.record({"location": "Station Road"})
    in_step(old)
    assert old.device.records().keys() == {change.record_id for change in (*phone.device.changes, mine)}
    assert old.record({"location": "Castle Hill"}).device_seq == 4
    assert (old.device.changes[-1].device_prev, old.device.changes[-2]) == (lost[1].change_id, lost[1])
    in_step(old)
    assert old.device.waiting == []


def test_two_copies_of_a_device_converge_and_everybody_sees_the_same(running: Running, phone, cloned) -> None:
    colleague = running.device("tom.ellery", "Second phone")
    incident = phone.record({"location": "Mill Road"}).incident_id
    phone.sync()
    twin = cloned(phone)
    sealed = []
    for turn in range(3):
        for one, note in ((phone, "here"), (twin, "there")):
            sealed.append(one.record({"officer_safety_note": f"{note} {turn}"}, incident=incident))
        sealed.append(twin.record({"cad_ref": f"{turn}"}))
        in_step(phone, twin, colleague)
    assert phone.device.records() == twin.device.records() == colleague.device.records()
    rows = running.rows()
    assert {change.change_id for change in sealed} < {row.change_id for row in rows}
    assert not any(row.void for row in rows)
    assert phone.device.waiting == twin.device.waiting == []
    running.check_chain()


def twice(desk: Phone) -> dict[str, int]:
    """As a supervisor is told: how many numbers each device has given to two changes, if it has at all."""
    return {
        line["device_id"]: line["numbers_twice"] for line in desk.client.devices()["devices"] if line["numbers_twice"]
    }


def test_the_desk_is_told_how_many_numbers_a_device_has_given_twice(running: Running, phone, desk, cloned) -> None:
    other = running.device("tom.ellery", "Second phone")
    for one in (phone, other):
        one.record({"location": "Mill Road"})
        one.sync()
    twin = cloned(phone)
    assert twice(desk) == {}
    for number in range(3):
        for one in (phone, twin):
            one.record({"location": f"place {number}"})
    in_step(phone, twin)
    assert twice(desk) == {phone.device.device_id: 3}


def test_what_a_copy_seals_after_its_device_was_shut_out_does_not_count_under_an_old_number_and_is_told(
    running: Running, phone, desk, cloned, people_command: Callable[..., int]
) -> None:
    """The device had named that number before it was shut out, but for another change."""
    phone.record({"location": "Mill Road"})
    phone.sync()
    twin = cloned(phone)
    phone.record({"location": "Old Bridge"})
    phone.sync()
    running.clock.forward(hours=1)
    assert people_command("revoke", phone.device.device_id) == 0
    running.clock.forward(hours=1)
    twin.device.clock = phone.device.clock
    late = twin.record({"location": "High Street"})
    twin.client.token, twin.device.scope = None, None
    twin.sync()
    row = running.row(late)
    assert (row.device_seq, row.code, row.void) == (2, "sealed_after_leaving", True)
    assert twice(desk) == {phone.device.device_id: 1}
