"""A lost phone is cleared by the desk, while it is killed, cut off, locked or offline: what it held arrives first.

Real processes. The desk orders at a random moment; the phone dies at random, also at each statement between the order
and the last row that it erases.
"""

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from field_app.desk.desk import Desk
from field_app.phone.store.disk import SystemClock
from sync.api.accounts import employment
from sync.core.times import to_millis
from tests.faults import checker, figures
from tests.faults.processes import Centre, PhoneProcess, pulled
from tests.faults.proxy import Proxy, Way, between
from tests.steps.at_a_phone import signed_in_desk

ORG = "alongside"  # of a centre that is told nothing else
FAMILY = "a phone cleared by the desk: {}"
COUNT = 10  # things that the nurse does in a life
LIFE_S = 3.0  # of a life that need not come to its end
CUTS = 3  # connections cut in a life: fewer than the tellings after which a phone clears itself untold
OF_A_VAULT = (
    "change",
    "outbox",
    "incident",
    "draft",
    "vault",
    "day_key",
    "segment",
    "entry",
    "command",
    "pulled",
    "ended",
)


@pytest.fixture
def desk(centre: Centre) -> Iterator[Desk]:
    with signed_in_desk(centre.address) as made:
        yield made


@dataclass
class LostPhone(PhoneProcess):
    """`die_at`: SQL statements after the order came, at which it kills itself; 0: it does not."""

    seed: int = 0
    is_locked: bool = False
    is_ordered: bool = False
    die_at: int = 0
    device_id: str = ""
    kept: set[str] = field(default_factory=set)  # a word of each draft that it said was kept

    def command(self, count: int, seconds: float) -> list[str]:
        how = (self.seed, int(self.is_locked), int(self.is_ordered), self.die_at)
        about = (str(self.folder), self.centre, self.username, str(count), str(seconds), *map(str, how))
        return ["tests.faults.driver_wiped", *about]

    def hear(self, line: str) -> None:
        word, _, rest = line.strip().partition(" ")
        if word == "OPEN":
            self.device_id = rest
        if word == "KEPT":
            self.kept.add(rest)


@dataclass
class Loss:
    """One phone from its first life to its last, and the desk that orders."""

    centre: Centre
    desk: Desk
    proxy: Proxy
    phone: LostPhone
    dice: random.Random
    is_shut_out: bool = False
    before: dict[str, bool] = field(default_factory=dict)  # by change: whether it was void when the order was given

    def order(self) -> None:
        """Nothing to order before the phone is known."""
        if self.phone.is_ordered or not self.phone.device_id:
            return
        if self.is_shut_out:
            db = self.centre.database()
            with db.write() as conn:
                employment.revoke(conn, ORG, self.phone.device_id, to_millis(SystemClock().now()))
            db.close()
        self.before = {row.change_id: row.void for row in self.centre.rows()}
        self.desk.clear(self.phone.device_id)
        self.phone.is_ordered = True

    def live(self, *, order_at: int = 0, kill_at: int | None = None, cuts: int = 0, seconds: float = LIFE_S) -> bool:
        lines = iter(range(1, 1_000_000))

        def on_line(line: str) -> None:
            self.phone.hear(line)
            number = next(lines)
            if order_at and number >= order_at:
                self.order()

        self.phone.on_line, self.phone.seed = on_line, self.dice.getrandbits(32)
        self.proxy.ways.clear()
        self.proxy.ways.extend(self.cut() for _ in range(cuts))
        return self.phone.run(COUNT, kill_at=kill_at, seconds=seconds)

    def cut(self) -> Way:
        """A connection that dies: at once, after the request, in the answer; or one that does not."""
        up, down = self.dice.choice([(1, None), (None, 1), (None, None), (self.dice.randint(1, 3000), None)])
        return Way(up=up, down=down, reset=self.dice.random() < 0.5)

    def end(self) -> None:
        """A life in which nothing is broken, and what has to hold then."""
        if not self.phone.is_ordered:
            self.live(order_at=1)
        self.phone.is_locked, self.phone.die_at = False, 0
        rested = self.live(seconds=40)
        assert rested, f"I8: the phone is not cleared; it said {self.phone.said.words[-600:]!r}"
        rows, said = self.centre.rows(), self.phone.said
        words = said.words + (self.centre.folder / "centre.log").read_text(errors="replace")
        checker.check(checker.World(rows, [], said.sealed, said.received, pulled(self.centre), (), words))
        bodies = "".join(str(row.body) for row in rows)
        lost = {word for word in self.phone.kept if word not in bodies}
        assert not lost, f"I2: {len(lost)} drafts that were kept are not at the centre"
        now = {row.change_id: row.void for row in rows}
        assert self.before.items() <= now.items(), "I12: what counts has changed with the order"
        assert self.is_shut_out or not any(row.void for row in rows if row.device_id == self.phone.device_id), (
            "I12: something is void"
        )
        line = next(one for one in self.desk.phones() if one.device_id == self.phone.device_id)
        assert line.wiped_at, "I8: the phone is cleared, and the desk is not told"
        assert "Traceback" not in said.words, said.words[-2000:]
        assert held(self.phone.folder) == {}, "I13: a cleared phone holds something"


