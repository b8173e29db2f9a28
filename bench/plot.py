"""One picture of the comparison, as SVG: how long each column takes, in times the floor."""

from typing import Any

from bench.compare import Rows, label

BARS = (("push", 50, "4G"), ("push", 50, "3G"), ("push", 50, "EDGE"), ("pull", 50, "3G"), ("pull", 50, "EDGE"), ("push", 1000, "4G"))  # fmt: skip
COLOURS = ("#005eb8", "#768692", "#ae2573", "#ed8b00", "#41b6e6")
WIDTH, LEFT, BAR, GAP, MOST = 860, 150, 13, 16, 1000.0
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


def svg(data: dict[str, Any]) -> str:
    """Bars on a scale on which each doubling takes the same room; the floor is the line at 1."""
    rows, titles = Rows(data), data["titles"]
    shown = [one for one in BARS if one[1] in rows.sets and rows.floor(one[0], one[2], one[1])]
    made, top = [], 56
    for do, incidents, on in shown:
        bars = [(title, rows.seconds(name, do, on, incidents), colour) for (name, title), colour in zip(titles.items(), COLOURS, strict=False)]  # fmt: skip
        there = [(title, taken, colour) for title, taken, colour in bars if taken]
        middle = top + len(there) * BAR / 2 + 4
        made.append(f'<text x="{LEFT - 10}" y="{middle:.0f}" text-anchor="end">{label(do, incidents, on)}</text>')
        for _title, taken, colour in there:
            ratio = taken / (rows.floor(do, on, incidents) or 1)
            made.append(f'<rect x="{LEFT}" y="{top}" width="{across(ratio) - LEFT:.1f}" height="{BAR - 2}" fill="{colour}"/>')  # fmt: skip
            made.append(f'<text x="{across(ratio) + 5:.1f}" y="{top + BAR - 3}">{ratio:.1f} F, {taken:.1f} s</text>')
            top += BAR
        top += GAP
    grid = [f'<line x1="{across(one):.1f}" x2="{across(one):.1f}" y1="44" y2="{top}" stroke="{"#212b32" if one == 1 else "#d8dde0"}"/>' for one in STEPS]  # fmt: skip
    named = [f'<text x="{across(one):.1f}" y="40" text-anchor="middle">{one} F</text>' for one in STEPS]
    key = [
        f'<rect x="{LEFT + at * 140}" y="8" width="10" height="10" fill="{colour}"/><text x="{LEFT + 15 + at * 140}" y="17">{title}</text>'
        for at, (title, colour) in enumerate(zip(titles.values(), COLOURS, strict=False))
    ]
    style = 'font-family="sans-serif" font-size="10" fill="#212b32"'
    about = "<title>Time of a sync in times the floor F, by link and column; shorter is better</title>"
    body = "\n".join([about, '<rect width="100%" height="100%" fill="#fff"/>', *grid, *named, *key, *made])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 8}" role="img" {style}>\n{body}\n</svg>\n'
    )


def across(ratio: float) -> float:
    """From the left edge for half a floor to the right edge for the most."""
    from math import log2

    most = log2(MOST / 0.5)
    return LEFT + (WIDTH - LEFT - 110) * min(1.0, max(0.0, log2(max(ratio, 0.5) / 0.5) / most))
