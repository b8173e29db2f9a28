"""The handover sheets of an officer."""

from fastapi import APIRouter

from sync.api import shapes
from sync.api.desk.handovers import cosigned_sheets
from sync.api.problems import documented
from sync.api.routes.centre import SIGNED_IN, Here, Who

router = APIRouter(prefix="/v1")


@router.get("/handovers", summary="The handover sheets an officer co-signed", responses=documented(*SIGNED_IN))
def handovers(centre: Here, who: Who) -> shapes.Handovers:
    return shapes.Handovers.model_validate(cosigned_sheets(centre.db, centre.org, who, centre.now_ms()))
