"""The client is written from docs/protocol.md alone, is small, and refuses what could be read in two ways."""

import ast
import sys
from pathlib import Path

import pytest

from tests.independent.canonical import Unreadable, read

HERE = Path(__file__).parent
MODULES = sorted(path for path in HERE.glob("*.py") if not path.name.startswith(("test_", "conftest", "__init__")))


def test_the_client_imports_nothing_of_the_project():
    tops: set[str] = set()
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert node.level == 1
                assert HERE / f"{node.module}.py" in MODULES
            elif isinstance(node, ast.ImportFrom):
                tops.add((node.module or "").split(".")[0])
            elif isinstance(node, ast.Import):
                tops |= {alias.name.split(".")[0] for alias in node.names}
    assert tops - set(sys.stdlib_module_names) == {"cryptography", "httpx"}


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', "1.0", "1e3", "NaN", "9007199254740992", '"\\ud800"', '{"é":1}', "[" * 17 + "1" + "]" * 17],
)
def test_what_could_be_read_in_two_ways_is_refused(text):
    with pytest.raises(Unreadable):
        read(text.encode())
