"""The send window: how much goes up at once, learned from the line as TCP's congestion window is (RFC 5681). Pure.

On a good line everything that waits goes in one request, 512 KB of lines compressed together. A cut loses the stream it
falls into. So after a cut a stream holds 256 KB, half as much each time that nothing at all got through (not below
32 KB), and a request two of them, until all has gone; each exchange that comes to its end doubles the stream again. The
first request after a cut is a probe without changes: its answer tells what arrived, and that the line is fine.

When sending has failed twice at the same change with a line that is fine, the fault is searched by halving: half as
many changes are sent, and half again, until there is one. If that one fails alone four times, it is set aside. An
answer that this is too much at once says by itself that the line is fine: half as many are sent without a probe.
"""

from dataclasses import dataclass

from sync.protocol.messages import BATCH_BYTES, FLUSH_BYTES

AFTER_CUT_BYTES, MIN_FLUSH_BYTES = 256 * 1024, 32 * 1024
REQUEST_BYTES = 16 * 1024 * 1024  # of bodies, on a good line: well within what the centre takes at once
STREAMS = 2  # in a request, while the line is not good
SEARCH_BELOW = 64  # changes in a request: from here on the search for one at fault is over
FAILURES_BEFORE_SEARCH = 2  # at the same first change
FAILURES_ALONE = 4  # of one change by itself, before it is set aside


@dataclass
class SendWindow:
    """What a device has learned of sending to its centre; lost at a restart, and learned again."""

    flush_bytes: int = FLUSH_BYTES  # of lines compressed together
    max_changes: int = 0  # in a request, while one at fault is searched; 0: as many as fit
    probing: bool = False  # the next request carries no changes
    first: int = 0  # number of the change that waited first when sending failed
    failures: int = 0  # in a row, at that change
    offered: int = 0  # changes that the last request to fail was to carry
    alone: int = 0  # failures of one change by itself, with a line that is fine
    spell_out: bool = False  # own changes are to come whole: a number did not name the one that the centre means

    @property
    def is_good(self) -> bool:
        """Nothing has been cut since all that waited last went through."""
        return self.flush_bytes >= FLUSH_BYTES

    @property
    def size(self) -> tuple[int, int]:
        """How much goes up at once, in bytes and in changes: to see whether it has become less."""
        return self.flush_bytes, self.max_changes

    @property
    def batch_bytes(self) -> int:
        """Bytes of bodies in a batch."""
        return min(BATCH_BYTES, self.flush_bytes)

    @property
    def is_first_at_fault(self) -> bool:
        """The change that waits first has failed by itself too often, and is to be set aside."""
        return self.alone >= FAILURES_ALONE

    def has_room(self, sent: int) -> bool:
        """Whether a request takes another batch after so many bytes of bodies."""
        most = REQUEST_BYTES if self.is_good else STREAMS * self.flush_bytes
        return sent == 0 or (not self.max_changes and sent < most)

    def completed(self, first: int, more: bool) -> None:
        """An exchange came to its end. `more`: there is more to send or to fetch.

        `first`: after a probe, the number of the change that waits first now; 0 for none.
        """
        probed, self.probing = self.probing, False
        if probed and first == self.first:
            if self.failures >= FAILURES_BEFORE_SEARCH:
                self._halve()
                self.alone += self.offered == 1
            return
        if not probed and not self.is_good:
            self.flush_bytes = min(AFTER_CUT_BYTES, self.flush_bytes * 2) if more else FLUSH_BYTES
        self.max_changes = self.max_changes * 2 if 0 < self.max_changes < SEARCH_BELOW else 0
        self.failures = self.alone = 0

    def failed(self, first: int, offered: int, got: bool, *, is_too_much: bool = False) -> None:
        """An exchange broke off. `first`: number of the change that waited first; `got`: something came back.

        `offered`: how many changes the request was to carry; what became of them, the probe tells.
        `is_too_much`: the answer was that this was too much at once.
        """
        fruitless = not (offered or got or self.is_good)
        halved = max(MIN_FLUSH_BYTES, self.flush_bytes // 2)
        self.flush_bytes = halved if fruitless else min(AFTER_CUT_BYTES, self.flush_bytes)
        if first != self.first:
            self.first, self.failures, self.max_changes, self.alone = first, 0, 0, 0
        if offered:
            self.failures, self.offered, self.probing = self.failures + 1, offered, True
            if is_too_much and offered > 1:
                self._halve()
                self.probing = False

    def _halve(self) -> None:
        self.flush_bytes = max(MIN_FLUSH_BYTES, self.flush_bytes // 2)
        self.max_changes = max(1, self.offered // 2)
