"""Anti-entropy: a device and the centre compare 256 sums of their logs and repair what differs. Pure.

After Demers et al. 1987, with one level of buckets where Dynamo (DeCandia et al. 2007) keeps a Merkle tree. A device
that has pulled everything holds exactly what the centre's log holds. Damage to its disk, or a fault of ours, would show
here and nowhere else; it is looked for once a day.
"""

from collections.abc import Iterable

BUCKETS = 256
SUM_HEX = 16  # digits of a sum


def bucket_sums(change_ids: Iterable[str]) -> list[str]:
    """By the first byte of an id: the exclusive or of the ids' last eight bytes, in hexadecimal."""
    sums = [0] * BUCKETS
    for change_id in change_ids:
        sums[int(change_id[:2], 16)] ^= int(change_id[-SUM_HEX:], 16)
    return [f"{bucket_sum:016x}" for bucket_sum in sums]


def differing_buckets(ours: Iterable[str], theirs: Iterable[str]) -> set[int]:
    """The numbers of the buckets whose sums are not the same."""
    return {bucket for bucket, (our, their) in enumerate(zip(ours, theirs, strict=True)) if our != their}


def ids_in(change_ids: Iterable[str], buckets: set[int]) -> list[str]:
    """Those ids that lie in one of these buckets, sorted."""
    return sorted(change_id for change_id in change_ids if int(change_id[:2], 16) in buckets)
