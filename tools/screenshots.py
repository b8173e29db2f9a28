"""Takes the pictures of the README and the docs from the running app: `./build.sh screenshots`.

A fresh centre with the demo incidents, a phone by day and by night, the desk by day and by night.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.steps.play.nurse import Nurse
from tests.steps.play.supervisor import Supervisor
from tools import world as worlds
from tools.chromium import DESK, PHONE, chromium
from tools.drive import Screen
from tools.world import ROOT, Process, World, window

PICTURES = ROOT / "docs" / "pictures"


def main() -> None:
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        worlds.SHOTS = PICTURES
        world = World(Path(folder), browser)
        try:
            seed(world)
            pictures_of_the_phone(world)
            pictures_of_the_desk(world)
        finally:
            for process in world.processes:
                process.kill()
    print(f"Pictures are in {PICTURES.relative_to(ROOT)}.")


def seed(world: World) -> None:
    data = {"ALONGSIDE_DATA": str(world.folder / "demo")}
    command = [sys.executable, "-m", "demo", "--centre", world.centre.url]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **data}, stdout=subprocess.DEVNULL)


def opened(world: World, process: Process, shape: dict, name: str) -> Screen:
    return window(world.browser, process, {**shape, "device_scale_factor": 1.5}, PICTURES, name)


def dress(screen: Screen, theme: str) -> None:
    """Switch to the day's or the night's colours."""
    screen.at("theme").wait_for(state="attached")
    offers_night = screen.page.get_by_role("button", name=re.compile("night", re.IGNORECASE)).count() > 0
    if (theme == "night") == offers_night:
        screen.tap("theme")


def pictures_of_the_phone(world: World) -> None:
    process = world.phone("phone")
    for theme in ("day", "night"):
        screen = opened(world, process, PHONE, f"phone-{theme}")
        nurse = Nurse(screen, "amina.yusuf")
        nurse.sign_in() if theme == "day" else nurse.unlock()
        screen.at_prefix("incident-").wait_for(state="attached")
        dress(screen, theme)
        if theme == "day":
            nurse.start_shift("Car 1", officer="PC Dan Hart 2417")
        screen.shoot("shift")
        screen.tap(screen.at_prefix("incident-"))
        nurse.on("check")
        screen.shoot("incident")
        screen.tap("section-assessment")
        nurse.on("continue")
        screen.shoot("section")
        screen.close()


def pictures_of_the_desk(world: World) -> None:
    process = world.console()
    for theme in ("day", "night"):
        screen = opened(world, process, DESK, f"desk-{theme}")
        ruth = Supervisor(screen, "ruth.okoro")
        ruth.sign_in()
        dress(screen, theme)
        screen.page.wait_for_timeout(2500)
        screen.shoot("board")
        screen.tap("go-review")
        screen.at_prefix("answer-").wait_for(state="attached")
        screen.shoot("review")
        screen.close()


if __name__ == "__main__":
    main()
