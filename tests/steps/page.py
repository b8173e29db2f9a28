"""Reading the project's own pages: their tables, their marked examples."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROTOCOL = (ROOT / "docs/protocol.md").read_text()
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()


def section(page: str, heading: str) -> str:
    """What stands under a heading, its subsections included."""
    found = re.search(rf"^(#+) {re.escape(heading)}\n", page, re.M)
    assert found, f"there is no heading {heading!r}"
    rest = page[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.M)
    return rest[: end.start()] if end else rest


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, headings and rules left out."""
    lines = [line.strip() for line in text.splitlines()]
    tables = [line for line in lines if line.startswith("|")]
    rules = {at for at, line in enumerate(tables) if set(line) <= set("|- ")}
    kept = [line for at, line in enumerate(tables) if at not in rules and at + 1 not in rules]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in kept]


def ticked(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def first_names(text: str) -> set[str]:
    """The names in the first cells of the tables."""
    return {name for row in rows(text) for name in ticked(row[0])}


def example(name: str) -> str:
    """The code block marked with this name."""
    found = re.search(rf"<!-- example: {name} -->\n```\w*\n(.*?)\n```", PROTOCOL, re.S)
    assert found, f"there is no example {name!r}"
    return found[1]
