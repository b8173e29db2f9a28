"""Lay out `dist/app/`, the folder that `flet build apk` packs: the phone app and nothing of the centre.

Standard library only. `dist/app/pyproject.toml` has the project's own `[tool.flet…]` tables, and its `[project]` table
without the optional dependencies: what the phone needs, and nothing of the centre.
"""

import json
import os
import re
import shutil
import ssl
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AUTHORITY = "authority.pem"
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".DS_Store")

MAIN = '''"""Starts the phone app; written by ./build.sh apk."""

import os
import runpy
from pathlib import Path

os.environ.setdefault("ALONGSIDE_CENTRE", {centre})
os.environ.setdefault("ALONGSIDE_TRAINING", {training})
os.environ.setdefault("ALONGSIDE_CA", {authority})
os.environ.setdefault("ALONGSIDE_LOCK_MINUTES", {minutes})
runpy.run_module("field_app.main", run_name="__main__")
'''


def staged_pyproject(pyproject: str) -> str:
    """Returns the pyproject.toml of the staged app, from the text of the project's own."""
    project = tomllib.loads(pyproject)["project"]
    facts = {key: project[key] for key in ("name", "version", "description", "requires-python")}
    head = ["[project]", *(f"{key} = {json.dumps(value)}" for key, value in facts.items())]
    head += ["dependencies = [", *(f"    {json.dumps(name)}," for name in project["dependencies"]), "]", ""]
    tables = re.split(r"^(?=\[)", pyproject, flags=re.MULTILINE)
    flet = [table.split("\n#")[0].rstrip() + "\n" for table in tables if re.match(r"\[tool\.flet[].]", table)]
    return "\n".join(head + [table for table in flet if not table.startswith("[tool.flet.app]")])


def stage(
    root: Path, target: Path, centre: str, training: bool = False, authority: str = "", minutes: str = "2"
) -> None:
    """Write the staged app anew; `centre`: the address it talks to; `training`: for training with made-up people.

    `authority`: a PEM file of authorities that the app trusts besides the world's; it is built in. `minutes`: without a
    touch until it locks. Raises OSError.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in ("field_app", "sync", "assets"):
        if (root / name).is_dir():
            shutil.copytree(root / name, target / name, ignore=LEFT_OUT)
    shutil.rmtree(target / "sync" / "api", ignore_errors=True)
    place = '""'
    if authority:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=authority)  # it can be read
        (target / "assets").mkdir(exist_ok=True)
        shutil.copyfile(authority, target / "assets" / AUTHORITY)
        place = f'str(Path(__file__).with_name("assets") / "{AUTHORITY}")'
    texts = {"centre": centre, "training": "1" if training else "", "minutes": minutes}
    settings = {name: json.dumps(text) for name, text in texts.items()}
    (target / "main.py").write_text(MAIN.format(**settings, authority=place), encoding="utf-8")
    text = staged_pyproject((root / "pyproject.toml").read_text(encoding="utf-8"))
    (target / "pyproject.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist" / "app"
    given, training = os.environ.get, os.environ.get("ALONGSIDE_TRAINING") == "1"
    try:
        stage(
            ROOT, place, given("ALONGSIDE_CENTRE", ""), training, given("ALONGSIDE_CA", ""),
            given("ALONGSIDE_LOCK_MINUTES", "2"),
        )  # fmt: skip
    except OSError as error:
        raise SystemExit(f"The app could not be staged: {error}") from None
