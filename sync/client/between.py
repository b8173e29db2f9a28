"""What an answer means that is not the centre's: of a log-in page, a gateway, a proxy, a filter on the way."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sync.client.tls import moment_of
from sync.core.errors import (
    AlongsideError,
    Busy,
    CaptivePortal,
    CentreAway,
    GatewayLimit,
    NetworkBlocks,
    NotReachable,
    NotTheCentre,
)

LONGEST_WAIT_S = 3600  # whatever an answer says, the next try is not later
MEANING: dict[int, type[NotReachable]] = {
    401: CaptivePortal,
    403: NetworkBlocks,
    407: NetworkBlocks,
    408: NotReachable,  # what was sent came too slowly
    413: GatewayLimit,
    429: Busy,
    451: NetworkBlocks,
    503: Busy,
    511: CaptivePortal,  # Network Authentication Required (RFC 6585)
}
WANTS_PLAIN = (400, 403, 406, 415, 501)  # may be said of a body that something on the way cannot read
WANTS_LENGTH = 411


def meaning(status: int, headers: Mapping[str, str]) -> NotReachable:
    """The error that an answer with this status stands for. `headers`: their names in any case."""
    kind = MEANING.get(status)
    if kind is None:
        kind = CaptivePortal if status < 400 else CentreAway if status >= 500 else NotTheCentre
    return kind(backoff_s=backoff_s(headers))


def refused_by_proxy(answer: str) -> AlongsideError:
    """What it means that a proxy made no way to the centre. `answer`: its status line."""
    status = answer.partition(" ")[0]
    return CentreAway() if status.startswith("5") else NetworkBlocks()


def backoff_s(headers: Mapping[str, str]) -> int:
    """Seconds that `retry-after` asks for, given as such or as a date; 0 when it says nothing that can be understood.

    A date counts from the answer's own: the clock here may be wrong.
    """
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return LONGEST_WAIT_S if len(said) > 9 else min(int(said), LONGEST_WAIT_S)
    if (until := moment_of(said)) is None:
        return 0
    now = moment_of(headers.get("date", "")) or datetime.now(UTC)
    return max(0, min(round((until - now).total_seconds()), LONGEST_WAIT_S))
