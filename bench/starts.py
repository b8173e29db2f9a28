"""Process start to ready: the phone app, the centre, and a bare Flet app as the floor."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from bench.alone import ROOT
from bench.figures import Figure, Run, median, span
from bench.recorded import PIN, centre, phone, record
from demo import PASSWORD
from tools.world import Process

AREA = "Start to ready"
TARGET_S = 2.0
FIRST_FRAME_S = 0.25
IMPORTS = (  # what for, which module, at most how many seconds of CPU
    ("phone app's imports before its first frame", "field_app.main", FIRST_FRAME_S),
    ("phone app's imports, all of them", "field_app.main, field_app.bootstrap", None),
    ("centre's imports", "sync.api.app", None),
)


def measure(run: Run) -> list[Figure]:
    lived_in(run.folder)
    if not run.quick:
        for name in ("bare", "phone used"):  # the first start of all also writes the bytecode
            start(program(name, run.folder, 0))
    names = ("bare", "phone fresh", "phone used", "centre fresh", "centre used")
    walls: dict[str, list[float]] = {name: [] for name in names}
    cpus: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(run.times(5, 1)):
        for name in names:  # in turn, so that a busy minute touches all of them
            wall, cpu = start(program(name, run.folder, turn))
            walls[name].append(wall)
            cpus[name].append(cpu)
    bare = median(walls["bare"])

    def line(what: str, name: str, floor: float | None = None) -> Figure:
        detail = f"{span(walls[name], 's')}; {median(cpus[name]):.1f} s of CPU"
        return Figure(AREA, what, median(walls[name]), "s", TARGET_S, floor, detail)

    return [
        line("Phone app, new data folder", "phone fresh", bare),
        line("Phone app, one incident in its folder", "phone used", bare),
        line("Centre, new data folder (makes its tables and demo people)", "centre fresh"),
        line("Centre, one incident in its folder", "centre used"),
        *(imported(what, module, target, run.times(5, 1)) for what, module, target in IMPORTS),
    ]


def lived_in(folder: Path) -> None:
    """Data folders of a phone and a centre with one incident in them."""
    served = centre(folder / "centre used").start()
    device = phone(folder / "phone used", served.url)
    record(device.sign_in("amina.yusuf", PASSWORD, PIN), "lived in")
    device.close()
    served.kill()


def program(name: str, folder: Path, turn: int) -> Process:
    what, _, age = name.partition(" ")
    data = folder / (name if age == "used" else f"{name} {turn}")
    if what == "centre":
        return centre(data)
    nobody = {"ALONGSIDE_CENTRE": "http://127.0.0.1:9", "ALONGSIDE_TRAINING": "1"}
    return Process("field_app.main" if what == "phone" else "bench.bare", data, "/", **nobody)


def start(process: Process) -> tuple[float, float]:
    """Seconds until it answers, and the seconds of CPU it took by then."""
    begun = time.perf_counter()
    process.start()
    wall = time.perf_counter() - begun
    assert process.child
    spent = psutil.Process(process.child.pid).cpu_times()
    process.kill()
    return wall, spent.user + spent.system


def imported(what: str, module: str, target: float | None, times: int) -> Figure:
    """The CPU seconds of importing everything a program needs, less those of Python itself."""
    nothing, everything = [], []
    for _ in range(times):
        nothing.append(cpu_of("pass"))
        everything.append(cpu_of(f"import {module}"))
    detail = f"{span(everything, 's', 2)}; {median(nothing):.2f} s of it Python itself"
    return Figure(AREA, f"CPU of the {what} (`{module}`)", median(everything), "s", target, detail=detail)


def cpu_of(code: str) -> float:
    """Without Python's own tidying up at the end."""
    child = subprocess.Popen([sys.executable, "-c", f"import os; {code}; os._exit(0)"], cwd=ROOT)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return used.ru_utime + used.ru_stime
