"""What the vignettes take of a nurse, from *New incident* to *signed*: taps, characters, required answers.

Played headlessly by the same steps as in a browser (`tests/steps/play/`), where the counts are the same. A tap is a
press on a button or into a field, and a signature; what a phone's keyboard would complete or a person would dictate is
counted as typed.
"""

from contextlib import closing

from bench.figures import Figure, Run
from tests.steps.play.headless import HeadlessWorld
from tests.steps.play.vignettes import VIGNETTES, play

AREA = "Effort of a vignette"


def measure(run: Run) -> list[Figure]:
    figures, twice = [], 0
    for vignette in VIGNETTES[:1] if run.quick else VIGNETTES:
        with closing(HeadlessWorld(run.folder / vignette.name, vignette.when)) as world:
            effort = play(vignette, world)
        twice += len(effort.twice)
        about = (vignette.play.__doc__ or "").partition("\n")[0]
        asked = f"{effort.required} required answers, {effort.free_texts} of them free text"
        detail = f"{effort.characters:,} characters typed; {asked}; {about}"
        figures.append(Figure(AREA, vignette.name, effort.taps, "taps", detail=detail))
    return [*figures, Figure(AREA, "Facts typed twice, in all of them", twice, "", 0)]
