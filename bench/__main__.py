"""`python -m bench`: measure, print the table, write build/bench.json and the table in docs/performance.md.

`--quick`: few repetitions, only printed. `--only GROUP`: that group alone, only printed.
"""

import argparse
import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bench import alone, report
from bench.figures import Figure, Run

GROUPS = {
    "starts": 60.0,
    "taps": 110.0,
    "seals": 25.0,
    "syncs": 40.0,
    "sections": 240.0,
    "effort": 1500.0,
}  # seconds each may take
RESULT = alone.ROOT / "build" / "bench.json"


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="few repetitions, to try it; writes nothing")
    arguments.add_argument("--only", choices=GROUPS, help="one group; writes nothing")
    arguments.add_argument("--group", nargs=2, metavar=("GROUP", "FOLDER"), help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.group:
        one_group(asked.group[0], Run(Path(asked.group[1]), asked.quick))
        return 0
    return everything([asked.only] if asked.only else list(GROUPS), asked.quick, write=not (asked.quick or asked.only))


def one_group(group: str, run: Run) -> None:
    """In a process of its own: measure, and leave the figures in the folder."""
    figures = importlib.import_module(f"bench.{group}").measure(run)
    (run.folder / "figures.json").write_text(json.dumps([asdict(figure) for figure in figures]))


def everything(groups: list[str], quick: bool, *, write: bool) -> int:
    figures: list[Figure] = []
    lost: dict[str, str] = {}
    about, loads = report.machine(), [report.load()]
    for group in groups:
        print(f"measuring {group} …", file=sys.stderr)
        try:
            figures += alone.measure(group, GROUPS[group], quick)
        except alone.Failed as why:
            lost[group] = str(why)
        loads.append(report.load())
    figures.sort(key=lambda figure: figure.area == "Memory")
    print(f"{report.told(about, loads)}\n\n{report.plain(figures)}")
    for group, why in lost.items():
        print(f"\n{group} was not measured: {why}", file=sys.stderr)
    if write:
        report.write_json(RESULT, figures, about, loads, lost)
        report.rewrite(report.page(figures, about, loads, lost))
        print(f"\nwritten: {RESULT.relative_to(alone.ROOT)}, {report.PAGE.relative_to(alone.ROOT)}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
