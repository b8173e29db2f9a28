"""The rules are pure from the first line on: importing any of their modules opens nothing but Python's own files."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import importlib, pkgutil, sys

opened = []
sys.addaudithook(lambda event, args: opened.append(args[0]) if event == "open" and type(args[0]) is not int else None)
import sync.domain

for module in pkgutil.walk_packages(sync.domain.__path__, "sync.domain."):
    importlib.import_module(module.name)
    print("module", module.name)
for name in opened:
    print("open", name)
"""
PYTHONS = (".py", ".pyc", ".so")
TIME_ZONE = "zoneinfo/Europe/London"  # of the system, or of the package tzdata


def test_importing_the_rules_opens_no_file():
    env = {"PYDANTIC_DISABLE_PLUGINS": "1", "PYTHONDONTWRITEBYTECODE": "1"}  # pydantic would look for plugins
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
    imported = {name for what, name in lines if what == "module"}
    assert imported >= {
        "sync.domain.records.incident",
        "sync.domain.content.pack_set",
        "sync.domain.catalogue.handover.form",
    }
    opened = [name for what, name in lines if what == "open"]
    assert any(name.endswith(PYTHONS) for name in opened), "the hook hears what is opened"
    assert [name for name in opened if not name.endswith((*PYTHONS, TIME_ZONE))] == []
