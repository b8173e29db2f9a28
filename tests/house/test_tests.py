"""Tests are no libraries: what test modules share lives in `tests/steps/`, and nothing imports a test."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
STEPS = ROOT / "tests" / "steps"
MODULES = sorted(path for folder in ("tests", "bench", "tools") for path in (ROOT / folder).rglob("*.py"))


@cache
def imported(path: Path) -> set[str]:
    """The modules of tests/ that this one imports; of `from a import b` also a.b."""
    names = set()
    here = ".".join(path.relative_to(ROOT).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level < 2, f"{path} imports from the folder above by dots"
            module = ".".join(filter(None, (here if node.level else "", node.module)))
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return {name for name in names if name.startswith("tests.")}


def is_shared(module: str, path: Path) -> bool:
    """Whether this file may import the module: of tests/steps, or of the file's own folder or one within it."""
    place = ROOT.joinpath(*module.split("."))
    file = next((each for each in (place.with_suffix(".py"), place / "__init__.py") if each.is_file()), None)
    return file is None or file.is_relative_to(STEPS) or file.is_relative_to(path.parent)


def test_no_module_imports_a_test_or_a_conftest():
    offenders = [
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        if any(part.startswith("test_") or part == "conftest" for name in imported(path) for part in name.split("."))
    ]
    assert offenders == []


def test_what_is_shared_between_folders_lives_in_steps():
    """A helper beside the tests of one folder serves that folder, and the tests of the folder above it."""
    offenders = {
        path.relative_to(ROOT).as_posix(): sorted(name for name in imported(path) if not is_shared(name, path))
        for path in MODULES
    }
    assert {path: names for path, names in offenders.items() if names} == {}


def test_the_search_finds_imports_of_every_kind():
    """A test that looks for nothing would find nothing."""
    path = ROOT / "tests" / "phone" / "made_up.py"
    assert not is_shared("tests.faults.checker", path)
    assert is_shared("tests.steps.builders", path)
    assert {"tests.steps.builders", "tests.steps.builders.uid"} <= imported(ROOT / "tests/store/test_store.py")
    assert "tests.independent.canonical" in imported(ROOT / "tests/independent/fold.py")
