"""docs/coverage.md: each line of the acceptance checklist, its tests or who owes it; forms, vignettes, unconfirmed."""

import ast
import re
from functools import cache

import pytest

from sync.domain.catalogue import CATALOGUE
from tests.steps.builders import PACKS
from tests.steps.page import ROOT, rows, section, ticked

PAGE = ROOT / "docs/coverage.md"
GROUPS = {"CAM": 10, "STF": 7, "PIL": 8, "HAM": 8, "DOR": 7, "X": 6}
LINES = [f"{group}-{number}" for group, count in GROUPS.items() for number in range(1, count + 1)]


def table() -> dict[str, list[str]]:
    """Line, what it asks for, tests, screen, what is missing."""
    return {row[0]: row for row in rows(section(PAGE.read_text(), "Line by line"))}


@cache
def every_test() -> frozenset[str]:
    """All there are, as path::name."""
    kinds, found = (ast.FunctionDef, ast.AsyncFunctionDef), set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [node.name for node in ast.walk(tree) if isinstance(node, kinds)]
        found |= {f"{path.relative_to(ROOT).as_posix()}::{name}" for name in names}
    return frozenset(found)


def named_after(line: str) -> set[str]:
    """Every test whose name begins with this line's."""
    start = f"::test_{line.lower().replace('-', '_')}_"
    return {name for name in every_test() if start in name}


def test_every_line_of_the_checklist_has_its_row_and_no_other():
    assert list(table()) == LINES


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_shown_by_a_test_named_after_it_or_says_what_is_missing(line: str):
    _, _, tests, screen, gap = table()[line]
    named = {name for name in ticked(tests) if "::" in name}
    assert named == named_after(line), f"{line}: the page and the tests differ"
    assert screen or gap
    assert named or re.search(r"another issue|not built", gap), f"{line} has no test: say who owes it"


# --- the other tables ---------------------------------------------------------------------------------------------


def test_every_form_has_its_row_and_its_file():
    table_of_forms = {ticked(row[0])[0]: row for row in rows(section(PAGE.read_text(), "Forms"))}
    assert set(table_of_forms) == set(CATALOGUE)
    for kind, row in table_of_forms.items():
        assert row[1] == CATALOGUE[kind].title
        assert f"class {CATALOGUE[kind].__name__}(" in (ROOT / ticked(row[5])[0]).read_text(encoding="utf-8")


def test_every_vignette_that_is_played_is_told_and_no_other():
    told = [row[0] for row in rows(section(PAGE.read_text(), "Vignettes"))]
    played = re.findall(r'^    Vignette\("(V\d+)"', (ROOT / "tests/steps/play/vignettes.py").read_text(), re.M)
    assert told == played


def test_every_provision_that_nobody_has_confirmed_stands_under_somebodys_name():
    told = [code for row in rows(section(PAGE.read_text(), "Unconfirmed")) for code in ticked(row[2])]
    there = {one.code for pack in PACKS.rules for one in pack.rules.provisions if not one.confirmed}
    assert sorted(told) == sorted(there)


def test_every_module_that_says_something_is_unconfirmed_stands_under_somebodys_name():
    told = {path for row in rows(section(PAGE.read_text(), "Unconfirmed")) for path in ticked(row[3])}
    modules = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in (ROOT / "sync").rglob("*.py")}
    assert told == {
        path for path, tree in modules.items() if re.search("[Uu]nconfirmed", ast.get_docstring(tree) or "")
    }
