"""What a device is to do: commanded by a supervisor, carried out after everything it holds has been deposited."""

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, Row, insert, select, update

from sync.api.accounts.access import Caller, demand
from sync.api.problems import problem
from sync.api.storage.database import Database
from sync.api.storage.schema import device, device_command

KINDS = ("wipe",)
at = device_command.c


def issue(conn: Connection, org: str, device_id: str, kind: str, by: str, now_ms: int) -> str:
    """Command a device to do this; one command of a kind at a time. Returns its id."""
    waiting = [row.command_id for row in due(conn, org, device_id) if row.kind == kind]
    if waiting:
        return waiting[0]
    command_id = secrets.token_hex(8)
    conn.execute(
        insert(device_command).values(
            org=org, device_id=device_id, command_id=command_id, kind=kind, issued_ms=now_ms, issued_by=by
        )
    )
    return command_id


def command(db: Database, org: str, who: Caller, device_id: str, kind: str, now_ms: int) -> str:
    """The same, by a supervisor, for a device of one of their teams. Raises the problem answer."""
    demand(who, "devices.command")
    devices = device.c
    with db.write() as conn:
        of_device = (devices.org == org) & (devices.device_id == device_id)
        team_id = conn.execute(select(devices.team_id).where(of_device)).scalar()
        if team_id is None or team_id not in who.teams:
            raise problem("not_found")
        return issue(conn, org, device_id, kind, who.practitioner_id, now_ms)


def due(conn: Connection, org: str, device_id: str) -> Sequence[Row]:
    """What it has not yet said to have done, the oldest first."""
    mine = (at.org == org) & (at.device_id == device_id) & at.done_ms.is_(None)
    return conn.execute(select(at.command_id, at.kind).where(mine).order_by(at.issued_ms)).all()


def done(conn: Connection, org: str, device_id: str, command_ids: Sequence[str], now_ms: int) -> None:
    """It has done these."""
    mine = (at.org == org) & (at.device_id == device_id) & at.command_id.in_(command_ids)
    conn.execute(update(device_command).where(mine, at.done_ms.is_(None)).values(done_ms=now_ms))
