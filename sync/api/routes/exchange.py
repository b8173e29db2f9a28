"""One exchange of a device with the centre, and the check that both hold the same log."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import chain

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from sync.api import shapes
from sync.api.accounts.access import bearer
from sync.api.ingest.request_reader import MAX_BODY, Ingest
from sync.api.problems import documented, problem
from sync.api.pull.anti_entropy import compare
from sync.api.pull.response import SyncResponse, parts, prepare
from sync.api.routes.bodies import HELLO_S, READ, Body, small_body, takes
from sync.api.routes.centre import SIGNED_IN, Centre, Here, Who
from sync.core.canonical import canonical
from sync.protocol.codec import response_lines
from sync.protocol.line_stream import compressed
from sync.protocol.messages import FLUSH_BYTES, UNSTREAMED_BYTES

router = APIRouter(prefix="/v1")
SOON = 16 * 1024  # bytes of lines: a first run of these is sent at once
NDJSON = "application/x-ndjson"
PROBLEMS = [
    "bad_hello",
    "bad_batch",
    "cut_short",
    "not_bz2",
    "no_type",
    "protocol_unsupported",
    "encoding_unsupported",
    "unknown_device",
    "hello_wrong",
    "hello_stale",
    *READ,
]


@router.post(
    "/sync",
    summary="One exchange: changes up, verdicts, receipts and the team's log down",
    description="Body and answer are lines of JSON as in docs/protocol.md, `bz2` or not encoded. Whatever a sign-in "
    "lacks stands in the `problem` of the answer's last line; what was sent is stored and receipted all the same.",
    response_class=Response,
    responses={
        200: {"content": {NDJSON: {"schema": {"type": "string"}}}, "description": "Welcome, …, end: a line each"},
        **documented(*PROBLEMS),
    },
    openapi_extra={"requestBody": {"required": True, "content": {NDJSON: {"schema": {"type": "string"}}}}},
)
async def sync(request: Request, centre: Here) -> Response:
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding not in ("bz2", "identity"):
        raise problem("encoding_unsupported")
    keys = (centre.signer.public, centre.sealing_key)
    ingest = Ingest(centre.db, centre.org, centre.now_ms, centre.packs, encoding == "bz2", *keys)
    with ExitStack() as load:
        await _read(request, centre, ingest, load)
        token = bearer(request.headers.get("authorization"))
        prepared = partial(prepare, min_app_version=centre.settings.min_app_version, backoff_s=centre.rush.backoff_s())
        response = await run_sync(prepared, centre.db, centre.org, centre.signer, ingest, token, centre.now_ms())
    state = request.state
    state.device_id, state.batches, state.changes = response.hello.device_id, ingest.batches, len(ingest.numbers)
    state.code = response.code or None
    is_compressed = "bz2" in request.headers.get("accept-encoding", "")
    if not is_compressed:
        return StreamingResponse(_bytes(response, is_compressed), media_type=NDJSON)
    headers = {"content-encoding": "bz2"}
    chunks = _bytes(response, is_compressed)
    first = await run_sync(next, chunks)
    if len(first) < UNSTREAMED_BYTES:
        return Response(b"".join([first, *await run_sync(list, chunks)]), media_type=NDJSON, headers=headers)
    return StreamingResponse(chain([first], chunks), media_type=NDJSON, headers=headers)


async def _read(request: Request, centre: Centre, ingest: Ingest, load: ExitStack) -> None:
    """Take in the body. Strangers have one thread between them; a device that has proved itself counts as load."""
    settings = centre.settings
    body = Body(request, MAX_BODY, HELLO_S, settings.quiet_s)
    async for piece in body:
        if ingest.opened is None and await run_sync(ingest.open, piece, limiter=centre.strangers):
            load.enter_context(centre.rush)
            body.trust(settings.body_s)
            piece = b""
        if ingest.opened is not None:
            await run_sync(ingest.feed, piece)
    await run_sync(ingest.close, limiter=centre.strangers if ingest.opened is None else None)


def _bytes(response: SyncResponse, is_compressed: bool) -> Iterator[bytes]:
    lines = response_lines(parts(response))
    if is_compressed:
        return compressed(lines, SOON, response.hello.flush_bytes or FLUSH_BYTES)
    return (canonical(line) + b"\n" for line in lines)


@router.post(
    "/state",
    summary="Whether a stretch of a scope's log is the same here, and what differs",
    responses=documented("scope_not_yours", *READ, *SIGNED_IN),
    openapi_extra=takes(shapes.StateCheck),
)
async def state(request: Request, centre: Here, who: Who) -> shapes.StateAnswer:
    check = await small_body(request, shapes.StateCheck)
    stretch = (check.scope, check.first, check.last, check.sums)
    return shapes.StateAnswer.model_validate(await run_sync(compare, centre.db, centre.org, who, *stretch))
