"""The packs of law, guidance and services."""

from fastapi import APIRouter

from sync.api import shapes
from sync.api.problems import documented
from sync.api.pull import packs as shelf
from sync.api.routes.centre import SIGNED_IN, Here, Who

router = APIRouter(prefix="/v1")


@router.get("/packs", summary="The packs of law, guidance and services there are", responses=documented(*SIGNED_IN))
def pack_list(centre: Here, who: Who) -> shapes.PackList:
    return shapes.PackList.model_validate(shelf.listed(centre.shelf, who))


@router.get("/packs/{pack_id}", summary="One pack, whole", responses=documented("not_found", *SIGNED_IN))
def pack(centre: Here, who: Who, pack_id: str) -> shapes.PackBundle:
    return shapes.PackBundle.model_validate(shelf.bundle(centre.shelf, who, pack_id))
