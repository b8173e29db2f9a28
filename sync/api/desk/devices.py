"""The teams' devices: when last seen, what they have that the centre has not got, whether they were told to wipe."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, select, text

from sync.api.accounts.access import Caller, demand
from sync.api.storage.database import Database
from sync.api.storage.schema import AGAIN, change_log, device, device_command, team
from sync.core.times import from_millis, instant

SAME = ("device_id", "name", "app_version", "revoked", "reported_seq", "stored_to", "clock_offset_ms")


def team_devices(db: Database, org: str, who: Caller, now_ms: int) -> dict[str, Any]:
    """The devices of the caller's teams, the last seen first. Raises the problem answer."""
    demand(who, "devices.list")
    devices = device.c
    with db.read() as conn:
        rows = conn.execute(
            select(device, team.c.name.label("team_name"))
            .join(team, and_(team.c.org == devices.org, team.c.team_id == devices.team_id))
            .where(devices.org == org, devices.team_id.in_(who.teams))
            .order_by(devices.last_seen_ms.desc().nulls_last(), devices.device_id)
        ).all()
        wipes = _wipes(conn, org, who)
        twice = _numbers_twice(conn, org, [row.device_id for row in rows])
    return {
        "devices": [
            {
                **{name: row._mapping[name] for name in SAME},
                "team": {"team_id": row.team_id, "name": row.team_name},
                "last_seen_at": _instant(row.last_seen_ms),
                "unsent": row.missing,
                "unsent_since": _instant(row.missing_since_ms),
                "numbers_twice": twice.get(row.device_id, 0),
                "wipe_commanded_at": _instant(commanded_ms),
                "wiped_at": _instant(done_ms),
            }
            for row in rows
            for commanded_ms, done_ms in [wipes.get(row.device_id, (None, None))]
        ],
        "as_of": instant(from_millis(now_ms)),
    }


def _numbers_twice(conn: Connection, org: str, device_ids: Sequence[str]) -> dict[str, int]:
    """How many numbers each of these devices has given to two changes: it exists twice, or was put back as it was."""
    log = change_log.c
    again = (log.org == org) & log.device_id.in_(device_ids) & text(AGAIN)
    counted = select(log.device_id, func.count(log.device_seq.distinct()).label("twice")).where(again)
    return {row.device_id: row.twice for row in conn.execute(counted.group_by(log.device_id))}


def _wipes(conn: Connection, org: str, who: Caller) -> dict[str, tuple[int, int | None]]:
    """By device of the teams: when it was last commanded to wipe itself, and when it said to have done so."""
    commands, devices = device_command.c, device.c
    rows = conn.execute(
        select(commands.device_id, commands.issued_ms, commands.done_ms)
        .join(device, and_(devices.org == commands.org, devices.device_id == commands.device_id))
        .where(commands.org == org, commands.kind == "wipe", devices.team_id.in_(who.teams))
        .order_by(commands.issued_ms)
    ).all()
    return {row.device_id: (row.issued_ms, row.done_ms) for row in rows}


def _instant(millis: int | None) -> str | None:
    return None if millis is None else instant(from_millis(millis))
