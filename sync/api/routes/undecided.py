"""What was sealed after leaving, for a supervisor to decide."""

from typing import Annotated

from fastapi import APIRouter, Query

from sync.api import shapes
from sync.api.desk.undecided import undecided
from sync.api.problems import documented
from sync.api.routes.centre import SIGNED_IN, Here, Who
from sync.core.canonical import MAX_INT

router = APIRouter(prefix="/v1")


@router.get(
    "/undecided",
    summary="What was sealed after leaving, and waits for a supervisor to accept it",
    responses=documented(*SIGNED_IN),
)
def waits_for_a_supervisor(
    centre: Here, who: Who, after: Annotated[int, Query(ge=0, le=MAX_INT)] = 0
) -> shapes.Undecided:
    return shapes.Undecided.model_validate(undecided(centre.db, centre.org, who, after, centre.now_ms()))
