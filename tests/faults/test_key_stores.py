"""A phone whose key store raises, hangs, drops, forgets for a moment or answers late, and that is killed in it.

Real processes, each one start. What was said to be saved is opened again and arrives, or the start says in words that
the key store does not answer, and changes nothing.
"""

import random
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from field_app.phone.store.disk import SystemClock
from sync.core.signing import unb64
from tests.faults import figures
from tests.faults.processes import Centre, PhoneProcess, check
from tests.faults.rig import opened
from tests.steps.builders import Pocket

FAMILY = "a key store that fails at random"
COUNT = 3  # changes a start
IN_WORDS = {"key_store_silent", "key_lost"}  # of a start that is refused


@dataclass
class KeyStorePhone(PhoneProcess):
    seed: int = 0
    is_calm: bool = False
    refused: set[str] = field(default_factory=set)
    replaced: int = 0  # secrets offered to the key store while records were here

    @property
    def keys(self) -> Path:
        return self.folder.with_suffix(".keys")

    def command(self, count: int, seconds: float) -> list[str]:
        about = (str(self.folder), self.centre, self.username, str(count), str(seconds), str(self.seed))
        return ["tests.faults.driver_key_store", *about, str(int(self.is_calm))]

    def hear(self, line: str) -> None:
        word, _, rest = line.strip().partition(" ")
        if word == "REFUSED":
            self.refused.add(rest)
        if word == "SET" and records(self.folder):
            self.replaced += 1

    def start(self, kill_at: int | None = None) -> bool:
        """One start of the app, with its end."""
        self.on_line = self.hear
        return self.run(COUNT, kill_at=kill_at, seconds=1 if not self.is_calm else 40)

    def pocket(self) -> Pocket:
        return opened(self.folder, self.username, SystemClock(), unb64(self.keys.read_text()))


def records(folder: Path) -> int:
    """The vaults on the phone; their number is what a new secret would make unreadable for ever."""
    if not (folder / "phone.db").exists():
        return 0
    db = sqlite3.connect(folder / "phone.db")
    try:
        is_made = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'vault'").fetchone()
        return db.execute("SELECT count(*) FROM vault").fetchone()[0] if is_made else 0
    finally:
        db.close()


def starts_at_random(centre: Centre, folder: Path, seed: int, starts: int) -> None:
    dice = random.Random(seed)
    with figures.counted(FAMILY, points=starts):
        phone = KeyStorePhone(folder / "phone1", centre.address)
        for _ in range(starts):
            phone.seed = dice.getrandbits(32)
            phone.start(kill_at=dice.choice([None, None, dice.randint(1, 12)]))
            assert not phone.replaced, "I14: a new secret over records that are here"
            assert "Traceback" not in phone.said.words, f"I15: a start fails without words: {phone.said.words[-1500:]}"
        phone.is_calm = True
        rested = phone.start()
        assert rested, f"I2: the phone does not open; it said {phone.refused} {phone.said.words[-600:]!r}"
        assert phone.refused <= IN_WORDS, f"I15: {phone.refused - IN_WORDS} is not about the key store"
        assert records(phone.folder) == 1, "I14: a second vault for the same nurse"
        check(centre, [phone])


@pytest.mark.parametrize("seed", [1, 2])
def test_a_key_store_that_fails_at_random_loses_nothing(centre, tmp_path, seed):
    starts_at_random(centre, tmp_path, seed, 4)


@pytest.mark.fault
@pytest.mark.parametrize("seed", range(10, 40))
def test_many_key_stores_that_fail_at_random(centre, tmp_path, seed):
    starts_at_random(centre, tmp_path, seed, 8)


def test_a_key_store_that_forgets_for_good_is_said_in_words_and_nothing_is_replaced(centre, tmp_path):
    phone = KeyStorePhone(tmp_path / "phone1", centre.address, is_calm=True)
    with figures.counted("a key store that forgets for good", points=1):
        assert phone.start()
        key = phone.keys.read_text()
        phone.keys.unlink()
        assert not phone.start()
        assert (phone.refused, phone.replaced) == ({"key_lost"}, 0)
        phone.keys.write_text(key)
        assert phone.start(), "I2: what lay there is not opened by its own secret"
        check(centre, [phone])
