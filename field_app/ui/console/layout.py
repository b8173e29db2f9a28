"""The layout of a window: three panes, two, or one column. A browser zoomed to 200 % is a window half as wide."""

from dataclasses import dataclass
from typing import Protocol

QUEUE, DECISION = 300, 344  # the panes beside the record
STEP = 20  # px: a window that is being dragged is not drawn anew at every one
THREE, TWO, LOW = 1360, 900, 620
TIGHT = 560
RAIL, THIN = 92, 80  # the width of the navigation rail


class Window(Protocol):
    """A page, or what stands for one; its size in CSS pixels, None before it is known."""

    width: float | None
    height: float | None


@dataclass(frozen=True)
class Layout:
    """What fits into a window of this size, in CSS pixels."""

    width: int = 1440
    height: int = 900

    @property
    def panes(self) -> int:
        return 3 if self.width >= THREE else 2 if self.width >= TWO else 1

    @property
    def flows(self) -> bool:
        """A screen scrolls as a whole; else its lists scroll by themselves."""
        return self.panes == 1 or self.height < LOW

    @property
    def nav_rail(self) -> int:
        return THIN if self.panes == 1 else RAIL

    @property
    def side(self) -> int:
        return 16 if self.panes == 1 else 28

    @property
    def inside(self) -> int:
        """The width a screen has between its margins."""
        return self.width - self.nav_rail - 2 * self.side

    @property
    def record(self) -> int:
        """The width a record has."""
        beside = {3: QUEUE + DECISION, 2: DECISION, 1: 0}[self.panes]
        return self.width - self.nav_rail - beside

    @property
    def tight(self) -> bool:
        """A question stands over its answer, not beside it."""
        return self.record < TIGHT


def layout_of(window: Window) -> Layout:
    """The window's, in steps, never more than there is."""
    width, height = window.width or Layout.width, window.height or Layout.height
    return Layout(int(width // STEP * STEP), int(height // STEP * STEP))
