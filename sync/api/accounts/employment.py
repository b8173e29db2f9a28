"""A person's life at the trust after the first day, and a device's: what is changed, and what ends by it.

Each returns what it did, in words for whoever runs the centre. Raises LookupError, in the same words, for a name that
nobody has. What somebody could do until now is put down as ended first, so that sealed work is judged by it.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, delete, insert, select, update

from sync.api.accounts.grants import WITHIN_MS, end_grants
from sync.api.accounts.passwords import hashed
from sync.api.accounts.sign_in_limits import forget_failures
from sync.api.storage.schema import device, enrolment, membership, practitioner, session, team

DAYS = WITHIN_MS // 86_400_000
SEALED = (
    "What was sealed before now still counts when it arrives: all that the phone had named at its last contact, and "
    f"what it dates up to {DAYS} days after that. Anything later waits at the desk until a supervisor accepts it."
)
UNCHANGED = "Nothing was changed."
SHOWN = 8  # characters of a device's id, at the desk


def leaves(conn: Connection, org: str, username: str, now_ms: int) -> str:
    """End this person's sign-ins, and let them sign in no more."""
    person = _person(conn, org, username)
    if not person.active:
        return f"{_who(person)} had left already. {UNCHANGED}"
    end_grants(conn, org, now_ms, practitioner_id=person.practitioner_id)
    _set(conn, org, person, active=False)
    return f"{_who(person)} has left, and cannot sign in. {_ended(conn, org, person)} {SEALED}"


def returns(conn: Connection, org: str, username: str) -> str:
    """Let a leaver sign in again, with the role, the teams and the password they had."""
    person = _person(conn, org, username)
    if person.active:
        return f"{_who(person)} has not left. {UNCHANGED}"
    _set(conn, org, person, active=True)
    return f"{_who(person)} is back, as {person.role}{_in_teams(conn, org, person)}, and signs in as before."


def takes_role(conn: Connection, org: str, username: str, role: str, now_ms: int) -> str:
    """Give this person another role from now on; they sign in again to take it up."""
    person = _person(conn, org, username)
    if person.role == role:
        return f"{_who(person)} is {role} already. {UNCHANGED}"
    end_grants(conn, org, now_ms, practitioner_id=person.practitioner_id)
    _set(conn, org, person, role=role)
    return f"{_who(person)} is now {role}, and was {person.role}. {_ended(conn, org, person)} {SEALED}"


def moves(conn: Connection, org: str, username: str, teams: Sequence[str], now_ms: int) -> str:
    """Put this person, with the devices they signed in on last, into these teams and no others."""
    person = _person(conn, org, username)
    known_teams(conn, org, teams)
    end_grants(conn, org, now_ms, practitioner_id=person.practitioner_id)
    mine = (membership.c.org == org) & (membership.c.practitioner_id == person.practitioner_id)
    conn.execute(delete(membership).where(mine))
    rows = [{"org": org, "practitioner_id": person.practitioner_id, "team_id": name} for name in sorted(set(teams))]
    conn.execute(insert(membership), rows)
    for device_id in _devices_of(conn, org, person):
        this = (device.c.org == org) & (device.c.device_id == device_id)
        conn.execute(update(device).where(this).values(team_id=min(teams)))
    return f"{_who(person)} is now{_in_teams(conn, org, person)}. {_ended(conn, org, person)} {SEALED}"


def is_named(conn: Connection, org: str, username: str, name: str) -> str:
    """Give this person another name. The user name stays: it is whose records these are."""
    person = _person(conn, org, username)
    _set(conn, org, person, name=name)
    return f"{_who(person)} is now named {name}, and signs in as {username} as before. Nothing ends by it."


def gets_password(conn: Connection, org: str, username: str, password: str) -> str:
    """Give this person another password, and forget wrong ones that were tried."""
    person = _person(conn, org, username)
    _set(conn, org, person, password_hash=hashed(password))
    forget_failures(conn, org, person.username)
    return f"{_who(person)} has a new password. {_ended(conn, org, person)} A PIN on a phone stays as it was."


