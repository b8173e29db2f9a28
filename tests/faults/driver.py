"""A phone without a screen, until all is received.

Run as `python -m tests.faults.driver FOLDER CENTRE USERNAME COUNT SECONDS`.

It is the app's own `Phone` with its own background thread. It says on standard output what it claims: SEALED and
RECEIVED with a change's id, FAILED with a code when something could not be saved, REST when nothing waits any more.
"""

import os
import sys
import time
from pathlib import Path
from uuid import uuid4

from demo import PASSWORD
from field_app.phone.phone import Phone
from field_app.phone.session import Session
from field_app.phone.store.disk import Intent
from sync.client.http import Client
from sync.core.errors import AlongsideError
from tests.steps.builders import CANARIES, PIN, SHIPPED

SCRYPT_N = 2**10
RECEIVED = "SELECT lower(hex(change_id)) FROM outbox WHERE received_ms IS NOT NULL"
WAITING = "SELECT count(*) FROM waiting"


def say(*words: object) -> None:
    """In one write: a kill leaves all of a line, or nothing."""
    os.write(sys.stdout.fileno(), f"{' '.join(map(str, words))}\n".encode())


def seal(session: Session, number: int) -> None:
    """A long text every few changes, so that there are several batches and the log on the disk grows."""
    record = str(uuid4())
    patch = {
        "location": f"{CANARIES[3]} {number}",
        "officer_safety_note": CANARIES[1] * (900 if number % 5 == 0 else 1),
    }
    made = session.store.seal(session.who.practitioner_id, "nurse", [Intent(record, record, "incident", "set", patch)])
    say("SEALED", made[0].change_id)


def ask(phone: Phone, sql: str) -> list[tuple]:
    with phone._disk.lock:
        return phone._disk.db.execute(sql).fetchall()


def run(folder: Path, centre: str, username: str, count: int, seconds: float) -> None:
    phone = Phone(folder, lambda: Client(centre, timeout=10), SHIPPED, training=True, scrypt_n=SCRYPT_N)
    session = phone.unlock(username, PIN) if phone.people() else phone.sign_in(username, PASSWORD, PIN)
    say("OPEN")
    told: set[str] = set()
    end = time.monotonic() + seconds
    left = iter(range(count))
    while time.monotonic() < end:
        if (number := next(left, None)) is not None:
            try:
                seal(session, number)
            except AlongsideError as error:
                say("FAILED", error.code)
        for (change_id,) in ask(phone, RECEIVED):
            if change_id not in told:
                told.add(change_id)
                say("RECEIVED", change_id)
        if number is None and ask(phone, WAITING) == [(0,)]:
            say("REST")
            break
        if number is None:
            session.sync_now()  # as an impatient nurse does it
            time.sleep(0.2)
    phone.close()


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))
