"""The set-up keeps its promises: one way in, clear lines when something is missing, a clean APK."""

import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.steps.certificates import Authority

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
COMMANDS = [
    "run", "centre", "phone", "console", "check", "fix", "test", "bench", "publisher", "screenshots", "apk", "lock",
    "help",
]  # fmt: skip
BASH = shutil.which("bash") or "/bin/bash"


def build(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run build.sh from a folder that is not the project's."""
    return subprocess.run(
        [BASH, str(ROOT / "build.sh"), *arguments],
        cwd=ROOT.parent,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


# --- build.sh -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_help_lists_every_command(command: str):
    done = build("help")
    assert done.returncode == 0
    assert re.search(rf"^  {command} ", done.stdout, re.MULTILINE)


def test_every_command_that_exists_is_in_the_help():
    dispatch = (ROOT / "build.sh").read_text().split('case "$command" in')[1]
    names = re.findall(r"[a-z]{2,}(?= \||\))", dispatch.split("esac")[0])
    assert set(names) == set(COMMANDS)


def test_no_command_is_a_call_for_help():
    assert build().stdout == build("help").stdout


def test_an_unknown_command_says_where_to_look():
    done = build("biuld")
    assert done.returncode != 0
    assert done.stderr == "build.sh: there is no command 'biuld'. ./build.sh help lists them.\n"


def test_a_port_in_use_is_named_before_anything_is_installed():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = build("run", "--port", str(port))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Port {port} is already in use. Stop what uses it, or choose others: ./build.sh run --port {port + 100}\n"
    )


def test_the_centres_port_is_checked_as_well():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = build("run", "--port", str(port - 2))
    assert done.returncode == 1
    assert f"Port {port} is already in use." in done.stderr


def test_run_explains_its_options():
    done = build("run", "--help")
    assert done.returncode == 0
    for option in ("--data", "--port", "--empty", "--lan"):
        assert option in done.stdout


def script(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!{BASH}\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A copy of the set-up files alone, with a folder `bin` to be the whole PATH."""
    shutil.copy(ROOT / "build.sh", tmp_path)
    shutil.copytree(REQUIREMENTS, tmp_path / "requirements")
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("cat", "grep", "mkdir", "rm", "tail"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    return tmp_path


def build_bare(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BASH, str(folder / "build.sh"), *arguments],
        env={"PATH": str(folder / "bin"), "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_python_too_old_is_named_with_what_to_install(bare: Path):
    script(bare / "bin" / "python3", "echo 3.9")
    done = build_bare(bare, "phone")
    assert done.returncode == 1
    assert re.search(r"needs Python 3\.11, 3\.12 or 3\.13; python3 is 3\.9;.*apt-get install", done.stderr)


def test_no_python_at_all_says_what_to_install(bare: Path):
    done = build_bare(bare, "phone")
    assert done.returncode == 1
    assert "none was found. Install Python 3.13" in done.stderr


def test_a_python_without_venv_says_what_to_install(bare: Path):
    script(bare / "bin" / "python3", f'case "$2" in *ensurepip*) exit 1 ;; *) exec "{sys.executable}" "$@" ;; esac')
    done = build_bare(bare, "phone")
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


# A Python that answers questions about itself, and whose pip fails with the words in $folder/says.
FAILING_PIP = """
case "$*" in
  "-m venv "*) /bin/mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  *"pip install"*) cat "{folder}/says"; exit 1 ;;
  *) exec "{python}" "$@" ;;
esac"""


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("NewConnectionError: Temporary failure in name resolution", "start again when connected"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "its hash differs"),
        ("something never seen before", "something never seen before"),
    ],
)
def test_a_failed_installation_is_explained_and_done_again(bare: Path, says: str, told: str):
    (bare / "bin" / "cp").symlink_to(shutil.which("cp") or "/bin/cp")
    (bare / "says").write_text(says)
    script(bare / "bin" / "python3", FAILING_PIP.format(folder=bare, python=sys.executable))
    first, second = build_bare(bare, "phone"), build_bare(bare, "phone")
    assert first.returncode == second.returncode == 1
    assert told in first.stderr
    assert "did not finish" not in first.stdout
    assert "The last set-up of .venv did not finish; doing it again from the start." in second.stdout


def test_a_set_up_in_another_terminal_is_left_alone(bare: Path):
    script(bare / "bin" / "python3", f'exec "{sys.executable}" "$@"')
    (bare / ".venv").mkdir()
    (bare / ".venv" / ".setting-up").write_text(f"{os.getpid()}\n")
    done = build_bare(bare, "phone")
    assert done.returncode == 1
    assert f"another ./build.sh (process {os.getpid()})" in done.stderr
    assert (bare / ".venv" / ".setting-up").exists()


# A Python whose pip installs nothing, and whose benchmarks only say that they were started.
MEASURING = """
case "$*" in
  "-m venv "*) /bin/mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  *"pip install"*) ;;
  "-m bench"*) echo measuring ;;
  *) exec "{python}" "$@" ;;
