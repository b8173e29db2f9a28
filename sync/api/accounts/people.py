"""Organisations, teams and practitioners, and the command by which they are made and changed:

python -m sync.api.accounts.people team ID "NAME"                a team, or its new name
python -m sync.api.accounts.people person USERNAME "NAME" ROLE [--team ID]… [--collar N --force NAME] [--registration N]
python -m sync.api.accounts.people leaver USERNAME               back USERNAME
python -m sync.api.accounts.people role USERNAME ROLE            move USERNAME --team ID [--team ID]…
python -m sync.api.accounts.people name USERNAME "NAME"          password USERNAME
python -m sync.api.accounts.people revoke DEVICE_ID              unrevoke DEVICE_ID

A password is asked for, or read from standard input. What each of them ends: docs/deploy.md.
"""

import argparse
import getpass
import re
import secrets
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from sync.api.accounts import employment
from sync.api.accounts.passwords import hashed
from sync.api.settings import from_environment
from sync.api.storage.database import Database, upsert
from sync.api.storage.migrations import migrate
from sync.api.storage.schema import counter, epoch, membership, organisation, practitioner, team
from sync.core.roles import ROLES
from sync.core.times import to_millis

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
            password_hash=hashed(password),
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


def main(argv: list[str], clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> int:
    arguments = _parser().parse_args(argv)
    settings = from_environment()
    db = Database(settings.database_url)
    now = clock()
    try:
        with db.write() as conn:
            migrate(conn)
            make_organisation(conn, settings.org, "Alongside", now, training=settings.training)
            done = _do(conn, settings.org, arguments, to_millis(now))
    except (LookupError, ValueError) as error:
        print(error.args[0], file=sys.stderr)
        return 1
    finally:
        db.close()
    print(done)
    return 0


def _do(conn: Connection, org: str, asked: argparse.Namespace, now_ms: int) -> str:
    """Do what is asked. Returns what was done, in words."""
    if "username" in asked:
        asked.username = asked.username.casefold()
    match asked.what:
        case "team":
            make_team(conn, org, asked.team_id, asked.name)
            return f"The team {asked.team_id} is named {asked.name}."
        case "person":
            return _person(conn, org, asked)
        case "leaver":
            return employment.leaves(conn, org, asked.username, now_ms)
        case "back":
            return employment.returns(conn, org, asked.username)
        case "role":
            return employment.takes_role(conn, org, asked.username, asked.role, now_ms)
        case "move":
            return employment.moves(conn, org, asked.username, asked.team, now_ms)
        case "name":
            return employment.is_named(conn, org, asked.username, asked.name)
        case "password":
            return employment.gets_password(conn, org, asked.username, _password())
        case "revoke":
            return employment.revoke(conn, org, asked.device_id, now_ms)
    return employment.unrevoke(conn, org, asked.device_id)


def _person(conn: Connection, org: str, asked: argparse.Namespace) -> str:
    employment.known_teams(conn, org, asked.team)
    person = NewPractitioner(
        asked.username, asked.name, asked.role, tuple(asked.team), asked.registration, asked.collar, asked.force
    )
    if not make_person(conn, org, person, _password()):
        raise LookupError(
            f"Somebody has the user name {person.username!r} already, or left with it. Nobody was made. "
            "Whoever comes back after leaving: `back`. A forgotten password: `password`."
        )
    teams = f" in {', '.join(person.teams)}" if person.teams else ""
    return f"{person.name} ({person.username}) may sign in, as {person.role}{teams}."


def _password() -> str:
    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sync.api.accounts.people",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="what", required=True)

    def command(name: str, what: str, *given: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=what)
        for argument in given:
            added.add_argument(argument, choices=ROLES if argument == "role" else None)
        return added

    command("team", "make a team, or give it another name", "team_id", "name")
    person = command("person", "make somebody who may sign in", "username", "name", "role")
    person.add_argument("--team", action="append", default=[])
    for option in ("--registration", "--collar", "--force"):
        person.add_argument(option, default="")
    command("leaver", "somebody leaves", "username")
    command("back", "a leaver comes back", "username")
    command("role", "somebody has another role from now on", "username", "role")
    move = command("move", "somebody is in these teams from now on, and in no others", "username")
    move.add_argument("--team", action="append", required=True)
    command("name", "somebody has another name; the user name stays", "username", "name")
    command("password", "a new password, where the old one is forgotten", "username")
    command("revoke", "shut a device out; what it holds still arrives", "device_id")
    command("unrevoke", "let a device in again", "device_id")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
