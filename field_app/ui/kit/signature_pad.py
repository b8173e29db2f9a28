"""A signature on glass: strokes of integers [x, y, ms].

Each stroke is a component of its own, so that only the line being drawn moves.
"""

import math
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

import flet as ft
import flet.canvas as cv

from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import link
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_held, use_redraw
from field_app.ui.kit.listeners import Listener, Listeners
from field_app.ui.kit.widgets import stack, words

HEIGHT = 200
LEAST_LENGTH = 100  # of all lines together; a slow phone tells few points of a long line
MAX_POINTS = 4000  # a signature is about 200; a change holds at most 256 kB


class Ink:
    """The strokes drawn so far, and who wants to know of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.strokes: list[list[list[int]]] = []
        self._clock, self._began = clock, 0.0
        self._listeners = Listeners()

    def on(self, stroke: int, listener: Listener) -> Listener:
        """Listens to one stroke; -1: to strokes coming and going."""
        return self._listeners.on(stroke, listener)

    @property
    def drawn(self) -> bool:
        """Whether it is more than a dot or a slip of the thumb."""
        return sum(map(_length, self.strokes)) >= LEAST_LENGTH

    def begin(self, x: float, y: float) -> None:
        if not self.strokes:
            self._began = self._clock()
        self.strokes.append([])
        self._add(x, y)
        self._listeners.tell(-1)

    def go_on(self, x: float, y: float) -> None:
        if self.strokes and sum(map(len, self.strokes)) < MAX_POINTS:
            self._add(x, y)
            self._listeners.tell(len(self.strokes) - 1)

    def clear(self) -> None:
        self.strokes = []
        self._listeners.tell(-1)

    def _add(self, x: float, y: float) -> None:
        self.strokes[-1].append([round(x), round(y), round((self._clock() - self._began) * 1000)])


def _length(stroke: list[list[int]]) -> float:
    return sum(math.dist(start[:2], end[:2]) for start, end in pairwise(stroke))


def use_ink(ink: Ink, stroke: int) -> None:
    redraw = use_redraw()
    use_held(lambda: ink.on(stroke, redraw), [])


@part
def signature_pad(ink: Ink) -> ft.Control:
    use_ink(ink, -1)
    lines = [stroke_line(ink, number, len(stroke), key=number) for number, stroke in enumerate(ink.strokes)]
    invite = words("Sign here with your finger", 17, color=t.QUIET) if not lines else None
    glass = ft.Stack(
        [ft.Container(invite, alignment=ft.Alignment.CENTER, expand=True, height=HEIGHT), *lines], height=HEIGHT
    )
    touch = ft.GestureDetector(
        content=ft.Container(glass, bgcolor=t.SURFACE, border=ft.Border.all(2, t.EDGE), border_radius=8, height=HEIGHT),
        on_pan_start=lambda e: ink.begin(e.local_position.x, e.local_position.y),
        on_pan_update=lambda e: ink.go_on(e.local_position.x, e.local_position.y),
        drag_interval=16,
    )
    area = ft.Semantics(identifier="signature-pad", label="Signature: draw with a finger", image=True, content=touch)
    return stack([area, link("signature-clear", "Clear", lambda _: ink.clear()) if lines else None])


@part
def stroke_line(ink: Ink, stroke: int, _length: int) -> ft.Control:
    use_ink(ink, stroke)
    points = ink.strokes[stroke] if stroke < len(ink.strokes) else []
    return line_view(points)


def line_view(points: list[list[int]]) -> ft.Control:
    path = stroke_path([(x, y) for x, y, _ in points])
    return cv.Canvas([cv.Path(path, paint=stroke_paint(3))], expand=True, height=HEIGHT)


def stroke_path(points: Sequence[tuple[float, float]]) -> list[cv.Path.PathElement]:
    """A line through the points; of a single one, a dot."""
    if not points:
        return []
    (x, y), *others = points
    return [cv.Path.MoveTo(x, y), *(cv.Path.LineTo(*point) for point in others or [(x + 1, y)])]


def stroke_paint(width: float) -> ft.Paint:
    style, cap, join = ft.PaintingStyle.STROKE, ft.StrokeCap.ROUND, ft.StrokeJoin.ROUND
    return ft.Paint(stroke_width=width, style=style, color=t.TEXT, stroke_cap=cap, stroke_join=join)
