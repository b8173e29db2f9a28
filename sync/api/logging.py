"""Log lines without patient data: one JSON object a line, and only fields that are on the list.

A value that is not an id, a code or a number does not get in: text is cut to the characters that those are made of.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime

ALLOWED = frozenset(
    [
        "at",
        "event",
        "method",
        "route",
        "status",
        "ms",
        "code",
        "device_id",
        "practitioner_id",
        "scope",
        "changes",
        "batches",
        "entries",
        "bytes",
        "error",
        "where",
        "seq",
        "count",
        "port",
        "host",
        "version",
        "level",
        "source",
    ]
)
PLAIN = re.compile(r"[^A-Za-z0-9 _.:/{}\-]")

log = logging.getLogger("alongside.centre")


def note(event: str, **fields: str | int | None) -> None:
    """Write one line. Raises ValueError for a field that is not allowed: an error of the program, that tests find."""
    if unknown := fields.keys() - ALLOWED:
        raise ValueError(f"not a field of the log: {', '.join(sorted(unknown))}")
    log.info(event, extra={"fields": fields})


def fault(event: str, error: BaseException, **fields: str | int | None) -> None:
    """Write a line on an error: its kind and where it arose, never its message, which may quote what was sent."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)
    note(event, error=type(error).__name__, where=where, **fields)


class JsonLines(logging.Formatter):
    """Formats our lines with their fields; of other loggers' lines only the logger's name and the level."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "fields", None)
        if fields is None:
            line = {"at": at, "event": "library", "source": record.name, "level": record.levelname}
            if record.exc_info and record.exc_info[0]:
                line["error"] = record.exc_info[0].__name__
        else:
            line = {"at": at, "event": record.msg, **{name: _plain(value) for name, value in fields.items()}}
        return json.dumps(line)


def start_logging() -> None:
    """Send everything to standard error as JSON lines; of libraries only warnings and errors."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log.setLevel(logging.INFO)


def _plain(value: object) -> object:
    return PLAIN.sub("?", value)[:160] if isinstance(value, str) else value
