"""One picture of the comparison, as SVG: how long each column takes, in times the floor."""

from math import log2
from typing import Any

from bench.compare import Rows, label

PUSHES = tuple(("push", 50, on) for on in ("4G", "3G", "EDGE"))
PULLS = tuple(("pull", 50, on) for on in ("3G", "EDGE"))
BARS = (*PUSHES, *PULLS, ("push", 1000, "4G"))
COLOURS = ("#005eb8", "#768692", "#ae2573", "#ed8b00", "#41b6e6")
WIDTH, LEFT, BAR, GAP, MOST = 860, 150, 13, 16, 1000.0
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


def svg(data: dict[str, Any]) -> str:
    """Bars on a scale on which each doubling takes the same room; the floor is the line at 1."""
    rows, titles = Rows(data), dict(zip(data["titles"].items(), COLOURS, strict=False))
    bars, top = [], 56
    for do, incidents, on in BARS:
        floor = rows.floor(do, on, incidents)
        if not floor or incidents not in rows.sets:
            continue
        taken = [(rows.seconds(name, do, on, incidents), colour) for (name, _), colour in titles.items()]
        measured = [(seconds, colour) for seconds, colour in taken if seconds]
        bars.append(text(LEFT - 10, round(top + len(measured) * BAR / 2 + 4), label(do, incidents, on), "end"))
        for seconds, colour in measured:
            right = across(seconds / floor)
            bars.append(rectangle(LEFT, top, f"{right - LEFT:.1f}", BAR - 2, colour))
            bars.append(text(f"{right + 5:.1f}", top + BAR - 3, f"{seconds / floor:.1f} F, {seconds:.1f} s"))
            top += BAR
        top += GAP
    lines = [line(f"{across(step):.1f}", top, "#212b32" if step == 1 else "#d8dde0") for step in STEPS]
    scale = [text(f"{across(step):.1f}", 40, f"{step} F", "middle") for step in STEPS]
    key = [
        rectangle(LEFT + at * 140, 8, 10, 10, colour) + text(LEFT + 15 + at * 140, 17, title)
        for at, ((_, title), colour) in enumerate(titles.items())
    ]
    style = f'viewBox="0 0 {WIDTH} {top + 8}" role="img" font-family="sans-serif" font-size="10" fill="#212b32"'
    about = "<title>Time of a sync in times the floor F, by link and column; shorter is better</title>"
    body = "\n".join([about, '<rect width="100%" height="100%" fill="#fff"/>', *lines, *scale, *key, *bars])
    return f'<svg xmlns="http://www.w3.org/2000/svg" {style}>\n{body}\n</svg>\n'


def text(x: float | str, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'


def rectangle(x: float, y: float, width: float | str, height: float, fill: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}"/>'


def line(x: str, bottom: float, stroke: str) -> str:
    return f'<line x1="{x}" x2="{x}" y1="44" y2="{bottom}" stroke="{stroke}"/>'


def across(ratio: float) -> float:
    """Where a ratio lies: from the left edge for half a floor to the right edge for the most."""
    part = log2(max(ratio, 0.5) / 0.5) / log2(MOST / 0.5)
    return LEFT + (WIDTH - LEFT - 110) * min(1.0, max(0.0, part))
