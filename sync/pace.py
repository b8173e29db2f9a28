"""How much is sent at once, and which change is at fault when nothing goes through. Pure.

Pieces begin at 64 KB of bodies, are halved after a failure (not below 32 KB) and grow back slowly; so does what is
compressed together, 512 KB, of which a cut loses everything. When sending has
failed twice at the same change, a request without changes is tried: if that succeeds, it is not the line. Then half as
many changes are sent, and half again, until there is one. If that one fails alone four times, each time with a line that is
fine, it is set aside, and the rest goes on.
"""

from dataclasses import dataclass

from sync.wire import FLUSH, PIECE

SMALLEST = 32 * 1024
MANY = 64  # changes in a piece from which on nothing is sought any more
TWICE, ALONE = 2, 4  # failures: before a probe; of one change alone, before it is set aside


@dataclass
class Pace:
    """What a device has learned of sending to its centre; lost at a restart, and learned again."""

    piece: int = PIECE  # bytes of bodies
    flush: int = FLUSH  # bytes compressed together
    cautious: bool = False  # one piece a request: its answer tells what got through before the last failure
    few: int = 0  # changes in that piece, while one at fault is sought; 0: as many as fit
    probing: bool = False  # send nothing, to see whether it is the line
    first: int = 0  # the change that waited first when sending failed
    failures: int = 0  # there, in a row
    alone: int = 0  # of one change, with a line that was fine

    def went_well(self, first: int) -> bool:
        """After an exchange that came to its end. `first`: after a probe, the change that waits first now, 0 for none.

        True: it is at fault, and to be set aside.
        """
        if self.probing:
            self.probing = False
            if first == self.first:
                self.failures = TWICE - 1
                self.alone += self.few == 1
                self.few = max(1, self.few // 2)
                return self.alone >= ALONE
        self.piece, self.cautious = min(PIECE, self.piece * 5 // 4), False
        self.flush = min(FLUSH, self.flush * 2)
        self.few = self.few * 2 if 0 < self.few < MANY else 0
        self.failures = self.alone = 0
        return False

    def failed(self, first: int, offered: int) -> None:
        """After an exchange that broke off. `offered`: how many changes it was to carry."""
        self.piece, self.flush, self.cautious = max(SMALLEST, self.piece // 2), PIECE, True
        if not offered:
            return
        if first != self.first:
            self.first, self.failures, self.few, self.alone = first, 0, 0, 0
        self.few = offered if self.few == 0 else self.few
        self.failures += 1
        self.probing = self.failures >= TWICE
