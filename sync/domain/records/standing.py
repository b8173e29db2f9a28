"""The signature and the review of an incident, and how far it is.

The unit that is signed and reviewed is the incident: a signature names the digest of its whole document.
"""

from collections.abc import Iterable
from typing import Any

from sync.core.canonical import digest
from sync.domain.records.fold import Act
from sync.domain.records.incident import Incident

NURSE_STATEMENT = "This is my record of what I saw, was told and did."


def document(incident: Incident) -> dict[str, Any]:
    """What a signature covers: every answer of every record, clashing values included."""
    return {
        "incident": incident.incident_id,
        "records": [
            {
                "record": record.record_id,
                "kind": record.kind,
                "version": record.form_version,
                "answers": record.values,
                "clashes": {name: [given.value for given in values] for name, values in record.clashes.items()},
            }
            for record in sorted(incident.records.values(), key=lambda record: record.record_id)
            if not record.retracted
        ],
    }


def last_act(acts: Iterable[Act], *ops: str) -> Act | None:
    """The latest act of these ops: the one with the most changes before it; of two such, the one recorded later."""
    candidates = [act for act in acts if act.op in ops]
    return max(candidates, key=lambda act: (len(act.after), act.at, act.change_id), default=None)


def signature(incident: Incident) -> Act | None:
    """The nurse's latest signature."""
    return last_act(incident.acts, "sign")


def cosignature(incident: Incident) -> Act | None:
    """The officer's latest co-signature, or the latest act that says they declined it."""
    return last_act(incident.acts, "cosign", "decline")


def standing(incident: Incident) -> str:
    """How far the incident is: in-progress, signed (waits for review), changed (since then), returned or approved."""
    signed = signature(incident)
    decision = last_act(incident.acts, "review", "return")
    if decision and decision.op == "return" and not (signed and decision.change_id in signed.after):
        return "returned"
    if signed is None:
        return "in-progress"
    if signed.detail.get("digest") != digest(document(incident)):
        return "changed"
    if decision and decision.op == "review" and decision.detail.get("digest") == signed.detail.get("digest"):
        return "approved"
    return "signed"


def open_comments(incident: Incident) -> list[dict[str, Any]]:
    """The supervisor's comments of a return that no new signature has answered: kind, name, comment."""
    if standing(incident) != "returned":
        return []
    decision = last_act(incident.acts, "review", "return")
    comments = decision.detail.get("comments") if decision else None
    return [comment for comment in comments if isinstance(comment, dict)] if isinstance(comments, list) else []
