"""What counts as a signature: the length of its lines, however many points a phone tells of them."""

import pytest

from field_app.ui.kit.signature_pad import Ink


@pytest.mark.parametrize(
    ("strokes", "drawn"),
    [
        ([], False),
        ([[(10, 10)]], False),
        ([[(10, 10), (12, 11)]] * 20, False),
        ([[(0, 0), (60, 0), (99, 0)]], False),
        ([[(0, 0), (60, 0), (100, 0)]], True),
        ([[(0, 0), (50, 0)], [(0, 50), (50, 50)]], True),
    ],
)
def test_a_slip_of_the_thumb_is_no_signature(strokes, drawn):
    ink = Ink(lambda: 0.0)
    for first, *others in strokes:
        ink.begin(*first)
        for point in others:
            ink.go_on(*point)
    assert ink.drawn is drawn