def held(folder: Path) -> dict[str, int]:
    db = sqlite3.connect(folder / "phone.db")
    try:
        counts = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in OF_A_VAULT}
    finally:
        db.close()
    return {table: count for table, count in counts.items() if count}


def lost_at_random(centre: Centre, desk: Desk, folder: Path, seed: int, lives: int) -> None:
    dice = random.Random(seed)
    with between(centre.address) as proxy, figures.counted(FAMILY.format("killed and cut at random"), points=lives):
        loss = Loss(centre, desk, proxy, LostPhone(folder / "phone1", proxy.address), dice, seed % 4 == 3)
        order_in = dice.randrange(lives)
        for life in range(lives):
            loss.phone.is_locked = life > 0 and dice.random() < 0.3
            loss.phone.die_at = dice.choice([0, dice.randint(1, 60)])
            order_at = dice.randint(1, 15) if life >= order_in else 0
            loss.live(order_at=order_at, kill_at=dice.choice([None, dice.randint(5, 40)]), cuts=dice.randint(0, CUTS))
        loss.end()


@pytest.mark.parametrize("seed", [1, 3])
def test_a_lost_phone_killed_and_cut_at_random_sends_all_and_is_cleared(centre, desk, tmp_path, seed):
    lost_at_random(centre, desk, tmp_path, seed, 3)


@pytest.mark.fault
@pytest.mark.parametrize("seed", range(10, 40))
def test_many_lost_phones_killed_and_cut_at_random(centre, desk, tmp_path, seed):
    lost_at_random(centre, desk, tmp_path, seed, 5)


def killed_after_the_order(centre: Centre, desk: Desk, folder: Path, die_at: int) -> None:
    with (
        between(centre.address) as proxy,
        figures.counted(FAMILY.format("killed at each statement after the order"), points=1),
    ):
        phone = LostPhone(folder / "phone1", proxy.address, die_at=die_at)
        loss = Loss(centre, desk, proxy, phone, random.Random(die_at))
        loss.live(order_at=4, seconds=6)
        loss.end()


@pytest.mark.parametrize("die_at", [12])
def test_a_lost_phone_killed_after_the_order_came(centre, desk, tmp_path, die_at):
    killed_after_the_order(centre, desk, tmp_path, die_at)


@pytest.mark.fault
@pytest.mark.parametrize("die_at", range(1, 61))
def test_a_lost_phone_killed_at_each_statement_after_the_order_came(centre, desk, tmp_path, die_at):
    killed_after_the_order(centre, desk, tmp_path, die_at)
