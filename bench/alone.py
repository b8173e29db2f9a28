"""A group of measurements in a process group of its own, so that nothing of it outlives it or reaches the next one."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from bench.figures import Figure

ROOT = Path(__file__).parents[1]
SCRATCH = ROOT / "build"  # on the disk the project lies on: a folder in memory would make every seal look fast


class MeasuringFailed(Exception):
    """A group did not come to its end. The words say why."""


def measure(group: str, seconds: float, quick: bool) -> list[Figure]:
    """Run one group, for so many seconds at most. Afterwards its programs and its folder are gone, however it ended.

    Raises MeasuringFailed.
    """
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"bench-{group}-", dir=SCRATCH, ignore_cleanup_errors=True) as folder:
        answer, errors = Path(folder) / "figures.json", Path(folder) / "errors.log"
        command = [sys.executable, "-m", "bench", "--group", group, folder, *(["--quick"] if quick else [])]
        with errors.open("wb") as log:
            child = subprocess.Popen(command, cwd=ROOT, stderr=log, env=plain_environment(), start_new_session=True)
        try:
            code = child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise MeasuringFailed(f"not done after {seconds:.0f} s") from None
        finally:
            end(child)
        if code:
            raise MeasuringFailed("\n".join(errors.read_text(errors="replace").splitlines()[-12:]))
        return [Figure(**figure) for figure in json.loads(answer.read_text())]


def end(child: subprocess.Popen) -> None:
    """End the group and all it started. It is asked first, so that it tidies up outside its process group."""
    if child.poll() is None:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(20)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def plain_environment() -> dict[str, str]:
    """The environment without settings that would make the programs under test use somebody's real data."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("ALONGSIDE_", "DATABASE_URL"))}
