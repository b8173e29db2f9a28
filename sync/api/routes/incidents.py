"""Incidents: a page of the team's, and one whole."""

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request

from sync.api import shapes
from sync.api.desk.incidents import search, whole
from sync.api.problems import documented
from sync.api.routes.bodies import READ, small_body, takes
from sync.api.routes.centre import SIGNED_IN, Here, Who

router = APIRouter(prefix="/v1")


@router.post(
    "/incidents/search",
    summary="A page of the team's incidents",
    description="A POST, since patients are searched for by name: an address ends in the logs of proxies and browsers.",
    responses=documented("bad_query", *READ, *SIGNED_IN),
    openapi_extra=takes(shapes.IncidentSearch),
)
async def incidents(request: Request, centre: Here, who: Who) -> shapes.IncidentPage:
    query = await small_body(request, shapes.IncidentSearch)
    page = await run_sync(search, centre.db, centre.org, who, query, centre.packs, centre.now_ms())
    return shapes.IncidentPage.model_validate(page)


@router.get(
    "/incidents/{incident_id}",
    summary="All that the log holds of one incident",
    responses=documented("not_found", *SIGNED_IN),
)
def incident(centre: Here, who: Who, incident_id: str) -> shapes.IncidentWhole:
    return shapes.IncidentWhole.model_validate(whole(centre.db, centre.org, who, incident_id, centre.now_ms()))
