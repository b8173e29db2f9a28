"""Several processes of the centre behind one database: two real ones, eight devices that push through both at once."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.api.routes.centre import Centre
from sync.api.settings import Settings, centre_signer
from sync.api.storage.database import Database
from sync.client.http import Client
from tests.steps.builders import PACKS
from tests.steps.centre.running import Clock, Phone, Running
from tools.world import Process

ROUNDS, DEVICES = 4, 8


@pytest.fixture
def two(url: str, tmp_path: Path) -> Iterator[list[Running]]:
    """Two processes with the same key and database, as two machines would have them."""
    signer = centre_signer(tmp_path / "one")
    (tmp_path / "two").mkdir()
    shutil.copy(tmp_path / "one" / "centre.key", tmp_path / "two" / "centre.key")
    processes = [
        Process("sync.api", tmp_path / name, "/ready", DATABASE_URL=url, ALONGSIDE_TRAINING="1", ALONGSIDE_DEMO="1")
        for name in ("one", "two")
    ]
    clock, db = Clock(), Database(url)
    centre = Centre(Settings(url, tmp_path / "one", training=True), db, signer, PACKS, clock)
    served = [Running(process.url, centre, clock) for process in processes]
    starting = [threading.Thread(target=process.start) for process in processes]
    for one in starting:  # both at once: one migrates, the other waits
        one.start()
    for one in starting:
        one.join()
    yield served
    for running in served:
        for client in running.clients:
            client.close()
    for process in processes:
        process.kill()
    db.close()


@pytest.mark.parametrize("url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_nothing_is_lost_and_no_reader_passes_over_anything_with_two_processes(two: list[Running]) -> None:
    devices = [two[number % 2].device("tom.ellery", f"Phone {number}") for number in range(DEVICES)]
    readers = [running.device("amina.yusuf", "Reader") for running in two]
    done = threading.Event()
    failed: list[BaseException] = []

    def write(number: int, one: Phone) -> None:
        """Now by the one process, now by the other, as a balancer in front of them would have it."""
        other = two[(number + 1) % 2]
        lines = (one, Phone(other, one.device, Client(other.url, one.client.token, own=one.device.own)))
        other.clients.append(lines[1].client)
        try:
            for turn in range(ROUNDS):
                incident = one.record({"location": "Old Bridge"}).incident_id
                one.record({"given_name": "Ida"}, incident=incident, kind="person")
                assert lines[turn % 2].sync().code == ""
        except BaseException as error:  # noqa: BLE001 - told by the test itself
            failed.append(error)

    def read(one: Phone) -> None:
        try:
            while not done.is_set():
                assert one.sync().code == ""
        except BaseException as error:  # noqa: BLE001 - told by the test itself
            failed.append(error)

    writers = [threading.Thread(target=write, args=(number, one)) for number, one in enumerate(devices)]
    reading = [threading.Thread(target=read, args=(one,)) for one in readers]
    for thread in (*writers, *reading):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in reading:
        thread.join()
    assert not failed, failed
    rows = two[0].rows()
    assert len(rows) == len({row.change_id for row in rows}) == DEVICES * ROUNDS * 2
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    two[0].check_chain()
    for one in devices:
        assert {row.device_seq for row in rows if row.device_id == one.device.device_id} == set(
            range(1, 2 * ROUNDS + 1)
        )
        assert {change.change_id for change in one.device.changes} <= one.device.receipts.keys()
    for one in readers:
        assert one.sync().code == ""
        assert sorted(one.device.log) == [row.seq for row in rows]
