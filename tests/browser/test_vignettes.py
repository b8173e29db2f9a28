"""Two vignettes in a real browser over real processes: each proves what it is for, and no fact is typed twice.

V1 goes through the most sections and signs on the glass; in V10 a phone dies, two phones edit, a clock is wrong. All of
them are played headlessly, by the same steps: `tests/acceptance/test_vignettes.py`.
"""

import pytest

from tests.steps.play.vignettes import VIGNETTES, play
from tools.world import World

pytestmark = pytest.mark.browser

IN_A_BROWSER = [vignette for vignette in VIGNETTES if vignette.name in ("V1", "V10")]


@pytest.mark.parametrize("vignette", IN_A_BROWSER, ids=lambda vignette: vignette.name)
def test_a_vignette(vignette, tmp_path, browser):
    world = World(tmp_path, browser, vignette.when)
    try:
        effort = play(vignette, world)
    finally:
        world.close()
    assert effort.taps > 20
    assert effort.twice == [], "typed twice"
