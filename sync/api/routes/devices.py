"""The devices of a team: what they have not sent, and what they are told to do."""

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request

from sync.api import shapes
from sync.api.accounts import device_commands
from sync.api.desk.devices import team_devices
from sync.api.problems import documented
from sync.api.routes.bodies import READ, small_body, takes
from sync.api.routes.centre import SIGNED_IN, Here, Who

router = APIRouter(prefix="/v1")


@router.get("/devices", summary="The team's devices and what they have not sent", responses=documented(*SIGNED_IN))
def devices(centre: Here, who: Who) -> shapes.Devices:
    return shapes.Devices.model_validate(team_devices(centre.db, centre.org, who, centre.now_ms()))


@router.post(
    "/devices/{device_id}/commands",
    summary="Command a device of the team to wipe itself, once everything it holds has been deposited",
    responses=documented("not_found", *READ, *SIGNED_IN),
    openapi_extra=takes(shapes.CommandIn),
)
async def command(request: Request, centre: Here, who: Who, device_id: str) -> shapes.CommandOut:
    kind = (await small_body(request, shapes.CommandIn)).kind
    command_id = await run_sync(device_commands.command, centre.db, centre.org, who, device_id, kind, centre.now_ms())
    return shapes.CommandOut(command_id=command_id)
