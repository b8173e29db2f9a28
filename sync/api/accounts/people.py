"""Organisations, teams and practitioners, and the command by which the first ones are made:

python -m sync.api.accounts.people team ID "NAME"
python -m sync.api.accounts.people person USERNAME "NAME" ROLE [--team ID]… [--collar N --force NAME] [--registration N]
python -m sync.api.accounts.people leaver USERNAME          python -m sync.api.accounts.people revoke DEVICE_ID

A password is asked for, or read from standard input. A leaver cannot sign in; what they sealed still arrives.
"""

import argparse
import getpass
import re
import secrets
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from argon2 import PasswordHasher
from sqlalchemy import Connection, delete, insert, select, update

from sync.api.settings import from_environment
from sync.api.storage.database import Database, upsert
from sync.api.storage.migrations import migrate
from sync.api.storage.schema import counter, device, epoch, membership, organisation, practitioner, session, team
from sync.core.roles import ROLES
from sync.core.times import to_millis

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP password storage, Argon2id
USERNAME = re.compile(r"[a-z][a-z0-9_.-]{0,79}")  # what sync.protocol.messages.Change takes for an author


@dataclass(frozen=True)
class NewPractitioner:
    """One practitioner to be made. An officer belongs to no team: they see what they co-signed, and nothing else."""

    username: str
    name: str
    role: str
    teams: tuple[str, ...] = ()
    registration_number: str = ""
    collar_number: str = ""
    force: str = ""


@dataclass(frozen=True)
class NewTeam:
    """One team to be made with its people, who all begin with the same password."""

    team_id: str
    name: str
    people: tuple[NewPractitioner, ...]
    password: str = field(repr=False)


class WrongDatabase(ValueError):
    """A database for training is opened for people, or the other way round."""


def make_organisation(conn: Connection, org: str, name: str, now: datetime, *, training: bool) -> None:
    """Make the organisation with its counter and first epoch, unless it is there.

    Raises WrongDatabase when the one that is there is for training and this is not, or the other way round.
    """
    known = conn.execute(select(organisation.c.training).where(organisation.c.org == org)).first()
    if known is not None and known.training != training:
        raise WrongDatabase(
            "This database is for training. Set ALONGSIDE_TRAINING to 1 or use another database."
            if known.training
            else "This database is not for training. Leave ALONGSIDE_TRAINING out or use another database."
        )
    if known is None:
        first, began_ms = secrets.token_hex(8), to_millis(now)
        facts = {"name": name, "epoch": first, "created_ms": began_ms, "training": training}
        conn.execute(insert(organisation).values(org=org, **facts))
        conn.execute(insert(epoch).values(org=org, epoch=first, began_ms=began_ms, after_seq=0))
        conn.execute(insert(counter).values(org=org, seq=0))


def make_team(conn: Connection, org: str, team_id: str, name: str) -> None:
    upsert(conn, team, [{"org": org, "team_id": team_id, "name": name}])


def make_person(conn: Connection, org: str, person: NewPractitioner, password: str) -> bool:
    """Make the practitioner with their teams; their id is their username. Returns False, and makes nobody, when it is
    taken. Raises ValueError for a role that there is not and for a user name that cannot be one.
    """
    if person.role not in ROLES:
        raise ValueError(f"a role is one of {', '.join(ROLES)}")
    if not USERNAME.fullmatch(person.username):
        raise ValueError("a user name is small letters, digits, dots, dashes and underscores, and begins with a letter")
    taken = select(practitioner.c.org).where(practitioner.c.org == org, practitioner.c.username == person.username)
    if conn.execute(taken).first() is not None:
        return False
    conn.execute(
        insert(practitioner).values(
            org=org,
            practitioner_id=person.username,
            username=person.username,
            name=person.name,
            role=person.role,
            password_hash=HASHER.hash(password),
            registration_number=person.registration_number,
            collar_number=person.collar_number,
            force=person.force,
            active=True,
        )
    )
    upsert(
        conn,
        membership,
        [{"org": org, "practitioner_id": person.username, "team_id": team_id} for team_id in person.teams],
    )
    return True


def make_teams(conn: Connection, org: str, teams: Iterable[NewTeam]) -> None:
    """Make these teams and their people, as far as they are not there."""
    for new in teams:
        make_team(conn, org, new.team_id, new.name)
        for person in new.people:
            make_person(conn, org, person, new.password)


def make_leaver(conn: Connection, org: str, username: str) -> int:
    """End this person's sessions, and let them sign in no more. Returns how many people that was: 0 or 1."""
    people = practitioner.c
    left = conn.execute(update(practitioner).where(people.org == org, people.username == username).values(active=False))
    conn.execute(delete(session).where(session.c.org == org, session.c.practitioner_id == username))
    return left.rowcount


def revoke_device(conn: Connection, org: str, device_id: str) -> int:
    """Let this device neither sign in nor send any more. Returns how many devices that was: 0 or 1."""
    devices = device.c
    revoked = conn.execute(
        update(device).where(devices.org == org, devices.device_id == device_id).values(revoked=True)
    )
    conn.execute(delete(session).where(session.c.org == org, session.c.device_id == device_id))
    return revoked.rowcount


def main(argv: list[str]) -> int:
    arguments = _parser().parse_args(argv)
    settings = from_environment()
    db = Database(settings.database_url)
    with db.write() as conn:
        migrate(conn)
        make_organisation(conn, settings.org, "Alongside", datetime.now(UTC), training=settings.training)
        done = _do(conn, settings.org, arguments)
    db.close()
    print("Done." if done else "Nothing done: taken already, or not known.", file=sys.stdout if done else sys.stderr)
    return 0 if done else 1


def _do(conn: Connection, org: str, arguments: argparse.Namespace) -> int:
    match arguments.what:
        case "team":
            make_team(conn, org, arguments.team_id, arguments.name)
        case "person":
            person = NewPractitioner(
                arguments.username.casefold(),
                arguments.name,
                arguments.role,
                tuple(arguments.team),
                arguments.registration,
                arguments.collar,
                arguments.force,
            )
            secret = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
            return make_person(conn, org, person, secret)
        case "leaver":
            return make_leaver(conn, org, arguments.username)
        case "revoke":
            return revoke_device(conn, org, arguments.device_id)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sync.api.accounts.people", description="Teams, people and devices."
    )
    commands = parser.add_subparsers(dest="what", required=True)
    new_team = commands.add_parser("team")
    new_team.add_argument("team_id")
    new_team.add_argument("name")
    person = commands.add_parser("person")
    person.add_argument("username")
    person.add_argument("name")
    person.add_argument("role", choices=ROLES)
    person.add_argument("--team", action="append", default=[])
    for option in ("--registration", "--collar", "--force"):
        person.add_argument(option, default="")
    commands.add_parser("leaver").add_argument("username")
    commands.add_parser("revoke").add_argument("device_id")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
