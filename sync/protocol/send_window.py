"""How much is sent at once, and which change is at fault when nothing goes through. Pure.

On a good line everything that waits goes in one request, 512 KB of lines compressed together. A cut loses the compressed
stream it falls into, and what was sent on top of that. So after a cut a stream holds 256 KB, half as much each time that
nothing at all got through (not below 32 KB), and a request two of them, on a connection of its own; until all has gone.
The first request after a cut carries no changes: its answer tells what arrived, and that the line is fine.

When sending has failed twice at the same change with a line that is fine, half as many changes are sent, and half again,
until there is one. If that one fails alone four times, it is set aside, and the rest goes on.
"""

from dataclasses import dataclass

from sync.protocol.messages import BATCH_BYTES, FLUSH_BYTES

AFTER_A_CUT, SMALLEST = 256 * 1024, 32 * 1024
STREAMS = 2  # in a request, while the line is not good
MANY = 64  # changes in a piece from which on nothing is sought any more
TWICE, ALONE = 2, 4  # failures: before it may be a change; of one change alone, before it is set aside


@dataclass
class SendWindow:
    """What a device has learned of sending to its centre; lost at a restart, and learned again."""

    flush: int = FLUSH_BYTES  # bytes of lines compressed together
    few: int = 0  # changes in a request, while one at fault is sought; 0: as many as fit
    probing: bool = False  # send nothing, to see what arrived and whether it is the line
    first: int = 0  # the change that waited first when sending failed
    failures: int = 0  # there, in a row
    offered: int = 0  # changes that the last request to fail was to carry
    alone: int = 0  # of one change, with a line that was fine

    @property
    def good(self) -> bool:
        return self.flush >= FLUSH_BYTES

    @property
    def piece(self) -> int:
        """Bytes of bodies."""
        return min(BATCH_BYTES, self.flush)

    def room(self, sent: int) -> bool:
        """Whether a request takes another piece after so many bytes of bodies."""
        return sent == 0 or (not self.few and (self.good or sent < STREAMS * self.flush))

    def went_well(self, first: int, more: bool) -> bool:
        """After an exchange that came to its end. `first`: after a probe, the change that waits first now, 0 for none;
        `more`: there is more to send or to fetch.

        True: that change is at fault, and to be set aside.
        """
        probed, self.probing = self.probing, False
        if probed and first == self.first:
            if self.failures >= TWICE:
                self.flush = max(SMALLEST, self.flush // 2)
                self.few = max(1, self.offered // 2)
                self.alone += self.offered == 1
            return self.alone >= ALONE
        if not probed and not self.good:
            self.flush = min(AFTER_A_CUT, self.flush * 2) if more else FLUSH_BYTES
        self.few = self.few * 2 if 0 < self.few < MANY else 0
        self.failures = self.alone = 0
        return False

    def failed(self, first: int, offered: int, got: bool) -> None:
        """After an exchange that broke off. `offered`: changes it was to carry, whose fate the next one tells; `got`:
        something came."""
        fruitless = not (offered or got or self.good)
        self.flush = max(SMALLEST, self.flush // 2) if fruitless else min(AFTER_A_CUT, self.flush)
        if first != self.first:
            self.first, self.failures, self.few, self.alone = first, 0, 0, 0
        if offered:
            self.failures, self.offered, self.probing = self.failures + 1, offered, True
