"""Sending an attachment: in pieces, from where the centre has it, as often as the line breaks."""

from hashlib import sha256
from typing import Protocol

from sync.core.errors import Problem

PIECE = 128 * 1024  # 64 to 256 KiB: what a cut costs at most


class BlobApi(Protocol):
    """The centre, for attachments: `Client` is one."""

    def blob_offset(self, sha256: str) -> int: ...

    def put_blob(self, sha256: str, offset: int, size: int, data: bytes) -> int: ...


def send_blob(api: BlobApi, data: bytes, piece: int = PIECE) -> str:
    """Send what the centre has not got of it. Returns its name, for {"blob": name} in an answer.

    Raises what `api` raises; to be called again then, when it goes on from what had arrived.
    """
    name = sha256(data).hexdigest()
    here, astray = api.blob_offset(name), 0
    while here < len(data):
        try:
            here = api.put_blob(name, here, len(data), data[here : here + piece])
        except Problem as error:
            astray += 1
            if error.code != "blob_offset" or astray > 3:  # another sender of this device was quicker
                raise
            here = api.blob_offset(name)
    return name
