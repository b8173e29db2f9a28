"""Lays months of synthetic incidents at a centre through the real API: each nurse's phone, each team's desk.

An incident that the centre has is left alone. Nothing that would be signed or reviewed after now is laid so.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from demo import people
from demo.lay import connected, cosigned, known, now, signed, synced
from demo.synthetic import Case
from demo.synthetic.case import Shift
from demo.synthetic.complete import Completion
from sync.client.http import Client
from sync.client.memory_device import Device
from sync.core.canonical import digest
from sync.core.times import instant
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import of_question
from sync.domain.records.fold import Record, fold
from sync.domain.records.incident import Incident
from sync.domain.records.standing import document
from sync.protocol.messages import Change

TOGETHER = 20  # incidents of one team between two syncs


def lay_past(centre: str, at: datetime, cases: Iterable[Case]) -> int:
    """Lay the incidents that the centre does not have yet; returns how many. Raises what the client raises."""
    laid, team = 0, None
    try:
        for case in cases:
            if team is None or team.number != case.facts.team:
                if team:
                    team.close()
                team = DemoTeam(centre, at, case.facts.team)
            laid += team.tell(case)
    finally:
        if team:
            team.close()
    return laid


class DemoTeam:
    """The phones and the desk of one team."""

    def __init__(self, centre: str, at: datetime, number: int):
        self.number, self.at, self._centre = number, at, centre
        self.lead = next(username for username, _, role, _ in people(number) if role == "supervisor")
        self.nurses = tuple(username for username, _, role, _ in people(number) if role == "nurse")
        self._lines: dict[str, tuple[Device, Client]] = {}
        self._waiting: list[tuple[Case, dict[str, list[Change]]]] = []
        self._shifts: set[str] = set()
        self._known = known(self.line(self.lead)[1])

    def line(self, username: str) -> tuple[Device, Client]:
        """This person's device, signed in. It only sends: nobody reads on it."""
        if username not in self._lines:
            device = Device(f"Past, {username}", now)
            self._lines[username] = device, connected(self._centre, device, username)
            device.scope = None
        return self._lines[username]

    def tell(self, case: Case) -> bool:
        """Record one incident up to its signature; returns whether it was laid."""
        if case.incident_id in self._known or case.signed_at > self.at:
            return False
        changes: dict[str, list[Change]] = {}
        if case.shift and case.shift.shift_id not in self._shifts:
            self._begin(case.nurse, case.shift)
        for step in case.steps:
            self._step(case, step, changes)
        device = self.line(case.nurse)[0]
        if case.cosigned_at:
            self._act(case, changes, "cosign", *cosigned(device, _incident(case, changes), _officer(case)))
        self._act(case, changes, "sign", *signed(device, _incident(case, changes), case.nurse))
        self._waiting.append((case, changes))
        if len(self._waiting) == TOGETHER:
            self._send()
        return True

    def close(self) -> None:
        try:
            self._send()
        finally:
            for _, client in self._lines.values():
                client.close()

    def _begin(self, nurse: str, shift: Shift) -> None:
        blank = Record(shift.shift_id, shift.shift_id, "shift", CATALOGUE["shift"].version)
        self.line(nurse)[0].seal(
            shift.shift_id, shift.shift_id, "shift", shift.answers, on=blank, recorded_at=instant(shift.at)
        )
        self._shifts.add(shift.shift_id)

    def _step(self, case: Case, step: Completion, changes: dict[str, list[Change]]) -> None:
        so_far = changes.setdefault(step.record_id, [])
        other = next(nurse for nurse in self.nurses if nurse != case.nurse)
        on = _record(case, step, so_far[:-1] if step.beside else so_far)
        fast = -60_000 * case.facts.drift or None
        if step.beside:
            synced(*self.line(case.nurse))
        device = self.line(other if step.beside else case.nurse)[0]
        so_far.append(
            device.seal(
                case.incident_id,
                step.record_id,
                step.kind,
                step.answers,
                op=step.op,
                on=on,
                recorded_at=instant(step.at),
                clock_offset_ms=None if step.beside else fast,
            )
        )
        if step.beside:
            synced(*self.line(other))

    def _act(self, case: Case, changes: dict[str, list[Change]], op: str, answers: dict[str, Any], nonce: str) -> None:
        at = case.cosigned_at if op == "cosign" and case.cosigned_at else case.signed_at
        so_far = changes[case.incident_id]
        so_far.append(
            self.line(case.nurse)[0].seal(
                case.incident_id,
                case.incident_id,
                "incident",
                answers,
                op=op,
                nonce=nonce,
                on=fold(so_far),
                recorded_at=instant(at),
            )
        )

    def _send(self) -> None:
        """Send what the nurses have sealed, and then the supervisor's reviews."""
        for nurse in self.nurses:
            if nurse in self._lines:
                synced(*self._lines[nurse])
        desk, client = self.line(self.lead)
        for case, changes in self._waiting:
            if case.reviewed_at <= self.at:
                answers = {"digest": digest(document(_incident(case, changes)))}
                on = fold(changes[case.incident_id])
                desk.seal(
                    case.incident_id,
                    case.incident_id,
                    "incident",
                    answers,
                    op="review",
                    on=on,
                    recorded_at=instant(case.reviewed_at),
                )
        synced(desk, client)
        self._waiting.clear()


def this_month(at: datetime) -> date:
    """The day on which the past ends: whole months, so that a run on another day lays the same incidents."""
    return at.date().replace(day=1)


def _record(case: Case, step: Completion, so_far: list[Change]) -> Record:
    return fold(so_far) if so_far else Record(step.record_id, case.incident_id, step.kind, CATALOGUE[step.kind].version)


def _incident(case: Case, changes: dict[str, list[Change]]) -> Incident:
    return Incident(case.incident_id, {record_id: fold(some) for record_id, some in changes.items()})


def _officer(case: Case) -> dict[str, str]:
    """The officer whom the contact names."""
    items = (value for step in case.steps for value in of_question(step.answers, "officers").values())
    officer = next(item for item in items if isinstance(item, dict))
    return {part: officer[part] for part in ("force", "collar_number", "name")}
