"""The running clocks of an incident: how long officers wait, what is left of the 24 hours, how long handover takes."""

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

LITTLE_LEFT = timedelta(hours=3)


@dataclass(frozen=True)
class Running:
    name: str
    text: str
    figure: str
    grave: bool = False


def running(incident: Incident, packs: PackSet, now: datetime) -> list[Running]:
    """The clocks of an incident that run now, the one with legal weight first."""
    rules = incident.rule_pack(packs).rules
    forms = (read(DetentionForm, record.values).form for record in incident.of("detention"))
    clocks = [(form, clock_of(form, rules)) for form in forms if form.ended_at is None]
    stopped = [not_started(form.used_at) for form, clock in clocks if form.used_at and clock is None]
    stays = officer_stays((read(ContactForm, record.values).form for record in incident.of("contact")), incident.times)
    return [*ticking([clock.ends_at for _, clock in clocks if clock], incident.times, now, rules, stays), *stopped]


def not_started(used_at: datetime) -> Running:
    """Section 136 was used, and its clock does not run yet."""
    return Running("Section 136", "The 24 hours have not started: no arrival time yet", f"used {clock_time(used_at)}")


def ticking(
    ends: Iterable[datetime],
    times: Mapping[str, datetime],
    now: datetime,
    rules: Rules,
    stays: Iterable[Stay] | None = None,
) -> list[Running]:
    """The clocks that run now.

    `ends`: when each running section 136 has to end; `times`: the ribbon; `rules`: those the incident began with;
    `stays`: each officer's, where the whole incident is at hand; else officers wait as the ribbon says.
    """
    found = []
    for end in ends:
        left = end - now
        over, at = left < timedelta(0), day_and_clock(end)
        text, figure = (
            (f"Time allowed ended {at}", f"{span(-left)} over") if over else (f"Ends {at}", f"{span(left)} left")
        )
        found.append(Running("Section 136", text, figure, left <= LITTLE_LEFT))
    officers = waiting.wait(waiting.stays((), times) if stays is None else stays, now)
    if officers and officers.running:
        said = waiting.mark_said(officers.longest, rules.waiting_marks)
        found.append(Running("Officers waiting", said, span(officers.longest), bool(said)))
    if (offered := times.get("handover_offered")) and "handover_accepted" not in times:
        wait = max(now - offered, timedelta(0))
        found.append(Running("Handover", "Offered, not yet accepted", span(wait), wait >= rules.remind))
    return found
