"""Watches what the program sends to PostgreSQL while its tests run, and holds it against `statements.faults`."""

import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlglot.errors import SqlglotError

from tests.steps.centre.statements import faults

SYNC = str(Path(__file__).parents[3] / "sync")
NOT_WATCHED = ("/migrations/", "/distribute.py")  # these run on the coordinator alone
TRANSACTION = ("SAVEPOINT", "RELEASE", "ROLLBACK")

seen: dict[str, list[str]] = {}  # each statement of the program, and what is wrong with it


@event.listens_for(Engine, "before_cursor_execute")
def _look(conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
    if statement.startswith(TRANSACTION):
        return
    if conn.dialect.name == "postgresql" and statement not in seen and _is_the_programs():
        try:
            seen[statement] = faults(statement)
        except SqlglotError:
            seen[statement] = ["this cannot be read"]


def _is_the_programs() -> bool:
    """Whether the program asked for it, and not a test."""
    frame = sys._getframe()
    while frame := frame.f_back:
        file = frame.f_code.co_filename
        if "/alembic/" in file or any(part in file for part in NOT_WATCHED):
            return False
        if "/tests/" in file and file != __file__:
            return False
        if file.startswith(SYNC):
            return not _below(frame, NOT_WATCHED)
    return False


def _below(frame: Any, parts: tuple[str, ...]) -> bool:
    while frame := frame.f_back:
        if any(part in frame.f_code.co_filename for part in parts):
            return True
    return False


def broken() -> dict[str, list[str]]:
    return {statement: why for statement, why in seen.items() if why}
