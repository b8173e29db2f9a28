"""The console's end of the line to the centre: one supervisor (or officer) in one browser session.

Nothing of what is read or decided is kept on disk. A decision at the desk is a change like any other, signed by the
browser's device, and counts as done only when its receipt verifies. Decisions that could not be sent wait in memory, in
order, and are sent again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from field_app.desk import desk_models
from field_app.desk.desk_devices import DEVICE_NAME, DeskDevice, WallClock, new_device
from field_app.desk.desk_models import CosignedSheet, DeskPage, DeskUser, LateWork, OpenedIncident, PhoneStatus
from field_app.packs import FetchedPacks
from sync.client.address import Address
from sync.client.http import Client
from sync.core.canonical import digest
from sync.core.errors import AlongsideError, Problem
from sync.core.times import from_millis
from sync.domain.content.pack_set import PackSet
from sync.domain.records.fold import Record
from sync.domain.records.incident import Incident
from sync.domain.records.standing import document
from sync.protocol.exchange import Report, sync_once
from sync.protocol.messages import Change, Op

if TYPE_CHECKING:
    from httpx import BaseTransport

PAGE = 50
LONG_PAGE, MOST = 200, 1000  # lines of one request, and of a list that is read whole


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Receipt:
    """The centre's receipt for a change, verified: its number in the log, and when it was received."""

    number: int
    received_at: datetime


class NotSent(AlongsideError):
    """A decision made here that is not yet known to be at the centre. It is kept, and sent again."""

    code = "not_sent"


