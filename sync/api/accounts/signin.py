"""Signing in: a name and a password, on a device that proves it holds its key. The device is enrolled by it.

Failures are counted in the database, by account and by device, so that a restart forgets none. A device on which this
person has signed in before has a count of its own: nobody can lock a nurse out from elsewhere.
"""

import secrets
from dataclasses import dataclass
from functools import cache

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, delete, insert, select, update

from sync.api.accounts.access import Caller, colleagues, people, token_hash
from sync.api.accounts.people import HASHER
from sync.api.problems import problem
from sync.api.storage.database import Database, upsert
from sync.api.storage.schema import device, enrolment, organisation, practitioner, session, sign_in_failure, team
from sync.core.signing import unb64, verified

TOKEN_MS = 12 * 60 * 60 * 1000
WINDOW_MS = 15 * 60 * 1000
LIMITS = {"here": 10, "device": 20, "account": 50}  # failures in a window
KEY_BYTES = 32


@dataclass(frozen=True)
class Request:
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
        return f"Request({self.device_id[:8]})"


@dataclass(frozen=True)
class SignedIn:
    token: str
    expires_ms: int
    who: Caller
    registration_number: str
    teams: tuple[tuple[str, str], ...]
    colleagues: dict[str, str]
    organisation: Row


def sign_in(db: Database, org: str, asked: Request, now_ms: int) -> SignedIn:
    """A session for this person on this device. Raises the problem answer."""
    if not (_is_key(asked.public_key) and _is_key(asked.user_public_key)):
        raise problem("proof_wrong")
    if not verified(asked.public_key, "enrol", asked.claim(), asked.proof):
        raise problem("proof_wrong")
    with db.read() as conn:
        found = _account(conn, org, asked.username)
        subjects = _subjects(conn, org, asked, found)
        if _too_many(conn, org, subjects, now_ms):
            raise problem("too_many_tries")
    if not _password_right(found, asked.password):
        with db.write() as conn:
            _count_failure(conn, org, subjects, now_ms)
        raise problem("sign_in_wrong")
    assert found is not None
    with db.write() as conn:
        who = people(conn, org, [found.practitioner_id])[found.practitioner_id]
        _enrol(conn, org, asked, who, now_ms)
        token = secrets.token_urlsafe(32)
        conn.execute(delete(session).where(session.c.org == org, session.c.expires_ms < now_ms - TOKEN_MS))
        conn.execute(
            insert(session).values(
                org=org,
                token_sha256=token_hash(token),
                practitioner_id=who.practitioner_id,
                device_id=asked.device_id,
                created_ms=now_ms,
                expires_ms=now_ms + TOKEN_MS,
            )
        )
        here = [subject for kind, subject in subjects if kind == "here"]
        conn.execute(delete(sign_in_failure).where(sign_in_failure.c.org == org, sign_in_failure.c.subject.in_(here)))
        names = {row.team_id: row.name for row in conn.execute(select(team).where(team.c.org == org))}
        others = colleagues(conn, org, who.teams)
        about = conn.execute(select(organisation).where(organisation.c.org == org)).one()
    teams = tuple((one, names[one]) for one in who.teams)
    return SignedIn(token, now_ms + TOKEN_MS, who, found.registration_number, teams, others, about)


def sign_out(db: Database, org: str, token: str) -> None:
    with db.write() as conn:
        conn.execute(delete(session).where(session.c.org == org, session.c.token_sha256 == token_hash(token)))


def _account(conn: Connection, org: str, username: str) -> Row | None:
    return conn.execute(
        select(practitioner).where(practitioner.c.org == org, practitioner.c.username == username.casefold())
    ).first()


def _password_right(found: Row | None, password: str) -> bool:
    """The same work whether or not there is such an account."""
    try:
        HASHER.verify(found.password_hash if found else _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return found is not None and found.active


@cache
def _nobody() -> str:
    return HASHER.hash(secrets.token_hex(16))


def _subjects(conn: Connection, org: str, asked: Request, found: Row | None) -> list[tuple[str, str]]:
    """Under which names a failure counts."""
    known = (
        found
        and conn.execute(
            select(enrolment.c.org)
            .join(device, (device.c.org == enrolment.c.org) & (device.c.device_id == enrolment.c.device_id))
            .where(
                enrolment.c.org == org,
                enrolment.c.device_id == asked.device_id,
                enrolment.c.practitioner_id == found.practitioner_id,
                device.c.public_key == asked.public_key,
            )
        ).first()
    )
    account = token_hash(f"account {asked.username.casefold()}")
    if known:
        return [("here", token_hash(f"here {asked.device_id} {account}"))]
    return [("device", token_hash(f"device {asked.device_id}")), ("account", account)]


def _too_many(conn: Connection, org: str, subjects: list[tuple[str, str]], now_ms: int) -> bool:
    at = sign_in_failure.c
    counts: dict[str, int] = {}
    for row in conn.execute(
        select(at.subject, at.failures).where(
            at.org == org, at.subject.in_([name for _, name in subjects]), at.since_ms > now_ms - WINDOW_MS
        )
    ):
        counts[row.subject] = counts.get(row.subject, 0) + row.failures
    return any(counts.get(name, 0) >= LIMITS[kind] for kind, name in subjects)


def _count_failure(conn: Connection, org: str, subjects: list[tuple[str, str]], now_ms: int) -> None:
    at = sign_in_failure.c
    conn.execute(delete(sign_in_failure).where(at.org == org, at.since_ms <= now_ms - WINDOW_MS))
    for _, name in subjects:
        here = (at.org == org) & (at.subject == name)
        if not conn.execute(update(sign_in_failure).where(here).values(failures=at.failures + 1)).rowcount:
            upsert(conn, sign_in_failure, [{"org": org, "subject": name, "since_ms": now_ms, "failures": 1}])


def _enrol(conn: Connection, org: str, asked: Request, who: Caller, now_ms: int) -> None:
    """Put down the device and this person's key on it. Raises where the device is another, or no longer allowed."""
    at = device.c
    here = (at.org == org) & (at.device_id == asked.device_id)
    known = conn.execute(select(at.public_key, at.revoked).where(here)).first()
    team_id = who.teams[0] if who.teams else None
    if known is None:
        conn.execute(
            insert(device).values(
                org=org,
                device_id=asked.device_id,
                public_key=asked.public_key,
                name=asked.device_name,
                team_id=team_id,
                enrolled_ms=now_ms,
            )
        )
    elif known.public_key != asked.public_key:
        raise problem("device_key_differs")
    elif known.revoked:
        raise problem("device_revoked")
    else:
        conn.execute(update(device).where(here).values(name=asked.device_name, team_id=team_id or at.team_id))
    upsert(
        conn,
        enrolment,
        [
            {
                "org": org,
                "device_id": asked.device_id,
                "practitioner_id": who.practitioner_id,
                "user_public_key": asked.user_public_key,
                "at_ms": now_ms,
            }
        ],
    )


def _is_key(text: str) -> bool:
    try:
        return len(unb64(text)) == KEY_BYTES
    except ValueError:
        return False
