"""What `./build.sh check`, `fix` and `test` run, and in which order. The tools are stand-ins that note their calls."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BASH = shutil.which("bash") or "/bin/bash"
LOCKS = {"app": ["phone", "desktop", "centre"], "test": ["phone", "desktop", "centre", "test"], "floor": ["floor"]}

# Notes its call, and fails when the call has the word in $FAILS; what Python is asked about itself, a real one answers.
STAND_IN = f"""#!{BASH}
[ "$1" = -c ] && exec "{sys.executable}" "$@"
echo "${{0##*/}} $*" >>"$CALLS"
[ -z "$FAILS" ] || [[ "$*" != *"$FAILS"* ]]
"""

CHECKS = [
    "ruff check .",
    "ruff format --check .",
    "pyright --warnings --pythonpath PYTHON",
    "lint-imports --no-cache",
    "python -m pytest -q tests/house -p no:cacheprovider",
]
EVERY_DAY = "not browser and not fault and not long"


def make_environment(folder: Path, *names: str) -> None:
    """An environment that build.sh takes for complete, whose programs are stand-ins."""
    (folder / "bin").mkdir(parents=True)
    for program in ("python", "ruff", "pyright", "lint-imports"):
        (folder / "bin" / program).write_text(STAND_IN)
        (folder / "bin" / program).chmod(0o755)
    for name in names:
        content = b"".join((ROOT / "requirements" / f"{lock}.txt").read_bytes() for lock in LOCKS[name])
        (folder / f".done-{name}").write_text(hashlib.sha256(content).hexdigest() + "\n")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that is set up, with a folder of house tests."""
    shutil.copy(ROOT / "build.sh", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    make_environment(tmp_path / ".venv", "app", "test")
    make_environment(tmp_path / ".venv-floor", "floor")
    (tmp_path / "tests" / "house").mkdir(parents=True)
    return tmp_path


def build(project: Path, *arguments: str, fails: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BASH, str(project / "build.sh"), *arguments],
        cwd=project.parent,
        env={**os.environ, "PYTHON": sys.executable, "CALLS": str(project / "calls"), "FAILS": fails, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def calls(project: Path) -> list[str]:
    lines = (project / "calls").read_text().splitlines()
    return [line.replace(str(project / ".venv" / "bin" / "python"), "PYTHON") for line in lines]


def test_check_is_style_types_imports_and_the_house(project: Path):
    done = build(project, "check")
    assert done.returncode == 0, done.stderr
    assert calls(project) == CHECKS
    names = ["ruff check", "ruff format", "pyright", "import rules", "house"]
    assert re.findall(r"^ok +(\S.*?) +\d+ s$", done.stdout, re.MULTILINE) == names


def test_check_does_without_house_tests_where_there_are_none(project: Path):
    (project / "tests" / "house").rmdir()
    assert build(project, "check").returncode == 0
    assert calls(project) == CHECKS[:-1]


@pytest.mark.parametrize("fails", ["check .", "--check", "--warnings", "--no-cache", "tests/house"])
@pytest.mark.parametrize("command", ["check", "test"])
def test_what_fails_in_check_is_named_and_ends_it(project: Path, command: str, fails: str):
    done = build(project, command, fails=fails)
    last = next(number for number, call in enumerate(CHECKS) if fails in call)
    assert done.returncode == 1
    assert calls(project) == CHECKS[: last + 1]
    assert re.findall(r"^FAILED ", done.stdout, re.MULTILINE) == ["FAILED "]


def test_fix_formats_also_when_something_is_left_to_a_person(project: Path):
    assert build(project, "fix").returncode == 0
    assert build(project, "fix", fails="--fix").returncode == 1
    assert calls(project) == ["ruff check --fix .", "ruff format ."] * 2


def test_test_is_check_and_then_every_test_once(project: Path):
    assert build(project, "test").returncode == 0
    *checks, tests, floor = calls(project)
    assert checks == CHECKS
    command = f"python -m pytest tests --ignore tests/house -m {EVERY_DAY} -n 2 --dist loadfile"
    assert tests == f"{command} --durations 12 --durations-min 2"
    assert re.fullmatch(rf"python -m pytest (tests/\S+ )+-q -p no:cacheprovider -m {EVERY_DAY}", floor)


def test_test_ends_with_the_browser_tests(project: Path):
    (project / "tests" / "browser").mkdir()
    chromium = project / "programs" / "chromium"
    chromium.parent.mkdir()
    chromium.write_text(STAND_IN)
    chromium.chmod(0o755)
    assert build(project, "test", PATH=f"{chromium.parent}:{os.environ['PATH']}").returncode == 0
    assert calls(project)[-1].startswith("python -m pytest tests/browser -p no:asyncio")


def test_the_long_runs_are_the_faults_with_their_figures_and_whatever_else_is_marked_so(project: Path):
    assert build(project, "test", "--long").returncode == 0
    *checks, faults, figures, others = calls(project)
    assert checks == CHECKS
    assert faults == "python -m pytest tests/faults -n 2 --dist worksteal -rs"
    assert figures == "python -m tools.faults"
    assert others.startswith("python -m pytest tests --ignore tests/faults -m (fault or long) and not browser ")


def test_figures_are_written_also_of_a_long_run_that_fails(project: Path):
    assert build(project, "test", "--long", fails="tests/faults").returncode == 1
    assert calls(project)[-1] == "python -m tools.faults"


def test_with_arguments_only_pytest_runs(project: Path):
    assert build(project, "test", "tests/domain", "-x").returncode == 0
    assert build(project, "test", "--long", "tests/faults").returncode == 0
    assert calls(project) == [
        f"python -m pytest -m {EVERY_DAY} tests/domain -x",
        "python -m pytest -m not browser tests/faults",
    ]


def test_what_runs_at_the_floor_is_there():
    match = re.search(r"^FLOOR_TESTS=\((.*)\)$", (ROOT / "build.sh").read_text(), re.MULTILINE)
    assert match
    assert match[1].split()
    assert [path for path in match[1].split() if not (ROOT / path).exists()] == []
