"""What is done about a device beside its sync: attachments it sends, orders it is given. Addresses without logic."""

import re
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Path, Request
from starlette.responses import Response

from sync.api.accounts import device_commands
from sync.api.problems import answer, documented, problem
from sync.api.routes.exchange import SIGNED_IN, Here, Who
from sync.api.shapes import OrderIn, OrderOut
from sync.api.storage import blobs
from sync.core.errors import Problem

router = APIRouter(prefix="/v1")
Name = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the bytes")]
OFFSET = "upload-offset"
NUMBER = re.compile(r"[0-9]{1,9}")


@router.head(
    "/blobs/{sha256}", summary="How much of an attachment is here", status_code=204, responses=documented(*SIGNED_IN)
)
def blob_offset(centre: Here, who: Who, sha256: Name) -> Response:
    here = blobs.received(centre.db, centre.org, who, sha256, centre.now_ms())
    return Response(status_code=204, headers={OFFSET: str(here)})


@router.put(
    "/blobs/{sha256}",
    summary="The next piece of an attachment",
    description="`upload-offset`: how many bytes went before; `upload-length`: how many there are. The answer's "
    "`upload-offset` says how many are here now.",
    status_code=204,
    responses=documented("bad_blob", "blob_offset", "blob_wrong", "too_large", *SIGNED_IN),
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {}}}},
)
async def put_blob(
    request: Request,
    centre: Here,
    who: Who,
    sha256: Name,
    upload_offset: Annotated[str, Header()],
    upload_length: Annotated[str, Header()],
) -> Response:
    if not NUMBER.fullmatch(upload_offset) or not NUMBER.fullmatch(upload_length):
        raise problem("bad_blob")
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > blobs.MAX_BLOB_PIECE:
            raise problem("too_large")
    offset, size, now_ms = int(upload_offset), int(upload_length), centre.now_ms()
    try:
        here = await run_sync(blobs.take, centre.db, centre.org, who, sha256, offset, size, data, now_ms)
    except Problem as error:
        if error.code != "blob_offset":
            raise
        request.state.code = error.code
        stands = await run_sync(blobs.received, centre.db, centre.org, who, sha256, now_ms)
        return answer(error.code, {OFFSET: str(stands)})
    return Response(status_code=204, headers={OFFSET: str(here)})


@router.post(
    "/devices/{device_id}/orders",
    summary="Order a device of the team to wipe itself, once everything it holds has been deposited",
    responses=documented("not_found", *SIGNED_IN),
)
def order(centre: Here, who: Who, device_id: str, asked: OrderIn) -> OrderOut:
    made = device_commands.order(centre.db, centre.org, who, device_id, asked.kind, centre.now_ms())
    return OrderOut(order_id=made)
