"""Signing in: a name and a password, on a device that proves it holds its key. The device is enrolled by it.

In two steps: `begin` asks who tries; `finish` checks the password, which takes a processor some 30 ms, and signs in.
Between them unknown devices stand in line, so that however many they are, a known one does not wait for them.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, insert, select, update

from sync.api.accounts import passwords, sign_in_limits
from sync.api.accounts.access import Caller, colleagues, people, token_hash
from sync.api.accounts.sign_in_limits import Addresses, Trying
from sync.api.problems import problem
from sync.api.storage.database import Database, upsert
from sync.api.storage.schema import device, enrolment, organisation, practitioner, session, team
from sync.core.signing import unb64, verified

TOKEN_MS = 12 * 60 * 60 * 1000
KEY_BYTES = 32


@dataclass(frozen=True)
class Credentials:
    """What a person and a device give to be signed in. Its repr shows neither name nor password."""

    username: str
    password: str
    device_id: str
    device_name: str
    public_key: str
    user_public_key: str
    proof: str

    def claim(self) -> dict[str, str]:
        """What the device's key signs, purpose "enrol"."""
        return {
            "device_id": self.device_id,
            "public_key": self.public_key,
            "user_public_key": self.user_public_key,
            "username": self.username,
        }

    def __repr__(self) -> str:
        return f"Credentials({self.device_id[:8]})"


@dataclass(frozen=True)
class SignedIn:
    token: str
    expires_ms: int
    who: Caller
    registration_number: str
    teams: tuple[tuple[str, str], ...]
    colleagues: dict[str, str]
    organisation: Row


def begin(db: Database, org: str, credentials: Credentials, address: str) -> Trying:
    """Who tries: somebody on a device where they have signed in before, or a stranger. Raises the problem answer."""
    if not (_is_key(credentials.public_key) and _is_key(credentials.user_public_key)):
        raise problem("proof_wrong")
    if not verified(credentials.public_key, "enrol", credentials.claim(), credentials.proof):
        raise problem("proof_wrong")
    with db.read() as conn:
        is_known = _has_signed_in(conn, org, credentials)
    return Trying(credentials.username, credentials.device_id if is_known else "", address)


def finish(
    db: Database, org: str, credentials: Credentials, trying: Trying, addresses: Addresses, now_ms: int
) -> SignedIn:
    """A session for this person on this device. Raises the problem answer."""
    sign_in_limits.allow(db, org, trying, addresses, now_ms)
    with db.read() as conn:
        account = _account(conn, org, credentials.username)
    is_right = passwords.is_right(account.password_hash if account else None, credentials.password)
    if not is_right or account is None or not account.active:
        with db.write() as conn:
            sign_in_limits.count_failure(conn, org, trying, addresses, now_ms)
        raise problem("sign_in_wrong")
    with db.write() as conn:
        who = people(conn, org, [account.practitioner_id])[account.practitioner_id]
        _enrol(conn, org, credentials, who, now_ms)
        token = _new_session(conn, org, who, credentials.device_id, now_ms)
        sign_in_limits.forget_here(conn, org, trying)
        names = {row.team_id: row.name for row in conn.execute(select(team).where(team.c.org == org))}
        others = colleagues(conn, org, who.teams)
        served = conn.execute(select(organisation).where(organisation.c.org == org)).one()
    teams = tuple((team_id, names[team_id]) for team_id in who.teams)
    return SignedIn(token, now_ms + TOKEN_MS, who, account.registration_number, teams, others, served)


def sign_out(db: Database, org: str, token: str) -> None:
    with db.write() as conn:
        conn.execute(delete(session).where(session.c.org == org, session.c.token_sha256 == token_hash(token)))


def _account(conn: Connection, org: str, username: str) -> Row | None:
    return conn.execute(
        select(practitioner).where(practitioner.c.org == org, practitioner.c.username == username.casefold())
    ).first()


def _has_signed_in(conn: Connection, org: str, credentials: Credentials) -> bool:
    """Whether this person has signed in on this device before, with the key that it proved to hold."""
    enrolled, people = enrolment.c, practitioner.c
    asked = (
        select(enrolled.org)
        .join(device, (device.c.org == enrolled.org) & (device.c.device_id == enrolled.device_id))
        .join(practitioner, (people.org == enrolled.org) & (people.practitioner_id == enrolled.practitioner_id))
        .where(
            enrolled.org == org,
            enrolled.device_id == credentials.device_id,
            people.username == credentials.username.casefold(),
            device.c.public_key == credentials.public_key,
        )
    )
    return conn.execute(asked.limit(1)).first() is not None


def _new_session(conn: Connection, org: str, who: Caller, device_id: str, now_ms: int) -> str:
    """A session of 12 hours; long-ended ones are thrown away. Returns its token, of which a digest is kept."""
    token = secrets.token_urlsafe(32)
    conn.execute(delete(session).where(session.c.org == org, session.c.expires_ms < now_ms - TOKEN_MS))
    conn.execute(
        insert(session).values(
            org=org,
            token_sha256=token_hash(token),
            practitioner_id=who.practitioner_id,
            device_id=device_id,
            created_ms=now_ms,
            expires_ms=now_ms + TOKEN_MS,
        )
    )
    return token


def _enrol(conn: Connection, org: str, credentials: Credentials, who: Caller, now_ms: int) -> None:
    """Put down the device and this person's key on it.

    Raises the problem answer where that device has another key, or is no longer allowed.
    """
    devices = device.c
    this = (devices.org == org) & (devices.device_id == credentials.device_id)
    known = conn.execute(select(devices.public_key, devices.revoked).where(this)).first()
    team_id = who.teams[0] if who.teams else None
    if known is None:
        conn.execute(
            insert(device).values(
                org=org,
                device_id=credentials.device_id,
                public_key=credentials.public_key,
                name=credentials.device_name,
                team_id=team_id,
                enrolled_ms=now_ms,
            )
        )
    elif known.public_key != credentials.public_key:
        raise problem("device_key_differs")
    elif known.revoked:
        raise problem("device_revoked")
    else:
        values = {"name": credentials.device_name, "team_id": team_id or devices.team_id}
        conn.execute(update(device).where(this).values(**values))
    key = {"device_id": credentials.device_id, "practitioner_id": who.practitioner_id}
    row = {"org": org, **key, "user_public_key": credentials.user_public_key, "at_ms": now_ms}
    upsert(conn, enrolment, [row])


def _is_key(text: str) -> bool:
    try:
        return len(unb64(text)) == KEY_BYTES
    except ValueError:
        return False
