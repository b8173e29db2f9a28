"""A signature on glass: strokes of integers [x, y, ms]. One component a stroke, so that only the line being drawn moves."""

import math
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import flet as ft
import flet.canvas as cv

from field_app.ui.kit import theme as t
from field_app.ui.kit.widgets import link, part, stack, use_held, use_value, words

HEIGHT = 200
LEAST_LENGTH = 100  # of all lines together; a slow phone tells few points of a long line
MAX_POINTS = 4000  # a signature is about 200; a change holds at most 256 kB


class Ink:
    """The strokes drawn so far, and who wants to know of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.strokes: list[list[list[int]]] = []
        self._clock, self._began = clock, 0.0
        self._listeners: dict[int, Callable[[], None]] = {}

    def on(self, stroke: int, listener: Callable[[], None]) -> Callable[[], None]:
        """Listens to one stroke; -1: to strokes coming and going."""
        self._listeners[stroke] = listener
        return lambda: (
            None if self._listeners.get(stroke) is not listener else self._listeners.pop(stroke, None) and None
        )

    @property
    def drawn(self) -> bool:
        """Whether it is more than a dot or a slip of the thumb."""
        return sum(map(_length, self.strokes)) >= LEAST_LENGTH

    def begin(self, x: float, y: float) -> None:
        if not self.strokes:
            self._began = self._clock()
        self.strokes.append([])
        self._add(x, y)
        self._tell(-1)

    def go_on(self, x: float, y: float) -> None:
        if self.strokes and sum(map(len, self.strokes)) < MAX_POINTS:
            self._add(x, y)
            self._tell(len(self.strokes) - 1)

    def clear(self) -> None:
        self.strokes = []
        self._tell(-1)

    def _add(self, x: float, y: float) -> None:
        self.strokes[-1].append([round(x), round(y), round((self._clock() - self._began) * 1000)])

    def _tell(self, stroke: int) -> None:
        if stroke in self._listeners:
            self._listeners[stroke]()


def _length(stroke: list[list[int]]) -> float:
    return sum(math.dist(here[:2], there[:2]) for here, there in pairwise(stroke))


def use_ink(ink: Ink, stroke: int) -> None:
    _, again = use_value(0)
    use_held(lambda: ink.on(stroke, lambda: again(lambda count: count + 1)), [])


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
    pad = ft.Semantics(identifier="signature-pad", label="Signature: draw with a finger", image=True, content=touch)
    return stack([pad, link("signature-clear", "Clear", lambda _: ink.clear()) if lines else None])


@part
def stroke_line(ink: Ink, stroke: int, _length: int) -> ft.Control:
    use_ink(ink, stroke)
    points = ink.strokes[stroke] if stroke < len(ink.strokes) else []
    return line_view(points)


def line_view(points: list[list[int]]) -> ft.Control:
    elements: list[Any] = [cv.Path.MoveTo(*points[0][:2])] if points else []
    elements += [cv.Path.LineTo(x, y) for x, y, _ in points[1:]]
    if len(points) == 1:
        elements.append(cv.Path.LineTo(points[0][0] + 1, points[0][1]))  # a dot
    paint = ft.Paint(
        stroke_width=3,
        style=ft.PaintingStyle.STROKE,
        color=t.TEXT,
        stroke_cap=ft.StrokeCap.ROUND,
        stroke_join=ft.StrokeJoin.ROUND,
    )
    return cv.Canvas([cv.Path(elements, paint=paint)], expand=True, height=HEIGHT)