class Desk:
    """One browser session's line to the centre. Methods block: call them in a thread. Safe from several at once."""

    def __init__(
        self,
        address: str | Address,
        packs: FetchedPacks,
        transport: "BaseTransport | None" = None,
        clock: WallClock = system_clock,
        *,
        training: bool = False,
        device: DeskDevice | None = None,
        counted: Callable[[], AbstractContextManager[None]] = nullcontext,
    ):
        """`device`: the browser's, else one for this session. `counted` wraps a sign-in of somebody new on it."""
        self.clock, self._training = clock, training
        self._packs = packs
        self.who: DeskUser | None = None
        self._kept = device or new_device(clock)
        self._device, self._sending, self._counted = self._kept.device, self._kept.lock, counted
        self.client = Client(address, own=self._device.own, transport=transport)
        self._opened: dict[str, tuple[int, OpenedIncident]] = {}

    # --- who ---------------------------------------------------------------------------------------------------

    def sign_in(self, username: str, password: str) -> DeskUser:
        """Sign in on the browser's device. Raises NotReachable, Problem or AddressWaits."""
        username = username.strip().lower()
        with self._sending, nullcontext() if username in self._kept.people else self._counted():
            profile = self._device.sign_in(partial(self.client.sign_in, training=self._training), username, password)
            self._device.scope = None  # the desk reads lists, and pulls nothing
            self._device.trusted = profile["centre_key"]
            self._kept.people.add(username)
            self._kept.keep()
        self.who = desk_models.user(profile)
        return self.who

    def lock(self) -> None:
        """End the sign-in at the centre, if it can be reached; what waits to be sent stays."""
        with self._sending, suppress(AlongsideError):  # one after the other: a new sign-in is not ended with the old
            self.client.sign_out()

    @property
    def packs(self) -> PackSet:
        """Law, guidance and services as this console has them now."""
        return self._packs.current

    # --- reading -----------------------------------------------------------------------------------------------

    def incidents(self, view: str = "all", *, limit: int = PAGE, **filters: str) -> DeskPage:
        """One page of a list. Filters: q, standing, nature, car, since, until, sort, after; the centre applies them."""
        query = {name: value for name, value in filters.items() if value}
        answer = self.client.incidents(view=view, limit=limit, **query)
        lines = tuple(desk_models.line(row) for row in answer["incidents"])
        self._fetch_law(row.live.rule_pack for row in lines if row.live)
        return DeskPage(lines, answer["next"] or "", answer["total"])

    def whole(self, view: str) -> DeskPage:
        """A list page by page to its end, for what may not fall off a screen; cut only where it has `MOST` lines."""
        page = self.incidents(view, limit=LONG_PAGE)
        lines = page.lines
        while page.after and len(lines) < MOST:
            page = self.incidents(view, limit=LONG_PAGE, after=page.after)
            lines += page.lines
        return DeskPage(lines, page.after, page.total)

    def incident(self, incident_id: str, seq: int = 0) -> OpenedIncident:
        """The incident, folded here. With `seq`, one that was read before is enough if its log reaches that number."""
        known = self._opened.get(incident_id)
        if known and seq and known[0] >= seq:
            return known[1] if known[1].packs == self.packs else replace(known[1], packs=self.packs)
        answer = self.client.incident(incident_id)
        log = tuple(desk_models.logged(entry) for entry in answer["entries"])
        incident = desk_models.folded(incident_id, log)
        record = incident.one("incident")
        self._fetch_law([record.values.get("rule_pack")] if record else [])
        opened = OpenedIncident(incident, log, desk_models.people(answer["people"]), packs=self.packs)
        self._opened[incident_id] = (log[-1].seq if log else 0, opened)
        if len(self._opened) > 2 * PAGE:
            self._opened = dict(list(self._opened.items())[PAGE:])
        return opened

    def _fetch_law(self, named: Iterable[Any]) -> None:
        """Fetch the rule packs of incidents that this console lacks. Without a line, the law of the day is used."""
        known = {pack.manifest.pack_id for pack in self.packs.rules} | self._packs.refused.keys()
        if any(pack_id and pack_id not in known for pack_id in named):
            with suppress(AlongsideError):
                self._packs.fetch(self.client)

    def phones(self) -> list[PhoneStatus]:
        """The team's devices, and those browser sessions that hold something the centre has not received."""
        devices = [desk_models.phone(row) for row in self.client.devices()["devices"]]
        return [device for device in devices if device.name != DEVICE_NAME or device.unsent]

    def late_work(self) -> list[LateWork]:
        """For a supervisor: the incidents with work that was sealed after leaving, the longest received first."""
        rows, after = [], 0
        while True:
            answer = self.client.undecided(after)
            rows += answer["incidents"]
            if not (after := answer["next"] or 0):
                return [desk_models.late_work(row) for row in rows]

    def late_work_count(self) -> int:
        """How many incidents those are."""
        return self.client.undecided()["total"]

    def clear(self, device_id: str) -> None:
        """Order a device of the team to wipe itself once it has sent everything. Raises NotReachable or Problem."""
        self.client.command(device_id, "wipe")

    def sheets(self) -> list[CosignedSheet]:
        """For an officer: the handover sheets they co-signed, the last changed first."""
        rows, after = [], 0
        while True:
            answer = self.client.handovers(after)
            rows += answer["handovers"]
            if not (after := answer["next"] or 0):
                return [desk_models.sheet(row) for row in rows]

    # --- deciding ----------------------------------------------------------------------------------------------

    def approve(self, incident: Incident) -> Receipt:
        """Approve exactly the document shown. Raises NotSent, and keeps the decision to send it again."""
        return self._decide(incident, "review", {"digest": digest(document(incident))})

    def send_back(self, incident: Incident, comments: Sequence[Mapping[str, str]]) -> Receipt:
        """Return it to the nurse. Each comment is pinned to an answer: kind, record_id, name, comment."""
        pinned = [{part: comment[part] for part in ("kind", "record_id", "name", "comment")} for comment in comments]
        return self._decide(incident, "return", {"comments": pinned, "digest": digest(document(incident))})

    def resolve(self, record: Record, name: str, value: Any) -> Receipt:
        """Settle a clash with this value: the supervisor has both in view."""
        return self._make("resolve", record, {name: value})

    def accept(self, opened: OpenedIncident) -> Receipt:
        """Accept all that was sealed after leaving in this incident as it was shown. Raises NotSent, and keeps it."""
        named: dict[str, list[str]] = {}
        for entry in opened.undecided:
            named.setdefault(entry.change.record_id, []).append(entry.change.change_id)
        records = opened.if_accepted().incident.records
        with self._sending:
            return self._sent([self._seal("accept", records[key], {"changes": ids}) for key, ids in named.items()])

    def waiting(self) -> dict[str, Change]:
        """This person's decisions, made in this browser, that have no receipt yet, by incident."""
        return {change.incident_id: change for change in self._device.waiting if self._mine(change)}

    def send_waiting(self) -> bool:
        """Send what waits once more. Returns True when all was received. Raises Problem for what does not count."""
        with self._sending:
            if before := self._device.waiting:
                self._push()
            outcomes = [self._outcome(change) for change in before if self._mine(change)]
            return all(outcomes)

    def _decide(self, incident: Incident, op: Op, patch: Mapping[str, Any]) -> Receipt:
        record = incident.records.get(incident.incident_id)
        if record is None:
            raise NotSent(
                "the incident's own record has not come",
                code="not_here",
                advice="Its first part is still on a phone. Look again when that phone has synced.",
            )
        return self._make(op, record, patch)

    def _make(self, op: Op, record: Record, patch: Mapping[str, Any]) -> Receipt:
        with self._sending:
            return self._sent([self._seal(op, record, patch)])

    def _seal(self, op: Op, record: Record, patch: Mapping[str, Any]) -> Change:
        """The decision as a change: the one that waits already, or a new one."""
        if self.who is None:
            raise NotSent("nobody is signed in", code="sign_in_needed", advice="Sign in.")
        decision = (record.record_id, op, dict(patch))
        waiting = (known for known in self._device.waiting if self._mine(known))
        same = (known for known in waiting if (known.record_id, known.op, known.patch) == decision)
        author = {"author": self.who.practitioner_id, "role": self.who.role}
        return next(same, None) or self._device.seal(
            record.incident_id, record.record_id, record.kind, patch, op=op, on=record, **author
        )

    def _sent(self, changes: Sequence[Change]) -> Receipt:
        """The receipt of the last of these, once there is one for each."""
        report = self._push()
        receipts = [self._outcome(change) for change in changes]
        if not all(receipts):
            raise NotSent(report.code or "no receipt", code=report.code or "not_sent", advice=report.advice)
        assert receipts[-1]
        return receipts[-1]

    def _mine(self, change: Change) -> bool:
        return self.who is not None and change.author == self.who.practitioner_id

    def _push(self) -> Report:
        self._kept.keep()
        report = sync_once(self._device, self.client)
        if report.clock_offset_ms is not None:
            self._device.clock_offset_ms = report.clock_offset_ms
        self._kept.keep()
        return report

    def _outcome(self, change: Change) -> Receipt | None:
        """The receipt, None while there is none. Raises Problem when the centre refused the change, or it is void."""
        entry, verdict = self._device.receipts.get(change.change_id), self._device.verdicts.get(change.device_seq)
        if entry is None:
            if verdict and verdict.verdict == "refused":
                self._device.forget_refused()
                self._kept.keep()
                raise Problem(422, verdict.code, "The centre did not take this", verdict.advice)
            return None
        self._opened.pop(change.incident_id, None)  # it has changed
        if entry.void:
            code = verdict.code if verdict else "not_allowed"
            advice = verdict.advice if verdict else "Ask whoever looks after the accounts to check your role."
            raise Problem(403, code, "The centre has this, but it does not count", advice)
        return Receipt(entry.seq, from_millis(entry.received_ms))

    def close(self) -> None:
        """End the session, at the centre too if it can be reached."""
        self.lock()
        self.client.close()
