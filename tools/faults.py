"""The figures of the fault runs, added up from what each test process wrote: `python -m tools.faults`.

Writes build/faults.json, and the table in docs/faults.md between its two marks. `./build.sh test --long` calls it.
"""

import json
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PARTS, FIGURES, PAGE = ROOT / "build" / "faults", ROOT / "build" / "faults.json", ROOT / "docs" / "faults.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
COMMAND = "./build.sh test --long"
NUMBERS = ("points", "runs", "acknowledged", "lost", "doubled", "clashes", "clashes_lost")
COUNTED = "points, runs, acknowledged, of them lost, doubled, clashes, of them lost, invariants broken"
HEADINGS = ("what was broken", *COUNTED.split(", "))


def gathered(parts: Path) -> dict[str, dict[str, Any]]:
    """The families of faults, each added up over all test processes."""
    sums: dict[str, dict[str, Any]] = {}
    for path in sorted(parts.glob("*.json")):
        for name, family in json.loads(path.read_text()).items():
            total = sums.setdefault(name, {**dict.fromkeys(NUMBERS, 0), "broken": [], "skipped": []})
            for number in NUMBERS:
                total[number] += family[number]
            total["broken"] += family["broken"]
            total["skipped"] += [why for why in family["skipped"] if why not in total["skipped"]]
    return dict(sorted(sums.items()))


def table(families: dict[str, dict[str, Any]], about: str) -> str:
    """The families as lines of a Markdown table, with their sum, and what was skipped."""
    lines = [about, "", f"| {' | '.join(HEADINGS)} |", "|---" * len(HEADINGS) + "|"]
    total: dict[str, int] = dict.fromkeys((*NUMBERS, "broken"), 0)
    for name, family in families.items():
        row = {**{number: family[number] for number in NUMBERS}, "broken": len(family["broken"])}
        total = {key: total[key] + row[key] for key in total}
        lines.append(_row(name, row))
    lines.append(_row("**all**", total))
    lines += ["", *(f"Skipped: {name}: {why}." for name, family in families.items() for why in family["skipped"])]
    return "\n".join(lines).rstrip()


def _row(name: str, row: Mapping[str, int]) -> str:
    shown = (*NUMBERS, "broken")
    return f"| {name} | " + " | ".join(f"{row[key]:,}" for key in shown) + " |"


def main() -> int:
    families = gathered(PARTS)
    if not families:
        print(f"There are no figures in {PARTS}. Run {COMMAND} first.", file=sys.stderr)
        return 1
    at = datetime.now(UTC).date().isoformat()
    machine = f"{platform.system()} {platform.machine()}, {cpu_count()} processors, Python {platform.python_version()}"
    FIGURES.write_text(json.dumps({"at": at, "machine": machine, "command": COMMAND, "families": families}, indent=1))
    about = f"{at}, `{COMMAND}` on {machine}."
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(families, about)}\n{END}{after}")
    broken = [f"{name}: {invariant}" for name, family in families.items() for invariant in family["broken"]]
    print(f"{FIGURES.relative_to(ROOT)}, {PAGE.relative_to(ROOT)}: {len(broken)} invariants broken", *broken, sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
