"""The running clocks of an incident: how long officers wait, what is left of the 24 hours, how long handover takes.

Each is a line of words and a figure, by the law the incident is under.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.core.times import clock as clock_time
from sync.core.times import day_and_clock, span
from sync.domain.catalogue.contact.form import ContactForm, officer_stays
from sync.domain.catalogue.detention.form import DetentionForm, clock_of
from sync.domain.clinical import waiting
from sync.domain.clinical.waiting import Stay
from sync.domain.content.pack_set import PackSet
from sync.domain.content.rules import Rules
from sync.domain.forms import read
from sync.domain.records.incident import Incident

LITTLE_LEFT = timedelta(hours=3)  # of the time allowed: from here on the clock is shown as grave


@dataclass(frozen=True)
class Running:
    """One running clock. `text`: what it says; `figure`: the time in words; `grave`: shown as a warning."""

    name: str
    text: str
    figure: str
    grave: bool = False


def running(incident: Incident, packs: PackSet, now: datetime) -> list[Running]:
    """The clocks of an incident that run now, section 136 first."""
    rules = incident.rule_pack(packs).rules
    forms = (read(DetentionForm, record.values).form for record in incident.of("detention"))
    clocks = [(form, clock_of(form, rules)) for form in forms if form.ended_at is None]
    stopped = [not_started(form.used_at) for form, clock in clocks if form.used_at and clock is None]
    stays = officer_stays((read(ContactForm, record.values).form for record in incident.of("contact")), incident.times)
    return [*ticking([clock.ends_at for _, clock in clocks if clock], incident.times, now, rules, stays), *stopped]


def not_started(used_at: datetime) -> Running:
    """The line that says that section 136 was used and its clock has not started."""
    return Running("Section 136", "The 24 hours have not started: no arrival time yet", f"used {clock_time(used_at)}")


def ticking(
    ends: Iterable[datetime],
    times: Mapping[str, datetime],
    now: datetime,
    rules: Rules,
    stays: Iterable[Stay] | None = None,
) -> list[Running]:
    """The clocks that run now.

    `ends`: when each running section 136 has to end; `times`: the ribbon; `rules`: the law the incident is under;
    `stays`: each officer's stay, known where the whole incident is at hand; without them the ribbon's times count.
    """
    clocks = []
    for end in ends:
        left, at = end - now, day_and_clock(end)
        text, figure = f"Ends {at}", f"{span(left)} left"
        if left < timedelta(0):
            text, figure = f"Time allowed ended {at}", f"{span(-left)} over"
        clocks.append(Running("Section 136", text, figure, left <= LITTLE_LEFT))
    officers = waiting.wait(waiting.stays((), times) if stays is None else stays, now)
    if officers and officers.running:
        mark = waiting.mark_said(officers.longest, rules.waiting_marks)
        clocks.append(Running("Officers waiting", mark, span(officers.longest), bool(mark)))
    if (offered := times.get("handover_offered")) and "handover_accepted" not in times:
        wait = max(now - offered, timedelta(0))
        clocks.append(Running("Handover", "Offered, not yet accepted", span(wait), wait >= rules.remind))
    return clocks
