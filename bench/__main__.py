"""`python -m bench [app | sync]`: measure, print the table, write build/bench-*.json and the tables in docs/performance.md.

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
}  # seconds each may take
GROUPS = {group: seconds for part in PARTS.values() for group, seconds in part.items()}
PICTURE = ROOT / "docs" / "pictures" / "sync.svg"


def main() -> int:
    arguments = argparse.ArgumentParser(prog="./build.sh bench", description=__doc__)
    arguments.add_argument("part", nargs="?", choices=PARTS, help="one part of the page; without it both")
    arguments.add_argument("--quick", action="store_true", help="few repetitions, to try it; writes nothing")
    arguments.add_argument(
        "--brief", action="store_true", help="fewer repetitions, nobody else with 1,000 incidents but on 4G"
    )
    arguments.add_argument("--only", type=lambda said: said.split(","), help=f"of {', '.join(GROUPS)}; writes nothing")
    arguments.add_argument("--group", nargs=2, metavar=("GROUP", "FOLDER"), help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.brief:
        os.environ["BENCH_BRIEF"] = "1"
    if asked.group:
        one_group(asked.group[0], Run(Path(asked.group[1]), asked.quick))
        return 0
    if unknown := set(asked.only or ()) - set(GROUPS):
        arguments.error(f"there is no group {', '.join(sorted(unknown))}")
    parts = [asked.part] if asked.part else list(PARTS)
    lost = 0
    for part in parts:
        groups = [group for group in PARTS[part] if not asked.only or group in asked.only]
        lost += everything(part, groups, asked.quick, write=not (asked.quick or asked.only)) if groups else 0
    return 1 if lost else 0


def one_group(group: str, run: Run) -> None:
    """In a process of its own: measure, and leave the figures in the folder. When told to end it tidies up first."""
    signal.signal(signal.SIGTERM, told_to_end)
    figures = importlib.import_module(f"bench.{group}").measure(run)
    (run.folder / "figures.json").write_text(json.dumps([asdict(figure) for figure in figures]))


def told_to_end(*_: object) -> None:
    """What this group waits for ends at once, and then the group by its own way out."""
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
    print("\n".join([report.told(about, loads), *before, "", report.plain(figures)]))
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