esac"""


@pytest.mark.parametrize(
    ("arguments", "needs_a_browser"),
    [([], True), (["app"], True), (["--only", "effort"], True), (["sync"], False), (["--only", "costs,stores"], False)],
)
def test_bench_installs_a_browser_before_what_is_measured_in_one(
    bare: Path, arguments: list[str], needs_a_browser: bool
):
    (bare / "bin" / "cp").symlink_to(shutil.which("cp") or "/bin/cp")
    script(bare / "bin" / "python3", MEASURING.format(python=sys.executable))
    script(bare / "bin" / "id", "echo 0")
    script(bare / "bin" / "apt-get", f'case "$*" in *chromium*) cp "{bare}/bin/id" "{bare}/bin/chromium" ;; esac')
    done = build_bare(bare, "bench", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("measuring\n")
    assert (bare / "bin" / "chromium").exists() == needs_a_browser


# --- The APK --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist") / "app"
    subprocess.run([sys.executable, str(ROOT / "tools" / "stage.py"), str(target)], check=True)
    return target


def test_the_staged_app_is_the_phone_and_nothing_else(staged: Path):
    assert {path.name for path in staged.iterdir()} == {"main.py", "pyproject.toml", "assets", "field_app", "sync"}
    assert not (staged / "sync" / "api").exists()
    assert not [path for path in staged.rglob("*") if path.name in ("tests", "__pycache__", "conftest.py")]
    assert (staged / "assets" / "icon.png").exists()


def test_the_staged_app_starts_the_phone(staged: Path):
    assert 'run_module("field_app.main", run_name="__main__")' in (staged / "main.py").read_text()


def test_the_staged_app_has_the_authority_it_was_built_with(tmp_path: Path):
    pem = Authority(tmp_path).pem
    given = {**os.environ, "ALONGSIDE_CA": str(pem)}
    target = tmp_path / "app"
    stage = [sys.executable, str(ROOT / "tools" / "stage.py"), str(target)]
    subprocess.run(stage, env=given, check=True)
    main = target / "main.py"
    (target / "field_app" / "main.py").write_text("import os; print(os.environ['ALONGSIDE_CA'])")
    said = subprocess.run(
        [sys.executable, str(main)], env={"PATH": ""}, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert Path(said).read_bytes() == pem.read_bytes()
    assert said == str(target / "assets" / "authority.pem")
    refused = subprocess.run(
        stage, env={**given, "ALONGSIDE_CA": str(main)}, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert "could not be staged" in refused.stderr


def test_the_staged_list_is_the_phones_own(staged: Path):
    listed = tomllib.loads((staged / "pyproject.toml").read_text())["project"]
    assert listed["dependencies"] == project()["dependencies"]
    assert "optional-dependencies" not in listed
    assert listed["requires-python"] == project()["requires-python"]


def test_clinical_data_never_leaves_the_phone_by_backup_or_in_clear(staged: Path):
    android = tomllib.loads((staged / "pyproject.toml").read_text())["tool"]["flet"]["android"]
    assert android["manifest_application"] == {
        "allowBackup": "false",
        "fullBackupContent": "false",
        "usesCleartextTraffic": "false",
    }
    assert android["permission"] == {"android.permission.INTERNET": True}
    assert android["min_sdk_version"] == 29


def test_the_staged_app_is_built_from_its_own_folder(staged: Path):
    flet = tomllib.loads((staged / "pyproject.toml").read_text())["tool"]["flet"]
    assert "app" not in flet
    assert {key: flet[key] for key in ("org", "product", "bundle_id")} == {
        "org": "uk.alongside", "product": "Alongside", "bundle_id": "uk.alongside.field",
    }  # fmt: skip


def test_apk_without_the_android_tools_lists_them_and_leaves_the_staged_app(bare: Path):
    script(bare / "bin" / "python3", f'exec "{sys.executable}" "$@"')
    for name in ("pyproject.toml", "assets", "sync", "field_app"):
        (bare / name).symlink_to(ROOT / name)
    done = build_bare(bare, "apk")
    assert done.returncode == 1
    for tool in ("Flutter 3.44", "Android SDK", "JDK 17"):
        assert f"  - {tool}" in done.stderr or f"  - the {tool}" in done.stderr
    assert (bare / "dist" / "app" / "main.py").exists()
