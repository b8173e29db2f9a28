"""The running clocks of an incident: how long officers wait, what is left of the 24 hours, how long handover takes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.domain.catalogue.detention import DetentionForm, clock_of
from sync.domain.catalogue.handover import REMIND
from sync.domain.forms import read
from sync.domain.incident import Incident
from sync.domain.times import day_and_clock, span

LITTLE_LEFT = timedelta(hours=3)


@dataclass(frozen=True)
class Running:
    name: str
    text: str
    figure: str
    grave: bool = False


def running(incident: Incident, now: datetime) -> list[Running]:
    """The clocks that run now, the one with legal weight first."""
    found = []
    for record in incident.of("detention"):
        form = read(DetentionForm, record.values).form
        clock = clock_of(form)
        if clock and form.ended_at is None:
            left = clock.left(now)
            over = left < timedelta(0)
            text = (
                f"Time allowed ended {day_and_clock(clock.ends_at)}" if over else f"Ends {day_and_clock(clock.ends_at)}"
            )
            figure = f"{span(-left)} over" if over else f"{span(left)} left"
            found.append(Running("Section 136", text, figure, over or left <= LITTLE_LEFT))
    times = incident.times
    came = times.get("first_officer_arrived") or times.get("arrived")
    if came and "officers_released" not in times:
        found.append(Running("Officers waiting", "", span(max(now - came, timedelta(0)))))
    offered = times.get("handover_offered")
    if offered and "handover_accepted" not in times:
        wait = max(now - offered, timedelta(0))
        found.append(Running("Handover", "Offered, not yet accepted", span(wait), wait >= REMIND))
    return found
