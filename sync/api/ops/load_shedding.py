"""When a centre has too much at once: phones are asked to come back later, and what they sent is taken all the same."""

import random


class LoadShedding:
    """How many syncs this process is taking in. Above `MANY` at once, phones are asked to come back later."""

    MANY, LATER_S = 32, (30, 120)

    def __init__(self) -> None:
        self.now = 0

    def __enter__(self) -> None:
        self.now += 1

    def __exit__(self, *_: object) -> None:
        self.now -= 1

    def backoff_s(self) -> int:
        return random.randint(*self.LATER_S) if self.now > self.MANY else 0
