"""Load shedding: when a centre has too much at once, phones are told to come back later. What they sent is kept."""

import random


class LoadShedding:
    """Counts the syncs that this process is taking in: a context manager around each of them."""

    MANY, LATER_S = 32, (30, 120)

    def __init__(self) -> None:
        self.now = 0

    def __enter__(self) -> None:
        self.now += 1

    def __exit__(self, *_: object) -> None:
        self.now -= 1

    def backoff_s(self) -> int:
        """After how many seconds a phone should come back: 0, or a random one of `LATER_S` above `MANY` at once."""
        return random.randint(*self.LATER_S) if self.now > self.MANY else 0
