"""What has ended: the roles that somebody no longer holds on a device, and which sealed work still counts under them.

A row is put down at the moment of leaving, of another role or team, and of shutting a device out, for each device that
the person had signed in on. It keeps the device's last contact before that moment, and later contacts do not change it:
a phone may need many requests to send what it holds.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, Select, select, update

from sync.api.accounts.access import scope_of
from sync.api.storage.database import upsert
from sync.api.storage.schema import counter, device, ended_grant, enrolment, membership, practitioner
from sync.core.roles import may
from sync.core.times import as_moment, to_millis
from sync.protocol.messages import Change

WITHIN_MS = 7 * 24 * 60 * 60 * 1000  # of the last contact: what was sealed later is for a supervisor to accept


@dataclass(frozen=True)
class EndedGrant:
    """A role in a team that somebody held on a device. Times are milliseconds since 1970 by the centre's clock.

    `contact_seq`: the number of the device's newest change at its last contact, `contact_ms`. `clock_offset_ms`: the
    centre's time less the device's, as far as it was known.
    """

    role: str
    scope: str
    ended_ms: int
    contact_ms: int
    contact_seq: int
    clock_offset_ms: int | None = None

    def allowed(self, change: Change, scope: str) -> bool:
        """Whether it allowed such a change in this scope."""
        return self.role == change.role and self.scope == scope and may(self.role, f"change.{change.op}")

    def lasted(self, change: Change, *, is_second: bool = False) -> bool:
        """Whether it had not ended when the change was sealed, by the device's own clock.

        `is_second`: another change has its number. That number then proves nothing: the other may have been named.
        """
        return self._named(change, is_second) or self._sealed_ms(change) < self.ended_ms

    def counts(self, change: Change, *, is_second: bool = False) -> bool:
        """The same, and it can be believed: the device had named the change at its last contact, or dates it no more
        than 7 days after that.
        """
        if self._named(change, is_second):
            return True
        return self._sealed_ms(change) < self.ended_ms and self._sealed_ms(change) <= self.contact_ms + WITHIN_MS

    def _named(self, change: Change, is_second: bool) -> bool:
        return change.device_seq <= self.contact_seq and not is_second

    def _sealed_ms(self, change: Change) -> int:
        """When the change was sealed: never before the last contact. A time that no calendar has is after all others.

        Asked only of changes that the device had not named at that contact.
        """
        recorded = as_moment(change.recorded_at)
        if recorded is None:
            return self.ended_ms
        offset = self.clock_offset_ms if change.clock_offset_ms is None else change.clock_offset_ms
        return max(to_millis(recorded) + (offset or 0), self.contact_ms)


def end_grants(
    conn: Connection, org: str, now_ms: int, *, practitioner_id: str | None = None, device_id: str | None = None
) -> None:
    """Put down what this person may do on each device, or each person on this device, as ended now.

    Called before it is taken from them. Whoever has left, and a device that is shut out, have nothing left to end.
    """
    alone(conn, org)
    held = _held(org)
    if practitioner_id is not None:
        held = held.where(enrolment.c.practitioner_id == practitioner_id)
    if device_id is not None:
        held = held.where(enrolment.c.device_id == device_id)
    rows = [
        {
            "org": org,
            "device_id": row.device_id,
            "practitioner_id": row.practitioner_id,
            "team_id": row.team_id,
            "role": row.role,
            "ended_ms": now_ms,
            "contact_ms": max(row.last_seen_ms or 0, row.at_ms),  # signing in is a contact too
            "contact_seq": row.reported_seq,
            "clock_offset_ms": row.clock_offset_ms,
        }
        for row in conn.execute(held.order_by(enrolment.c.at_ms))
    ]
    upsert(conn, ended_grant, rows)


def _held(org: str) -> Select:
    """What people may do on devices that they have signed in on: a row for each key and team."""
    people, devices, enrolled, member = practitioner.c, device.c, enrolment.c, membership.c
    of_device = (devices.org == enrolled.org) & (devices.device_id == enrolled.device_id)
    of_person = (people.org == enrolled.org) & (people.practitioner_id == enrolled.practitioner_id)
    of_member = (member.org == enrolled.org) & (member.practitioner_id == enrolled.practitioner_id)
    of_enrolment = (enrolled.device_id, enrolled.practitioner_id, enrolled.at_ms, people.role, member.team_id)
    of_contact = (devices.last_seen_ms, devices.reported_seq, devices.clock_offset_ms)
    held = select(*of_enrolment, *of_contact).select_from(enrolment)
    held = held.join(device, of_device).join(practitioner, of_person).join(membership, of_member)
    return held.where(enrolled.org == org, people.active, ~devices.revoked)


def ended_grants(conn: Connection, org: str, device_id: str) -> dict[str, list[EndedGrant]]:
    """What has ended on this device, by practitioner."""
    ended = ended_grant.c
    grants: dict[str, list[EndedGrant]] = {}
    for row in conn.execute(select(ended_grant).where(ended.org == org, ended.device_id == device_id)):
        grant = EndedGrant(
            row.role, scope_of(row.team_id), row.ended_ms, row.contact_ms, row.contact_seq, row.clock_offset_ms
        )
        grants.setdefault(row.practitioner_id, []).append(grant)
    return grants


def alone(conn: Connection, org: str) -> None:
    """Lock the organisation's counter, as whoever stores changes does.

    Then nothing is judged by half of a change of rights.
    """
    conn.execute(update(counter).where(counter.c.org == org).values(seq=counter.c.seq))