def revoke(conn: Connection, org: str, begun: str, now_ms: int) -> str:
    """Let the device whose id begins so sign in and read no more. It may still send what it holds."""
    known = _device(conn, org, begun)
    if known.revoked:
        return f"{_which(known)} was shut out already. {UNCHANGED}"
    end_grants(conn, org, now_ms, device_id=known.device_id)
    _set_revoked(conn, org, known, True)
    gone = conn.execute(delete(session).where(session.c.org == org, session.c.device_id == known.device_id)).rowcount
    ended = f"{gone} sign-in{'' if gone == 1 else 's'} on it ended."
    return f"{_which(known)} is shut out: it can read nothing and sign in no more. {ended} {SEALED}"


def unrevoke(conn: Connection, org: str, begun: str) -> str:
    """Let the device whose id begins so sign in again."""
    known = _device(conn, org, begun)
    if not known.revoked:
        return f"{_which(known)} is not shut out. {UNCHANGED}"
    _set_revoked(conn, org, known, False)
    return f"{_which(known)} may be used again. Whoever uses it signs in on it once more."


def known_teams(conn: Connection, org: str, team_ids: Sequence[str]) -> None:
    """Raises LookupError for a team that there is not."""
    known = set(conn.execute(select(team.c.team_id).where(team.c.org == org)).scalars())
    if unknown := sorted(set(team_ids) - known):
        raise LookupError(f"There is no team {unknown[0]!r}. {UNCHANGED} Make it first: `team ID NAME`.")


def _person(conn: Connection, org: str, username: str) -> Row:
    people = practitioner.c
    row = conn.execute(select(practitioner).where(people.org == org, people.username == username)).first()
    if row is None:
        raise LookupError(f"Nobody has the user name {username!r}. {UNCHANGED}")
    return row


def _device(conn: Connection, org: str, begun: str) -> Row:
    """The one device whose id begins so: the desk shows the first eight characters."""
    devices = device.c
    alike = select(device).where(devices.org == org, devices.device_id.startswith(begun, autoescape=True)).limit(2)
    found = conn.execute(alike).all() if len(begun) >= SHOWN else []
    if len(found) > 1:
        raise LookupError(f"Several devices have an id that begins {begun!r}: give more of it. {UNCHANGED}")
    if not found:
        raise LookupError(f"There is no device {begun!r}: give at least {SHOWN} characters of its id. {UNCHANGED}")
    return found[0]


def _set_revoked(conn: Connection, org: str, known: Row, revoked: bool) -> None:
    this = (device.c.org == org) & (device.c.device_id == known.device_id)
    conn.execute(update(device).where(this).values(revoked=revoked))


def _set(conn: Connection, org: str, person: Row, **values: object) -> None:
    people = practitioner.c
    this = (people.org == org) & (people.practitioner_id == person.practitioner_id)
    conn.execute(update(practitioner).where(this).values(**values))


def _ended(conn: Connection, org: str, person: Row) -> str:
    """End this person's sign-ins, and say so."""
    sessions = session.c
    mine = (sessions.org == org) & (sessions.practitioner_id == person.practitioner_id)
    count = conn.execute(delete(session).where(mine)).rowcount
    return f"{count} sign-in{'' if count == 1 else 's'} ended."


def _devices_of(conn: Connection, org: str, person: Row) -> list[str]:
    """The devices on which this person was the last to sign in."""
    enrolled = enrolment.c
    mine = select(enrolled.device_id).where(enrolled.org == org, enrolled.practitioner_id == person.practitioner_id)
    devices = sorted(set(conn.execute(mine).scalars()))
    signed_in = select(enrolled.device_id, enrolled.practitioner_id).where(
        enrolled.org == org, enrolled.device_id.in_(devices)
    )
    last = {row.device_id: row.practitioner_id for row in conn.execute(signed_in.order_by(enrolled.at_ms))}
    return [device_id for device_id in devices if last[device_id] == person.practitioner_id]


def _in_teams(conn: Connection, org: str, person: Row) -> str:
    mine = (membership.c.org == org) & (membership.c.practitioner_id == person.practitioner_id)
    teams = conn.execute(select(membership.c.team_id).where(mine).order_by(membership.c.team_id)).scalars().all()
    return f" in {', '.join(teams)}" if teams else " in no team"


def _who(person: Row) -> str:
    return f"{person.name} ({person.username})"


def _which(known: Row) -> str:
    return f"{known.name} {known.device_id[:SHOWN]}"
