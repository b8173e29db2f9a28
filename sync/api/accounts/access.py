"""Who is calling, and what they may do: access by role. What the table of roles does not allow is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy import Connection, select

from sync.api.problems import problem
from sync.api.storage.schema import device, membership, practitioner, session
from sync.core.roles import may


@dataclass(frozen=True)
class Caller:
    """A practitioner, signed in on a device or named as a change's author, and the teams they belong to."""

    practitioner_id: str
    name: str
    role: str
    teams: tuple[str, ...]
    device_id: str = ""
    force: str = ""
    collar_number: str = ""
    active: bool = True

    @property
    def scopes(self) -> tuple[str, ...]:
        return tuple(scope_of(team) for team in self.teams)


def scope_of(team_id: str) -> str:
    return f"team:{team_id}"


def authorise(who: Caller, action: str, scope: str | None = None) -> bool:
    """Whether this person may do this, in this scope when one is given."""
    allowed = who.active and may(who.role, action)
    return allowed and (scope is None or scope in who.scopes)


def demand(who: Caller, action: str, scope: str | None = None) -> None:
    """Raise the problem answer unless this person may do this."""
    if not authorise(who, action, scope):
        raise problem("not_allowed")


def token_hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header."""
    kind, _, token = (header or "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


def caller(conn: Connection, org: str, token: str | None, now_ms: int) -> Caller:
    """Who holds this token. Raises the problem answer for no token, a wrong one and one that has run out."""
    if not token:
        raise problem("sign_in_needed")
    row = conn.execute(
        select(session.c.practitioner_id, session.c.device_id, session.c.expires_ms, device.c.revoked)
        .join(device, (device.c.org == session.c.org) & (device.c.device_id == session.c.device_id))
        .where(session.c.org == org, session.c.token_sha256 == token_hash(token))
    ).first()
    if row is None:
        raise problem("sign_in_needed")
    if row.expires_ms <= now_ms:
        raise problem("sign_in_expired")
    if row.revoked:
        raise problem("device_revoked")
    person = people(conn, org, [row.practitioner_id]).get(row.practitioner_id)
    if person is None or not person.active:
        raise problem("sign_in_needed")
    return replace(person, device_id=row.device_id)


def colleagues(conn: Connection, org: str, teams: Sequence[str]) -> dict[str, str]:
    """The names of everybody in these teams, by id: a phone shows them beside what they recorded."""
    rows = conn.execute(
        select(practitioner.c.practitioner_id, practitioner.c.name)
        .join(
            membership,
            (membership.c.org == practitioner.c.org) & (membership.c.practitioner_id == practitioner.c.practitioner_id),
        )
        .where(practitioner.c.org == org, membership.c.team_id.in_(teams))
    )
    return {row.practitioner_id: row.name for row in rows}


def people(conn: Connection, org: str, ids: list[str]) -> dict[str, Caller]:
    """These practitioners, with their teams."""
    rows = conn.execute(
        select(practitioner).where(practitioner.c.org == org, practitioner.c.practitioner_id.in_(ids))
    ).all()
    teams: dict[str, list[str]] = {}
    for practitioner_id, team_id in conn.execute(
        select(membership.c.practitioner_id, membership.c.team_id)
        .where(membership.c.org == org, membership.c.practitioner_id.in_(ids))
        .order_by(membership.c.team_id)
    ):
        teams.setdefault(practitioner_id, []).append(team_id)
    return {
        row.practitioner_id: Caller(
            row.practitioner_id,
            row.name,
            row.role,
            tuple(teams.get(row.practitioner_id, ())),
            force=row.force,
            collar_number=row.collar_number,
            active=row.active,
        )
        for row in rows
    }
