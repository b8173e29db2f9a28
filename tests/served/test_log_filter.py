"""What a program writes to its log: its own lines whole, those of a library without their words."""

import logging
from collections.abc import Iterator

import pytest

from field_app.log_filter import OnlyOurWords

LIBRARIES = ["flet", "flet_transport", "flet_web.fastapi", "flet_object_patch", "uvicorn.error", "httpx", "asyncio"]


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """The lines written, as they would stand in the log."""
    written: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    handler = Kept(logging.DEBUG)
    handler.addFilter(OnlyOurWords())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_librarys_frames_and_ids_are_not_written(lines: list[str], name: str):
    log = logging.getLogger(name)
    log.debug("send_message: %s", "Marigold Thistlewood")
    log.info("New session created: Marigold")
    assert lines == []


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_librarys_fault_is_written_by_its_place_and_kind(lines: list[str], name: str):
    try:
        raise KeyError("Marigold")
    except KeyError:
        logging.getLogger(name).error("Unhandled error in Marigold", exc_info=True)
    logging.getLogger(name).warning("Receive loop error: %s", "Marigold", stack_info=True)
    assert "Marigold" not in "".join(lines)
    assert [line.split(" at ")[0] for line in lines] == ["error", "warning"]
    assert lines[0].endswith("KeyError")
    assert "test_log_filter.py:" in lines[0]


def test_our_own_lines_are_written_as_they_are(lines: list[str]):
    logging.getLogger("alongside.ui").error("drawing %s: %s at %s", "home", "KeyError", "home.py:5")
    logging.getLogger("field_app.phone.background").debug("sync began")
    assert lines == ["drawing home: KeyError at home.py:5", "sync began"]
