"""Lays the stories at a centre through the real API: real devices, real keys, real signatures.

A story that the centre has is left alone, so a second run does nothing.
"""

import os
import random
import secrets
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from demo import PASSWORD, PEOPLE
from demo.stories import Story, StorySection, stories
from sync.client.address import Address
from sync.client.http import Client
from sync.client.memory_device import Device
from sync.core.canonical import digest
from sync.core.errors import AlongsideError
from sync.core.signing import Signer
from sync.core.times import instant
from sync.domain.clinical.shifts import planned, shift_day
from sync.domain.documents.handover_sheet import OFFICER_STATEMENT, sheet_digest
from sync.domain.records.incident import Incident
from sync.domain.records.standing import NURSE_STATEMENT, document
from sync.protocol.exchange import sync_once
from sync.protocol.messages import Change

DESK, OFFICER = "ruth.okoro", "dan.hart"
NURSES = tuple(username for username, _, role, _ in PEOPLE if role == "nurse")
DEVICES = {"amina.yusuf": "Car 1 phone", "tom.ellery": "Car 2 phone", DESK: "Demo desk, reviews"}


def now() -> datetime:
    return datetime.now(UTC)


def lay(centre: str, at: datetime, folder: Path | None = None) -> int:
    """Lay the stories that the centre does not have yet; returns how many. Raises what the client raises.

    `folder`: where the desk that asks for them keeps its keys, so that every run is the same desk.
    """
    laying = Laying(centre, at, looker(folder))
    try:
        return laying.run()
    finally:
        laying.close()


class Laying:
    """The devices of one run, and what they record."""

    def __init__(self, centre: str, at: datetime, desk: Device):
        self.at, self._centre, self._desk = at, centre, desk
        self._lines: dict[str, tuple[Device, Client]] = {}
        self._shifts: dict[tuple[str, date], str] = {}

    def run(self) -> int:
        desk = self.connect(self._desk, DESK)
        self._lines["looks"] = self._desk, desk
        present = known(desk)
        lacking = [story for story in stories(self.at) if story.incident_id not in present]
        for story in lacking:
            self.tell(story)
        return len(lacking)

    def line(self, username: str) -> tuple[Device, Client]:
        """This person's device, signed in."""
        if username not in self._lines:
            device = Device(DEVICES[username], now)
            self._lines[username] = device, self.connect(device, username)
        return self._lines[username]

    def connect(self, device: Device, username: str) -> Client:
        return connected(self._centre, device, username)

    def tell(self, story: Story) -> None:
        """Record one incident, from its first record to where it stands."""
        device, _ = self.line(story.nurse)
        ids: dict[str, str] = {"incident": story.incident_id}
        for section in story.sections:
            answers = section.answers
            if section.kind == "incident" and "nature" in answers:
                answers = {"shift": self.shift(story), **answers}
            record_id = ids.setdefault(section.kind, _id(f"{story.incident_id} {section.kind}"))
            self.seal(device, story, StorySection(section.kind, section.ago, answers), record_id)
        if story.cosigned is not None:
            self.cosign(device, story, story.cosigned)
        if story.signed is not None:
            self.sign(device, story, story.signed)
        self.sync(story.nurse)
        if story.clash is not None:
            self.clash(story, ids)
        if story.judged is not None:
            self.judge(story, ids, story.judged)

    def seal(self, device: Device, story: Story, section: StorySection, record_id: str, **more: Any) -> Change:
        recorded_at = instant(self.at - timedelta(minutes=section.ago))
        return device.seal(story.incident_id, record_id, section.kind, section.answers, recorded_at=recorded_at, **more)

    def shift(self, story: Story) -> str:
        """The id of the nurse's shift on that day, which is recorded once."""
        began = self.at - timedelta(minutes=story.sections[0].ago + 90)
        day = shift_day(began)
        if (story.nurse, day) not in self._shifts:
            device, _ = self.line(story.nurse)
            hours = planned(day)
            record_id = str(uuid4())
            answers = {
                "car": story.car,
                "day": day.isoformat(),
                "crew_nurse": device.practitioner["name"],
                "crew_officer": "PC Dan Hart, 2417",
                "started_at": instant(began),
                **({"planned_start": instant(hours[0]), "planned_end": instant(hours[1])} if hours else {}),
            }
            device.seal(record_id, record_id, "shift", answers, recorded_at=instant(began))
            self._shifts[story.nurse, day] = record_id
        return self._shifts[story.nurse, day]

    def cosign(self, device: Device, story: Story, ago: int) -> None:
        name, numbers = next((name, numbers) for username, name, _, numbers in PEOPLE if username == OFFICER)
        officer = {"force": numbers["force"], "collar_number": numbers["collar_number"], "name": name}
        answers, nonce = cosigned(device, device.incident(story.incident_id), officer)
        self.seal(device, story, StorySection("incident", ago, answers), story.incident_id, op="cosign", nonce=nonce)

    def sign(self, device: Device, story: Story, ago: int) -> None:
        answers, nonce = signed(device, device.incident(story.incident_id), story.nurse)
        self.seal(device, story, StorySection("incident", ago, answers), story.incident_id, op="sign", nonce=nonce)

    def clash(self, story: Story, ids: dict[str, str]) -> None:
        """Both nurses answer one question, neither knowing of the other's answer."""
        assert story.clash is not None
        kind, mine, theirs = story.clash
        other = next(nurse for nurse in NURSES if nurse != story.nurse)
        self.sync(other)
        for username, answers in ((story.nurse, mine), (other, theirs)):
            self.seal(self.line(username)[0], story, StorySection(kind, 40, answers), ids[kind])
        self.sync(story.nurse)
        self.sync(other)

    def judge(self, story: Story, ids: dict[str, str], ago: int) -> None:
        self.sync(DESK)
        device, _ = self.line(DESK)
        answers: dict[str, object] = {"digest": digest(document(device.incident(story.incident_id)))}
        if story.comments:
            answers["comments"] = [
                {"kind": kind, "record_id": ids[kind], "name": name, "comment": comment}
                for kind, name, comment in story.comments
            ]
        op = "return" if story.comments else "review"
        self.seal(device, story, StorySection("incident", ago, answers), story.incident_id, op=op)
        self.sync(DESK)

    def sync(self, username: str) -> None:
        synced(*self.line(username))

    def close(self) -> None:
        for _, client in self._lines.values():
            client.close()


