"""The devices of a team: what they have not sent, and what they are told to do."""

from fastapi import APIRouter

from sync.api import shapes
from sync.api.accounts import device_commands
from sync.api.desk.devices import team_devices
from sync.api.problems import documented
from sync.api.routes.centre import SIGNED_IN, Here, Who

router = APIRouter(prefix="/v1")


@router.get("/devices", summary="The team's devices and what they have not sent", responses=documented(*SIGNED_IN))
def devices(centre: Here, who: Who) -> shapes.Devices:
    return shapes.Devices.model_validate(team_devices(centre.db, centre.org, who, centre.now_ms()))


@router.post(
    "/devices/{device_id}/commands",
    summary="Command a device of the team to wipe itself, once everything it holds has been deposited",
    responses=documented("not_found", *SIGNED_IN),
)
def command(centre: Here, who: Who, device_id: str, wanted: shapes.CommandIn) -> shapes.CommandOut:
    command_id = device_commands.command(centre.db, centre.org, who, device_id, wanted.kind, centre.now_ms())
    return shapes.CommandOut(command_id=command_id)
