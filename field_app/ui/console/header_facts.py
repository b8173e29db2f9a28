"""What stands at the head of a record: who has the incident, which law it is under, its clocks. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from field_app.desk.desk_models import OpenedIncident
from sync.core.times import clock, day_and_clock, span
from sync.domain.catalogue.contact.form import ContactForm, officer_stays
from sync.domain.clinical import waiting
from sync.domain.forms import read
from sync.domain.records import handing_on
from sync.domain.records.clocks import running


@dataclass(frozen=True)
class Fact:
    """One line. `name` is its identifier; `grave`: it waits for somebody."""

    name: str
    text: str
    grave: bool = False


def header_facts(opened: OpenedIncident, now: datetime) -> list[Fact]:
    """The facts, what waits first."""
    facts = [_handed_on(opened), _undecided(opened), *_clocks(opened, now), _holder(opened), _law(opened)]
    return sorted((fact for fact in facts if fact), key=lambda fact: not fact.grave)


def _handed_on(opened: OpenedIncident) -> Fact | None:
    offer = handing_on.waiting(opened.incident)
    if offer is None or not opened.incident.open:
        return None
    text = f"Handed on by {opened.name(offer.author)} {day_and_clock(offer.at)}. {offer.words}. Nobody has accepted it."
    return Fact("handed-on", text, True)


def _undecided(opened: OpenedIncident) -> Fact | None:
    count = len(opened.undecided)
    if not count:
        return None
    by = ", ".join(dict.fromkeys(opened.name(entry.change.author) for entry in opened.undecided))
    text = f"{count} change{'' if count == 1 else 's'} of {by} sealed after leaving. A supervisor has to accept it."
    return Fact("undecided", text, True)


def _holder(opened: OpenedIncident) -> Fact:
    """Whoever opened it, or accepted it last."""
    holding = handing_on.holder(opened.incident)
    name = opened.name(holding.practitioner) if holding.practitioner else holding.name or "Nobody named"
    since = f" since {day_and_clock(holding.since)}" if holding.since else ""
    return Fact("holder", f"{name} has this incident{since}" if opened.incident.open else f"{name} had this incident")


def _law(opened: OpenedIncident) -> Fact:
    """The rules this incident began with; another pack's stand in for those that are not here."""
    incident = opened.incident
    manifest, record = incident.rule_pack(opened.packs).manifest, incident.records.get(incident.incident_id)
    named = record.values.get("rule_pack") if record else None
    text = f"Rules: {manifest.title}, version {manifest.version}"
    if isinstance(named, str) and named != manifest.pack_id:
        text += f" (it began under {named}, which is not here)"
    return Fact("rule-pack", text)


def _clocks(opened: OpenedIncident, now: datetime) -> list[Fact]:
    """What runs now, as the phone has it; of a closed incident, how long officers waited."""
    incident, packs = opened.incident, opened.packs
    rules = incident.rule_pack(packs).rules
    clocks = running(incident, packs, now) if incident.open else []
    facts = [
        Fact("clock", f"{ticking.name}: {ticking.figure}{_more(ticking.text)}", ticking.grave) for ticking in clocks
    ]
    contacts = (read(ContactForm, record.values).form for record in incident.of(ContactForm.kind))
    wait = waiting.wait(officer_stays(contacts, incident.times), now)
    if wait and wait.until:
        mark = waiting.mark_said(wait.longest, rules.waiting_marks)
        officers = f", {wait.officers} officers" if wait.officers > 1 else ""
        text = f"Officers waited {span(wait.longest)}{officers}, until {clock(wait.until)}{_more(mark)}"
        facts.append(Fact("waited", text, wait.longest >= max(rules.waiting_marks, default=timedelta.max)))
    return facts


def _more(text: str) -> str:
    return f" ({text[:1].lower()}{text[1:]})" if text else ""
