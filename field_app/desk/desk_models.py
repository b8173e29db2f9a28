"""What the desk reads at the centre: lines of lists, an incident with its log, phones, handover sheets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sync.core.errors import Untrusted
from sync.core.times import moment
from sync.domain.clinical.waiting import Stay
from sync.domain.content.pack_set import PackSet
from sync.domain.records.fold import fold_records
from sync.domain.records.incident import Incident
from sync.protocol.messages import Change


@dataclass(frozen=True)
class DeskUser:
    """Who is signed in."""

    practitioner_id: str
    name: str
    role: str
    team_name: str
    scope: str | None
    collar_number: str = ""
    force: str = ""


@dataclass(frozen=True)
class DeskLine:
    """One incident as the centre's lists show it."""

    incident_id: str
    label: str
    standing: str
    nature: str
    cad_ref: str
    car: str
    author_name: str
    clashes: int
    opened_at: datetime
    signed_at: datetime | None
    received_at: datetime
    seq: int
    times: Mapping[str, datetime] = field(default_factory=dict)
    s136_ends_at: datetime | None = None  # of the section 136 clock that runs
    live: "LiveFacts | None" = None  # in the lists of open and of overdue incidents


@dataclass(frozen=True)
class Late:
    """A referral that somebody should have acknowledged by now."""

    to: str
    due_at: datetime
    sent: bool


@dataclass(frozen=True)
class HandedOnLine:
    """Offered to somebody, and not accepted yet."""

    to: str
    by: str
    at: datetime


@dataclass(frozen=True)
class LiveFacts:
    """What runs and waits in an incident."""

    rule_pack: str = ""
    s136_used_at: datetime | None = None  # used, and the 24 hours have not started
    stays: tuple[Stay, ...] = ()
    handed_on: HandedOnLine | None = None
    holder: str = ""  # when it was handed on at some time
    late: tuple[Late, ...] = ()


@dataclass(frozen=True)
class DeskPage:
    """One page of a list; `after` leads to the next one and is empty at the end."""

    lines: tuple[DeskLine, ...] = ()
    after: str = ""
    total: int = 0


@dataclass(frozen=True)
class LoggedChange:
    """One entry of the centre's log. `void`: kept, and not folded."""

    seq: int
    received_at: datetime
    change: Change
    void: bool = False
    verdict: str = "accepted"
    code: str = ""


@dataclass(frozen=True)
class OpenedIncident:
    """One incident with everything the centre has of it."""

    incident: Incident
    log: tuple[LoggedChange, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    packs: PackSet = field(kw_only=True)  # by which it is read

    def history(self, record_id: str) -> list[LoggedChange]:
        return [entry for entry in self.log if entry.change.record_id == record_id]

    def name(self, practitioner_id: str) -> str:
        return self.names.get(practitioner_id) or practitioner_id

    def __repr__(self) -> str:
        return f"Opened({self.incident.incident_id[:8]}, {len(self.log)} entries)"


@dataclass(frozen=True)
class PhoneStatus:
    """A device of the team, and what it says it holds that the centre has not got."""

    device_id: str
    name: str
    team_name: str
    last_seen_at: datetime | None
    app_version: str
    revoked: bool
    reported: int
    stored: int
    unsent: int
    unsent_since: datetime | None
    clock_offset_ms: int | None
    wipe_commanded_at: datetime | None = None
    wiped_at: datetime | None = None


@dataclass(frozen=True)
class CosignedSheet:
    """A handover sheet as the officer who co-signed it may read it."""

    incident_id: str
    label: str
    cosigned_at: datetime
    unchanged: bool
    lines: tuple[tuple[str, str], ...]


# --- reading what the centre answers ----------------------------------------------------------------------------


def folded(incident_id: str, log: Iterable[LoggedChange]) -> Incident:
    """The incident that these entries make; void ones take no part."""
    entries = list(log)
    void = {entry.change.change_id for entry in entries if entry.void}
    return Incident(incident_id, fold_records((entry.change for entry in entries), void))


def line(one: Mapping[str, Any]) -> DeskLine:
    """One line of a list."""
    return DeskLine(
        one["incident_id"],
        one["label"],
        one["standing"],
        one["nature"],
        one["cad_ref"],
        one["car"],
        one["author_name"],
        one["clashes"],
        moment(one["opened_at"]),
        _moment(one["signed_at"]),
        moment(one["received_at"]),
        one["seq"],
        {name: moment(at) for name, at in one["ribbon"].items()},
        _moment(one["s136_ends_at"]),
        _live(one["live"]),
    )


def _live(one: Mapping[str, Any] | None) -> LiveFacts | None:
    if one is None:
        return None
    handed = one["handed_on"]
    return LiveFacts(
        one["rule_pack"],
        _moment(one["s136_used_at"]),
        tuple(Stay(who, moment(came), _moment(left)) for who, came, left in one["stays"]),
        HandedOnLine(handed["to"], handed["by"], moment(handed["at"])) if handed else None,
        one["holder"],
        tuple(Late(late["to"], moment(late["due_at"]), late["sent"]) for late in one["late"]),
    )


def logged(entry: Mapping[str, Any]) -> LoggedChange:
    """An entry of the log. Raises Untrusted when its content does not have the name it is filed under."""
    change = Change.model_validate(entry["body"])
    if change.change_id != entry["change_id"]:
        raise Untrusted("an entry does not have the name it is filed under")
    return LoggedChange(
        entry["seq"], moment(entry["received_at"]), change, entry["void"], entry["verdict"], entry["code"]
    )


def phone(one: Mapping[str, Any]) -> PhoneStatus:
    return PhoneStatus(
        one["device_id"],
        one["name"],
        one["team"]["name"],
        _moment(one["last_seen_at"]),
        one["app_version"],
        one["revoked"],
        one["reported_seq"],
        one["stored_to"],
        one["unsent"],
        _moment(one["unsent_since"]),
        one["clock_offset_ms"],
        _moment(one["wipe_commanded_at"]),
        _moment(one["wiped_at"]),
    )


def sheet(one: Mapping[str, Any]) -> CosignedSheet:
    return CosignedSheet(
        one["incident_id"],
        one["label"],
        moment(one["cosigned_at"]),
        one["unchanged"],
        tuple((asked, said) for asked, said in one["lines"]),
    )


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None
