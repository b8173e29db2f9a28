"""What the desk reads at the centre: lines of its lists, an incident with its log, phones, handover sheets."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter

from sync.client.answers import understood
from sync.core.errors import Untrusted
from sync.core.times import moment
from sync.domain.clinical.waiting import Stay
from sync.domain.content.pack_set import PackSet
from sync.domain.records.fold import fold_records, still_void
from sync.domain.records.incident import Incident
from sync.protocol.messages import Change

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
ACCEPTABLE = ("sealed_after_leaving", "void_before")  # codes of void changes that a supervisor may accept


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
    s136_ends_at: datetime | None = None  # when the section 136 clock that runs now ends
    live: "LiveFacts | None" = None  # in the lists of open and of overdue incidents


@dataclass(frozen=True)
class Late:
    """A referral whose acknowledgement is overdue."""

    to: str
    due_at: datetime
    sent: bool


@dataclass(frozen=True)
class HandedOnLine:
    """An offer that nobody has accepted yet."""

    to: str
    by: str
    at: datetime


@dataclass(frozen=True)
class LiveFacts:
    """What runs and waits in an incident."""

    rule_pack: str = ""
    s136_used_at: datetime | None = None  # only while the 24 hours have not started
    stays: tuple[Stay, ...] = ()
    handed_on: HandedOnLine | None = None
    holder: str = ""  # who has it now, once it has been handed on
    late: tuple[Late, ...] = ()


@dataclass(frozen=True)
class DeskPage:
    """One page of a list; `after` leads to the next one and is empty at the end."""

    lines: tuple[DeskLine, ...] = ()
    after: str = ""
    total: int = 0


@dataclass(frozen=True)
class LateWork:
    """An incident with changes that were sealed after leaving, and that nobody has accepted. Times are the device's."""

    incident_id: str
    label: str
    authors: tuple[str, ...]
    changes: int
    recorded_from: datetime
    recorded_to: datetime
    received_at: datetime
    seq: int


@dataclass(frozen=True)
class LoggedChange:
    """One entry of the centre's log. A `void` one is kept, but takes no part in the incident unless it is accepted."""

    seq: int
    received_at: datetime
    change: Change
    void: bool = False
    verdict: str = "accepted"
    code: str = ""

    @property
    def is_undecided(self) -> bool:
        """Whether it was sealed after leaving, and waits for a supervisor to accept it."""
        return self.code in ACCEPTABLE and self.verdict == "quarantined" and self.change.op != "accept"


@dataclass(frozen=True)
class OpenedIncident:
    """One incident with everything the centre has of it."""

    incident: Incident
    log: tuple[LoggedChange, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    packs: PackSet = field(kw_only=True)  # the law and guidance by which it is read

    def history(self, record_id: str) -> list[LoggedChange]:
        return [entry for entry in self.log if entry.change.record_id == record_id]

    @property
    def undecided(self) -> list[LoggedChange]:
        """What was sealed after leaving and is not accepted, in the order of the log."""
        return [entry for entry in self.log if entry.is_undecided]

    def if_accepted(self) -> "OpenedIncident":
        """The same as it would be if all that were accepted."""
        log = tuple(replace(entry, void=entry.void and not entry.is_undecided) for entry in self.log)
        return replace(self, incident=folded(self.incident.incident_id, log))

    def accepted(self, record_id: str) -> set[str]:
        """The void changes of a record that a supervisor has accepted."""
        history = self.history(record_id)
        void = {entry.change.change_id for entry in history if entry.void}
        return void - set(still_void([entry.change for entry in history], void))

    def name(self, practitioner_id: str) -> str:
        return self.names.get(practitioner_id) or practitioner_id

    def __repr__(self) -> str:
        return f"Opened({self.incident.incident_id[:8]}, {len(self.log)} entries)"


@dataclass(frozen=True)
class PhoneStatus:
    """A device of the team, and what it reports to hold that the centre has not received."""

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
    numbers_twice: int = 0  # given to two changes each: its folder was copied, or put back as it was
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
    """The incident that these entries make; void ones take no part in it."""
    entries = list(log)
    void = {entry.change.change_id for entry in entries if entry.void}
    return Incident(incident_id, fold_records((entry.change for entry in entries), void))


def user(profile: Mapping[str, Any]) -> DeskUser:
    team = profile["team"] or {}
    return _read(DeskUser, profile["practitioner"], team_name=team.get("name", ""), scope=profile["scope"])


def line(answer: Mapping[str, Any]) -> DeskLine:
    """One line of a list. Raises Untrusted, as all of these do, for one that cannot be read."""
    with understood():
        ribbon = {name: moment(at) for name, at in answer["ribbon"].items()}
        return _read(DeskLine, answer, times=ribbon, live=_live(answer["live"]))


def _live(answer: Mapping[str, Any] | None) -> LiveFacts | None:
    if answer is None:
        return None
    offer = answer["handed_on"]
    return _read(
        LiveFacts,
        answer,
        stays=tuple(Stay(who, moment(came), _moment(left)) for who, came, left in answer["stays"]),
        handed_on=_read(HandedOnLine, offer) if offer else None,
        late=tuple(_read(Late, referral) for referral in answer["late"]),
    )


def logged(entry: Mapping[str, Any]) -> LoggedChange:
    """An entry of the log. Raises Untrusted also when its content does not have the name it is filed under."""
    with understood():
        change = Change.model_validate(entry["body"])
        if change.change_id != entry["change_id"]:
            raise Untrusted("an entry does not have the name it is filed under")
        return _read(LoggedChange, entry, change=change)


def phone(answer: Mapping[str, Any]) -> PhoneStatus:
    with understood():
        team, reported, stored = answer["team"]["name"], answer["reported_seq"], answer["stored_to"]
        return _read(PhoneStatus, answer, team_name=team, reported=reported, stored=stored)


def late_work(answer: Mapping[str, Any]) -> LateWork:
    return _read(LateWork, answer, authors=tuple(answer["authors"]))


def sheet(answer: Mapping[str, Any]) -> CosignedSheet:
    with understood():
        return _read(CosignedSheet, answer, lines=tuple((question, words) for question, words in answer["lines"]))


def people(names: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The names of these people, by their ids."""
    with understood():
        return {practitioner_id: person["name"] for practitioner_id, person in names.items()}


def _read(kind: type[T], answer: Mapping[str, Any], **given: Any) -> T:
    """An object of this kind: the fields given, and all others from the answer, each under its own name there.

    Raises KeyError or ValueError where one is missing or of another type.
    """
    types = {column.name: column.type for column in fields(kind) if column.name not in given}
    values = {name: _READERS[of](answer[name]) if of in _READERS else answer[name] for name, of in types.items()}
    return _shape(kind).validate_python({**values, **given})


@cache
def _shape(kind: type[T]) -> TypeAdapter[T]:
    return TypeAdapter(kind)


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None


_READERS: dict[Any, Callable[[Any], Any]] = {datetime: moment, datetime | None: _moment}
