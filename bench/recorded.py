"""An incident as a nurse records it, through the session the screens use: six records, signed and co-signed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from demo.lay import drawn
from demo.synthetic import generate
from field_app.phone.phone import Phone
from field_app.phone.session import Session
from field_app.phone.store.disk import Clock
from sync.client.http import Client
from sync.core.canonical import digest
from sync.domain.catalogue import RIBBON
from sync.domain.documents.handover_sheet import sheet_digest
from sync.domain.records.incident import Incident
from sync.domain.records.standing import document
from sync.pack_files import shipped, shipped_packs
from tools.world import Process

PIN = "204816"
OFFICER = {"force": "Cambridgeshire", "collar_number": "2417", "name": "Dan Hart"}
USUAL = {"incident", "person", "contact", "assessment", "referral", "handover"}
LONG = ("person", "assessment")  # left once and opened again, so two changes each


@cache
def answers() -> dict[str, dict[str, Any]]:
    """The answers of the first synthetic incident that has all the usual sections, by section."""
    cases = generate(shipped(training=True), seed=1, end=date(2026, 11, 1), months=12)
    case = next(case for case in cases if case.cosigned_at and {step.kind for step in case.steps} >= USUAL)
    return {record.kind: dict(record.values) for record in case.incident.records.values()}


def centre(folder: Path, **settings: str) -> Process:
    made = {"ALONGSIDE_TRAINING": "1", "ALONGSIDE_DEMO": "1", "ALONGSIDE_DEMO_EMPTY": "1"}
    return Process("sync.api", folder, "/ready", **made, **settings)


def phone(folder: Path, url: str, clock: Clock | None = None) -> Phone:
    """A phone in this process that syncs only when it is told to. Its PIN costs next to nothing."""
    device = Phone(
        folder, lambda: Client(url), shipped_packs(training=True), training=True, scrypt_n=2**10, clock=clock
    )
    device.set_work_offline(True)
    return device


def record(session: Session, name: str) -> str:
    """One whole incident, sealed on the phone. Returns its id."""
    incident_id = session.new_incident()
    for kind, given in answers().items():
        halves = len(given) // 2 if kind in LONG else len(given)
        whole = [(name, value) for name, value in given.items() if name not in RIBBON]
        for portion in (whole[:halves], whole[halves:]):
            if portion:
                fill(session, incident_id, kind, dict(portion))
    for event in RIBBON:
        session.stamp(incident_id, event)
    session.cosign(incident_id, sheet_digest(shown(session, incident_id)), OFFICER, drawn(name))
    session.sign(incident_id, digest(document(shown(session, incident_id))), PIN)
    return incident_id


def fill(session: Session, incident_id: str, kind: str, given: Mapping[str, Any]) -> None:
    draft = session.edit(incident_id, kind)
    session.seal(replace(draft, answers={**draft.answers, **given}))


def shown(session: Session, incident_id: str) -> Incident:
    incident = session.store.incident(incident_id)
    assert incident
    return incident
