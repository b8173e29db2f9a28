"""The handover sheets of an officer."""

from typing import Annotated

from fastapi import APIRouter, Query

from sync.api import shapes
from sync.api.desk.handovers import cosigned_sheets
from sync.api.problems import documented
from sync.api.routes.centre import SIGNED_IN, Here, Who
from sync.core.canonical import MAX_INT

router = APIRouter(prefix="/v1")
After = Annotated[int, Query(ge=0, lt=MAX_INT, description="`next` of the page before")]


@router.get("/handovers", summary="The handover sheets an officer co-signed", responses=documented(*SIGNED_IN))
def handovers(centre: Here, who: Who, after: After = 0) -> shapes.Handovers:
    return shapes.Handovers.model_validate(cosigned_sheets(centre.db, centre.org, who, after, centre.now_ms()))
