"""Whether the centre answers."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from sync import VERSION
from sync.api import shapes
from sync.api.problems import documented, problem
from sync.api.routes.centre import Here

router = APIRouter()


@router.get("/health", summary="Whether the process answers")
def health() -> shapes.Health:
    return shapes.Health(status="ok", version=VERSION)


@router.get("/ready", summary="Whether the database answers and is migrated", responses=documented())
def ready(centre: Here) -> JSONResponse:
    if not centre.db.ready():
        raise problem("not_ready")
    return JSONResponse({"status": "ready", "version": VERSION})
