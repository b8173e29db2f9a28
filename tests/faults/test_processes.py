"""Real processes, killed with -9 at any moment: the phone, the centre, both, on SQLite and on PostgreSQL."""

import random
import threading
import time
from contextlib import nullcontext

import pytest

from tests.faults import figures
from tests.faults.processes import Centre, PhoneProcess, check

COUNT = 12


@pytest.fixture
def centre(tmp_path):
    made = Centre(tmp_path / "centre")
    yield made
    made.kill()


def phones_killed(centre, tmp_path, lives, seed):
    """Two phones, each killed at a random line of what it says, many times over."""
    dice = random.Random(seed)
    phones = [
        PhoneProcess(tmp_path / "one", centre.address),
        PhoneProcess(tmp_path / "two", centre.address, "tom.ellery"),
    ]
    for _ in range(lives):
        for phone in phones:
            phone.run(COUNT, kill_at=dice.randint(1, 2 * COUNT))
    for phone in phones:
        phone.rest()
    return phones


def test_a_phone_killed_again_and_again_loses_nothing(centre, tmp_path):
    centre.start()
    assert centre.ready()
    phone = PhoneProcess(tmp_path / "one", centre.address)
    with figures.counted("real processes: phone killed, sqlite", points=2):
        for line in (3, 9):
            phone.run(COUNT, kill_at=line)
        phone.rest()
        check(centre, [phone])


def test_a_centre_killed_while_a_phone_sends_loses_nothing(centre, tmp_path):
    centre.start()
    assert centre.ready()
    phone = PhoneProcess(tmp_path / "one", centre.address)
    killed = kills(centre, phone, {4})
    with figures.counted("real processes: centre killed, sqlite", points=1):
        phone.rest(COUNT)
        killed.join()
        check(centre, [phone])


def kills(centre, phone, at_lines):
    """A thread that kills the centre whenever the phone has said so many lines, and starts it again at once."""
    lines, due = [0], threading.Semaphore(0)

    def on_line(_line):
        lines[0] += 1
        if lines[0] in at_lines:
            due.release()

    def work():
        for _ in at_lines:
            due.acquire(timeout=60)
            centre.kill()
            centre.start()
            centre.ready()

    phone.on_line = on_line
    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.fault
@pytest.mark.parametrize("seed", range(4))
def test_two_phones_killed_at_random_lose_nothing(centre, tmp_path, seed):
    centre.start()
    assert centre.ready()
    with figures.counted("real processes: phone killed, sqlite", points=8):
        phones = phones_killed(centre, tmp_path, 4, seed)
        check(centre, phones)


@pytest.mark.fault
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
@pytest.mark.parametrize("seed", range(3))
def test_a_centre_killed_at_random_loses_nothing(tmp_path, request, database, seed):
    dice, many = random.Random(seed), 4
    place = request.getfixturevalue("postgres").filled() if database == "postgres" else nullcontext("")
    with place as url, figures.counted(f"real processes: centre killed, {database}", points=many):
        centre = Centre(tmp_path / "centre", url, workers=2 if url else 1)
        centre.start()
        try:
            assert centre.ready()
            phone = PhoneProcess(tmp_path / "one", centre.address)
            phone.run(1)
            for _ in range(many):
                ending = threading.Thread(target=restarted, args=(centre, dice.uniform(0.8, 2.5)))
                ending.start()
                phone.rest(3 * COUNT)
                ending.join()
            check(centre, [phone])
        finally:
            centre.kill()


def restarted(centre, after_s):
    time.sleep(after_s)
    centre.kill()
    centre.start()
    centre.ready()
