"""The running clocks of an incident: how long officers wait, what is left of the 24 hours, how long handover takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.domain.catalogue.detention import DetentionForm, clock_of
from sync.domain.catalogue.handover import REMIND
from sync.domain.forms import read
from sync.domain.incident import Incident
from sync.domain.times import clock as clock_time
from sync.domain.times import day_and_clock, span

LITTLE_LEFT = timedelta(hours=3)


@dataclass(frozen=True)
class Running:
    name: str
    text: str
    figure: str
    grave: bool = False


def running(incident: Incident, now: datetime) -> list[Running]:
    """The clocks of an incident that run now, the one with legal weight first."""
    forms = [read(DetentionForm, record.values).form for record in incident.of("detention")]
    clocks = [clock_of(form) for form in forms if form.ended_at is None]
    waits = [form for form in forms if form.used_at and form.ended_at is None and not clock_of(form)]
    said = "The 24 hours have not started: no arrival time yet"
    stopped = [Running("Section 136", said, f"used {clock_time(form.used_at)}") for form in waits]
    return [*ticking([clock.ends_at for clock in clocks if clock], incident.times, now), *stopped]


def ticking(ends: Iterable[datetime], times: Mapping[str, datetime], now: datetime) -> list[Running]:
    """The clocks that run now. `ends`: when each running section 136 has to end; `times`: the ribbon."""
    found = []
    for end in ends:
        left = end - now
        over, at = left < timedelta(0), day_and_clock(end)
        text, figure = (
            (f"Time allowed ended {at}", f"{span(-left)} over") if over else (f"Ends {at}", f"{span(left)} left")
        )
        found.append(Running("Section 136", text, figure, left <= LITTLE_LEFT))
    if (came := waiting_since(times)) and "officers_released" not in times:
        found.append(Running("Officers waiting", "", span(max(now - came, timedelta(0)))))
    if (offered := times.get("handover_offered")) and "handover_accepted" not in times:
        wait = max(now - offered, timedelta(0))
        found.append(Running("Handover", "Offered, not yet accepted", span(wait), wait >= REMIND))
    return found


def waiting_since(times: Mapping[str, datetime]) -> datetime | None:
    return times.get("first_officer_arrived") or times.get("arrived")
