"""The name of a centre's history, and from where on an entry's time says whether it counts.

The chain of a log covers each entry's id, number and time. So that it covers too whether the entry counts, the last bit of
the time says so: even, it counts; odd, it is void. Logs begun before 0.4.0 do not; the name of an epoch, which every head
is signed with, ends in the number after which they do.
"""

import re
import secrets

_NAME = re.compile(r"[0-9a-f]{16}\.(0|[1-9][0-9]{0,15})")


def new_name(marked_after: int) -> str:
    """A new epoch's name. Entries numbered above `marked_after` say by their time whether they count."""
    return f"{secrets.token_hex(8)}.{marked_after}"


def marked_after(epoch: str) -> int | None:
    """From which number on entries say so; None in an epoch named before 0.4.0."""
    said = _NAME.fullmatch(epoch)
    return int(said[1]) if said else None


def stamped(now_ms: int, *, void: bool) -> int:
    """The time of an entry: this millisecond, or the next where its last bit says something else."""
    return now_ms + (now_ms % 2 != void)
