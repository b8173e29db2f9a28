"""The table: on the terminal, as JSON, and between its markers in docs/performance.md."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from shutil import which
from textwrap import fill
from typing import Any

from bench.alone import ROOT
from bench.figures import Figure

wrapped = partial(fill, width=120, break_long_words=False, break_on_hyphens=False)  # a paragraph of the page
PAGE = ROOT / "docs" / "performance.md"
MARKS = {
    "app": ("<!-- bench: written by ./build.sh bench -->", "<!-- /bench -->"),
    "centre": ("<!-- centre: written by ./build.sh bench centre -->", "<!-- /centre -->"),
    "sync": ("<!-- sync: written by ./build.sh bench sync -->", "<!-- /sync -->"),
}
HEADINGS = ("", "measured", "aimed at", "", "floor", "times the floor", "")


def machine() -> dict[str, Any]:
    browser = next(filter(None, map(which, ("chromium", "chromium-browser", "google-chrome"))), "")
    command = [browser, "--version"]
    version_line = subprocess.run(command, capture_output=True, text=True, check=False).stdout if browser else ""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "flet": version("flet"),
        "browser": " ".join(version_line.split()[:2]),
    }


def load() -> float:
    return round(os.getloadavg()[0], 1)


def conditions(about: dict[str, Any], loads: Sequence[float]) -> str:
    """The day and the machine of a run, and how busy it was, in words, as a paragraph of the page."""
    words = (
        f"{about['date']}: {about['cores']} cores, {about['system']}, load average {min(loads)} to {max(loads)}; "
        f"Python {about['python']}, Flet {about['flet']}, {about['browser'] or 'no Chromium'}."
        + (" A brief run: fewer repetitions." if os.environ.get("BENCH_BRIEF") else "")
    )
    return wrapped(words)


def cells(figure: Figure) -> tuple[str, ...]:
    target = "" if figure.target is None else with_unit(figure.target, figure.unit, whole=True)
    floor = "" if figure.floor is None else with_unit(figure.floor, figure.unit)
    ratio = f"{figure.value / figure.floor:.1f}" if figure.floor else ""
    verdict = {None: "", True: "met", False: "**missed**"}[figure.met]
    return figure.what, with_unit(figure.value, figure.unit), target, verdict, floor, ratio, figure.detail


def with_unit(value: float, unit: str, *, whole: bool = False) -> str:
    """The figure in digits that fit its size and unit. `whole`: without digits after the point, where none is lost."""
    if unit in ("F", "×") or (unit == "" and value != round(value)):
        return f"{value:.2f} {unit}".strip()
    if (whole and value == round(value)) or unit in ("", "B", "MB", "taps") or value >= 100:
        digits = 0
    else:
        digits = 2 if unit == "s" else 1
    return f"{value:,.{digits}f} {unit}".strip()


def plain(figures: Sequence[Figure]) -> str:
    lines = [HEADINGS, *((f"{figure.area}: {figure.what}", *cells(figure)[1:]) for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    aligned = ("<", ">", ">", "<", ">", ">", "<")
    return "\n".join(
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(line, aligned, widths, strict=True)).rstrip()
        for line in lines
    )


def page(
    figures: Sequence[Figure],
    about: dict[str, Any],
    loads: Sequence[float],
    lost: dict[str, str],
    before: Sequence[str] = (),
) -> str:
    """The measured part of the page. `before`: what stands above its tables."""
    lines = [conditions(about, loads), *before]
    for area in dict.fromkeys(figure.area for figure in figures):
        rows = [cells(figure) for figure in figures if figure.area == area]
        lines += ["", f"| {area} | {' | '.join(HEADINGS[1:])} |", "|---|--:|--:|---|--:|--:|---|"]
        lines += [f"| {' | '.join(row)} |" for row in rows]
    lines += [f"\nNot measured in this run: {group} ({why.splitlines()[-1]})." for group, why in lost.items()]
    return "\n".join(lines)


def rewrite(part: str, measured: str, path: Path = PAGE) -> None:
    """Put this part's tables between its marks; everything else stays as it is."""
    begin, end = MARKS[part]
    before, opening, rest = path.read_text().partition(begin)
    _, closing, after = rest.partition(end)
    if not opening or not closing:
        raise ValueError(f"{path.name} has no place for the part {part}")
    path.write_text(f"{before}{begin}\n\n{measured}\n\n{end}{after}")


def write_json(
    path: Path, figures: Sequence[Figure], about: dict[str, Any], loads: Sequence[float], lost: dict[str, str]
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    measured = [{**asdict(figure), "met": figure.met} for figure in figures]
    content = {**about, "load": list(loads), "figures": measured, "lost": lost}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
