"""What a device returns after this centre was restored from a backup: segments of a log that the centre once signed."""

from collections.abc import Callable, Sequence
from itertools import groupby

from sync.api.ingest.change_log import Sender, take
from sync.api.storage.database import Database
from sync.core.errors import Untrusted
from sync.domain.content.pack_set import PackSet
from sync.protocol.line_stream import Line
from sync.protocol.messages import Change, LogSegment, OwnChange
from sync.protocol.segment import read_segment
from sync.protocol.verify import verify


def take_back(
    db: Database, org: str, lines: Sequence[Line], centre_key: str, packs: PackSet, now_ms: Callable[[], int]
) -> bool:
    """Store again what these lines, from `segment` to `head`, hold; what counted then counts, and nothing else does.

    Returns False, and stores nothing, where the centre's key does not vouch for all of it: a phone's disk may have
    damaged something, and other devices have it too.
    """
    try:
        segment = read_segment(str(lines[0].get("before")), iter(lines[1:]), _nobody)
        verify(segment, centre_key)
    except (LookupError, TypeError, ValueError, Untrusted):
        return False
    team = _team(segment)
    whole = [(entry.change, entry.void) for entry in segment.entries if isinstance(entry.change, Change)]
    for (device_id, void), changes in groupby(whole, lambda pair: (pair[0].device_id, pair[1])):
        sender = Sender(device_id, "", team, counted=not void)
        take(db, org, sender, [change for change, _ in changes], packs, now_ms())
    return True


def _team(segment: LogSegment) -> str | None:
    """The team in whose log the segment lies; None for the log of one device."""
    kind, _, team_id = segment.head.scope.partition(":")
    return team_id if kind == "team" else None


def _nobody(_first: int, _count: int) -> Sequence[OwnChange]:
    """A segment that comes back spells out every change."""
    return []
