"""What the pages in docs/ point at is there: paths, and the functions along the tap in docs/architecture.md."""

import ast
import re
from pathlib import Path

import pytest

from tests.steps.page import ARCHITECTURE, ROOT, rows, section, ticked

PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md"]
TOPS = "docs|sync|field_app|demo|tests|tools|bench|assets|requirements"
PATH = re.compile(
    rf"(?<![\w./-])(?:(?:{TOPS})/[\w./*-]*|(?:build\.sh|pyproject\.toml|README\.md|CHANGELOG\.md|CONTRIBUTING\.md)\b)"
)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def mentioned(page: Path) -> set[str]:
    return {found.rstrip(".") for found in PATH.findall(page.read_text())}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_mentioned_is_there(page):
    assert not [path for path in mentioned(page) if not any(ROOT.glob(path.rstrip("/")))]


@pytest.mark.parametrize("page", [*PAGES, *sorted((ROOT / "docs/decisions").glob("*.md"))], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    assert not [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]


def test_the_paths_of_the_tree_are_found_at_all():
    """A test that looks for nothing would find nothing missing."""
    found = mentioned(ROOT / "docs/architecture.md")
    assert {"sync/protocol/", "field_app/phone/store/", "tests/faults/", "build.sh"} <= found
    assert len(found) > 60


def test_every_room_has_its_line():
    """Every package of the product stands in the tree, so that none is forgotten. Its map names its modules."""
    tree = section(ARCHITECTURE, "The tree")
    rooms = {path.parent for top in ("sync", "field_app", "demo") for path in (ROOT / top).rglob("__init__.py")}
    small = {"sync/domain/catalogue", "sync/api/storage", "demo"}  # what lies below these is told by their own maps
    for room in sorted(path.relative_to(ROOT).as_posix() for path in rooms):
        if not any(room.startswith(f"{known}/") for known in small):
            assert f"`{room}/`" in tree, room


def test_every_function_along_the_tap_is_where_the_page_says():
    steps = rows(section(ARCHITECTURE, "One tap, followed"))
    assert len(steps) > 20
    for row in steps:
        tree = ast.parse((ROOT / ticked(row[2])[0]).read_text())
        names = defined(tree)
        assert ticked(row[3])
        for name in ticked(row[3]):
            assert name in names, f"{name} is not in {ticked(row[2])[0]}"


def defined(tree: ast.Module) -> set[str]:
    """The functions and classes of a module, methods as Class.method."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    top = [node for node in tree.body if isinstance(node, kinds)]
    methods = {
        f"{one.name}.{method.name}"
        for one in top if isinstance(one, ast.ClassDef)
        for method in one.body if isinstance(method, kinds)
    }  # fmt: skip
    return {one.name for one in top} | methods


def test_no_page_names_a_path_outside_the_project():
    for page in PAGES:
        assert not re.search(r"(?<!\w)(?:/work|/tmp|/home|/root|~)/", page.read_text()), page
