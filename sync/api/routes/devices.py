"""What is done about a device beside its sync: the orders it is given. Addresses without logic."""

from fastapi import APIRouter

from sync.api.accounts import device_commands
from sync.api.problems import documented
from sync.api.routes.exchange import SIGNED_IN, Here, Who
from sync.api.shapes import OrderIn, OrderOut

router = APIRouter(prefix="/v1")


@router.post(
    "/devices/{device_id}/orders",
    summary="Order a device of the team to wipe itself, once everything it holds has been deposited",
    responses=documented("not_found", *SIGNED_IN),
)
def order(centre: Here, who: Who, device_id: str, asked: OrderIn) -> OrderOut:
    made = device_commands.order(centre.db, centre.org, who, device_id, asked.kind, centre.now_ms())
    return OrderOut(order_id=made)
