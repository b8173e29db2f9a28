"""The docstring of each package is its map: it names every module in it, and nothing that is not there."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.source import name, packages, tree

NAMED = re.compile(r"(?<![\w/.])([a-z_0-9]+)(\.py\b|/)(?![\w*])")


@pytest.mark.parametrize("package", list(packages()), ids=name)
def test_the_map_of_a_package_is_complete(package: Path) -> None:
    here = {
        child.stem if child.suffix == ".py" else child.name
        for child in package.iterdir()
        if (child.suffix == ".py" and child.name != "__init__.py") or (child / "__init__.py").is_file()
    }
    doc = ast.get_docstring(tree(package / "__init__.py")) or ""
    named = {found[1] for found in NAMED.finditer(doc)}
    assert named - {"__init__"} == here
