"""Who signed an opened incident: the nurse, the officer; when, and whether it is over what stands there now. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from field_app.desk.desk_models import OpenedIncident, folded
from sync.core.canonical import digest
from sync.core.times import moment
from sync.domain.documents.handover_sheet import sheet_as_signed
from sync.domain.records.incident import Incident
from sync.domain.records.standing import cosignature, document, signature

Strokes = tuple[tuple[tuple[int, int], ...], ...]  # lines of points, as drawn on glass


@dataclass(frozen=True)
class Signed:
    """The nurse's signature: whose, when, and whether it is over the record as it stands."""

    who: str
    at: datetime
    number: int | None
    current: bool


@dataclass(frozen=True)
class Cosigned:
    """What the officer did with the handover sheet."""

    officer: Mapping[str, str]
    at: datetime
    declined: bool
    reason: str = ""
    current: bool = True
    strokes: Strokes = ()

    @property
    def name(self) -> str:
        words = (self.officer.get(key, "") for key in ("name", "collar_number", "force"))
        return ", ".join(word for word in words if word) or "Officer not named"


def signed(opened: OpenedIncident) -> Signed | None:
    act = signature(opened.incident)
    if act is None:
        return None
    current = act.detail.get("digest") == digest(document(opened.incident))
    return Signed(opened.name(act.author), moment(act.at), _number(opened, act.change_id), current)


def cosigned(opened: OpenedIncident) -> Cosigned | None:
    act = cosignature(opened.incident)
    if act is None:
        return None
    officer = act.detail.get("officer")
    officer = {key: str(text) for key, text in officer.items()} if isinstance(officer, Mapping) else {}
    if act.op == "decline":
        return Cosigned(officer, moment(act.at), True, str(act.detail.get("reason", "")))
    current = sheet_as_signed(opened.incident, act)
    return Cosigned(officer, moment(act.at), False, "", current, _strokes(act.detail.get("strokes")))


def _strokes(raw: object) -> Strokes:
    """The drawn lines, as points; whatever is not a point is left out."""
    lines = []
    for stroke in raw if isinstance(raw, list) else ():
        points = [
            (point[0], point[1])
            for point in (stroke if isinstance(stroke, list) else ())
            if isinstance(point, list) and len(point) >= 2 and all(type(number) is int for number in point[:2])
        ]
        if points:
            lines.append(tuple(points))
    return tuple(lines)


def as_signed(opened: OpenedIncident) -> Incident | None:
    """The incident as it stood when it was signed; None when the log does not show exactly that."""
    act = signature(opened.incident)
    number = _number(opened, act.change_id) if act else None
    if act is None or number is None:
        return None
    before = folded(opened.incident.incident_id, (entry for entry in opened.log if entry.seq <= number))
    return before if digest(document(before)) == act.detail.get("digest") else None


def _number(opened: OpenedIncident, change_id: str) -> int | None:
    return next((entry.seq for entry in opened.log if entry.change.change_id == change_id), None)
