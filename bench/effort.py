"""What the vignettes take of a nurse, from *New incident* to *signed*: taps, typed characters, facts typed twice.

Played in a real browser by the same code as the tests (`tests/browser/vignettes.py`). A tap is a press on a button or
into a field, and a signature; what a phone's keyboard would complete or a person would dictate is counted as typed.
"""

from bench.figures import Figure, Run
from tests.steps.play.vignettes import VIGNETTES, play
from tools.drive import chromium

AREA = "Effort of a vignette"


def measure(run: Run) -> list[Figure]:
    figures, twice = [], 0
    with chromium() as browser:
        for vignette in VIGNETTES[:1] if run.quick else VIGNETTES:
            effort = play(vignette, run.folder / vignette.name, browser)
            twice += len(effort.twice)
            about = (vignette.play.__doc__ or "").partition("\n")[0]
            detail = f"{effort.characters:,} characters typed; {about}"
            figures.append(Figure(AREA, vignette.name, effort.taps, "taps", detail=detail))
    return [*figures, Figure(AREA, "Facts typed twice, in all of them", twice, "", 0)]
