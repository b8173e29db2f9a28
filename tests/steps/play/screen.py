"""What a person can do at a screen and read off it. Two drivers: Chromium (`tools.drive`) and headless (`headless`).

An identifier names what is on the screen (`field_app.ui.kit.widgets.named`). What waits gives up after the driver's
patience with an AssertionError or Playwright's own error.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Screen(Protocol):
    """One window on one app. `taps` and `typed` are what it has taken of the person so far."""

    taps: int
    typed: list[str]

    def open(self) -> "Screen":
        """Load the app anew."""
        ...

    # --- reading ---

    def has(self, identifier: str) -> bool: ...
    def first(self, prefix: str) -> str:
        """Wait for something whose identifier begins so; the identifier of the first."""
        ...

    def first_if_there(self, prefix: str) -> str:
        """The same without waiting; "" when there is none."""
        ...

    def text_of(self, identifier: str) -> str: ...
    def text_if_there(self, identifier: str) -> str:
        """The text with this identifier, asked for at once; "" when nothing has it now."""
        ...

    def is_on(self, identifier: str) -> bool:
        """Whether this choice is chosen, this switch on."""
        ...

    def reads(self, pattern: str) -> list[str]:
        """The first group of this pattern in each text that it matches from its beginning."""
        ...

    def says(self) -> str:
        """Everything on the screen, as a screen reader would have it."""
        ...

    # --- waiting ---

    def until(self, true: Callable[[], T], what: str) -> T:
        """Wait until this gives something true, and give that back."""
        ...

    def within(self, seconds: float, true: Callable[[], object]) -> bool:
        """Whether this comes true within so many seconds."""
        ...

    def shows(self, identifier: str) -> None: ...
    def gone(self, identifier: str) -> None: ...
    def sees(self, *texts: str) -> None:
        """Wait until one of these texts is on the screen."""
        ...

    def sees_not(self, text: str) -> None: ...
    def holds(self, identifier: str, text: str) -> None:
        """Wait until this field holds this text."""
        ...

    def settled(self) -> None:
        """Wait until nothing moves."""
        ...

    def pause(self, seconds: float) -> None: ...

    # --- acting ---

    def tap(self, identifier: str) -> None: ...
    def tap_if_there(self, identifier: str) -> bool: ...
    def type(self, identifier: str, text: str) -> None:
        """Type into a field, after what is there."""
        ...

    def clear(self, identifier: str) -> None: ...
    def leave_field(self) -> None:
        """Move on from the field that is typed into."""
        ...

    def draw(self, identifier: str) -> None:
        """A signature on the glass."""
        ...

    def scroll_to(self, identifier: str) -> None: ...
    def shoot(self, what: str) -> Path | None:
        """A picture, where there is something to take one of."""
        ...

    def uncounted(self) -> AbstractContextManager[None]:
        """What is done here is not counted: it happened before."""
        ...


class Program(Protocol):
    """A centre or a phone: its folder stays the same over a kill and a new start."""

    folder: Path

    def start(self) -> Any: ...
    def kill(self) -> None:
        """As if the battery fell out."""
        ...


class World(Protocol):
    """A centre with its demo people, and phones, at a time of their own."""

    folder: Path
    centre: Any

    def phone(self, name: str, /, fast_s: int = 0) -> Any:
        """A phone, its clock so many seconds ahead of the centre's."""
        ...

    def screen(self, phone: Any, name: str, /) -> Any: ...
    def go_to(self, at: datetime) -> None:
        """It is another time: everything is stopped and started again there."""
        ...

    def close(self) -> None: ...
