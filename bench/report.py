"""The table: on the terminal, as JSON, and between its markers in docs/performance.md."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from shutil import which
from typing import Any

from bench.alone import ROOT
from bench.figures import Figure

PAGE = ROOT / "docs" / "performance.md"
MARKS = {
    "app": ("<!-- bench: written by ./build.sh bench -->", "<!-- /bench -->"),
    "sync": ("<!-- sync: written by ./build.sh bench sync -->", "<!-- /sync -->"),
}
HEADINGS = ("", "measured", "aimed at", "", "floor", "times the floor", "")


def machine() -> dict[str, Any]:
    browser = next(filter(None, map(which, ("chromium", "chromium-browser", "google-chrome"))), "")
    answer = (
        subprocess.run([browser, "--version"], capture_output=True, text=True, check=False).stdout if browser else ""
    )
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "flet": version("flet"),
        "browser": " ".join(answer.split()[:2]),
    }


def load() -> float:
    return round(os.getloadavg()[0], 1)


def told(about: dict[str, Any], loads: Sequence[float]) -> str:
    return (
        f"{about['date']}: {about['cores']} cores, {about['system']}, load average {min(loads)} to {max(loads)}; "
        f"Python {about['python']}, Flet {about['flet']}, {about['browser'] or 'no Chromium'}."
        + (" A brief run: fewer repetitions." if os.environ.get("BENCH_BRIEF") else "")
    )


def cells(figure: Figure) -> tuple[str, ...]:
    target = "" if figure.target is None else said(figure.target, figure.unit, whole=True)
    floor = "" if figure.floor is None else said(figure.floor, figure.unit)
    ratio = f"{figure.value / figure.floor:.1f}" if figure.floor else ""
    verdict = {None: "", True: "met", False: "**missed**"}[figure.met]
    return figure.what, said(figure.value, figure.unit), target, verdict, floor, ratio, figure.detail


def said(value: float, unit: str, *, whole: bool = False) -> str:
    if unit == "" and value != round(value):
        return f"{value:.2f}"
    if unit in ("F", "×"):
        return f"{value:.2f} {unit}"
    digits = (
        0
        if (whole and value == round(value)) or unit in ("", "B", "MB", "taps") or value >= 100
        else 2
        if unit == "s"
        else 1
    )
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
    figures: Sequence[Figure], about: dict[str, Any], loads: Sequence[float], lost: dict[str, str], before: Sequence[str] = ()
) -> str:  # fmt: skip
    """The measured part of the page. `before`: what stands above its tables."""
    made = [told(about, loads), *before]
    for area in dict.fromkeys(figure.area for figure in figures):
        rows = [cells(figure) for figure in figures if figure.area == area]
        made += ["", f"| {area} | {' | '.join(HEADINGS[1:])} |", "|---|--:|--:|---|--:|--:|---|"]
        made += [f"| {' | '.join(row)} |" for row in rows]
    made += [f"\nNot measured in this run: {group} ({why.splitlines()[-1]})." for group, why in lost.items()]
    return "\n".join(made)


def rewrite(part: str, measured: str, path: Path = PAGE) -> None:
    """Put this part's tables between its marks; everything else stays as it is."""
    begin, end = MARKS[part]
    before, found, rest = path.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{path.name} has no place for the part {part}")
    path.write_text(f"{before}{begin}\n\n{measured}\n\n{end}{after}")


def write_json(
    path: Path, figures: Sequence[Figure], about: dict[str, Any], loads: Sequence[float], lost: dict[str, str]
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        **about,
        "load": list(loads),
        "figures": [{**asdict(each), "met": each.met} for each in figures],
        "lost": lost,
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
