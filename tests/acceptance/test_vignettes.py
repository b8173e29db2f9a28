"""The vignettes on the phone app, headless: each proves what it is for, and no fact is typed twice.

Two of them are played in a real browser as well: `tests/browser/test_vignettes.py`.
"""

from contextlib import closing

import pytest

from tests.steps.play.headless import HeadlessWorld
from tests.steps.play.vignettes import VIGNETTES, play


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette.name)
def test_a_vignette(vignette, tmp_path):
    with closing(HeadlessWorld(tmp_path, vignette.when)) as world:
        effort = play(vignette, world)
    assert effort.taps > 20
    assert effort.twice == [], "typed twice"
