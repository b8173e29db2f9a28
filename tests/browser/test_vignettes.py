"""The vignettes on the phone app, in a real browser: each proves what it is for, and no fact is typed twice."""

import pytest

from tests.steps.play.vignettes import VIGNETTES, play

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda each: each.name)
def test_a_vignette(vignette, tmp_path, browser):
    effort = play(vignette, tmp_path, browser)
    assert effort.taps > 20
    assert effort.twice == [], "typed twice"
