"""Whether a device and the centre have the same log: compared by 256 short sums, repaired change by change. Pure.

A device that has pulled everything should hold exactly what the centre's log holds. Damage to its disk, or a mistake of
ours, would show here and nowhere else, so it is looked at once a day.
"""

from collections.abc import Iterable

BUCKETS = 256
SUM_HEX = 16


def sums(change_ids: Iterable[str]) -> list[str]:
    """For each first byte of an id, the exclusive or of the ids' last eight bytes."""
    found = [0] * BUCKETS
    for change_id in change_ids:
        found[int(change_id[:2], 16)] ^= int(change_id[-SUM_HEX:], 16)
    return [f"{one:016x}" for one in found]


def differing_buckets(here: Iterable[str], there: Iterable[str]) -> set[int]:
    """The buckets whose sums are not the same."""
    return {bucket for bucket, (one, other) in enumerate(zip(here, there, strict=True)) if one != other}


def ids_in(change_ids: Iterable[str], buckets: set[int]) -> list[str]:
    """Those ids that lie in one of these buckets."""
    return sorted(one for one in change_ids if int(one[:2], 16) in buckets)
