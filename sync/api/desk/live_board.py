"""What runs and waits in incidents, for the live board: officers, a section 136 without a clock, handing on, referrals.

Made when it is asked for, of the records as they stand (`record_view`) and of the few incidents that were handed on.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, false, select

from sync.api.storage import projections
from sync.api.storage.schema import change_log, incident_view, practitioner, record_view
from sync.core.times import instant
from sync.domain.catalogue.contact.form import ContactForm, officer_stays
from sync.domain.catalogue.detention.form import DetentionForm, clock_of
from sync.domain.catalogue.referral import Destination, ReferralForm, awaited_by
from sync.domain.content.pack_set import PackSet
from sync.domain.forms import read
from sync.domain.records import handing_on
from sync.domain.records.fold import Given, Record
from sync.domain.records.incident import Incident

KINDS = ("incident", ContactForm.kind, DetentionForm.kind, ReferralForm.kind)


@dataclass
class IncidentActivity:
    """What an incident's line says besides. `late`: referrals that somebody should have acknowledged by now."""

    rule_pack: str = ""
    s136_used_at: str | None = None  # used, and the 24 hours have not started
    stays: list[list[str | None]] = field(default_factory=list)
    handed_on: dict[str, str] | None = None
    holder: str = ""
    late: list[dict[str, Any]] = field(default_factory=list)


def of(
    conn: Connection, org: str, incidents: Sequence[str], packs: PackSet, now: datetime
) -> dict[str, IncidentActivity]:
    """By incident. Reads only what is stored; the caller has seen to it that these may be read."""
    return {
        incident_id: _live(incident, packs, now, *handed)
        for incident_id, incident, handed in _gathered(conn, org, incidents)
    }


def has_late(now: datetime) -> ColumnElement[bool]:
    """The incidents with a referral that should have been acknowledged by now, cleared ones too."""
    due_at = incident_view.c.referral_due_at
    return and_(due_at != "", due_at < instant(now))


def _gathered(
    conn: Connection, org: str, incidents: Sequence[str]
) -> Iterable[tuple[str, Incident, tuple[dict[str, str] | None, str]]]:
    at = record_view.c
    rows = conn.execute(
        select(record_view).where(
            at.org == org, at.incident_id.in_(incidents), at.kind.in_(KINDS), at.retracted == false()
        )
    )
    known: dict[str, dict[str, Record]] = {}
    for row in rows:
        known.setdefault(row.incident_id, {})[row.record_id] = _record(row)
    passed = _handed(conn, org, incidents)
    for incident_id in incidents:
        yield incident_id, Incident(incident_id, known.get(incident_id, {})), passed.get(incident_id, (None, ""))


def _record(row: Row) -> Record:
    """A record of its settled answers; who gave them is not asked here."""
    answers = {name: Given(value, "", "", row.last_at) for name, value in json.loads(row.answers).items()}
    return Record(row.record_id, row.incident_id, row.kind, row.form_version, answers, first_at=row.first_at)


def _live(
    incident: Incident, packs: PackSet, now: datetime, handed_on: dict[str, str] | None, holder: str
) -> IncidentActivity:
    law, times = incident.rule_pack(packs), incident.times
    held = [read(DetentionForm, record.values).form for record in incident.of(DetentionForm.kind)]
    used = [form.used_at for form in held if form.used_at and form.ended_at is None and not clock_of(form, law.rules)]
    contacts = (read(ContactForm, record.values).form for record in incident.of(ContactForm.kind))
    stays = [
        [stay.officer, instant(stay.arrived), instant(stay.released) if stay.released else None]
        for stay in officer_stays(contacts, times)
    ]
    return IncidentActivity(
        law.manifest.pack_id,
        instant(min(used)) if used else None,
        stays,
        handed_on,
        holder,
        _late(incident, packs, now),
    )


def _late(incident: Incident, packs: PackSet, now: datetime) -> list[dict[str, Any]]:
    rules, found = incident.rule_pack(packs).rules, []
    for record in incident.of(ReferralForm.kind):
        form = read(ReferralForm, record.values).form
        due = awaited_by(form, rules)
        if due and now > due:
            to = form.service or (form.destination.label if isinstance(form.destination, Destination) else "")
            found.append({"to": to, "due_at": instant(due), "sent": form.sent_at is not None})
    return found


def _handed(conn: Connection, org: str, incidents: Sequence[str]) -> dict[str, tuple[dict[str, str] | None, str]]:
    """Of those handed on at some time: the offer that waits for acceptance, and who has it."""
    log, them = change_log.c, practitioner.c
    ids = conn.execute(
        select(log.incident_id)
        .distinct()
        .where(log.org == org, log.incident_id.in_(incidents), log.op == "transfer", log.void == false())
    )
    found = projections.incidents_of(conn, org, [row.incident_id for row in ids])
    people = conn.execute(select(them.practitioner_id, them.name).where(them.org == org)) if found else ()
    names = {row.practitioner_id: row.name for row in people}
    made = {}
    for incident_id, it in found.items():
        offer, holder = handing_on.waiting(it.incident), handing_on.holder(it.incident)
        told = None
        if offer and it.incident.open:
            by = names.get(offer.author, offer.author)
            told = {"to": offer.words, "by": by, "at": instant(offer.at), "note": offer.note}
        made[incident_id] = told, names.get(holder.practitioner) or holder.name
    return made
