"""The project's own source, read once: files, their text, their syntax trees."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("sync", "field_app", "demo")
CODE = (*PRODUCT, "tools", "bench")
MIGRATIONS = "sync/api/storage/migrations/versions/"  # generated, and never edited once shipped


@cache
def budget() -> dict[str, dict]:
    return tomllib.loads((ROOT / "tests" / "house" / "budget.toml").read_text())


@cache
def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(text(file))


def files(*folders: str) -> list[Path]:
    """The Python files below these folders of the project."""
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def name(file: Path) -> str:
    """The file from the project's root on, with slashes."""
    return file.relative_to(ROOT).as_posix()


def packages() -> Iterator[Path]:
    """The packages of the product."""
    for file in files(*PRODUCT):
        if file.name == "__init__.py" and not name(file).startswith(MIGRATIONS):
            yield file.parent


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
