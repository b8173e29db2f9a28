"""Whether somebody is there: when an open vault, or a desk, has to lock because nobody uses it, or nobody sees it.

Times are of a monotonic clock, which nobody can set; on a phone it goes on while the phone sleeps.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

IDLE_S, HIDDEN_S = 120.0, 60.0

W = TypeVar("W")


class Attendance(Generic[W]):
    """The windows through which one nurse's open vault is seen, or one desk.

    `now_ms` is monotonic. It has to lock when nobody did anything for `idle_s`, or no window was seen for `hidden_s`.
    """

    def __init__(self, now_ms: Callable[[], int], idle_s: float = IDLE_S, hidden_s: float = HIDDEN_S):
        self._now_ms, self._idle_ms, self._hidden_ms = now_ms, idle_s * 1000, hidden_s * 1000
        self._touched_ms = self._seen_ms = now_ms()
        self.windows: dict[W, bool] = {}  # and whether each is seen

    def enter(self, window: W) -> None:
        """Somebody has given the PIN in this window."""
        self.show(window)
        self.touch()

    def leave(self, window: W) -> None:
        """This window has gone, or shows something else."""
        self._note()
        self.windows.pop(window, None)

    def touch(self) -> None:
        """Somebody has done something."""
        self._touched_ms = self._now_ms()

    def show(self, window: W, seen: bool = True) -> None:
        """This window is in front, or is not."""
        self._note()
        self.windows[window] = seen
        self._note()

    @property
    def is_over(self) -> bool:
        """True when it has to lock."""
        self._note()
        now = self._now_ms()
        return now - self._touched_ms >= self._idle_ms or now - self._seen_ms >= self._hidden_ms

    def _note(self) -> None:
        """While a window is seen, the time of that is now."""
        if any(self.windows.values()):
            self._seen_ms = self._now_ms()
