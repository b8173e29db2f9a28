"""Ids and nonces derived from what a device drew before: a hash ratchet, so that they take no room on the wire.

The first nonce of a device in an incident is random; each further one is a hash of the one before, so whoever may read
the one knows the other, and nobody else does. The id of a record is a name-based UUID (RFC 9562, version 8) over its
incident, its device and a number.
"""

import os
from hashlib import sha256
from uuid import UUID

from sync.core.signing import b64

NONCE_BYTES = 8
UUID_VERSION = 8  # RFC 9562: made in a way of one's own
MAX_NUMBER = 32  # of a record: so many are tried, to find one by its id


def next_nonce(nonce: str | None) -> str:
    """The nonce after this one of the same device in the same incident; a random one when none is known."""
    if nonce is None:
        return b64(os.urandom(NONCE_BYTES))
    return b64(sha256(b"alongside/nonce/1\0" + nonce.encode()).digest()[:NONCE_BYTES])


def record_id(incident_id: str, device_id: str, number: int) -> str:
    """The id of the record with this number, from 1, that this device begins in this incident."""
    return str(UUID(bytes=_id(_seed(incident_id, device_id), number)))


def number_of(record_id: str, incident_id: str, device_id: str) -> int:
    """The number, 1 to `MAX_NUMBER`, by which this id follows from the others; 0 for an id that does not."""
    searched = UUID(record_id).bytes
    if searched[6] >> 4 != UUID_VERSION:
        return 0
    seed = _seed(incident_id, device_id)
    return next((number for number in range(1, MAX_NUMBER + 1) if _id(seed, number) == searched), 0)


def _seed(incident_id: str, device_id: str) -> bytes:
    return b"alongside/record/1\0" + UUID(incident_id).bytes + UUID(device_id).bytes


def _id(seed: bytes, number: int) -> bytes:
    data = bytearray(sha256(seed + number.to_bytes(4, "big")).digest()[:16])
    data[6] = data[6] & 0x0F | UUID_VERSION << 4
    data[8] = data[8] & 0x3F | 0x80
    return bytes(data)
