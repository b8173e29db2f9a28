"""Handing an open incident to the next shift, a colleague or a crisis team, and who has it now (CAM-10).

An offer and its acceptance are both acts of op "transfer" on the incident's own record: `{to_kind, to, note, at}`, and
`{accepts, by, role, at}`, which names the offer by its change. Until somebody accepts an offer, the incident stays with
whoever had it. A later offer replaces an earlier one. The car may be clear long before. No signature covers any of it.

Source: project specification, 22 Nov 2026 (CAM-10: an open incident is handed to the next shift or the crisis team at
23:00 or 01:00; hazard 8: nothing counts as taken over before a named person has accepted it).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.core.times import as_moment, moment
from sync.domain.forms import Choice
from sync.domain.records.fold import Act
from sync.domain.records.incident import Incident
from sync.domain.records.standing import last_act, standing


class To(Choice):
    SHIFT = "shift", "The next shift"
    TEAM = "team", "A colleague in the team"
    CRISIS_TEAM = "crisis_team", "A crisis team"


OUTSIDE = frozenset({To.CRISIS_TEAM})  # accepts by word of mouth: whoever handed on records who accepted, and when


@dataclass(frozen=True)
class Offer:
    """An incident offered. `author`: the practitioner who handed it on."""

    change_id: str
    author: str
    at: datetime
    to: To
    name: str
    note: str = ""

    @property
    def outside(self) -> bool:
        return self.to in OUTSIDE

    @property
    def words(self) -> str:
        return f"{self.to.label}: {self.name}" if self.name else self.to.label


@dataclass(frozen=True)
class Holder:
    """Who has the incident, since when. `practitioner` is empty when it is somebody outside the team."""

    practitioner: str
    name: str = ""
    since: datetime | None = None


def offers(incident: Incident) -> dict[str, Offer]:
    """Every offer that this version can read, by its change."""
    readable = (_offer(act) for act in incident.acts if act.op == "transfer")
    return {offer.change_id: offer for offer in readable if offer}


def waiting(incident: Incident) -> Offer | None:
    """The latest offer, unless it was accepted."""
    known = offers(incident)
    last = last_act([act for act in incident.acts if act.change_id in known], "transfer")
    accepted = {_text(act.detail, "accepts") for act in incident.acts if act.op == "transfer"}
    return known[last.change_id] if last and last.change_id not in accepted else None


def is_finished(incident: Incident, state: str = "") -> bool:
    """Whether nothing is left to do in it: cleared, signed or approved as it stands, and not offered to anybody.

    `state`: its standing, where that is known.
    """
    if incident.open or (state or standing(incident)) not in ("signed", "approved"):
        return False
    return waiting(incident) is None


def holder(incident: Incident) -> Holder:
    """Who has the incident: whoever accepted it last, else whoever opened it."""
    known = offers(incident)
    act = last_act([act for act in incident.acts if _text(act.detail, "accepts") in known], "transfer")
    if act is None:
        return Holder(opened_by(incident), since=incident.opened_at)
    outside = known[act.detail["accepts"]].outside
    name = ", ".join(part for part in (_text(act.detail, "by"), _text(act.detail, "role")) if part)
    return Holder("" if outside else act.author, name, _when(act))


def opened_by(incident: Incident) -> str:
    """The author of the incident's first answer; "" when it has none."""
    record = incident.records.get(incident.incident_id)
    answers = record.answers.values() if record else ()
    first = min(answers, key=lambda given: (given.at, given.change_id), default=None)
    return first.author if first else ""


def offered_to(incident: Incident, me: str) -> Offer | None:
    """The offer of a colleague that this nurse may accept; None when there is none."""
    offer = waiting(incident)
    return offer if offer and not offer.outside and offer.author != me else None


def _offer(act: Act) -> Offer | None:
    kind = act.detail.get("to_kind")
    if not isinstance(kind, str) or kind not in list(To):
        return None
    return Offer(act.change_id, act.author, _when(act), To(kind), _text(act.detail, "to"), _text(act.detail, "note"))


def _when(act: Act) -> datetime:
    """The time recorded with the act, else the time of the change."""
    return as_moment(act.detail.get("at")) or moment(act.at)


def _text(detail: Mapping[str, Any], name: str) -> str:
    value = detail.get(name)
    return value if isinstance(value, str) else ""
