"""What every address works with: the centre, whoever calls, a small body."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from sync.api.accounts.access import Caller, bearer, caller
from sync.api.ops.load_shedding import LoadShedding
from sync.api.problems import problem
from sync.api.settings import Settings
from sync.api.storage.database import Database
from sync.core.canonical import parse
from sync.core.signing import Signer
from sync.core.times import to_millis
from sync.domain.content.pack_set import PackSet
from sync.domain.content.packs import Pack

S = TypeVar("S", bound=BaseModel)
SMALL_BODY = 64 * 1024
SIGNED_IN = ("sign_in_needed", "sign_in_expired", "device_revoked", "not_allowed", "request_invalid")


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Centre:
    """What the routes work with. It lives in the app's state."""

    settings: Settings
    db: Database
    signer: Signer
    packs: PackSet  # by which it reads incidents
    clock: Callable[[], datetime] = system_clock
    shelf: Mapping[str, Pack] = field(default_factory=dict)  # the packs it hands out
    rush: LoadShedding = field(default_factory=LoadShedding)

    @property
    def org(self) -> str:
        return self.settings.org

    def now_ms(self) -> int:
        return to_millis(self.clock())


def centre_of(request: Request) -> Centre:
    return request.app.state.centre


def signed_in(request: Request) -> Caller:
    """Whoever calls; the log line of the request gets their id and the device's. Raises the problem answer."""
    centre = centre_of(request)
    with centre.db.read() as conn:
        who = caller(conn, centre.org, bearer(request.headers.get("authorization")), centre.now_ms())
    request.state.practitioner_id, request.state.device_id = who.practitioner_id, who.device_id
    return who


def takes(shape: type[BaseModel]) -> dict[str, Any]:
    """The description of a body that `small_body` reads."""
    schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


Here = Annotated[Centre, Depends(centre_of)]
Who = Annotated[Caller, Depends(signed_in)]


async def small_body(request: Request, shape: type[S]) -> S:
    """The body as this shape.

    Raises the problem answer for one that is too large or is not JSON, RequestValidationError for one of another shape.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > SMALL_BODY:
            raise problem("too_large")
    try:
        return shape.model_validate(parse(body))
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None
    except ValueError:
        raise problem("not_json") from None
