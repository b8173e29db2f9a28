"""A phone killed at any moment keeps all it said it saved, and its folder tells nothing."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import checker, figures
from tests.faults.rig import opened
from tests.steps.builders import FakeClock, uid

WRITER = """
import sys
from pathlib import Path
from tests.steps.builders import CANARIES, Pocket, uid
from field_app.phone.store.disk import Draft
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
    whole = [line for line in lines if line.endswith("\n")]  # the last one may be cut
    saved = max(int(line.split()[1]) for line in whole if line.startswith("SAVED"))
    pocket = opened(tmp_path, "amina.yusuf", FakeClock())
    with figures.counted("real processes: phone killed while sealing", points=1):
        checker.secret(tmp_path, "")
        checker.whole(pocket)
        waiting = []
        while page := pocket.store.sync.pending(waiting[-1].device_seq if waiting else 0):
            waiting += page
        assert {uid(number) for number in range(1, saved + 1)} <= {change.record_id for change in waiting}, "I2: lost"
    pocket.db.conn.close()
