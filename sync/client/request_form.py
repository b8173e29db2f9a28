"""How a request is put on the line: in bz2 streams as they come, or otherwise where something on the way spoils that.

A proxy that drops or changes `content-encoding` makes the centre read bz2 as lines; a filter may refuse what it cannot
read, a gateway what has no length. Each of them says so, and what works is kept until the line changes.
"""

import bz2
from dataclasses import dataclass, replace

from sync.client.between import WANTS_LENGTH, WANTS_PLAIN
from sync.core.errors import NOT_UNDERSTOOD

SPOILT = (*NOT_UNDERSTOOD, "too_large")  # bz2 that is read as lines has no end of a line for long


@dataclass(frozen=True)
class RequestForm:
    """`plain`: lines without compression. `whole`: with its length, and not in chunks."""

    plain: bool = False
    whole: bool = False

    @property
    def headers(self) -> dict[str, str]:
        return {"accept-encoding": "identity"} if self.plain else {"content-encoding": "bz2", "accept-encoding": "bz2"}

    def packed(self, lines: bytes) -> bytes:
        return lines if self.plain else bz2.compress(lines)

    def after(self, status: int, code: str = "") -> "RequestForm":
        """The form to try next, after an answer with this status. `code`: of the centre's own problem."""
        if status == WANTS_LENGTH:
            return replace(self, whole=True)
        is_spoilt = code in SPOILT if code else status in WANTS_PLAIN
        return self._otherwise if is_spoilt else self

    def after_answer(self, code: str) -> "RequestForm":
        """The form to try next, after two answers in a row whose lines could not be read for this reason."""
        return self._otherwise if code in ("not_bz2", "not_gzip", "not_json") else self

    @property
    def _otherwise(self) -> "RequestForm":
        return replace(self, plain=not self.plain)
