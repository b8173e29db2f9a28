"""A phone killed at any moment keeps all it said it saved, and its folder tells nothing."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from field_app.store.disk import Disk
from field_app.store.schema import open_db
from field_app.store.store import Store
from field_app.store.vault import Vaults
from sync.domain.fold import fold
from sync.domain.times import to_millis
from tests.builders import CANARIES, PIN, FakeClock, uid

WRITER = """
import sys
from pathlib import Path
from tests.builders import CANARIES, Pocket, uid
from field_app.store.disk import Draft
pocket = Pocket(Path(sys.argv[1]))
print("READY", flush=True)
for number in range(1, 10_000):
    pocket.store.keep(Draft(uid(number), uid(number), "person", (), {}, {"family_name": CANARIES[1]}))
    pocket.seal(number, {"location": f"{CANARIES[3]} {number}"})
    print("SAVED", number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 2, 5, 11, 40])
def test_all_that_was_said_to_be_saved_is_there(tmp_path, after):
    root = Path(__file__).parents[2]
    lines = []
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as child:
        assert child.stdout
        for line in child.stdout:
            lines.append(line)
            if line == f"SAVED {after}\n":
                child.send_signal(signal.SIGKILL)
    saved = max(int(line.split()[1]) for line in lines if line.startswith("SAVED"))
    for path in tmp_path.rglob("*"):
        for canary in CANARIES:
            assert canary.encode() not in path.read_bytes()
    clock = FakeClock()
    db = open_db(tmp_path / "phone.db")
    vault = Vaults(db, b"s" * 32, lambda: to_millis(clock.now()), scrypt_n=2**10).open("amina.yusuf", PIN)
    store = Store(Disk(db, clock), vault)
    waiting = []
    while page := store.pending(waiting[-1].device_seq if waiting else 0):
        waiting += page
    assert len(waiting) >= saved
    for change in waiting:
        incident = store.incident(change.incident_id)
        assert incident
        assert incident.records[change.record_id] == fold(store.history(change.record_id))
    assert {uid(number) for number in range(1, saved + 1)} <= {change.record_id for change in waiting}
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    db.conn.close()
