"""The log of a program on standard error: its own lines, and of the libraries' lines only where they come from.

Under Flet whole frames are logged (what is on the screen and what is typed), session ids, and exceptions with whatever
they quote. ALONGSIDE_LOG is how much is logged, WARNING unless it is set; no level brings these out.
"""

import logging
import os

OURS = ("field_app", "sync", "demo", "alongside")
FORMAT = "%(asctime)s %(name)s %(message)s"


class OnlyOurWords(logging.Filter):
    """Leaves of a library's line its level, its place in the code and the kind of its exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] in OURS:
            return True
        if record.levelno < logging.WARNING:
            return False
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        record.msg = f"{record.levelname.lower()} at {record.filename}:{record.lineno} {kind}".rstrip()
        record.args, record.exc_info, record.exc_text, record.stack_info = (), None, None, None
        return True


def set_up() -> None:
    """Logs as ALONGSIDE_LOG says."""
    handler = logging.StreamHandler()
    handler.addFilter(OnlyOurWords())
    logging.basicConfig(level=os.environ.get("ALONGSIDE_LOG", "WARNING"), format=FORMAT, handlers=[handler])
