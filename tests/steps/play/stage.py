"""What every vignette begins with: a world at its time, a nurse on shift, and how to read what the centre then has."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.core.times import LONDON
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import YesNo, read
from sync.domain.records.incident import Incident
from sync.domain.records.interruptions import RED_FLAG
from tests.steps.builders import PACKS
from tests.steps.play.at_the_centre import only_incident
from tests.steps.play.nurse import Interrupts, Nurse
from tests.steps.play.screen import Program, World

YES, NO = YesNo.YES, YesNo.NO
FLAGGED = Interrupts(YES, RED_FLAG)
PC_HART = {"name": "Dan Hart", "rank": "PC", "collar_number": "2417", "force": "Cambridgeshire"}
NO_FLAGS: dict[str, Any] = dict.fromkeys(
    (
        "abd",
        "consciousness_reduced",
        "breathing_difficulty",
        "chest_pain",
        "seizure",
        "asphyxia",
        "bleeding",
        "sepsis",
        "diabetes",
        "burns",
        "hypothermia",
        "delirium",
        "pregnancy_problem",
        "head_injury",
        "overdose",
    ),
    NO,
)


@dataclass
class Stage:
    """A world at the vignette's time, with one nurse signed in and on shift."""

    world: World
    nurse: Nurse
    phone: Program  # the nurse's

    def synced(self) -> World:
        self.nurse.go_home()
        self.nurse.sync()
        return self.world

    def incident(self) -> Incident:
        """The one incident, as the centre has it after a sync."""
        return only_incident(self.synced().centre.folder)

    def later(self, when: str) -> None:
        """It is this time now, and the nurse has the incident in front of them."""
        self.world.go_to(at(when))
        self.nurse.screen.open()
        self.nurse.unlock()
        self.nurse.go_to_incident()


def at(text: str) -> datetime:
    """A time in England: "2026-11-21 03:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def forms(incident: Incident, kind: str) -> list[Any]:
    return [read(CATALOGUE[kind], record.values).form for record in incident.of(kind)]


def notes(incident: Incident, kind: str, now: datetime) -> str:
    """What the form says back, as one text."""
    context = incident.context(PACKS, now)
    return "\n".join(note.text for form in forms(incident, kind) for note in type(form).notes(form, context))
