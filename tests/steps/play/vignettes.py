"""The vignettes of the acceptance list, played on the phone app: each ends with what the app must prove.

Every name and place is made up. Times are typed as the nurse would: `At` is a clock time of that evening.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.steps.play.at_the_centre import incidents
from tests.steps.play.effort import Effort, counted, required_answers
from tests.steps.play.help_given import v5, v7, v9, v10
from tests.steps.play.nurse import Nurse
from tests.steps.play.power import v1, v3, v4, v12
from tests.steps.play.screen import World
from tests.steps.play.stage import Stage, at


@dataclass(frozen=True)
class Vignette:
    name: str
    when: datetime
    play: Callable[[Stage], None]


VIGNETTES = [
    Vignette("V1", at("2026-11-21 03:00"), v1),
    Vignette("V3", at("2026-11-22 20:30"), v3),
    Vignette("V4", at("2026-11-22 15:30"), v4),
    Vignette("V5", at("2026-11-22 17:00"), v5),
    Vignette("V7", at("2026-11-22 22:00"), v7),
    Vignette("V9", at("2026-11-22 19:30"), v9),
    Vignette("V10", at("2026-11-22 19:30"), v10),
    Vignette("V12", at("2026-10-24 18:05"), v12),
]


def play(vignette: Vignette, world: World) -> Effort:
    """Play it in a world that is at its time; what it took of the nurse."""
    phone = world.phone("phone")
    nurse = Nurse(world.screen(phone, vignette.name.lower()), "amina.yusuf")
    nurse.sign_in()
    nurse.start_shift("Car 1", officer="PC Dan Hart 2417")
    nurse.new_incident()
    with counted(nurse.screen, but=nurse.pin) as effort:
        stage = Stage(world, nurse, phone)
        vignette.play(stage)
    newest = max(incidents(stage.synced().centre.folder).values(), key=lambda incident: incident.opened_at)
    effort.required, effort.free_texts = required_answers(newest)
    return effort
