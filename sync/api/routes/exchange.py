"""The addresses of the centre. No logic: each one reads its arguments, asks one function, and gives the answer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import Annotated, Any, TypeVar

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ValidationError

from sync import VERSION
from sync.api import shapes
from sync.api.accounts import signin
from sync.api.accounts.access import Caller, bearer, caller
from sync.api.desk import queries
from sync.api.ingest.request_reader import MAX_BODY, Ingest
from sync.api.ops.load_shedding import LoadShedding
from sync.api.problems import documented, problem
from sync.api.pull import packs, response
from sync.api.pull.anti_entropy import compare
from sync.api.settings import Settings
from sync.api.storage.database import Database
from sync.core.canonical import canonical, parse
from sync.core.roles import may
from sync.core.signing import Signer
from sync.core.times import from_millis, instant, to_millis
from sync.domain.content.pack_set import PackSet
from sync.domain.content.packs import Pack
from sync.protocol import codec
from sync.protocol.messages import FLUSH_BYTES, WHOLE

router = APIRouter(prefix="/v1")
plain = APIRouter()
S = TypeVar("S", bound=BaseModel)
SMALL_BODY = 64 * 1024
SOON = 16 * 1024  # bytes of lines: a first run of these is sent at once
NDJSON = "application/x-ndjson"
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
    """Whoever calls; the log gets their id."""
    centre = centre_of(request)
    with centre.db.read() as conn:
        who = caller(conn, centre.org, bearer(request.headers.get("authorization")), centre.now_ms())
    request.state.practitioner_id, request.state.device_id = who.practitioner_id, who.device_id
    return who


def takes(shape: type[BaseModel]) -> dict[str, Any]:
    """The description of a body that `_small_body` reads."""
    schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


Here = Annotated[Centre, Depends(centre_of)]
Who = Annotated[Caller, Depends(signed_in)]


# --- sync -------------------------------------------------------------------------------------------------------


@router.post(
    "/sync",
    summary="One exchange: changes up, verdicts, receipts and the team's log down",
    description="Body and answer are lines of JSON as in docs/protocol.md, `bz2` or not encoded. Whatever a sign-in "
    "lacks stands in the `problem` of the answer's last line; what was sent is stored and receipted all the same.",
    response_class=Response,
    responses={
        200: {"content": {NDJSON: {"schema": {"type": "string"}}}, "description": "Welcome, …, end: a line each"},
        **documented(
            "bad_hello",
            "bad_piece",
            "cut_short",
            "not_bz2",
            "not_json",
            "no_type",
            "protocol_unsupported",
            "too_large",
            "encoding_unsupported",
        ),
    },
    openapi_extra={"requestBody": {"required": True, "content": {NDJSON: {"schema": {"type": "string"}}}}},
)
async def sync(request: Request, centre: Here) -> Response:
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding not in ("bz2", "identity"):
        raise problem("encoding_unsupported")
    if int(request.headers.get("content-length") or 0) > MAX_BODY:
        raise problem("too_large")
    intake = Ingest(centre.db, centre.org, centre.now_ms, centre.packs, encoding == "bz2", centre.signer.public)
    with centre.rush:
        async for chunk in request.stream():
            await run_sync(intake.feed, chunk)
        await run_sync(intake.close)
        token = bearer(request.headers.get("authorization"))
        prepare = partial(
            response.prepare, min_app_version=centre.settings.min_app_version, backoff_s=centre.rush.backoff_s()
        )
        reply = await run_sync(prepare, centre.db, centre.org, centre.signer, intake, token, centre.now_ms())
    state = request.state
    state.device_id, state.pieces, state.changes = reply.hello.device_id, intake.pieces, len(intake.numbers)
    state.code = reply.code or None
    compressed = "bz2" in request.headers.get("accept-encoding", "")
    if not compressed:
        return StreamingResponse(_bytes(reply, compressed), media_type=NDJSON)
    headers = {"content-encoding": "bz2"}
    parts = _bytes(reply, compressed)
    first = await run_sync(next, parts)
    if len(first) < WHOLE:
        return Response(b"".join([first, *await run_sync(list, parts)]), media_type=NDJSON, headers=headers)
    return StreamingResponse(chain([first], parts), media_type=NDJSON, headers=headers)


def _bytes(reply: response.SyncResponse, compressed: bool) -> Iterator[bytes]:
    lines = codec.answer_lines(response.answers(reply), reply.hello.device_id, reply.spelled)
    if compressed:
        return codec.write(lines, SOON, reply.hello.flush or FLUSH_BYTES)
    return (canonical(line) + b"\n" for line in lines)


@router.post(
    "/state",
    summary="Whether a stretch of a scope's log is the same here, and what differs",
    responses=documented("scope_not_yours", "not_json", "too_large", *SIGNED_IN),
    openapi_extra=takes(shapes.StateCheck),
)
async def state(request: Request, centre: Here, who: Who) -> shapes.StateAnswer:
    asked = await _small_body(request, shapes.StateCheck)
    return shapes.StateAnswer.model_validate(await run_sync(compare, centre.db, centre.org, who, asked))


# --- signing in and out -----------------------------------------------------------------------------------------


@router.post(
    "/sign-in",
    summary="A session of 12 hours for a person on a device, which is enrolled by it",
    responses=documented(
        "sign_in_wrong",
        "too_many_tries",
        "proof_wrong",
        "device_key_differs",
        "device_revoked",
        "not_json",
        "request_invalid",
        "too_large",
    ),
    openapi_extra=takes(shapes.SignInRequest),
)
async def sign_in(request: Request, centre: Here) -> shapes.SignInAnswer:
    asked = await _small_body(request, shapes.SignInRequest)
    made = signin.Request(
        asked.username,
        asked.password,
        asked.device.device_id,
        asked.device.name,
        asked.device.public_key,
        asked.user_public_key,
        asked.proof,
    )
    request.state.device_id = made.device_id
    done = await run_sync(signin.sign_in, centre.db, centre.org, made, centre.now_ms())
    request.state.practitioner_id = done.who.practitioner_id
    return _session(done, centre.signer.public)


@router.post("/sign-out", summary="End this session", status_code=204, responses=documented("request_invalid"))
def sign_out(request: Request, centre: Here) -> Response:
    if token := bearer(request.headers.get("authorization")):
        signin.sign_out(centre.db, centre.org, token)
    return Response(status_code=204)


async def _small_body(request: Request, shape: type[S]) -> S:
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


def _session(done: signin.SignedIn, centre_key: str) -> shapes.SignInAnswer:
    who = done.who
    teams = [shapes.TeamOut(team_id=team_id, name=name) for team_id, name in done.teams]
    return shapes.SignInAnswer(
        token=done.token,
        expires_at=instant(from_millis(done.expires_ms)),
        practitioner=shapes.PractitionerOut(
            practitioner_id=who.practitioner_id,
            name=who.name,
            role=who.role,  # type: ignore[arg-type]
            registration_number=done.registration_number,
            collar_number=who.collar_number,
            force=who.force,
        ),
        team=teams[0] if teams else None,
        teams=teams,
        colleagues=done.colleagues,
        scope=who.scopes[0] if teams and may(who.role, "sync.pull") else None,
        organisation=shapes.Organisation(
            org=done.organisation.org, name=done.organisation.name, epoch=done.organisation.epoch
        ),
        centre_key=centre_key,
    )


# --- the desk ---------------------------------------------------------------------------------------------------


@router.post(
    "/incidents/search",
    summary="A page of the team's incidents",
    description="A POST, since patients are searched for by name: an address ends in the logs of proxies and browsers.",
    responses=documented("bad_query", "not_json", "too_large", *SIGNED_IN),
    openapi_extra=takes(shapes.IncidentSearch),
)
async def incidents(request: Request, centre: Here, who: Who) -> shapes.IncidentPage:
    asked = await _small_body(request, shapes.IncidentSearch)
    found = await run_sync(queries.incidents, centre.db, centre.org, who, asked, centre.packs, centre.now_ms())
    return shapes.IncidentPage.model_validate(found)


@router.get(
    "/incidents/{incident_id}",
    summary="All that the log holds of one incident",
    responses=documented("not_found", *SIGNED_IN),
)
def incident(centre: Here, who: Who, incident_id: str) -> shapes.IncidentWhole:
    found = queries.incident(centre.db, centre.org, who, incident_id, centre.now_ms())
    return shapes.IncidentWhole.model_validate(found)


@router.get("/handovers", summary="The handover sheets an officer co-signed", responses=documented(*SIGNED_IN))
def handovers(centre: Here, who: Who) -> shapes.Handovers:
    return shapes.Handovers.model_validate(queries.handovers(centre.db, centre.org, who, centre.now_ms()))


@router.get("/devices", summary="The team's devices and what they have not sent", responses=documented(*SIGNED_IN))
def devices(centre: Here, who: Who) -> shapes.Devices:
    return shapes.Devices.model_validate(queries.devices(centre.db, centre.org, who, centre.now_ms()))


# --- packs ------------------------------------------------------------------------------------------------------


@router.get("/packs", summary="The packs of law, guidance and services there are", responses=documented(*SIGNED_IN))
def pack_list(centre: Here, who: Who) -> shapes.PackList:
    return shapes.PackList.model_validate(packs.listed(centre.shelf, who))


@router.get("/packs/{pack_id}", summary="One pack, whole", responses=documented("not_found", *SIGNED_IN))
def pack(centre: Here, who: Who, pack_id: str) -> shapes.PackBundle:
    return shapes.PackBundle.model_validate(packs.bundle(centre.shelf, who, pack_id))


# --- is it there ------------------------------------------------------------------------------------------------


@plain.get("/health", summary="Whether the process answers")
def health() -> shapes.Health:
    return shapes.Health(status="ok", version=VERSION)


@plain.get("/ready", summary="Whether the database answers and is migrated", responses=documented())
def ready(centre: Here) -> JSONResponse:
    if not centre.db.ready():
        raise problem("not_ready")
    return JSONResponse({"status": "ready", "version": VERSION})
