"""The gaps in a device's numbers: changes that it has made and that the centre has not got."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection, select, update

from sync.api.ingest.hello import clock_offset_ms
from sync.api.ingest.request_reader import Ingest
from sync.api.storage.schema import change_log, device

MAX_GAPS = 50  # in one answer
Gap = tuple[int, int]  # the first and the last number of a gap


def note_device(conn: Connection, org: str, ingest: Ingest, now_ms: int) -> tuple[Gap, ...] | None:
    """Put down what the device said of itself and how many changes are missing. Returns the gaps to be sent again.

    None, and nothing is put down, where a hello with this count or a higher one has been noted since this was read:
    then it is a repeat, and what it says is not taken.
    """
    hello, devices, log = ingest.hello, device.c, change_log.c
    this = (devices.org == org) & (devices.device_id == hello.device_id)
    known = conn.execute(select(devices.stored_to, devices.missing_since_ms).where(this)).one()
    above = (log.org == org) & (log.device_id == hello.device_id) & (log.device_seq > known.stored_to)
    stored = set(conn.execute(select(log.device_seq).where(above)).scalars())
    stored_to = known.stored_to
    while stored_to + 1 in stored:
        stored_to += 1
    gaps = list(_gaps(stored_to, hello.device_seq, stored))
    missing = sum(last - first + 1 for first, last in gaps)
    values = {
        "hello_count": hello.count,
        "last_seen_ms": now_ms,
        "app_version": hello.app_version,
        "reported_seq": hello.device_seq,
        "reported_head": hello.device_head,
        "stored_to": stored_to,
        "missing": missing,
        "missing_since_ms": (known.missing_since_ms or now_ms) if missing else None,
        "clock_offset_ms": clock_offset_ms(hello, ingest.hello_ms),
    }
    if not conn.execute(update(device).where(this, devices.hello_count < hello.count).values(**values)).rowcount:
        return None
    unsent = (part for first, last in gaps for part in _gaps(first - 1, last, ingest.numbers))
    return tuple(islice(unsent, MAX_GAPS))


def _gaps(after: int, to: int, present: set[int]) -> Iterator[Gap]:
    """The stretches of numbers above `after`, up to `to`, that are not present."""
    first = after + 1
    for number in sorted(number for number in present if after < number <= to):
        if number > first:
            yield first, number - 1
        first = number + 1
    if first <= to:
        yield first, to
