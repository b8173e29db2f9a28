"""A browser at the desk is one device, which the centre knows again: by its key in a file, and over a restart."""

import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy import select

from demo import PASSWORD
from field_app.address_limit import MOST, AddressLimit, AddressWaits
from field_app.desk.desk import Desk, NotSent, system_clock
from field_app.desk.desk_devices import DeskDevice, DeskDevices
from field_app.packs import FetchedPacks
from sync.api.storage.schema import device
from sync.core.errors import Problem
from sync.domain.records.standing import standing
from tests.steps.builders import SHIPPED, TRUST
from tests.steps.centre.running import Running
from tests.steps.ui.console import Line, signed

BROWSER, OTHER = "b" * 32, "c" * 32
Make = Callable[..., Desk]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "console" / "devices"


@pytest.fixture
def devices(folder: Path) -> DeskDevices:
    return DeskDevices(folder, system_clock)


@pytest.fixture
def at(running: Running, line: Line) -> Iterator[Make]:
    """A desk in a window of the browser whose device this is."""
    made: list[Desk] = []

    def make(kept: DeskDevice, who: str = "ruth.okoro", limit: AddressLimit | None = None) -> Desk:
        counted = (lambda: limit.counted("192.0.2.7")) if limit else nullcontext
        packs = FetchedPacks(SHIPPED, TRUST)
        desk = Desk(running.url, packs, line, training=True, device=kept, counted=counted)
        made.append(desk)
        if who:
            desk.sign_in(who, PASSWORD)
        return desk

    yield make
    for desk in made:
        desk.client.close()


def known(running: Running) -> list[str]:
    """The desk's devices, as the centre has them."""
    with running.db.read() as conn:
        return list(conn.execute(select(device.c.device_id).where(device.c.name == "Desktop console")).scalars())


def restarted(folder: Path) -> DeskDevices:
    return DeskDevices(folder, system_clock)


def approve(desk: Desk, incident_id: str) -> None:
    desk.approve(desk.incident(incident_id).incident)


def test_a_browser_is_one_device_over_windows_sign_ins_and_restarts(devices, at: Make, folder, phone, running):
    first, second, third = (signed(phone, name) for name in ("Ada", "Ben", "Cay"))
    near = at(devices.at(BROWSER))
    far = at(devices.at(BROWSER))
    approve(near, first)
    approve(far, second)
    near.close()
    approve(at(restarted(folder).at(BROWSER)), third)
    assert len(known(running)) == 1
    desk = at(restarted(folder).at(BROWSER))
    assert [standing(desk.incident(each).incident) for each in (first, second, third)] == ["approved"] * 3
    log = [desk.incident(each).log[-1] for each in (first, second, third)]
    assert [(entry.change.device_seq, entry.void) for entry in log] == [(1, False), (2, False), (3, False)]


def test_another_browser_is_another_device(devices, at: Make, running):
    at(devices.at(BROWSER))
    at(devices.at(OTHER))
    assert len(known(running)) == 2


def test_who_only_looks_or_has_no_password_leaves_nothing(devices, at: Make, folder):
    desk = at(devices.at(BROWSER), who="")
    with pytest.raises(Problem):
        desk.sign_in("ruth.okoro", "wrong")
    assert not folder.exists()


def test_the_file_is_for_its_owner_alone_and_holds_nothing_of_a_record(devices, at: Make, folder, phone):
    desk = at(devices.at(BROWSER))
    comment = {"kind": "incident", "record_id": "", "name": "cad_ref", "comment": "Marigold Thistlewood, is it her?"}
    incident_id = signed(phone)
    desk.send_back(desk.incident(incident_id).incident, [{**comment, "record_id": incident_id}])
    (file,) = folder.iterdir()
    assert file.name == f"{BROWSER}.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert set(json.loads(file.read_text())) == {"device_id", "seed", "people", "number", "head", "settled"}
    assert "Marigold" not in file.read_text()


def test_strangers_at_the_centre_never_reach_a_browser_that_is_known(devices, at: Make, running):
    kept = devices.at(BROWSER)
    at(kept).close()
    for _ in range(55):
        stranger = Desk(running.url, FetchedPacks(SHIPPED, TRUST), training=True)
        with pytest.raises(Problem):
            stranger.sign_in("ruth.okoro", "wrong")
        stranger.client.close()
    assert at(kept).who


def test_wrong_passwords_are_counted_by_address_and_reach_no_browser_that_is_known(devices, at: Make):
    limit = AddressLimit()
    at(devices.at(BROWSER), limit=limit)
    for number in range(MOST):
        with pytest.raises(Problem):
            at(devices.at(f"{number:032}"), who="", limit=limit).sign_in("ruth.okoro", "wrong")
    with pytest.raises(AddressWaits) as waits:
        at(devices.at(OTHER), limit=limit)
    assert waits.value.advice == "Wait 15 min, then try again. Where you have signed in before, you still can."
    assert at(devices.at(BROWSER), limit=limit).who
    with pytest.raises(AddressWaits):
        at(devices.at(BROWSER), who="tom.ellery", limit=limit)


def test_a_decision_waits_for_its_author_whichever_window_is_open(devices, at: Make, line, phone):
    incident_id = signed(phone)
    ruth = at(devices.at(BROWSER))
    shown = ruth.incident(incident_id).incident
    line.cut = True
    with pytest.raises(NotSent):
        ruth.approve(shown)
    ruth.close()
    line.cut = False
    del ruth
    tom = at(devices.at(BROWSER), who="tom.ellery")
    assert tom.waiting() == {}
    again = at(devices.at(BROWSER))
    assert list(again.waiting()) == [incident_id]
    assert again.send_waiting()
    assert standing(again.incident(incident_id).incident) == "approved"
    assert again.incident(incident_id).log[-1].change.author == "ruth.okoro"


def test_a_device_whose_last_decision_may_have_been_sent_is_given_up(devices, at: Make, line, folder, phone, running):
    """A number is never used for two decisions: the centre would call that a fork."""
    first, second = signed(phone, "Ada"), signed(phone, "Ben")
    desk = at(devices.at(BROWSER))
    shown = desk.incident(first).incident
    line.cut = True
    with pytest.raises(NotSent):
        desk.approve(shown)
    line.cut = False
    after = at(restarted(folder).at(BROWSER))
    approve(after, second)
    assert standing(after.incident(second).incident) == "approved"
    assert len(known(running)) == 2
    assert [each.name for each in after.phones()] == ["Phone"], "nothing is said to be missing that nobody can send"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"settled": true}', '{"settled": true, "seed": 5}', "null"])
def test_a_file_that_cannot_be_read_costs_nobody_a_sign_in(at: Make, folder, text: str):
    folder.mkdir(parents=True)
    (folder / f"{BROWSER}.json").write_text(text)
    assert at(restarted(folder).at(BROWSER)).who


def test_a_folder_that_cannot_be_written_stops_no_decision(at: Make, folder, phone):
    folder.parent.mkdir(parents=True)
    folder.write_text("no folder")
    incident_id = signed(phone)
    desk = at(restarted(folder).at(BROWSER))
    approve(desk, incident_id)
    assert standing(desk.incident(incident_id).incident) == "approved"


def test_a_file_that_is_out_of_date_is_taken_away(devices, at: Make, folder, phone, monkeypatch):
    desk = at(devices.at(BROWSER))
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    approve(desk, signed(phone))
    assert [file for file in folder.iterdir() if file.suffix == ".json"] == []
