"""What is signed and reviewed of an incident, and where it stands.

The unit that is signed and reviewed is the incident: a signature names the digest of the whole document shown.
"""

from collections.abc import Iterable
from typing import Any

from sync.core.canonical import digest
from sync.domain.records.fold import Act
from sync.domain.records.incident import Incident

NURSE_STATEMENT = "This is my record of what I saw, was told and did."


def document(incident: Incident) -> dict[str, Any]:
    """Exactly what a signature covers: every answer of every record, clashing values included."""
    return {
        "incident": incident.incident_id,
        "records": [
            {
                "record": record.record_id,
                "kind": record.kind,
                "version": record.form_version,
                "answers": record.values,
                "clashes": {name: [given.value for given in both] for name, both in record.clashes.items()},
            }
            for record in sorted(incident.records.values(), key=lambda record: record.record_id)
            if not record.retracted
        ],
    }


def last_act(acts: Iterable[Act], *ops: str) -> Act | None:
    """The last of these acts: the one that has most before it; a tie goes to the later recorded."""
    found = [act for act in acts if act.op in ops]
    return max(found, key=lambda act: (len(act.after), act.at, act.change_id), default=None)


def signature(incident: Incident) -> Act | None:
    """The nurse's latest signature."""
    return last_act(incident.acts, "sign")


def cosignature(incident: Incident) -> Act | None:
    """The officer's latest co-signature, or that they declined."""
    return last_act(incident.acts, "cosign", "decline")


def standing(incident: Incident) -> str:
    """in-progress, signed (waiting for review), changed (since signature), returned or approved."""
    signed = signature(incident)
    judged = last_act(incident.acts, "review", "return")
    if judged and judged.op == "return" and not (signed and judged.change_id in signed.after):
        return "returned"
    if signed is None:
        return "in-progress"
    if signed.detail.get("digest") != digest(document(incident)):
        return "changed"
    if judged and judged.op == "review" and judged.detail.get("digest") == signed.detail.get("digest"):
        return "approved"
    return "signed"


def open_comments(incident: Incident) -> list[dict[str, Any]]:
    """What a supervisor asked for in a return that has not been answered by a new signature: kind, name, comment."""
    if standing(incident) != "returned":
        return []
    judged = last_act(incident.acts, "review", "return")
    comments = judged.detail.get("comments") if judged else None
    return [comment for comment in comments if isinstance(comment, dict)] if isinstance(comments, list) else []
