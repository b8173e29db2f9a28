"""A centre in this process, and the phone app and the console as processes of their own, for the tests of a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.api.settings import database_url
from tests.steps.centre.running import Clock, Running, serving
from tools.world import Process


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def centre(place: Path) -> Iterator[Running]:
    (place / "centre").mkdir()
    with serving(database_url("", place / "centre"), place / "centre", Clock()) as running:
        yield running


@pytest.fixture(scope="module")
def phone(place: Path, centre: Running) -> Iterator[Process]:
    yield from _served("field_app.main", place / "phone", centre)


@pytest.fixture(scope="module")
def console(place: Path, centre: Running) -> Iterator[Process]:
    yield from _served("field_app.console", place / "console", centre)


def _served(module: str, folder: Path, centre: Running) -> Iterator[Process]:
    loud = {"ALONGSIDE_LOG": "DEBUG", "FLET_LOG_LEVEL": "DEBUG"}
    process = Process(module, folder, "/", ALONGSIDE_CENTRE=centre.url, ALONGSIDE_TRAINING="1", **loud)
    process.start()
    yield process
    process.kill()
