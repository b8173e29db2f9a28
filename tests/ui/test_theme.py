"""Words can be read by day and by night, and the phone turns dark when it should."""

from datetime import UTC, datetime

import pytest

from field_app.ui.kit.theme import DAY, EDGES, NIGHT, PAIRS, contrast, is_night


@pytest.mark.parametrize("palette", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(("words", "ground"), PAIRS)
def test_words_stand_out_at_least_four_and_a_half_to_one(palette, words, ground):
    assert contrast(palette[words], palette[ground]) >= 4.5


@pytest.mark.parametrize("palette", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_the_edges_of_what_can_be_tapped_stand_out_three_to_one(palette, edge, ground):
    assert contrast(palette[edge], palette[ground]) >= 3


def test_both_palettes_have_the_same_roles():
    assert DAY.keys() == NIGHT.keys()


@pytest.mark.parametrize(
    ("at", "dark"),
    [
        (datetime(2026, 11, 22, 18, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 19, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 5, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 6, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 18, 0, tzinfo=UTC), True),  # 19:00 in England
    ],
)
def test_it_is_night_from_seven_to_six_in_england(at, dark):
    assert is_night(at) is dark
