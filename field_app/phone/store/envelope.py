"""The rows of an unlocked vault, sealed and opened (`sync.core.envelope`). A day key lies in the vault, sealed too."""

from collections.abc import Callable

from sync.core import envelope
from sync.core.envelope import seal as seal
from sync.core.errors import AlongsideError

Sealed = tuple[int, bytes, bytes]  # day, wdek, ct


class Damaged(AlongsideError):
    code = "damaged"
    advice = "A record on this phone is damaged. Sync now; what the centre has will come back."


class Locked(AlongsideError):
    code = "locked"
    advice = "Enter your PIN. What was kept is still here."


class Secret(bytearray):
    """A key, overwritten when the last that uses it lets it go. Copies that a library makes are its own."""

    def __del__(self) -> None:
        self[:] = bytes(len(self))


def unseal(key: bytes | bytearray, sealed: bytes, aad: bytes) -> bytes:
    """Raises Damaged when the bytes are not what was sealed, or not for this place."""
    try:
        return envelope.unseal(key, sealed, aad)
    except ValueError:
        raise Damaged("a sealed row does not open") from None


class Keys:
    """An unlocked vault: seals rows under today's key, opens rows of any day. `day_key(day)` gives the key of a day.

    Once it is closed, everything raises Locked.
    """

    def __init__(self, owner: bytes, today: int, day_key: Callable[[int], bytes]):
        self._owner, self._today, self._day_key = owner, today, day_key
        self._known: dict[int, Secret] = {}

    def seal(self, what: bytes, body: bytes) -> Sealed:
        return self._today, *envelope.seal_row(self._key(self._today), self._owner, self._today, what, body)

    def open(self, what: bytes, day: int, wdek: bytes, ct: bytes) -> bytes:
        """Raises Damaged when the row was changed, moved, or sealed by another nurse."""
        try:
            return envelope.open_row(self._key(day), self._owner, day, what, wdek, ct)
        except (ValueError, OverflowError):
            raise Damaged("a sealed row does not open") from None

    def close(self) -> None:
        """Let the keys go."""
        self._day_key = _locked
        self._known = {}

    def _key(self, day: int) -> Secret:
        known = self._known
        if day not in known:
            known[day] = Secret(self._day_key(day))
        return known[day]


def _locked(_day: int) -> bytes:
    raise Locked("the vault is closed")
