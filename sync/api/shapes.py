"""The shapes of requests and answers, for reading and for the OpenAPI description."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sync.core.roles import Role
from sync.protocol.anti_entropy import BUCKETS
from sync.protocol.messages import RecordId

MAX_PAGE = 200


class Shape(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class DeviceIn(Shape):
    device_id: RecordId
    name: str = Field(max_length=80)
    public_key: str = Field(max_length=64, description="Ed25519, base64url without padding")


class SignInRequest(Shape):
    username: str = Field(min_length=1, max_length=80)
    password: str = Field(min_length=1, max_length=1024)
    device: DeviceIn
    user_public_key: str = Field(max_length=64, description="This person's own Ed25519 key on this device")
    training: bool = Field(False, description="Whether the device is one for training, with made-up people")
    proof: str = Field(
        max_length=128,
        description="The device key's signature, purpose `enrol`, over "
        "{device_id, public_key, user_public_key, username}",
    )


class StateCheck(Shape):
    scope: str = Field(max_length=100)
    first: int = Field(ge=0, description="Number of the first entry of the stretch")
    last: int = Field(ge=0, description="Number of its last entry")
    sums: list[Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]] = Field(min_length=BUCKETS, max_length=BUCKETS)


class StateAnswer(Shape):
    buckets: list[int]
    change_ids: list[str]


class PractitionerOut(Shape):
    practitioner_id: str
    name: str
    role: Role
    registration_number: str
    collar_number: str
    force: str


class TeamOut(Shape):
    team_id: str
    name: str


class Organisation(Shape):
    org: str
    name: str
    epoch: str


class SignInAnswer(Shape):
    token: str
    expires_at: str
    practitioner: PractitionerOut
    team: TeamOut | None = Field(description="The first of the teams; an officer has none")
    teams: list[TeamOut]
    scope: str | None = Field(description="What to name in a sync to pull; null: nothing")
    colleagues: dict[str, str] = Field(description="Who works in these teams: practitioner id to name")
    organisation: Organisation
    training: bool = Field(description="Whether the centre is one for training, with made-up people")
    centre_key: str = Field(description="Ed25519 public key that signs heads; to be kept from the first sign-in on")
    seal_key: str = Field(description="X25519 public key to which a phone seals its keys; to be kept with the other")


class IncidentSearch(Shape):
    """What a page of incidents is asked for. Nothing else may stand in it."""

    model_config = ConfigDict(strict=True, extra="forbid")

    view: Literal["open", "review", "returned", "overdue", "all"] = Field(
        "all", description="overdue: with a referral that somebody should have acknowledged by now"
    )
    q: str = Field("", max_length=200, description="Words that must all be found")
    standing: str = Field("", max_length=40)
    nature: str = Field("", max_length=40)
    car: str = Field("", max_length=80)
    since: str = Field("", max_length=40, description="Opened at or after")
    until: str = Field("", max_length=40, description="Opened before")
    sort: str = Field("", max_length=20, description="-opened, opened, -updated, signed, label, …")
    after: str = Field("", max_length=4000, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=MAX_PAGE)


class HandedOnOut(Shape):
    """Offered to somebody else, and not accepted yet."""

    to: str
    by: str
    at: str
    note: str


class LateReferral(Shape):
    to: str
    due_at: str
    sent: bool


class LiveOut(Shape):
    """What runs and waits in an incident."""

    rule_pack: str = Field(description="The pack its clocks follow")
    s136_used_at: str | None = Field(description="Section 136 was used, and the 24 hours have not started")
    stays: list[tuple[str, str, str | None]] = Field(description="Each officer: who, arrived, released or null")
    handed_on: HandedOnOut | None
    holder: str = Field(description="Who has it, when it was handed on at some time")
    late: list[LateReferral] = Field(description="Referrals that somebody should have acknowledged by now")


class IncidentLine(Shape):
    incident_id: str
    label: str
    standing: Literal["in-progress", "signed", "changed", "returned", "approved"]
    nature: str
    cad_ref: str
    car: str
    opened_at: str
    cleared_at: str | None
    signed_at: str | None
    s136_starts_at: str | None = Field(description="Of the section 136 clock that runs; null: none does")
    s136_ends_at: str | None = Field(description="When its time allowed ends")
    ribbon: dict[str, str] = Field(description="The time of each event that has one")
    author: str
    author_name: str
    clashes: int
    changes: int
    team_id: str
    received_at: str = Field(description="When the centre last received something of it")
    seq: int
    live: LiveOut | None = Field(description="In the views open and overdue; else null")


class IncidentPage(Shape):
    incidents: list[IncidentLine]
    next: str | None = Field(description="To be given as `after` for the next page; null: this was the last")
    total: int
    as_of: str


class LogEntryOut(Shape):
    seq: int
    received_at: str
    void: bool
    verdict: str
    code: str
    field: str
    change_id: str
    body: dict[str, Any]


class IncidentWhole(Shape):
    incident_id: str
    entries: list[LogEntryOut]
    people: dict[str, dict[str, str]]
    as_of: str


class UndecidedLine(Shape):
    """An incident with changes that were sealed after leaving, as it would be if they were accepted."""

    incident_id: str
    label: str
    team_id: str
    authors: list[str] = Field(description="The names of whoever sealed them")
    changes: int = Field(description="How many they are")
    recorded_from: str = Field(description="The first, by the clock of the device")
    recorded_to: str
    received_at: str = Field(description="When the last of them was received")
    seq: int


class Undecided(Shape):
    incidents: list[UndecidedLine]
    next: int | None = Field(description="To be given as `after` for the next page; null: this was the last")
    total: int
    as_of: str


class Handover(Shape):
    incident_id: str
    label: str
    cosigned_at: str
    unchanged: bool = Field(description="Whether the sheet still is what was co-signed")
    lines: list[Annotated[list[str], Field(min_length=2, max_length=2)]]


class Handovers(Shape):
    handovers: list[Handover]
    next: int | None = Field(description="To be given as `after` for the next page; null: this was the last")
    as_of: str


class DeviceLine(Shape):
    device_id: str
    name: str
    team: TeamOut
    last_seen_at: str | None
    app_version: str
    revoked: bool
    reported_seq: int
    stored_to: int
    unsent: int = Field(description="How many changes the device has that the centre has not")
    unsent_since: str | None
    numbers_twice: int = Field(description="How many numbers it has given to two changes each: it exists twice")
    clock_offset_ms: int | None
    wipe_commanded_at: str | None = Field(description="When it was last commanded to wipe itself")
    wiped_at: str | None = Field(description="When it said to have carried that command out")


class CommandIn(Shape):
    """What a device is to do. Nothing else may stand in it."""

    model_config = ConfigDict(strict=True, extra="forbid")

    kind: Literal["wipe"]


class CommandOut(Shape):
    command_id: str = Field(description="The same one as long as the device has not carried it out")


class Devices(Shape):
    devices: list[DeviceLine]
    as_of: str


class PackLine(Shape):
    pack_id: str
    kind: str
    version: str
    digest: str = Field(description="Of the bundle: SHA-256 of its canonical bytes")


class PackList(Shape):
    packs: list[PackLine]


class PackBundle(Shape):
    """Its signature covers the manifest, and by the digests there every file."""

    manifest: dict[str, Any]
    files: dict[str, str]
    signer: str
    signature: str


class Health(Shape):
    status: str
    version: str
