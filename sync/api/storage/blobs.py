"""Attachments, piece by piece, named by the SHA-256 of their bytes. What was sent before the line broke stays 7 days.

Each device sends into its own place, so nobody's wrong bytes spoil another's. When the last piece is here and the hash
is right the blob is whole for everybody, and changes that waited for it are judged.
"""

from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from sync.api.accounts.access import Caller, demand
from sync.api.ingest.change_log import blob_arrived
from sync.api.problems import problem
from sync.api.storage.database import Database, upsert
from sync.api.storage.schema import blob, blob_piece

MAX_BLOB = 16 * 1024 * 1024
MAX_BLOB_PIECE = 256 * 1024
KEPT_MS = 7 * 24 * 60 * 60 * 1000  # of one that is not whole
at = blob.c


def received(db: Database, org: str, who: Caller, name: str, now_ms: int) -> int:
    """How many bytes of it are here, of this device; all of them when it is whole, whoever sent it."""
    demand(who, "blobs.send")
    with db.read() as conn:
        return _received(conn, org, name, who.device_id, now_ms)


def take(db: Database, org: str, who: Caller, name: str, offset: int, size: int, data: bytes, now_ms: int) -> int:
    """Keep the next piece. Returns how many bytes are here now. Raises the problem answer."""
    demand(who, "blobs.send")
    if not 0 < len(data) <= size - offset or offset < 0:
        raise problem("bad_blob")
    if size > MAX_BLOB or len(data) > MAX_BLOB_PIECE:
        raise problem("too_large")
    try:
        with db.write() as conn:
            here = _received(conn, org, name, who.device_id, now_ms, size)
            if here != offset:
                if _is_whole(conn, org, name):
                    return here
                raise problem("blob_offset")
            if offset == 0:
                _forget_old(conn, org, now_ms)
                _forget(conn, org, name, who.device_id)
                conn.execute(insert(blob).values(_row(org, name, who, size, now_ms)))
            conn.execute(insert(blob_piece).values(org=org, sha256=name, device_id=who.device_id, at=offset, data=data))
            end = offset + len(data)
            right = end < size or _hash(conn, org, name, who.device_id) == name
            if right:
                whole_ms = now_ms if end == size else None
                upsert(conn, blob, [{**_row(org, name, who, size, now_ms), "received": end, "whole_ms": whole_ms}])
                if whole_ms:
                    blob_arrived(conn, org, name)
            else:
                _forget(conn, org, name, who.device_id)
    except IntegrityError:  # the same piece twice at once
        raise problem("blob_offset") from None
    if not right:
        raise problem("blob_wrong")
    return end


def content(conn: Connection, org: str, name: str) -> bytes | None:
    """The bytes of a blob that is whole."""
    of = conn.execute(select(at.device_id).where(at.org == org, at.sha256 == name, at.whole_ms.is_not(None))).scalar()
    return None if of is None else b"".join(_pieces(conn, org, name, of))


def _received(conn: Connection, org: str, name: str, device_id: str, now_ms: int, size: int | None = None) -> int:
    """0 as well for what is too old, or was begun with another size."""
    rows = conn.execute(
        select(at.device_id, at.size, at.received, at.began_ms, at.whole_ms).where(at.org == org, at.sha256 == name)
    ).all()
    if whole := [row for row in rows if row.whole_ms is not None]:
        return whole[0].size
    mine = [row for row in rows if row.device_id == device_id and row.began_ms > now_ms - KEPT_MS]
    return mine[0].received if mine and size in (None, mine[0].size) else 0


def _is_whole(conn: Connection, org: str, name: str) -> bool:
    here = (at.org == org) & (at.sha256 == name) & at.whole_ms.is_not(None)
    return conn.execute(select(at.sha256).where(here)).first() is not None


def _row(org: str, name: str, who: Caller, size: int, now_ms: int) -> dict[str, str | int | None]:
    return {
        "org": org,
        "sha256": name,
        "device_id": who.device_id,
        "practitioner_id": who.practitioner_id,
        "size": size,
        "received": 0,
        "began_ms": now_ms,
        "whole_ms": None,
    }


def _pieces(conn: Connection, org: str, name: str, device_id: str) -> list[bytes]:
    of = blob_piece.c
    here = (of.org == org) & (of.sha256 == name) & (of.device_id == device_id)
    return list(conn.execute(select(of.data).where(here).order_by(of.at)).scalars())


def _hash(conn: Connection, org: str, name: str, device_id: str) -> str:
    return sha256(b"".join(_pieces(conn, org, name, device_id))).hexdigest()


def _forget(conn: Connection, org: str, name: str, device_id: str) -> None:
    for table in (blob_piece, blob):
        of = table.c
        conn.execute(delete(table).where(of.org == org, of.sha256 == name, of.device_id == device_id))


def _forget_old(conn: Connection, org: str, now_ms: int) -> None:
    """Whatever nobody finished within 7 days."""
    old = (at.org == org) & (at.began_ms <= now_ms - KEPT_MS) & at.whole_ms.is_(None)
    for row in conn.execute(select(at.sha256, at.device_id).where(old)).all():
        _forget(conn, org, row.sha256, row.device_id)
