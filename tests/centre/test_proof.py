"""A device proves itself before anything else of its request is looked at, and what it said once is said once."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from sync.api.accounts import device_commands
from sync.api.ingest.request_reader import Ingest
from sync.api.ops.restore import new_epoch
from sync.api.pull.response import parts, prepare
from sync.api.storage.schema import device
from sync.core.canonical import canonical
from sync.protocol.messages import End
from tests.steps.centre.running import Phone, Running, answered, new_id, problem

NO_JSON = b"\xff not a line of the protocol\n"


def body(lines: list[dict]) -> bytes:
    return b"".join(canonical(line) + b"\n" for line in lines)


def noted(running: Running, phone: Phone):
    """What the centre has put down of the device."""
    with running.db.read() as conn:
        return conn.execute(select(device).where(device.c.device_id == phone.device.device_id)).one()


def changed(line: dict) -> list[dict]:
    """The line of a hello with each of its fields changed in turn, all of them sound."""
    other = {
        "app_version": "9.9.9", "device_seq": 999, "device_head": "7" * 64, "acked": 7, "scope": "team:elsewhere",
        "head": {"epoch": "e", "scope": "team:elsewhere", "seq": 1, "chain": "7" * 64},
        "clock": {"wall": "2026-11-22T12:00:00.000Z"}, "verified_from": {"seq": 1, "chain": "7" * 64},
        "flush_bytes": 32768, "newest": True, "want": ["7" * 64], "commands_done": ["0011223344556677"],
        "count": line["count"] + 1, "later": "said by nobody",
    }  # fmt: skip
    return [{**line, name: value} for name, value in other.items()]


def test_nobody_can_say_anything_else_in_the_name_of_a_device(running: Running, phone) -> None:
    phone.record({"location": "Old Bridge"})
    hello, *batch = phone.lines(phone.batch(phone.device.changes))
    before = noted(running, phone)
    for line in changed(hello):
        problem(phone.post([line, *batch]), 403, "hello_wrong")
    for line in ({**hello, "signature": ""}, {name: value for name, value in hello.items() if name != "signature"}):
        problem(phone.post([line, *batch]), 403, "hello_wrong")
    other = running.device("tom.ellery")
    problem(phone.post([other.signed(hello), *batch]), 403, "hello_wrong")
    assert noted(running, phone) == before
    assert running.rows() == []
    assert answered(phone.post([hello, *batch]))["own"]


@pytest.mark.parametrize("count", [0, -1, "1", 1.5, True, None])
def test_a_count_that_is_none_is_no_hello(phone, count) -> None:
    [hello] = phone.lines()
    response = phone.post(b'{"count":1.5}' if count == 1.5 else [phone.signed({**hello, "count": count})])
    problem(response, 400, "not_json" if count == 1.5 else "bad_hello")


@pytest.mark.parametrize(
    ("who", "status", "code"), [("unknown", 403, "unknown_device"), ("forger", 403, "hello_wrong")]
)
def test_what_follows_is_not_looked_at_before(running: Running, phone, who, status, code) -> None:
    if who == "unknown":
        phone.device.device_id = new_id()
    else:
        phone.device.key = running.device("tom.ellery").device.key
    change = phone.record({"location": "Old Bridge"})
    problem(phone.post(body(phone.lines()) + NO_JSON), status, code)
    report = phone.sync()
    assert (report.code, report.verdicts) == (code, [])
    assert report.advice
    assert phone.device.waiting == [change]
    assert running.rows() == []


def test_what_an_unknown_device_has_sealed_waits_and_goes_after_a_sign_in(running: Running, phone) -> None:
    phone.device.device_id = new_id()
    change = phone.record({"location": "Old Bridge"})
    assert phone.sync().code == "unknown_device"
    phone.sign_in("amina.yusuf")
    assert phone.sync().code == ""
    assert change.change_id in phone.device.receipts


def test_a_repeat_tells_a_stranger_nothing_and_changes_nothing(running: Running, phone, desk) -> None:
    phone.record({"location": "Old Bridge"})
    request = body(phone.lines(phone.batch(phone.device.changes)))
    answered(phone.post(request))
    desk.client.command(phone.device.device_id)
    before = noted(running, phone)
    running.clock.forward(minutes=5)
    for token in (None, phone.client.token):
        told = problem(phone.post(request + NO_JSON, token=token), 409, "hello_stale")
        assert set(told) == {"type", "title", "status", "code", "advice", "count"}
        assert told["count"] == phone.device.hellos
    assert noted(running, phone) == before


def test_a_wipe_is_confirmed_by_the_device_alone(running: Running, phone, desk) -> None:
    phone.record({"location": "Old Bridge"})
    hello, *batch = phone.lines(phone.batch(phone.device.changes))
    answered(phone.post([hello, *batch]))
    command_id = desk.client.command(phone.device.device_id)

    def wiped_at():
        lines = {line["device_id"]: line for line in desk.client.devices()["devices"]}
        return lines[phone.device.device_id]["wiped_at"]

    for lie in ({"commands_done": [command_id]}, {"commands_done": [command_id], "count": hello["count"] + 1}):
        problem(phone.post([{**hello, "scope": None, "head": None, **lie}, *batch], token=None), 403, "hello_wrong")
    assert wiped_at() is None
    done = replace(phone.device.hello(), commands_done=(command_id,))
    answered(phone.post(phone.lines(hello=done), token=None))
    assert wiped_at() is not None


def test_of_two_with_one_count_that_are_read_at_once_only_one_is_believed(running: Running, phone, desk) -> None:
    command_id = desk.client.command(phone.device.device_id)
    hello = replace(phone.device.hello(), commands_done=(command_id,), device_seq=3, device_head="7" * 64)
    request, centre = body(phone.lines(hello=hello)), running.centre
    ingests = [Ingest(centre.db, centre.org, centre.now_ms, centre.packs, False) for _ in range(2)]
    for ingest in ingests:
        ingest.feed(request)
        ingest.close()
    with running.db.write() as conn:
        assert len(device_commands.due(conn, centre.org, phone.device.device_id)) == 1
    ends = []
    for ingest in ingests:
        response = prepare(centre.db, centre.org, centre.signer, ingest, None, centre.now_ms())
        ends += [part for part in parts(response) if isinstance(part, End)]
    assert [end.gaps for end in ends] == [((1, 3),), ()]
    assert [end.commands for end in ends] == [(), ()]
    assert desk.client.devices()["devices"]
    assert noted(running, phone).hello_count == phone.device.hellos


@pytest.mark.parametrize("behind", [0, 3])
def test_a_device_whose_count_is_behind_goes_on_above_it_in_the_same_exchange(running: Running, phone, behind) -> None:
    """An older state of it was put back, or there are two of it."""
    for _ in range(5):
        phone.sync()
    phone.device.hellos = behind
    changes = [phone.record({"location": "Old Bridge"}) for _ in range(3)]
    report = phone.sync()
    assert (report.code, report.sent, report.received) == ("", 3, 3)
    assert {change.change_id for change in changes} == phone.device.receipts.keys()
    assert noted(running, phone).hello_count == phone.device.hellos == 6


def test_what_was_said_before_a_restore_is_not_said_again_after_it(running: Running, phone) -> None:
    said = body(phone.lines())  # and never arrived
    with running.db.write() as conn:
        new_epoch(conn, running.centre.org, running.centre.now_ms(), "a test")
    problem(phone.post(said), 409, "hello_stale")
    assert phone.sync().code == ""


def test_who_has_proved_to_be_the_device_is_told_what_became_of_its_work_without_a_sign_in(phone) -> None:
    phone.record({"location": "Old Bridge"})
    phone.post(phone.lines(phone.batch(phone.device.changes)))
    found = answered(phone.post(phone.lines(), token=None))
    assert found["own"][0]["first"] == 1
    assert found["end"][0]["problem"]["code"] == "sign_in_needed"
