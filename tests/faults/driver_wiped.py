"""A phone without a screen that is lost: its nurse records, leaves drafts, locks, works offline, until it is cleared.

Run as `python -m tests.faults.driver_wiped FOLDER CENTRE USERNAME COUNT SECONDS SEED LOCKED ORDERED DIE_AT`.

LOCKED: nobody gives the PIN in this life. ORDERED: the clearing was ordered, so a phone without anybody is cleared and
not new. DIE_AT: how many SQL statements after the order came this process kills itself; 0: not at all. What it says,
beside what `driver` says: OPEN with the device's id, KEPT with a word of a draft, TURN, and REST once it is cleared.
"""

import os
import random
import signal
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from demo import PASSWORD
from field_app.phone.phone import Phone
from field_app.phone.session import Session
from field_app.phone.store.disk import Draft, Intent
from sync.client.http import Client
from sync.core.errors import AlongsideError
from tests.faults import points
from tests.faults.driver import RECEIVED, SCRYPT_N, ask, say
from tests.steps.builders import CANARIES, PIN, SHIPPED

TURN_S = 0.1


@dataclass
class Dying(points.Points):
    """Kills this process so many statements after the order was kept."""

    since: int = 0

    def coming(self, folder: Path, what: str) -> int:
        if self.since or "INTO command" in what:
            self.since += 1
        if self.since > self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0


class Nurse:
    """Does one thing at random a turn."""

    def __init__(self, phone: Phone, username: str, dice: random.Random, *, is_ordered: bool):
        self.phone, self.username, self.dice = phone, username, dice
        self.session: Session | None = None
        self.incident = ""
        self.was_here = is_ordered or bool(phone.people())

    @property
    def is_cleared(self) -> bool:
        return self.was_here and not self.phone.people()

    def come(self) -> Session:
        """Sign in, or unlock."""
        if self.session is None:
            known = self.phone.people()
            self.session = (
                self.phone.unlock(self.username, PIN) if known else self.phone.sign_in(self.username, PASSWORD, PIN)
            )
            self.was_here = True
            say("OPEN", self.session._vault.device_id)
        return self.session

    def act(self) -> None:
        acts = [self.seal, self.seal, self.keep, self.keep, self.lock, self.be_silent, self.speak]
        self.dice.choice(acts)()

    def seal(self) -> None:
        session, record = self.come(), str(uuid4())
        patch = {"location": f"{CANARIES[3]} {record}"}
        who = session.who
        made = session.store.seal(who.practitioner_id, who.role, [Intent(record, record, "incident", "set", patch)])
        say("SEALED", made[0].change_id)
        self.incident = record
        session.sync_now()

    def keep(self) -> None:
        session, record = self.come(), str(uuid4())
        incident = self.incident or str(uuid4())
        session.keep(Draft(record, incident, "person", answers={"given_name": f"{CANARIES[0]} {record}"}))
        say("KEPT", record)

    def lock(self) -> None:
        if self.session:
            self.session.lock()
            self.session = None

    def be_silent(self) -> None:
        self.phone.set_work_offline(True)

    def speak(self) -> None:
        self.phone.set_work_offline(False)


def turns(nurse: Nurse, count: int, end: float, *, locked: bool) -> None:
    """So many things done, and then until the phone is cleared or the time is over."""
    phone, told = nurse.phone, set()
    for number in range(1_000_000):
        if nurse.is_cleared or time.monotonic() > end:
            break
        try:
            if not locked and number < count:
                nurse.act()
            elif not locked:
                nurse.speak()
                nurse.come().sync_now()
        except AlongsideError as error:
            say("FAILED", error.code)
            nurse.session = None  # it may have been cleared in the middle
        for (change_id,) in ask(phone, RECEIVED):
            if change_id not in told:
                told.add(change_id)
                say("RECEIVED", change_id)
        say("TURN")
        time.sleep(TURN_S)


def run(folder: Path, centre: str, username: str, count: int, seconds: float, how: list[str]) -> None:
    seed, locked, ordered, die_at = map(int, how)
    dying = points.armed(Dying("phone", die_at)) if die_at else nullcontext()
    with points.watched() if die_at else nullcontext(), dying:
        phone = Phone(folder, lambda: Client(centre, timeout=10), SHIPPED, training=True, scrypt_n=SCRYPT_N)
        nurse = Nurse(phone, username, random.Random(seed), is_ordered=bool(ordered))
        turns(nurse, count, time.monotonic() + seconds, locked=bool(locked))
        if nurse.is_cleared:
            say("REST")
        phone.close()


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]), sys.argv[6:])
