"""How long a file, a function and a line may be, and how much the product may weigh. Figures: budget.toml."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from tests.house.source import CODE, MIGRATIONS, PRODUCT, ROOT, budget, files, functions, name, text, tree

LIMITS = budget()["limits"]
MINE = [file for file in files(*CODE) if not name(file).startswith(MIGRATIONS)]


def test_the_product_weighs_no_more_than_its_budget() -> None:
    lines = sum(text(file).count("\n") for file in files(*PRODUCT))
    assert lines <= budget()["lines"]["product"], f"{lines} lines: delete some, or say in budget.toml why not"


def test_no_file_is_too_long_to_hold_one_idea() -> None:
    lines = {name(file): text(file).count("\n") for file in MINE}
    assert {file: count for file, count in lines.items() if count > LIMITS["file_lines"]} == {}


def test_no_function_is_too_long_to_do_one_job() -> None:
    lines = {
        f"{name(file)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for file in MINE
        for node in functions(file)
    }
    assert {function: count for function, count in lines.items() if count > LIMITS["function_lines"]} == {}


def test_a_class_name_stands_in_one_place() -> None:
    places = defaultdict(list)
    for file in MINE:
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name(file))
    assert {each: where for each, where in places.items() if len(where) > 1} == {}


def test_the_formatter_lays_out_nearly_everything() -> None:
    skips = sum(text(file).count("# fmt: " + word) for file in files(*PRODUCT) for word in ("skip", "off"))
    assert skips < LIMITS["format_skips"]


def test_no_line_of_code_is_longer_than_the_screen() -> None:
    long = [f"{name(file)}:{number}" for file in [*MINE, *files("tests")] for number, line in _long(file)]
    assert long == []


def test_no_line_of_running_text_is_longer_than_the_screen() -> None:
    """Tables, links and code in a page may be."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    long = [f"{name(page)}:{number}" for page in pages for number, line in _long(page) if not _may_be_long(line)]
    assert long == []


def _long(file: Path) -> list[tuple[int, str]]:
    numbered = enumerate(_without_code(text(file)) if file.suffix == ".md" else text(file).splitlines(), start=1)
    return [(number, line) for number, line in numbered if len(line) > LIMITS["line_characters"]]


def _without_code(page: str) -> list[str]:
    """The lines of a page; those inside a fence are empty."""
    lines, fenced = [], False
    for line in page.splitlines():
        fenced ^= line.lstrip().startswith("```")
        lines.append("" if fenced else line)
    return lines


def _may_be_long(line: str) -> bool:
    return line.lstrip().startswith("|") or bool(re.search(r"\]\([^)]+\)|https?://", line))
