"""Free text that compresses as English does, for the documents that travel in the comparison.

The generator of the demo puts ready sentences together. A thousand incidents of those shrink to next to nothing, and
every column would look better than it is. So a long answer is replaced by one of the same length, whose words are drawn
as often as they stand in the guidance pages. They make no sense; zstd and bz2 cannot tell.
"""

import re
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any

from bench.alone import ROOT

LONG = 40  # letters from which on an answer is taken for free text


def rewritten(answers: dict[str, Any], seed: str) -> dict[str, Any]:
    """The answers with other words in every long text, of the same length."""
    return {
        name: drawn(len(value), f"{seed} {name}") if isinstance(value, str) and len(value) >= LONG else value
        for name, value in answers.items()
    }


def drawn(length: int, seed: str) -> str:
    """Sentences of so many letters, the same for the same seed."""
    words, sums = _words()
    chance, text, begins = Random(seed), "", True
    while len(text) < length:
        word = chance.choices(words, cum_weights=sums)[0]
        text += word.capitalize() if begins else word
        begins = chance.random() < 0.08
        text += ". " if begins else " "
    return f"{text[: length - 1].rstrip()}."


@cache
def _words() -> tuple[list[str], list[int]]:
    counts: dict[str, int] = {}
    for page in sorted((ROOT / "assets" / "packs").glob("guidance-*/*.md")):
        for word in re.findall(r"[a-z][a-z'’-]*[a-z]|\ba\b", page.read_text().lower()):
            counts[word] = counts.get(word, 0) + 1
    return list(counts), list(accumulate(counts.values()))
