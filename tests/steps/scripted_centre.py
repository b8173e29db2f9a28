"""A centre that answers a phone as a test's script says, in memory."""

from collections.abc import Iterable, Iterator

from sync.protocol.batch import Batch
from sync.protocol.messages import End, Hello, LogSegment, ResponsePart, Welcome

WELCOME = Welcome("e1", "2026-11-22T12:00:07.000Z", "0.1.0")


class Scripted:
    """Says what the test tells it to, once it has read everything; from the second request on, nothing more."""

    def __init__(self, *parts: ResponsePart | Exception):
        self.parts = parts
        self.hellos: list[Hello] = []
        self.batches: list[list[Batch]] = []
        self.full: list[bool] = []
        self.returned: list[list[LogSegment]] = []

    def sync(
        self, hello: Hello, batches: Iterable[Batch], *, full: bool = False, returned: Iterable[LogSegment] = ()
    ) -> Iterator[ResponsePart]:
        self.hellos.append(hello)
        self.batches.append(list(batches))
        self.full.append(full)
        self.returned.append(list(returned))
        for part in self.parts if len(self.hellos) == 1 else (WELCOME, End()):
            if isinstance(part, Exception):
                raise part
            yield part
