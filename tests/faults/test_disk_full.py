"""The phone's disk is full: while sealing, while a receipt comes, while others' work comes. What was said holds."""

import pytest

from tests.faults import figures
from tests.faults.processes import Centre, PhoneProcess, check
from tests.faults.system import small_disk
from tests.steps.small_disk import RESERVE, fill

FAMILY = "small disk (tmpfs): {}"
ROOM = 96 * 1024  # left on it when it is said to be full


@pytest.fixture
def centre(tmp_path):
    made = Centre(tmp_path / "centre")
    made.start()
    assert made.ready()
    yield made
    made.kill()


@pytest.mark.parametrize(
    "room", [ROOM, pytest.param(0, marks=pytest.mark.fault), pytest.param(200_000, marks=pytest.mark.fault)]
)
def test_sealing_on_a_full_disk_says_so_and_keeps_all_before(centre, tmp_path, room):
    family = FAMILY.format("sealing, and storing receipts")
    with small_disk(tmp_path / "disk", "6m", family) as disk:
        phone = PhoneProcess(disk / "phone", centre.address)
        with figures.counted(family, points=1):
            phone.rest(2)
            photographs = fill(disk, room)
            phone.run(
                400, seconds=30
            )  # more than the reserve holds; it would go on trying: a nurse in need ends the app
            assert room != ROOM or "disk_full" in phone.said.failed
            photographs.unlink()
            phone.rest()
            check(centre, [phone])


@pytest.mark.fault
def test_a_pull_onto_a_full_disk_goes_on_when_there_is_room(centre, tmp_path):
    family = FAMILY.format("pulling")
    with small_disk(tmp_path / "disk", "6m", family) as disk:
        phone = PhoneProcess(disk / "phone", centre.address)
        other = PhoneProcess(tmp_path / "other", centre.address, "tom.ellery")
        with figures.counted(family, points=1):
            phone.rest()
            photographs = fill(disk, ROOM)
            other.rest(60)
            phone.run(0, seconds=8)
            photographs.unlink()
            phone.rest()
            check(centre, [phone, other])


@pytest.mark.parametrize("reserve", [True, False])
def test_a_phone_whose_disk_is_full_can_be_unlocked_and_sends(centre, tmp_path, reserve):
    """What was sealed before without a line arrives, with the reserve and without a byte."""
    family = FAMILY.format("unlocking and sending")
    with small_disk(tmp_path / "disk", "6m", family) as disk:
        phone = PhoneProcess(disk / "phone", centre.address)
        with figures.counted(family, points=1):
            phone.rest()
            centre.kill()
            phone.run(10, seconds=4)
            centre.start()
            assert centre.ready()
            if not reserve:
                (disk / "phone" / RESERVE).unlink()
            photographs = fill(disk)
            phone.run(0, seconds=6)
            assert len({row.change_id for row in centre.rows()} & phone.said.sealed) == 11
            assert "Traceback" not in phone.said.words
            photographs.unlink()
            phone.rest()
            check(centre, [phone])
