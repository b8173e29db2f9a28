"""pyproject.toml is the one list of what is wanted; each of its sets is locked by hash and names no host."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
LOCKS = ["phone", "desktop", "centre", "test", "floor", "apk", "lock", "bench"]


def locked(name: str) -> dict[str, str]:
    """Returns package → version of a lock file."""
    lines = (REQUIREMENTS / f"{name}.txt").read_text().splitlines()
    matches = (re.match(r"([a-z0-9.-]+)==([^ ;]+)", line) for line in lines)
    return {match[1]: match[2] for match in matches if match}


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def wanted(name: str) -> list[str]:
    """Returns what a set of pyproject.toml asks for; "phone" is the project's own dependencies."""
    return {"phone": project()["dependencies"], **project()["optional-dependencies"]}[name]


def test_each_set_of_the_one_list_has_its_lock_and_nothing_else_is_in_the_folder():
    assert {"phone", *project()["optional-dependencies"]} == set(LOCKS)
    assert {path.name for path in REQUIREMENTS.glob("[!.]*")} == {f"{name}.txt" for name in LOCKS}
    assert not list(ROOT.glob("*.in"))


def test_every_lock_is_written_by_build_lock():
    text = (ROOT / "build.sh").read_text()
    assert re.findall(r"^  lock_set (\w+)", text, re.MULTILINE) == LOCKS


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place_to_fetch_from(name: str):
    for text in ((REQUIREMENTS / f"{name}.txt").read_text(), "\n".join(wanted(name))):
        assert not re.search(r"://|--index|--extra|--find-links|--trusted|^-[fi]\b| ?@ ?", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash(name: str):
    text = (REQUIREMENTS / f"{name}.txt").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip()]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[a-z0-9.-]+==\S+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+ *", line), line[:80]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_everything_its_list_asks_for(name: str):
    versions = locked(name)
    assert wanted(name)
    for requirement in map(Requirement, wanted(name)):
        assert requirement.name in versions
        assert requirement.specifier.contains(versions[requirement.name]), requirement.name


def test_sets_that_are_installed_together_agree():
    versions: dict[str, str] = {}
    for name in ("phone", "desktop", "centre", "test"):
        for package, version in locked(name).items():
            assert versions.setdefault(package, version) == version, package


def test_the_phone_has_nothing_of_the_centre():
    assert not locked("phone").keys() & {
        "alembic", "argon2-cffi", "fastapi", "flet-web", "psycopg", "sqlalchemy", "starlette", "uvicorn",
    }  # fmt: skip


def test_flet_and_what_builds_and_shows_it_are_one_version():
    assert locked("phone")["flet"] == locked("desktop")["flet-web"] == locked("apk")["flet-cli"] == "1.0.5"


def test_python_is_one_that_the_android_wheels_exist_for():
    assert project()["requires-python"] == ">=3.11,<3.14"


def test_pydantic_is_the_one_android_has_at_both_ends():
    assert {locked(name)["pydantic"] for name in ("phone", "centre", "floor")} == {"2.11.10"}
    assert locked("phone")["pydantic-core"] == "2.33.2"


def test_the_floor_is_the_oldest_cryptography_that_the_phone_list_allows():
    assert locked("floor")["cryptography"] == "43.0.1"
    assert "cryptography>=43.0.1" in wanted("phone")
