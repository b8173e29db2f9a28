"""What an incident takes of the nurse, from *New incident* to *signed*: taps, typed characters, required answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import read, shown
from sync.domain.records.incident import Incident
from tests.steps.builders import PACKS
from tests.steps.play.screen import Screen

LEAST = 5  # characters of a fact that could be typed twice; shorter texts are codes and clocks


@dataclass
class Effort:
    taps: int = 0
    texts: list[str] = field(default_factory=list)
    required: int = 0  # questions that are asked and required at the end
    free_texts: int = 0  # those of them whose answer is text

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


def required_answers(incident: Incident) -> tuple[int, int]:
    """The questions asked and required as the incident stands, over all its records; and those answered by text."""
    context, kinds = incident.context(PACKS, incident.opened_at), []
    for record in incident.records.values():
        if not record.retracted:
            form, values = CATALOGUE[record.kind], record.values
            model = read(form, values).form
            for question in shown(form, values, context, model=model):
                needed = question.required
                if needed(model, context) if callable(needed) else needed:
                    kinds.append(question.answer)
    return len(kinds), kinds.count(str)
