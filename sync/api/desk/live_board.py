"""What runs and waits in incidents, for the live board.

Officers, a section 136 without a clock, handing on, referrals. It is made when it is asked for, of the records as they
stand (`record_view`) and of the few incidents that were handed on.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, false, select, text

from sync.api.shapes import HandedOnOut, LateReferral, LiveOut
from sync.api.storage.folded_incidents import IncidentKey, folded_incidents, ids_of
from sync.api.storage.schema import AWAITED, change_log, incident_view, practitioner, record_view
from sync.core.times import instant
from sync.domain.catalogue.contact.form import ContactForm, officer_stays
from sync.domain.catalogue.detention.form import DetentionForm, clock_of
from sync.domain.catalogue.referral import Destination, ReferralForm, awaited_by
from sync.domain.content.pack_set import PackSet
from sync.domain.content.rules import Rules
from sync.domain.forms import read
from sync.domain.records import handing_on
from sync.domain.records.fold import Given, Record
from sync.domain.records.incident import Incident

KINDS = ("incident", ContactForm.kind, DetentionForm.kind, ReferralForm.kind)
Handed = tuple[HandedOnOut | None, str]  # the offer that waits to be accepted, and who has the incident
NEVER_HANDED: Handed = (None, "")


def live(
    conn: Connection, org: str, keys: Sequence[IncidentKey], packs: PackSet, now: datetime
) -> dict[IncidentKey, LiveOut]:
    """What runs and waits in each of these incidents. The caller has seen that they may be read."""
    if not keys:
        return {}
    handed = _handed(conn, org, keys)
    return {
        key: _live(incident, handed.get(key, NEVER_HANDED), packs, now)
        for key, incident in _incidents(conn, org, keys).items()
    }


def has_late(now: datetime) -> ColumnElement[bool]:
    """Holds for incidents with a referral that should have been acknowledged by now, cleared ones too."""
    due_at = incident_view.c.referral_due_at
    return and_(text(AWAITED), due_at < instant(now))


def _incidents(conn: Connection, org: str, keys: Sequence[IncidentKey]) -> dict[IncidentKey, Incident]:
    """The incidents with those of their records that the board looks at."""
    stored = record_view.c
    rows = conn.execute(
        select(record_view).where(
            stored.org == org, stored.incident_id.in_(ids_of(keys)), stored.kind.in_(KINDS), stored.retracted == false()
        )
    )
    records: dict[IncidentKey, dict[str, Record]] = {key: {} for key in keys}
    for row in rows:
        if (row.scope, row.incident_id) in records:
            records[row.scope, row.incident_id][row.record_id] = _record(row)
    return {key: Incident(key[1], of_incident) for key, of_incident in records.items()}


def _record(row: Row) -> Record:
    """A record of its settled answers; who gave them is not looked at here."""
    answers = {key: Given(value, "", "", row.last_at) for key, value in json.loads(row.answers).items()}
    return Record(row.record_id, row.incident_id, row.kind, row.form_version, answers, first_at=row.first_at)


def _live(incident: Incident, handed: Handed, packs: PackSet, now: datetime) -> LiveOut:
    law = incident.rule_pack(packs)
    used_at = _used_without_clock(incident, law.rules)
    contacts = (read(ContactForm, record.values).form for record in incident.of(ContactForm.kind))
    return LiveOut(
        rule_pack=law.manifest.pack_id,
        s136_used_at=instant(used_at) if used_at else None,
        stays=[
            (stay.officer, instant(stay.arrived), instant(stay.released) if stay.released else None)
            for stay in officer_stays(contacts, incident.times)
        ],
        handed_on=handed[0],
        holder=handed[1],
        late=_late(incident, law.rules, now),
    )


def _used_without_clock(incident: Incident, rules: Rules) -> datetime | None:
    """When section 136 was first used in a detention that goes on and whose 24 hours have not started."""
    detentions = [read(DetentionForm, record.values).form for record in incident.of(DetentionForm.kind)]
    used = (form.used_at for form in detentions if form.used_at and form.ended_at is None and not clock_of(form, rules))
    return min(used, default=None)


def _late(incident: Incident, rules: Rules, now: datetime) -> list[LateReferral]:
    """The referrals that somebody should have acknowledged by now."""
    late = []
    for record in incident.of(ReferralForm.kind):
        form = read(ReferralForm, record.values).form
        due = awaited_by(form, rules)
        if due and now > due:
            to = form.service or (form.destination.label if isinstance(form.destination, Destination) else "")
            late.append(LateReferral(to=to, due_at=instant(due), sent=form.sent_at is not None))
    return late


def _handed(conn: Connection, org: str, keys: Sequence[IncidentKey]) -> dict[IncidentKey, Handed]:
    """Of the incidents that were handed on at some time: the offer that waits for acceptance, and who has it."""
    log, people = change_log.c, practitioner.c
    transferred = conn.execute(
        select(log.scope, log.incident_id).where(
            log.org == org, log.incident_id.in_(ids_of(keys)), log.op == "transfer"
        )
    )
    incidents = folded_incidents(conn, org, {(row.scope, row.incident_id) for row in transferred} & {*keys})
    rows = conn.execute(select(people.practitioner_id, people.name).where(people.org == org)) if incidents else ()
    names = {row.practitioner_id: row.name for row in rows}
    return {key: _offer_and_holder(folded.incident, names) for key, folded in incidents.items()}


def _offer_and_holder(incident: Incident, names: dict[str, str]) -> Handed:
    offer, holder = handing_on.waiting(incident), handing_on.holder(incident)
    waiting = None
    if offer and incident.open:
        by = names.get(offer.author, offer.author)
        waiting = HandedOnOut(to=offer.words, by=by, at=instant(offer.at), note=offer.note)
    return waiting, names.get(holder.practitioner) or holder.name