def connected(centre: str, device: Device, username: str) -> Client:
    """The device's line to the centre, with this person signed in."""
    client = Client(Address.given(centre, os.environ, training=True), own=device.own)
    device.sign_in(partial(client.sign_in, training=True), username, PASSWORD)
    return client


def known(desk: Client) -> set[str]:
    """The incidents that the team's desk sees."""
    incident_ids: set[str] = set()
    after = None
    while True:
        page = desk.incidents(view="all", limit=200, after=after)
        incident_ids |= {line["incident_id"] for line in page["incidents"]}
        after = page["next"]
        if not after:
            return incident_ids


def synced(device: Device, client: Client) -> None:
    """Send all that waits. Raises AlongsideError when the centre refuses or queries any of it."""
    report = sync_once(device, client)
    if report.code or report.verdicts:
        what = report.code or report.verdicts[0].code
        raise AlongsideError("the centre did not take the demo as it is", code=what, advice=report.advice)


def cosigned(device: Device, incident: Incident, officer: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The answers and the nonce of an officer's co-signature of the incident as it stands."""
    strokes, nonce = drawn(incident.incident_id), _nonce(incident, "cosign")
    patch = {"digest": sheet_digest(incident), "statement": OFFICER_STATEMENT, "officer": officer}
    claim = {**patch, "strokes_sha256": digest(strokes), "incident_id": incident.incident_id, "nonce": nonce}
    return {**patch, "strokes": strokes, "signature": device.user.sign("cosign", claim)}, nonce


def signed(device: Device, incident: Incident, nurse: str) -> tuple[dict[str, Any], str]:
    """The answers and the nonce of the nurse's signature of the incident as it stands."""
    nonce = _nonce(incident, "sign")
    patch = {"digest": digest(document(incident)), "statement": NURSE_STATEMENT}
    claim = {**patch, "author": nurse, "incident_id": incident.incident_id, "nonce": nonce}
    return {**patch, "signature": device.user.sign("sign", claim)}, nonce


def looker(folder: Path | None) -> Device:
    """The desk that asks which stories the centre has. It records nothing, so every run may use the same one."""
    path = folder / "desk.key" if folder else None
    secret = path.read_bytes() if path and path.exists() else secrets.token_bytes(80)
    if path and not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(secret)
    device_id = str(UUID(bytes=secret[:16], version=4))
    return Device("Demo desk", now, device_id, Signer(secret[16:48]), Signer(secret[48:]))


def drawn(seed: str) -> list[list[list[int]]]:
    """Something like a signature: strokes of points [x, y, milliseconds]."""
    hand = random.Random(seed)
    strokes, ms = [], 0
    for stroke in range(3):
        x, y, points = 20 + 90 * stroke, 60, []
        for _ in range(16):
            x, y, ms = x + hand.randint(2, 9), min(110, max(10, y + hand.randint(-14, 14))), ms + 16
            points.append([x, y, ms])
        strokes.append(points)
        ms += 120
    return strokes


def _id(seed: str) -> str:
    return str(UUID(int=random.Random(seed).getrandbits(128), version=4))


def _nonce(incident: Incident, op: str) -> str:
    return digest([incident.incident_id, op])[:16]
