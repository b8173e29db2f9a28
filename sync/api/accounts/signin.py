"""Signing in: a name and a password, on a device that proves it holds its key. The device is enrolled by it.

Failures are counted in the database, by account and by device, so that a restart forgets none. A device on which this
person has signed in before has a count of its own: nobody can lock a nurse out from elsewhere.
"""

import secrets
from collections import Counter
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


def sign_in(db: Database, org: str, credentials: Credentials, now_ms: int) -> SignedIn:
    """A session for this person on this device. Raises the problem answer."""
    if not (_is_key(credentials.public_key) and _is_key(credentials.user_public_key)):
        raise problem("proof_wrong")
    if not verified(credentials.public_key, "enrol", credentials.claim(), credentials.proof):
        raise problem("proof_wrong")
    with db.read() as conn:
        account = _account(conn, org, credentials.username)
        subjects = _subjects(conn, org, credentials, account)
        if _too_many(conn, org, subjects, now_ms):
            raise problem("too_many_tries")
    if not _password_right(account, credentials.password):
        with db.write() as conn:
            _count_failure(conn, org, subjects, now_ms)
        raise problem("sign_in_wrong")
    assert account is not None
    with db.write() as conn:
        who = people(conn, org, [account.practitioner_id])[account.practitioner_id]
        _enrol(conn, org, credentials, who, now_ms)
        token = secrets.token_urlsafe(32)
        conn.execute(delete(session).where(session.c.org == org, session.c.expires_ms < now_ms - TOKEN_MS))
        conn.execute(
            insert(session).values(
                org=org,
                token_sha256=token_hash(token),
                practitioner_id=who.practitioner_id,
                device_id=credentials.device_id,
                created_ms=now_ms,
                expires_ms=now_ms + TOKEN_MS,
            )
        )
        known = [subject for kind, subject in subjects if kind == "here"]
        conn.execute(delete(sign_in_failure).where(sign_in_failure.c.org == org, sign_in_failure.c.subject.in_(known)))
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


def _password_right(account: Row | None, password: str) -> bool:
    """Whether it is an active account's password. Takes as long where there is no such account: nobody can tell."""
    try:
        HASHER.verify(account.password_hash if account else _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return account is not None and account.active


@cache
def _nobody() -> str:
    return HASHER.hash(secrets.token_hex(16))


def _subjects(conn: Connection, org: str, credentials: Credentials, account: Row | None) -> list[tuple[str, str]]:
    """The counters of failed sign-ins that apply, each as (kind of limit, its key).

    A device on which this person has signed in before has one of its own ("here"); else device and account count.
    """
    known = (
        account
        and conn.execute(
            select(enrolment.c.org)
            .join(device, (device.c.org == enrolment.c.org) & (device.c.device_id == enrolment.c.device_id))
            .where(
                enrolment.c.org == org,
                enrolment.c.device_id == credentials.device_id,
                enrolment.c.practitioner_id == account.practitioner_id,
                device.c.public_key == credentials.public_key,
            )
        ).first()
    )
    key = token_hash(f"account {credentials.username.casefold()}")
    if known:
        return [("here", token_hash(f"here {credentials.device_id} {key}"))]
    return [("device", token_hash(f"device {credentials.device_id}")), ("account", key)]


def _too_many(conn: Connection, org: str, subjects: list[tuple[str, str]], now_ms: int) -> bool:
    stored = sign_in_failure.c
    counts: Counter[str] = Counter()
    for row in conn.execute(
        select(stored.subject, stored.failures).where(
            stored.org == org, stored.subject.in_([key for _, key in subjects]), stored.since_ms > now_ms - WINDOW_MS
        )
    ):
        counts[row.subject] += row.failures
    return any(counts[key] >= LIMITS[kind] for kind, key in subjects)


def _count_failure(conn: Connection, org: str, subjects: list[tuple[str, str]], now_ms: int) -> None:
    stored = sign_in_failure.c
    conn.execute(delete(sign_in_failure).where(stored.org == org, stored.since_ms <= now_ms - WINDOW_MS))
    for _, key in subjects:
        counter = (stored.org == org) & (stored.subject == key)
        if not conn.execute(update(sign_in_failure).where(counter).values(failures=stored.failures + 1)).rowcount:
            upsert(conn, sign_in_failure, [{"org": org, "subject": key, "since_ms": now_ms, "failures": 1}])


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
