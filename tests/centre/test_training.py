"""Training and care never meet: publishers, demo people, databases, folders, sign-ins."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from demo import PASSWORD
from field_app import bootstrap
from field_app.phone.phone import Phone
from sync import pack_files
from sync.api.accounts.people import WrongDatabase
from sync.api.app import create_app, prepare
from sync.api.routes.centre import Centre
from sync.api.settings import Settings, from_environment
from sync.api.storage.database import Database
from sync.client.http import Client
from sync.client.memory_device import Device
from sync.core.canonical import canonical
from sync.core.errors import AlongsideError, Problem, Untrusted
from sync.core.signing import Signer
from sync.pack_files import NoPublisher, publishers, shipped_packs
from tests.steps.builders import NOON, PACKS, SHIPPED
from tests.steps.centre.running import Clock, Running, serving
from tools.world import ROOT


@pytest.fixture
def own_publisher(monkeypatch: pytest.MonkeyPatch) -> None:
    """The build's publisher is not the demonstration one."""
    monkeypatch.setattr(pack_files, "DEMONSTRATION", "somebody else's key")


@pytest.fixture
def in_care(own_publisher: None, empty_url: str, tmp_path: Path) -> Iterator[Running]:
    """A centre that is not for training."""
    with serving(empty_url, tmp_path / "care", Clock(), training=False) as running:
        yield running


def signing_in(running: Running, *, training: bool) -> dict:
    client = Client(running.url)
    running.clients.append(client)
    ask = partial(client.sign_in, training=training)
    return Device("Phone", lambda: NOON).sign_in(ask, "amina.yusuf", PASSWORD)


def test_the_demonstration_publisher_is_trusted_in_training_alone(tmp_path: Path) -> None:
    assert pack_files.DEMONSTRATION in publishers(training=True)
    for refused in (publishers, shipped_packs):
        with pytest.raises(NoPublisher, match=r"build\.sh publisher"):
            refused(training=False)
    with pytest.raises(NoPublisher):
        create_app(Settings(f"sqlite:///{tmp_path}/centre.db", tmp_path))


@pytest.mark.parametrize("program", ["sync.api", "field_app.console"])
def test_a_program_without_a_publisher_says_how_to_become_one(program: str, tmp_path: Path) -> None:
    env = {**os.environ, "ALONGSIDE_DATA": str(tmp_path), "ALONGSIDE_PORT": "1"}
    done = subprocess.run(
        [sys.executable, "-m", program], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "./build.sh publisher" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_phone_without_a_publisher_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_DATA", str(tmp_path))
    monkeypatch.delenv("ALONGSIDE_TRAINING", raising=False)
    with pytest.raises(AlongsideError) as refused:
        bootstrap.make_phone(tmp_path)
    assert refused.value.code == "no_publisher"


def test_one_command_makes_a_publisher(tmp_path: Path) -> None:
    for part in ("assets/packs", "sync", "tools"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(tmp_path)}
        return subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )

    for _again in range(2):  # the key that is there is kept
        made = run("-m", "tools.packs", "A trust of nobody", "publisher.key")
        assert made.returncode == 0, made.stderr
    assert (tmp_path / "publisher.key").stat().st_mode & 0o777 == 0o600
    ask = (
        "from sync.pack_files import *; print(len(shipped_packs(training=False)), *publishers(training=False).values())"
    )
    assert run("-c", ask).stdout.strip() == f"{len(SHIPPED)} A trust of nobody"
    (tmp_path / "publisher.key").write_bytes(b"short")
    spoilt = run("-m", "tools.packs", "A trust of nobody", "publisher.key")
    assert spoilt.returncode == 1
    assert "is not a publisher's key" in spoilt.stderr


def test_demo_people_are_for_training() -> None:
    with pytest.raises(ValueError, match="ALONGSIDE_TRAINING=1"):
        from_environment({"ALONGSIDE_DEMO": "1"})
    assert from_environment({"ALONGSIDE_DEMO": "1", "ALONGSIDE_TRAINING": "1"}).training


@pytest.mark.parametrize("first", [True, False])
def test_a_database_stays_what_it_was_made_as(first: bool, own_publisher: None, empty_url: str, tmp_path: Path) -> None:
    db = Database(empty_url)
    for training in (first, first):
        prepare(Centre(Settings(empty_url, tmp_path, training=training), db, Signer(bytes(32)), PACKS, Clock()))
    with pytest.raises(WrongDatabase, match="ALONGSIDE_TRAINING"):
        prepare(Centre(Settings(empty_url, tmp_path, training=not first), db, Signer(bytes(32)), PACKS, Clock()))
    db.close()


def test_a_phones_folder_stays_what_it_was_made_as(tmp_path: Path) -> None:
    for _again in range(2):
        Phone(tmp_path, lambda: Client("http://127.0.0.1:9"), SHIPPED, training=True).close()
    with pytest.raises(AlongsideError) as refused:
        Phone(tmp_path, lambda: Client("http://127.0.0.1:9"), SHIPPED)
    assert refused.value.code == "training_differs"


def test_a_centre_for_training_takes_phones_for_training(running: Running) -> None:
    refuses_others(running, training=True)


def test_a_centre_for_care_takes_phones_for_care(in_care: Running) -> None:
    refuses_others(in_care, training=False)


def refuses_others(centre: Running, *, training: bool) -> None:
    assert signing_in(centre, training=training)["training"] is training
    with pytest.raises(Problem) as refused:
        signing_in(centre, training=not training)
    assert (refused.value.status, refused.value.code) == (409, "training_differs")


def test_a_phone_does_not_believe_a_centre_of_the_other_kind(running: Running) -> None:
    """A centre that took the sign-in all the same, and says what it is."""
    answer = signing_in(running, training=True)
    body = httpx.ByteStream(canonical({**answer, "training": True}))
    headers = {"content-type": "application/json"}
    line = httpx.MockTransport(lambda _request: httpx.Response(200, stream=body, headers=headers))
    client = Client("https://centre.invalid", transport=line)
    with pytest.raises(Untrusted):
        Device("Phone", lambda: NOON).sign_in(client.sign_in, "amina.yusuf", PASSWORD)
    assert client.token is None
