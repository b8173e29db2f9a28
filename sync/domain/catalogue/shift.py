"""A shift: which car, whose, from when to when. Planned hours come from `sync.domain.clinical.shifts`.

Source: project specification CAM-1 and CAM-2, after the Cambridgeshire joint response cars (Police Oracle), read
22 Nov 2026. A shift belongs to the day it starts.
"""

from collections.abc import Iterable
from datetime import date

from sync.domain.clinical.shifts import CARS
from sync.domain.forms import Context, Form, Moment, Note, ask


class ShiftForm(Form):
    kind, title = "shift", "Shift"

    car: str | None = ask("Which car?", required=True, phrases=CARS)
    day: date | None = ask("Day it starts", required=True)
    planned_start: Moment | None = ask("Planned start")
    planned_end: Moment | None = ask("Planned end")
    crew_nurse: str | None = ask("Nurse", required=True)
    crew_officer: str | None = ask("Officer", hint="Name and collar number")
    started_at: Moment | None = ask("Started", required=True)
    ended_at: Moment | None = ask("Ended")

    @classmethod
    def notes(cls, form: "ShiftForm", context: Context) -> Iterable[Note]:
        if form.started_at and form.ended_at and form.ended_at < form.started_at:
            yield Note("The end is before the start. Check the times.")
