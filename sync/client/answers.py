"""The shapes of the centre's answers, as far as a device relies on them. Fields it does not know may be there.

An answer is checked before anything of it is used: what does not fit is not the centre's, whoever sent it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sync.core.errors import Untrusted
from sync.core.roles import Role
from sync.protocol.anti_entropy import BUCKETS
from sync.protocol.messages import ChangeId, Name

MEGABYTE = 1024 * 1024
PublicKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
Rows = list[dict[str, Any]]


class Reply(BaseModel):
    """`most_bytes`: a longer body is not read to its end."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True, defer_build=True)

    most_bytes: ClassVar[int] = MEGABYTE


class PractitionerReply(Reply):
    practitioner_id: Name
    name: str
    role: Role
    collar_number: str
    force: str


class TeamReply(Reply):
    team_id: str
    name: str


class SignInReply(Reply):
    token: str = Field(min_length=1)
    practitioner: PractitionerReply
    team: TeamReply | None
    scope: str | None
    colleagues: dict[str, str]
    training: bool

    @model_validator(mode="after")
    def _scope_is_a_teams(self) -> Self:
        if self.scope is not None and self.team is None:
            raise ValueError("a scope without a team")
        return self

    centre_key: PublicKey
    seal_key: PublicKey


class StateReply(Reply):
    most_bytes = 32 * MEGABYTE

    buckets: list[Annotated[int, Field(ge=0, lt=BUCKETS)]]
    change_ids: list[ChangeId]


class IncidentPageReply(Reply):
    most_bytes = 8 * MEGABYTE

    incidents: Rows
    next: str | None
    total: int


class IncidentReply(Reply):
    most_bytes = 32 * MEGABYTE

    entries: Rows
    people: dict[str, dict[str, str]]


class HandoversReply(Reply):
    most_bytes = 8 * MEGABYTE

    handovers: Rows
    next: int | None


class UndecidedReply(Reply):
    most_bytes = 8 * MEGABYTE

    incidents: Rows
    next: int | None
    total: int


class DevicesReply(Reply):
    most_bytes = 8 * MEGABYTE

    devices: Rows


class CommandReply(Reply):
    command_id: str


class PackListReply(Reply):
    packs: Rows


class PackReply(Reply):
    most_bytes = 8 * MEGABYTE

    manifest: dict[str, Any]
    files: dict[str, str]
    signer: str
    signature: str


class ProblemReply(Reply):
    """What the centre says when it says no (RFC 9457)."""

    type: str = Field(pattern=r"^urn:alongside:problem:[a-z0-9_]{1,60}$")
    title: str = Field(max_length=500)
    code: str = Field(pattern=r"^[a-z0-9_]{1,60}$")
    advice: str = Field(max_length=1000)
    count: int | None = None  # of `hello_stale`


@contextmanager
def understood() -> Iterator[None]:
    """Raise Untrusted for a part of an answer that cannot be read."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise Untrusted("the centre’s answer could not be read", code="bad_response") from None
