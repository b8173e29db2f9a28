"""What the centre knows that bears on changes that have arrived, read in the transaction that stores them."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Row, select

from sync.api.accounts.access import people
from sync.api.accounts.grants import ended_grants
from sync.api.ingest.validate import ChangeFacts, Place
from sync.api.storage.schema import ACCEPTABLE, change_log, device, enrolment, incident_scope
from sync.domain.records.fold import accepts
from sync.protocol.messages import Change

AT_ONCE = 500  # parameters of one statement
T = TypeVar("T")


def change_facts(
    conn: Connection, org: str, device_id: str, changes: Sequence[Change], *, counted: bool | None
) -> ChangeFacts:
    """The facts that bear on these changes of one device."""
    authors = sorted({change.author for change in changes})
    keys: dict[str, set[str]] = {}
    for author, public_key in conn.execute(
        select(enrolment.c.practitioner_id, enrolment.c.user_public_key).where(
            enrolment.c.org == org, enrolment.c.device_id == device_id
        )
    ):
        keys.setdefault(author, set()).add(public_key)
    revoked = select(device.c.revoked).where(device.c.org == org, device.c.device_id == device_id)
    arriving = {change.change_id for change in changes}
    parents = _stored(conn, org, sorted({parent for change in changes for parent in change.parents} - arriving))
    return ChangeFacts(
        people(conn, org, authors),
        keys,
        _own_numbers(conn, org, device_id, [change.device_seq for change in changes]),
        {row.change_id: row.record_id for row in parents},
        counted,
        bool(conn.execute(revoked).scalar()),
        ended_grants(conn, org, device_id),
        _undecided(conn, org, [change for change in changes if change.op == "accept"]),
        {row.change_id: row.scope for row in parents},
        _incidents(conn, org, sorted({change.incident_id for change in changes})),
    )


def _own_numbers(conn: Connection, org: str, device_id: str, own: Sequence[int]) -> dict[int, set[str]]:
    """Of this device's changes from the one before these numbers on: number -> the ids stored under it."""
    log = change_log.c
    numbers: dict[int, set[str]] = {}
    for number, change_id in conn.execute(
        select(log.device_seq, log.change_id).where(
            log.org == org, log.device_id == device_id, log.device_seq.between(min(own) - 1, max(own))
        )
    ):
        numbers.setdefault(number, set()).add(change_id)
    return numbers


def _stored(conn: Connection, org: str, change_ids: Sequence[str]) -> list[Row]:
    """Record and scope of each of these changes that is stored."""
    log = change_log.c
    columns = select(log.change_id, log.record_id, log.scope)
    return [
        row
        for portion in portions(change_ids)
        for row in conn.execute(columns.where(log.org == org, log.change_id.in_(portion)))
    ]


def _incidents(conn: Connection, org: str, incident_ids: Sequence[str]) -> dict[str, list[str]]:
    """By incident the scopes that have one of this id, in the order in which they began."""
    known = incident_scope.c
    incidents: dict[str, list[str]] = {}
    for portion in portions(incident_ids):
        named = select(known.incident_id, known.scope).where(known.org == org, known.incident_id.in_(portion))
        for row in conn.execute(named.order_by(known.first_seq)):
            incidents.setdefault(row.incident_id, []).append(row.scope)
    return incidents


def _undecided(conn: Connection, org: str, acceptances: Sequence[Change]) -> set[Place]:
    """Of the changes that these accept, those that a supervisor may accept; accepted ones too."""
    log = change_log.c
    undecided: set[Place] = set()
    for portion in portions(named_by(acceptances)):
        named = (log.org == org) & log.change_id.in_(portion) & log.code.in_(ACCEPTABLE) & (log.op != "accept")
        rows = conn.execute(select(log.scope, log.incident_id, log.record_id, log.change_id).where(named))
        undecided.update((row.scope, row.incident_id, row.record_id, row.change_id) for row in rows)
    return undecided


def named_by(acceptances: Sequence[Change]) -> list[str]:
    """The ids of the changes that these accept."""
    return sorted({change_id for acceptance in acceptances for change_id in accepts(acceptance.patch)})


def portions(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """The items in portions that fit one statement."""
    return (items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE))
