"""Projections of the change log (read models, as in event sourcing): what lists and searches read.

A row for each record, incident and co-signer, refreshed in the transaction that appended. An incident that cannot be
folded keeps its bytes and its old row, and a log line says so: storing never depends on understanding.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from sync.api.logging import fault
from sync.api.storage.database import upsert
from sync.api.storage.folded_incidents import (
    FoldedIncident,
    IncidentKey,
    StoredChange,
    column_text,
    fold_stored,
    stored_changes,
)
from sync.api.storage.schema import incident_cosigner, incident_view, practitioner, record_view
from sync.core.canonical import canonical, write
from sync.core.times import instant
from sync.domain.catalogue.detention.form import DetentionForm, clock_of
from sync.domain.catalogue.referral import ReferralForm, awaited_by
from sync.domain.clinical.s136_clock import DetentionClock
from sync.domain.content.pack_set import PackSet
from sync.domain.forms import read
from sync.domain.records.fold import Record
from sync.domain.records.incident import Incident, label
from sync.domain.records.standing import signature, standing

SHIFT = "shift"
OF_RECORD = ("record_id", "incident_id", "kind", "form_version", "changes", "retracted", "first_at", "last_at")
MOST_SEARCHED = 2000  # characters of an answer
SEARCHED = ("given_name", "family_name", "preferred_name", "nhs_number", "location", "cad_ref")


def refresh(
    conn: Connection, org: str, incidents: Mapping[IncidentKey, Sequence[StoredChange]], packs: PackSet, now_ms: int
) -> None:
    """Fold these incidents anew and put down how they stand.

    Each comes with all its changes, or with none: then they are read from the log.
    """
    if not incidents:
        return
    try:
        with conn.begin_nested():
            _refresh(conn, org, incidents, packs, now_ms)
    except (InterfaceError, OperationalError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a record holds, its bytes stay
        if len(incidents) == 1:
            fault("view_failed", error)
        else:
            for key in sorted(incidents):
                refresh(conn, org, {key: incidents[key]}, packs, now_ms)


def _refresh(
    conn: Connection, org: str, incidents: Mapping[IncidentKey, Sequence[StoredChange]], packs: PackSet, now_ms: int
) -> None:
    unread = [key for key, changes in incidents.items() if not changes]
    changes = [*stored_changes(conn, org, unread), *chain.from_iterable(incidents.values())]
    current = fold_stored(changes).values()
    records = [
        _record_row(org, folded.scope, record) for folded in current for record in folded.incident.records.values()
    ]
    upsert(conn, record_view, records)
    views = incident_view.c
    for scope, shift in ((folded.scope, shift) for folded in current for shift in folded.incident.of(SHIFT)):
        on_shift = (views.org == org) & (views.shift == shift.record_id) & (views.scope == scope)
        conn.execute(update(incident_view).where(on_shift).values(car=column_text(shift.values.get("car"))))
    shown = [folded for folded in current if not folded.is_apart]
    names = _names(conn, org, {folded.author for folded in shown})
    cars = _cars(conn, org, {folded.shift for folded in shown} - {""})
    upsert(conn, incident_view, [_incident_row(org, folded, names, cars, packs, now_ms) for folded in shown])
    upsert(conn, incident_cosigner, [row for folded in shown for row in _cosigner_rows(org, folded)])


def _cosigner_rows(org: str, folded: FoldedIncident) -> list[dict[str, Any]]:
    officers = {officer_of(act.detail) for act in folded.incident.acts if act.op == "cosign"}
    of_incident = {"org": org, "scope": folded.scope, "incident_id": folded.incident.incident_id}
    of_incident |= {"last_seq": folded.last_seq}
    return [{**of_incident, "force": force, "collar_number": collar} for force, collar in filter(None, officers)]


def officer_of(detail: Mapping[str, Any]) -> tuple[str, str] | None:
    """Force and collar number of whoever co-signed, case folded; None where one is missing."""
    officer = detail.get("officer")
    if not isinstance(officer, dict):
        return None
    force, collar = column_text(officer.get("force")), column_text(officer.get("collar_number"))
    return (force.casefold(), collar.casefold()) if force and collar else None


def _record_row(org: str, scope: str, record: Record) -> dict[str, Any]:
    return {
        "org": org,
        "scope": scope,
        **{name: getattr(record, name) for name in OF_RECORD},
        "clashes": len(record.clashes),
        "heads": " ".join(record.heads),
        "answers": write(record.values),
    }


def _incident_row(
    org: str,
    folded: FoldedIncident,
    names: Mapping[str, str],
    cars: Mapping[tuple[str, str], str],
    packs: PackSet,
    now_ms: int,
) -> dict[str, Any]:
    incident = folded.incident
    record = incident.one("incident")
    values = record.values if record else {}
    ribbon = {name: instant(at) for name, at in sorted(incident.times.items())}
    signed, clock, due_at = signature(incident), _s136_clock(incident, packs), _referral_due(incident, packs)
    return {
        "org": org,
        "incident_id": incident.incident_id,
        "scope": folded.scope,
        "label": column_text(label(incident)),
        "standing": standing(incident),
        "nature": column_text(values.get("nature")),
        "cad_ref": column_text(values.get("cad_ref")),
        "car": cars.get((folded.scope, folded.shift), ""),
        "shift": folded.shift,
        "opened_at": instant(incident.opened_at),
        "cleared_at": ribbon.get("cleared", ""),
        "signed_at": signed.at if signed else "",
        "s136_starts_at": instant(clock.starts_at) if clock else "",
        "s136_ends_at": instant(clock.ends_at) if clock else "",
        "referral_due_at": instant(due_at) if due_at else "",
        "ribbon": canonical(ribbon).decode(),
        "author": folded.author,
        "clashes": len(incident.clashes),
        "changes": sum(record.changes for record in incident.records.values()),
        "updated_ms": now_ms,
        "last_seq": folded.last_seq,
        "search": _search(incident, names.get(folded.author, "")),
    }


def _s136_clock(incident: Incident, packs: PackSet) -> DetentionClock | None:
    """The section 136 clock that runs; of several the one that ends first."""
    clocks: list[DetentionClock] = []
    law = incident.rule_pack(packs).rules
    for record in incident.of(DetentionForm.kind):
        form = read(DetentionForm, record.values).form
        with suppress(OverflowError):  # a day or a length that no calendar has
            if form.ended_at is None and (clock := clock_of(form, law)):
                clocks.append(clock)
    return min(clocks, key=lambda clock: clock.ends_at, default=None)


def _referral_due(incident: Incident, packs: PackSet) -> datetime | None:
    """When the first acknowledgement that a referral still waits for is due; None when none is waited for."""
    forms = (read(ReferralForm, record.values).form for record in incident.of(ReferralForm.kind))
    rules = incident.rule_pack(packs).rules
    due = (awaited_by(form, rules) for form in forms)
    return min((at for at in due if at), default=None)


def _cars(conn: Connection, org: str, shifts: Collection[str]) -> dict[tuple[str, str], str]:
    """The car of each shift, by scope and id, as its own record says."""
    if not shifts:
        return {}
    records = record_view.c
    rows = conn.execute(
        select(records.scope, records.record_id, records.answers).where(
            records.org == org, records.record_id.in_(sorted(shifts)), records.kind == SHIFT
        )
    )
    return {(row.scope, row.record_id): column_text(json.loads(row.answers).get("car")) for row in rows}


def _names(conn: Connection, org: str, authors: Collection[str]) -> dict[str, str]:
    people = practitioner.c
    rows = conn.execute(
        select(people.practitioner_id, people.name).where(
            people.org == org, people.practitioner_id.in_(sorted(authors))
        )
    )
    return {row.practitioner_id: row.name for row in rows}


def _search(incident: Incident, author_name: str) -> str:
    """What a search looks through: names, numbers, place, author; of a clash every value."""
    words = [author_name]
    for record in incident.records.values():
        for key in SEARCHED:
            values = (record.answers.get(key), *record.clashes.get(key, ()))
            words += [column_text(given.value, MOST_SEARCHED) for given in values if given]
    return " ".join(dict.fromkeys(filter(None, words))).casefold()
