"""The log folded into what lists and searches read: a row a record, a row an incident.

Refreshed in the transaction that appended. An incident that cannot be folded keeps its bytes and its old row, and the
log says so: storing never depends on understanding.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from sync.api.logging import fault
from sync.api.storage.database import upsert
from sync.api.storage.schema import change_log, incident_cosigner, incident_view, practitioner, record_view
from sync.core.canonical import canonical, write
from sync.core.times import instant
from sync.domain.catalogue import APART
from sync.domain.catalogue.detention.form import DetentionForm, clock_of
from sync.domain.catalogue.referral import ReferralForm, awaited_by
from sync.domain.clinical.s136_clock import DetentionClock
from sync.domain.content.pack_set import PackSet
from sync.domain.forms import read
from sync.domain.records.fold import FoldStep, Record, fold_records
from sync.domain.records.incident import Incident, gather, label
from sync.domain.records.standing import signature, standing

SHIFT = "shift"
SEARCHED = ("given_name", "family_name", "preferred_name", "nhs_number", "location", "cad_ref")


@dataclass(frozen=True)
class ParsedChange:
    """One change as the fold needs it, from stored bytes."""

    change_id: str
    parents: tuple[str, ...]
    record_id: str
    incident_id: str
    kind: str
    form_version: int
    op: str
    patch: dict[str, Any] = field(repr=False)
    author: str
    role: str
    recorded_at: str


class StoredChange(NamedTuple):
    """A change with what the log says of it."""

    seq: int
    scope: str
    step: FoldStep
    void: bool


def logged(change_id: str, body: bytes) -> ParsedChange:
    it = json.loads(body)  # read strictly when it came in
    return ParsedChange(
        change_id,
        tuple(it["parents"]),
        it["record_id"],
        it["incident_id"],
        it["kind"],
        it["form_version"],
        it["op"],
        it["patch"],
        it["author"],
        it["role"],
        it["recorded_at"],
    )


@dataclass(frozen=True)
class Standing:
    """An incident as its changes make it, the number of its newest change, and its scope."""

    incident: Incident
    last_seq: int
    scope: str

    @property
    def is_apart(self) -> bool:
        """A shift, a log of what was read: no incident."""
        return all(record.kind in APART for record in self.incident.records.values())

    @property
    def author(self) -> str:
        """Whoever began it."""
        first = min(self.incident.records.values(), key=lambda one: (one.first_at, one.record_id))
        answered = next((given.author for given in first.answers.values()), "")
        return answered or (first.acts[0].author if first.acts else "")

    @property
    def shift(self) -> str:
        record = self.incident.one("incident")
        return _text(record.values.get("shift")) if record else ""


def refresh(
    conn: Connection, org: str, incidents: Mapping[str, Sequence[StoredChange]], packs: PackSet, now_ms: int
) -> None:
    """Fold these incidents anew and put down how they stand. Each with all its changes, or with none: then they are read."""
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
            for one in sorted(incidents):
                refresh(conn, org, {one: incidents[one]}, packs, now_ms)


def incidents_of(conn: Connection, org: str, incidents: Collection[str]) -> dict[str, Standing]:
    """These incidents, folded. One of which nothing counts is left out."""
    return _folded(_read(conn, org, incidents))


def _read(conn: Connection, org: str, incidents: Collection[str]) -> list[StoredChange]:
    log = change_log.c
    rows = conn.execute(
        select(log.seq, log.scope, log.change_id, log.body, log.void)
        .where(log.org == org, log.incident_id.in_(sorted(incidents)))
        .order_by(log.seq)
    )
    return [StoredChange(row.seq, row.scope, logged(row.change_id, row.body), row.void) for row in rows]


def _folded(kept: Collection[StoredChange]) -> dict[str, Standing]:
    last = {one.step.incident_id: one for one in kept}
    void = {one.step.change_id for one in kept if one.void}
    records = fold_records((one.step for one in kept), void)
    return {
        incident_id: Standing(incident, last[incident_id].seq, last[incident_id].scope)
        for incident_id, incident in gather(records.values()).items()
    }


def _refresh(
    conn: Connection, org: str, incidents: Mapping[str, Sequence[StoredChange]], packs: PackSet, now_ms: int
) -> None:
    there = [one for one, kept in incidents.items() if not kept]
    found = _folded([*(_read(conn, org, there) if there else ()), *chain.from_iterable(incidents.values())])
    upsert(
        conn,
        record_view,
        [_record_row(org, it.scope, record) for it in found.values() for record in it.incident.records.values()],
    )
    for it in found.values():
        for shift in it.incident.of(SHIFT):
            conn.execute(
                update(incident_view)
                .where(incident_view.c.org == org, incident_view.c.shift == shift.record_id)
                .values(car=_text(shift.values.get("car")))
            )
    shown = [it for it in found.values() if not it.is_apart]
    names = _names(conn, org, {it.author for it in shown})
    cars = _cars(conn, org, {it.shift for it in shown} - {""})
    upsert(conn, incident_view, [_incident_row(org, it, names, cars, packs, now_ms) for it in shown])
    upsert(conn, incident_cosigner, [row for it in shown for row in _cosigner_rows(org, it.incident)])


def _cosigner_rows(org: str, incident: Incident) -> list[dict[str, Any]]:
    officers = {officer_of(act.detail) for act in incident.acts if act.op == "cosign"}
    return [
        {"org": org, "incident_id": incident.incident_id, "force": officer[0], "collar_number": officer[1]}
        for officer in officers
        if officer
    ]


def officer_of(detail: Any) -> tuple[str, str] | None:
    """Force and collar number of whoever co-signed."""
    officer = detail.get("officer")
    if not isinstance(officer, dict):
        return None
    force, collar = _text(officer.get("force")), _text(officer.get("collar_number"))
    return (force.casefold(), collar.casefold()) if force and collar else None


def _record_row(org: str, scope: str, record: Record) -> dict[str, Any]:
    return {
        "org": org,
        "record_id": record.record_id,
        "incident_id": record.incident_id,
        "scope": scope,
        "kind": record.kind,
        "form_version": record.form_version,
        "changes": record.changes,
        "clashes": len(record.clashes),
        "retracted": record.retracted,
        "first_at": record.first_at,
        "last_at": record.last_at,
        "heads": " ".join(record.heads),
        "answers": write(record.values),
    }


def _incident_row(
    org: str, it: Standing, names: Mapping[str, str], cars: Mapping[str, str], packs: PackSet, now_ms: int
) -> dict[str, Any]:
    incident = it.incident
    record = incident.one("incident")
    values = record.values if record else {}
    ribbon = {name: instant(at) for name, at in sorted(incident.times.items())}
    signed, held, due_at = signature(incident), _held(incident, packs), _referral_due(incident, packs)
    return {
        "org": org,
        "incident_id": incident.incident_id,
        "scope": it.scope,
        "label": _text(label(incident)),
        "standing": standing(incident),
        "nature": _text(values.get("nature")),
        "cad_ref": _text(values.get("cad_ref")),
        "car": cars.get(it.shift, ""),
        "shift": it.shift,
        "opened_at": instant(incident.opened_at),
        "cleared_at": ribbon.get("cleared", ""),
        "signed_at": signed.at if signed else "",
        "s136_starts_at": instant(held.starts_at) if held else "",
        "s136_ends_at": instant(held.ends_at) if held else "",
        "referral_due_at": instant(due_at) if due_at else "",
        "ribbon": canonical(ribbon).decode(),
        "author": it.author,
        "clashes": len(incident.clashes),
        "changes": sum(one.changes for one in incident.records.values()),
        "updated_ms": now_ms,
        "last_seq": it.last_seq,
        "search": _search(incident, names.get(it.author, "")),
    }


def _held(incident: Incident, packs: PackSet) -> DetentionClock | None:
    """The section 136 clock that runs; of several the one that ends first."""
    found: list[DetentionClock] = []
    law = incident.rule_pack(packs).rules
    for record in incident.of(DetentionForm.kind):
        form = read(DetentionForm, record.values).form
        with suppress(OverflowError):  # a day or a length that no calendar has
            if form.ended_at is None and (clock := clock_of(form, law)):
                found.append(clock)
    return min(found, key=lambda clock: clock.ends_at, default=None)


def _referral_due(incident: Incident, packs: PackSet) -> datetime | None:
    """When the first acknowledgement that a referral still waits for is due; None when none is waited for."""
    forms = (read(ReferralForm, record.values).form for record in incident.of(ReferralForm.kind))
    rules = incident.rule_pack(packs).rules
    due = (awaited_by(form, rules) for form in forms)
    return min((at for at in due if at), default=None)


def _cars(conn: Connection, org: str, shifts: Collection[str]) -> dict[str, str]:
    """The car of each shift, as its own record says."""
    if not shifts:
        return {}
    at = record_view.c
    rows = conn.execute(
        select(at.record_id, at.answers).where(at.org == org, at.record_id.in_(sorted(shifts)), at.kind == SHIFT)
    )
    return {row.record_id: _text(json.loads(row.answers).get("car")) for row in rows}


def _names(conn: Connection, org: str, authors: Collection[str]) -> dict[str, str]:
    them = practitioner.c
    rows = conn.execute(
        select(them.practitioner_id, them.name).where(them.org == org, them.practitioner_id.in_(sorted(authors)))
    )
    return {row.practitioner_id: row.name for row in rows}


def _search(incident: Incident, author_name: str) -> str:
    """What a search looks through: names, numbers, place, author; both values of a clash."""
    found = [author_name]
    for record in incident.records.values():
        for wanted in SEARCHED:
            settled = record.answers.get(wanted)
            found += [_text(one.value) for one in (settled, *record.clashes.get(wanted, ())) if one]
    return " ".join(dict.fromkeys(filter(None, found))).casefold()


def _text(value: Any) -> str:
    """A text answer as a column can hold it; anything else is no text."""
    return value.replace("\0", "")[:2000] if isinstance(value, str) else ""
