"""What a device need not draw at random, because it follows from what it drew before: it takes no room on the wire.

The first nonce of a device in an incident is random. Each further one follows from the one before, so whoever may read the
one knows the other, and nobody else does. The id of a record follows from its incident, its device and a number.
"""

import os
from hashlib import sha256
from uuid import UUID

from sync.core.signing import b64

NONCE = 8  # bytes
VERSION = 8  # of a UUID: made in a way of one's own (RFC 9562)
TRIED = 32  # numbers of records that are tried, to find one by its id


def next_nonce(nonce: str | None) -> str:
    """The nonce after this one of the same device in the same incident; a random one after none that is known."""
    if nonce is None:
        return b64(os.urandom(NONCE))
    return b64(sha256(b"alongside/nonce/1\0" + nonce.encode()).digest()[:NONCE])


def record_id(incident_id: str, device_id: str, number: int) -> str:
    """The id of the record with this number, from 1, that this device begins in this incident: a UUID of version 8."""
    return str(UUID(bytes=_id(_names(incident_id, device_id), number)))


def number_of(record_id: str, incident_id: str, device_id: str) -> int:
    """The number by which this id follows from the others; 0 for an id that does not."""
    wanted = UUID(record_id).bytes
    if wanted[6] >> 4 != VERSION:
        return 0
    names = _names(incident_id, device_id)
    return next((number for number in range(1, TRIED + 1) if _id(names, number) == wanted), 0)


def _names(incident_id: str, device_id: str) -> bytes:
    return b"alongside/record/1\0" + UUID(incident_id).bytes + UUID(device_id).bytes


def _id(names: bytes, number: int) -> bytes:
    made = bytearray(sha256(names + number.to_bytes(4, "big")).digest()[:16])
    made[6] = made[6] & 0x0F | VERSION << 4
    made[8] = made[8] & 0x3F | 0x80
    return bytes(made)
