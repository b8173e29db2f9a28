"""What an incident takes of the nurse: taps and typed characters, from *New incident* to *signed*."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.steps.play.screen import Screen

LEAST = 5  # characters of a fact that could be typed twice; shorter texts are codes and clocks


@dataclass
class Effort:
    taps: int = 0
    texts: list[str] = field(default_factory=list)

    @property
    def characters(self) -> int:
        return sum(map(len, self.texts))

    @property
    def twice(self) -> list[str]:
        """Facts that were typed twice: a text that stands again, whole, in another text that was typed."""
        said = [text.strip().casefold() for text in self.texts]
        return [
            text
            for place, text in enumerate(said)
            if len(text) >= LEAST and any(text in other for at, other in enumerate(said) if at != place)
        ]


@contextmanager
def counted(screen: Screen, *, but: str = "") -> Iterator[Effort]:
    """`but`: what is typed again by design (the PIN)."""
    effort, taps, texts = Effort(), screen.taps, len(screen.typed)
    yield effort
    effort.taps = screen.taps - taps
    effort.texts = [text for text in screen.typed[texts:] if text != but]
