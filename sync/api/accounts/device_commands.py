"""What a device is to do: ordered by a supervisor, carried out after everything it holds has been deposited."""

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, Row, insert, select, update

from sync.api.accounts.access import Caller, demand
from sync.api.problems import problem
from sync.api.storage.database import Database
from sync.api.storage.schema import device, device_order

KINDS = ("wipe",)
at = device_order.c


def issue(conn: Connection, org: str, device_id: str, kind: str, by: str, now_ms: int) -> str:
    """Order a device to do this; one order of a kind at a time. Returns its id."""
    waiting = [row.order_id for row in due(conn, org, device_id) if row.kind == kind]
    if waiting:
        return waiting[0]
    order_id = secrets.token_hex(8)
    conn.execute(
        insert(device_order).values(
            org=org, device_id=device_id, order_id=order_id, kind=kind, issued_ms=now_ms, issued_by=by
        )
    )
    return order_id


def order(db: Database, org: str, who: Caller, device_id: str, kind: str, now_ms: int) -> str:
    """The same, by a supervisor, for a device of one of their teams. Raises the problem answer."""
    demand(who, "devices.order")
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
    return conn.execute(select(at.order_id, at.kind).where(mine).order_by(at.issued_ms)).all()


def done(conn: Connection, org: str, device_id: str, order_ids: Sequence[str], now_ms: int) -> None:
    """It has done these."""
    mine = (at.org == org) & (at.device_id == device_id) & at.order_id.in_(order_ids)
    conn.execute(update(device_order).where(mine, at.done_ms.is_(None)).values(done_ms=now_ms))
