"""Orders to devices: who may give one, and until when it stands."""

from sqlalchemy import select, update

from sync.api.accounts import device_commands
from sync.api.storage.schema import device, device_command
from tests.steps.centre.running import Phone, Running, new_id, problem


def ask(desk: Phone, device_id: str, kind: str = "wipe"):
    with desk.running.http() as http:
        return http.post(f"/v1/devices/{device_id}/commands", json={"kind": kind}, headers=desk._authority)


def test_a_supervisor_orders_a_device_of_the_team_and_it_stands_until_it_is_done(running: Running, phone, desk) -> None:
    command_id = desk.client.command(phone.device.device_id)
    assert desk.client.command(phone.device.device_id) == command_id  # one of a kind at a time
    org = running.centre.org
    with running.db.write() as conn:
        assert [(one.command_id, one.kind) for one in device_commands.due(conn, org, phone.device.device_id)] == [
            (command_id, "wipe")
        ]
        row = conn.execute(select(device_command)).one()
        assert (row.issued_by, row.device_id, row.done_ms) == ("ruth.okoro", phone.device.device_id, None)
        assert device_commands.due(conn, org, desk.device.device_id) == []
        device_commands.done(conn, org, desk.device.device_id, [command_id], 5)  # another device's word does not count
        assert device_commands.due(conn, org, phone.device.device_id)
        device_commands.done(conn, org, phone.device.device_id, [command_id], 5)
        assert device_commands.due(conn, org, phone.device.device_id) == []
        assert conn.execute(select(device_command.c.done_ms)).scalar_one() == 5
    assert desk.client.command(phone.device.device_id) != command_id


def test_nobody_else_orders_anything(running: Running, phone, desk) -> None:
    problem(ask(phone, desk.device.device_id), 403, "not_allowed")
    problem(ask(running.device("dan.hart"), phone.device.device_id), 403, "not_allowed")
    problem(ask(desk, new_id()), 404, "not_found")
    problem(ask(desk, phone.device.device_id, "explode"), 422, "request_invalid")
    with running.db.write() as conn:
        conn.execute(update(device).where(device.c.device_id == phone.device.device_id).values(team_id="elsewhere"))
    problem(ask(desk, phone.device.device_id), 404, "not_found")
    desk.client.token = None
    problem(ask(desk, phone.device.device_id), 401, "sign_in_needed")
    with running.db.read() as conn:
        assert conn.execute(select(device_command)).all() == []
