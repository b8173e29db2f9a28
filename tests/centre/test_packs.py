"""The centre hands out packs: only what a trusted publisher signed, to whoever is signed in."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import httpx
import pytest

from sync.api.pull import packs
from sync.api.settings import from_environment
from sync.core.canonical import digest
from sync.domain.content.packs import Pack, PackWrong, from_bundle
from sync.pack_files import SHIPPED, trusted
from tests.steps.builders import SHIPPED as SHIPPED_PACKS
from tests.steps.builders import TRUST
from tests.steps.centre.running import Clock, Phone, Running, new_id, problem, serving
from tests.steps.packs import STRANGER, later, lay


def test_without_a_folder_what_came_with_the_program_is_handed_out(running: Running, phone: Phone) -> None:
    listed = {line["pack_id"]: line for line in phone.client.packs()["packs"]}
    there = {pack.manifest.pack_id: pack for pack in SHIPPED_PACKS}
    assert listed.keys() == there.keys()
    assert {"rules", "guidance", "directory"} == {line["kind"] for line in listed.values()}
    for pack_id, pack in there.items():
        bundle = phone.client.pack(pack_id)
        assert digest(bundle) == listed[pack_id]["digest"]
        assert listed[pack_id]["version"] == pack.manifest.version
        assert trusted(from_bundle(bundle), TRUST) == pack


def test_a_pack_that_is_not_there_is_not_found(phone: Phone) -> None:
    for name in ("rules-1999.9", "..", "%2e%2e", "publishers.json", "rules-2017.1%00"):
        problem(phone.get(f"/v1/packs/{name}"), 404, "not_found")


def test_nobody_reads_a_pack_without_a_sign_in(running: Running) -> None:
    with running.http() as http:
        for path in ("/v1/packs", "/v1/packs/rules-2017.1"):
            problem(http.get(path), 401, "sign_in_needed")


def test_a_folder_of_its_own_is_handed_out_and_known_to_the_centre_itself(url: str, tmp_path: Path) -> None:
    lay(later("rules-2026.9", effective_from=date(2026, 9, 1)), tmp_path / "packs")
    with serving(url, tmp_path / "data", Clock(), packs=tmp_path / "packs") as running:
        phone = running.device()
        assert [line["pack_id"] for line in phone.client.packs()["packs"]] == ["rules-2026.9"]
        known = running.centre.packs
        assert known.rules_on(date(2026, 11, 22)).manifest.pack_id == "rules-2026.9"
        assert known.rule_pack("rules-2017.1", date(2026, 11, 22)).manifest.pack_id == "rules-2017.1"


def damaged(pack: Pack, folder: Path) -> None:
    place = lay(pack, folder)
    name = next(iter(pack.files))
    (place / name).write_text(pack.files[name].replace("24", "72", 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("put", "why"),
    [
        (lambda folder: lay(later("rules-9", signer=STRANGER), folder), "rules-9 is not signed by a publisher trusted"),
        (lambda folder: damaged(later("rules-9"), folder), "not the one its manifest names"),
        (lambda folder: (folder / "notes").mkdir(parents=True), "notes is not a pack"),
        (lambda folder: lay(later("rules-9", files={"rules.json": "{}"}), folder), "this version can read"),
        (lambda folder: lay(later("rules-9"), folder).rename(folder / "a") and lay(later("rules-9"), folder), "twice"),
        (lambda folder: None, "is not a folder. Set ALONGSIDE_PACKS"),
    ],
    ids=["stranger", "altered", "no-pack", "unreadable", "twice", "no-folder"],
)
def test_what_nobody_could_use_stops_the_start_and_is_named(put, why, tmp_path: Path) -> None:
    put(tmp_path / "packs")
    with pytest.raises(PackWrong, match=why):
        packs.shelf(tmp_path / "packs", TRUST)


def test_a_folder_cannot_bring_its_own_publishers(tmp_path: Path) -> None:
    lay(later("rules-9", signer=STRANGER), tmp_path)
    (tmp_path / "publishers.json").write_text(f'{{"{STRANGER.public}": "A stranger"}}')
    with pytest.raises(PackWrong, match="not signed"):
        packs.shelf(tmp_path, TRUST)


def test_the_program_says_so_in_one_line_and_ends(tmp_path: Path) -> None:
    place = lay(later("rules-9", signer=STRANGER), tmp_path / "packs")
    env = {"ALONGSIDE_DATA": str(tmp_path / "data"), "ALONGSIDE_PACKS": str(tmp_path / "packs"), "PATH": ""}
    env["ALONGSIDE_TRAINING"] = "1"
    ended = subprocess.run(
        [sys.executable, "-m", "sync.api"], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr == (
        f"{place}: rules-9 is not signed by a publisher trusted here. "
        "Take it out of the folder, or have it signed again.\n"
    )
    assert not (tmp_path / "data" / "centre.db").exists()


def test_the_setting_names_the_folder(tmp_path: Path) -> None:
    assert from_environment({"ALONGSIDE_DATA": str(tmp_path)}).packs == SHIPPED
    named = from_environment({"ALONGSIDE_DATA": str(tmp_path), "ALONGSIDE_PACKS": str(tmp_path / "p")})
    assert named.packs == tmp_path / "p"


def test_what_was_read_reaches_the_centre_and_is_no_incident(running: Running, phone: Phone, desk: Phone) -> None:
    record_id = new_id()
    opened = {"page": "G7", "version": "1", "at": "2026-11-22T22:00:00.000Z"}
    begun = {"nurse": "amina.yusuf", "pack": "guidance-2026.1", "pack_version": "2026.1"}
    phone.record({**begun, "opened.1a": opened}, record_id=record_id, incident=record_id, kind="reading")
    phone.record({"location": "Old Bridge"})
    report = phone.sync()
    assert (report.code, [verdict.verdict for verdict in report.verdicts]) == ("", [])
    listed: httpx.Response = desk.search(view="all")
    assert listed.json()["total"] == 1, "the log of what was read is in no list"
    entries = desk.get(f"/v1/incidents/{record_id}").json()["entries"]
    assert entries[0]["body"]["patch"]["opened.1a"] == opened, "and a supervisor can read it"
