"""Killed, or failed by the disk, at the N-th system call: writes and syncs of the phone's and the centre's database."""

import threading
from contextlib import suppress

import pytest

from tests.faults import figures
from tests.faults.processes import Centre, PhoneProcess, check
from tests.faults.system import breaking, counted, counting, need_strace

FAMILY = "system calls: {} of the {}"
COUNT = 8
HOWS = {"signal=SIGKILL": "kill -9", "error=EIO": "disk error", "error=ENOSPC": "disk full"}
WAYS = [("pwrite64", "signal=SIGKILL"), ("pwrite64", "error=EIO"), ("pwrite64", "error=ENOSPC"),
        ("fdatasync", "signal=SIGKILL"), ("fdatasync", "error=EIO")]  # fmt: skip


def spread(total, many):
    """So many numbers out of 1 to total, evenly."""
    return sorted({1 + at * max(total - 1, 1) // max(many - 1, 1) for at in range(many)})


def phone_broken(centre, folder, call, number, how):
    """One life that breaks there, one that goes on to the end."""
    phone = PhoneProcess(folder, centre.address)
    family = FAMILY.format(f"{call}, {HOWS[how]},", "phone")
    with figures.counted(family, points=1):
        phone.run(COUNT, wrap=breaking(call, number, how))
        phone.rest()
        check(centre, [phone])


def phone_calls(centre, folder):
    """How often an undisturbed life makes each of the calls."""
    assert PhoneProcess(folder / "counted", centre.address).run(COUNT, wrap=counting(folder / "calls"))
    return counted(folder / "calls")


def test_a_phone_killed_in_the_middle_of_a_write(centre, tmp_path):
    need_strace(FAMILY.format("", "phone"))
    phone_broken(centre, tmp_path / "one", "pwrite64", 240, "signal=SIGKILL")


@pytest.mark.fault
def test_a_phone_whose_disk_is_full_for_one_write(centre, tmp_path):
    need_strace(FAMILY.format("", "phone"))
    phone_broken(centre, tmp_path / "one", "pwrite64", 200, "error=ENOSPC")


@pytest.mark.fault
@pytest.mark.parametrize(("call", "how"), WAYS)
def test_a_phone_broken_at_the_nth_call(centre, tmp_path, call, how):
    need_strace(FAMILY.format("", "phone"))
    total = phone_calls(centre, tmp_path)[call]
    assert total > COUNT
    for number in spread(total, 12):
        phone_broken(centre, tmp_path / str(number), call, number, how)


@pytest.mark.fault
@pytest.mark.parametrize(("call", "how"), WAYS)
def test_a_centre_broken_at_the_nth_call(tmp_path, call, how):
    need_strace(FAMILY.format("", "centre"))
    quiet = Centre(tmp_path / "counted")
    quiet.start(wrap=counting(tmp_path / "calls"))
    assert quiet.ready()
    PhoneProcess(tmp_path / "counting", quiet.address).run(COUNT)
    quiet.kill()
    for number in spread(counted(tmp_path / "calls")[call], 6):
        centre_broken(tmp_path / str(number), call, number, how)


def centre_broken(folder, call, number, how):
    """It breaks at this call, while it starts or while it works; if it is gone it is started again, like a service."""
    centre = Centre(folder / "centre")
    centre.start(wrap=breaking(call, number, how))
    stop, keeper = threading.Event(), threading.Thread(target=lambda: kept_alive(centre, stop))
    keeper.start()
    try:
        phone = PhoneProcess(folder / "phone", centre.address)
        family = FAMILY.format(f"{call}, {HOWS[how]},", "centre")
        with figures.counted(family, points=1):
            for _ in range(10):  # until it could sign in
                with suppress(TimeoutError):
                    centre.ready()
                if phone.run(COUNT):
                    break
            phone.rest()
            check(centre, [phone])
    finally:
        stop.set()
        keeper.join()
        centre.kill()


def kept_alive(centre, stop):
    while not stop.wait(0.1):
        if centre.process and centre.process.poll() is not None:
            centre.start()
