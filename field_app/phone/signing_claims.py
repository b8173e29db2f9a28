"""The claims of a nurse's acts: signature, officer's co-signature, offer, acceptance. Pure but for the signing key.

A signature is over its claim, which names the nonce of the change that carries it: it cannot be moved to another one.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sync.core.canonical import digest
from sync.core.times import instant
from sync.domain.documents.handover_sheet import OFFICER_STATEMENT
from sync.domain.records.standing import NURSE_STATEMENT

Sign = Callable[[str, Any], str]  # (purpose, claim): the nurse's own key
Act = dict[str, Any]


def signature(incident_id: str, shown: str, author: str, nonce: str, sign: Sign) -> Act:
    """The nurse's signature of the document with the digest `shown`."""
    signed = {"digest": shown, "statement": NURSE_STATEMENT}
    claim = {**signed, "author": author, "incident_id": incident_id, "nonce": nonce}
    return {**signed, "signature": sign("sign", claim)}


def cosignature(
    incident_id: str, shown: str, officer: dict[str, str], strokes: list[list[list[int]]], nonce: str, sign: Sign
) -> Act:
    """The officer's signature on glass of the handover sheet with the digest `shown`, attested by the nurse's key."""
    signed = {"digest": shown, "statement": OFFICER_STATEMENT, "officer": officer}
    claim = {**signed, "strokes_sha256": digest(strokes), "incident_id": incident_id, "nonce": nonce}
    return {**signed, "strokes": strokes, "signature": sign("cosign", claim)}


def offer(to_kind: str, to: str, note: str, at: datetime) -> dict[str, Any]:
    """An open incident is offered. `to`: the car, person or team it is offered to, as far as it is known."""
    return {"to_kind": to_kind, "to": to, "note": note, "at": instant(at)}


def acceptance(offered: str, by: str, role: str, at: datetime) -> dict[str, Any]:
    """The offer that the change `offered` made is accepted. `by`: the name of whoever has the incident now."""
    return {"accepts": offered, "by": by, "role": role, "at": instant(at)}
