"""A nurse at a phone, with a real centre that comes and goes: the fixtures, and how to wait for what has to arrive.

A folder's conftest takes the fixtures over: `amina`, `desk`, `phone`, `running`, `sqlite_template`.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from demo import PASSWORD
from field_app.desk.desk import Desk
from field_app.desk.desk_models import PhoneStatus
from field_app.packs import FetchedPacks
from field_app.phone.packs import PhonePacks
from field_app.phone.phone import Phone
from field_app.phone.session import Session
from sync.api.settings import database_url
from sync.client.http import Client
from tests.steps.builders import PIN, SHIPPED, TRUST
from tests.steps.centre.fixtures import sqlite_template
from tests.steps.centre.running import Clock, Running, serving

__all__ = [
    "amina",
    "arrived",
    "at_the_desk",
    "came",
    "desk",
    "phone",
    "running",
    "sealed",
    "settled",
    "signed_in_desk",
    "sqlite_template",
    "until",
]


@pytest.fixture
def running(sqlite_template, tmp_path) -> Iterator[Running]:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(sqlite_template, data / "centre.db")
    with serving(database_url("", data), data, Clock()) as it:
        yield it


@pytest.fixture
def phone(running: Running, tmp_path) -> Iterator[Phone]:
    made = Phone(tmp_path / "phone", lambda: Client(running.url, timeout=5), SHIPPED, training=True, scrypt_n=2**10)
    yield made
    made.close()


@pytest.fixture
def amina(phone: Phone) -> Session:
    return phone.sign_in("amina.yusuf", PASSWORD, PIN)


@contextmanager
def signed_in_desk(address: str) -> Iterator[Desk]:
    """Ruth's, the supervisor's, at the centre of this address."""
    made = Desk(address, FetchedPacks(SHIPPED, TRUST), training=True)
    made.sign_in("ruth.okoro", PASSWORD)
    yield made
    made.client.close()


@pytest.fixture
def desk(running: Running) -> Iterator[Desk]:
    with signed_in_desk(running.url) as made:
        yield made


def at_the_desk(desk: Desk, device_id: str) -> PhoneStatus:
    """The line of this phone in the desk's list."""
    return next(one for one in desk.phones() if one.device_id == device_id)


def until(session: Session, said: Callable[[], object], seconds: float = 15) -> bool:
    """Wake the background until this holds; False when it does not come true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if said():
            return True
        session.sync_now()
        time.sleep(0.05)
    return False


def arrived(session: Session, seconds: float = 15) -> bool:
    return until(session, lambda: not session.store.strip().waiting, seconds)


def sealed(session: Session, kind: str = "incident", **answers) -> str:
    incident_id = session.new_incident()
    draft = session.edit(incident_id, kind)
    session.seal(type(draft)(**{**vars(draft), "answers": {**draft.answers, **answers}}))
    return incident_id


def settled(packs: PhonePacks) -> None:
    packs.close()


def came(phone: Phone, session: Session, true: Callable[[], object]) -> bool:
    phone.packs._next_ms = 0  # an hour later
    sealed(session, location="something new")
    return until(session, true)
