"""`python -m bench [app | sync | centre]`: measure; print the table; write build/bench-*.json and docs/performance.md.

`--quick`: few repetitions, only printed. `--only GROUP,GROUP`: these alone, only printed.
"""

import argparse
import importlib
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path

import psutil

from bench import alone, compare, plot, report
from bench.alone import ROOT
from bench.figures import Figure, Run

PARTS = {
    "app": {"starts": 60.0, "taps": 110.0, "seals": 25.0, "sections": 240.0, "effort": 600.0},
    "sync": {"race": 5400.0, "costs": 120.0, "stores": 900.0, "ingest": 900.0},
    "centre": {"strangers": 300.0, "growth": 1800.0},
}  # seconds each may take
GROUPS = {group: seconds for part in PARTS.values() for group, seconds in part.items()}
PICTURE = ROOT / "docs" / "pictures" / "sync.svg"


def main() -> int:
    arguments = argparse.ArgumentParser(prog="./build.sh bench", description=__doc__)
    arguments.add_argument("part", nargs="?", choices=PARTS, help="one part of the page; without it all")
    arguments.add_argument("--quick", action="store_true", help="few repetitions, to try it; writes nothing")
    brief = "fewer repetitions, nobody else with 1,000 incidents but on 4G"
    arguments.add_argument("--brief", action="store_true", help=brief)
    arguments.add_argument("--only", type=lambda text: text.split(","), help=f"of {', '.join(GROUPS)}; writes nothing")
    arguments.add_argument("--group", nargs=2, metavar=("GROUP", "FOLDER"), help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.brief:
        os.environ["BENCH_BRIEF"] = "1"
    if options.group:
        one_group(options.group[0], Run(Path(options.group[1]), options.quick))
        return 0
    if unknown := set(options.only or ()) - set(GROUPS):
        arguments.error(f"there is no group {', '.join(sorted(unknown))}")
    parts = [options.part] if options.part else list(PARTS)
    lost = 0
    for part in parts:
        groups = [group for group in PARTS[part] if not options.only or group in options.only]
        lost += everything(part, groups, options.quick, write=not (options.quick or options.only)) if groups else 0
    return 1 if lost else 0


def one_group(group: str, run: Run) -> None:
    """Measure in this process, and leave the figures in the folder. Asked to end, it tidies up first."""
    signal.signal(signal.SIGTERM, asked_to_end)
    figures = importlib.import_module(f"bench.{group}").measure(run)
    (run.folder / "figures.json").write_text(json.dumps([asdict(figure) for figure in figures]))


def asked_to_end(*_: object) -> None:
    """End what this group waits for at once, then leave by its own way out."""
    for child in psutil.Process().children(recursive=True):
        child.kill()
    sys.exit(1)


def everything(part: str, groups: list[str], quick: bool, *, write: bool) -> int:
    """Measure one part of the page. Returns how many of its groups could not be measured."""
    figures: list[Figure] = []
    lost: dict[str, str] = {}
    about, loads = report.machine(), [report.load()]
    for group in groups:
        print(f"measuring {group} …", file=sys.stderr)
        try:
            figures += alone.measure(group, GROUPS[group], quick)
        except alone.MeasuringFailed as why:
            lost[group] = str(why)
        loads.append(report.load())
    figures.sort(key=lambda figure: figure.area == "Memory")
    before = raced() if "race" in groups and "race" not in lost else []
    print("\n".join([report.conditions(about, loads), *before, "", report.plain(figures)]))
    for group, why in lost.items():
        print(f"\n{group} was not measured: {why}", file=sys.stderr)
    if write:
        kept = ROOT / "build" / f"bench-{part}.json"
        report.write_json(kept, figures, about, loads, lost)
        if before:
            PICTURE.write_text(plot.svg(race()))
        report.rewrite(part, report.page(figures, about, loads, lost, before))
        print(f"\nwritten: {kept.relative_to(ROOT)}, {report.PAGE.relative_to(ROOT)}")
    return len(lost)


def race() -> dict:
    return json.loads((ROOT / "build" / "bench-race.json").read_text())


def raced() -> list[str]:
    """The comparison as the page shows it."""
    picture = f"![Time of a sync in times the floor, by link and column](pictures/{PICTURE.name})"
    return ["", *compare.page(race()), "", picture]


if __name__ == "__main__":
    sys.exit(main())
