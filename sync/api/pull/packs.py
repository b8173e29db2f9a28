"""The packs this centre hands out: a folder of them, read and checked once, at the start.

A folder in it that is no pack, or a pack nobody trusted here has signed, stops the start: it would be refused by every
phone, and the centre itself reads incidents by the rule packs it has.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sync.api.accounts.access import Caller, demand
from sync.api.problems import problem
from sync.core.canonical import digest
from sync.domain.content.packs import Pack, PackWrong, from_folder
from sync.pack_files import check_shipped, learn, publishers


def shelf(folder: Path) -> dict[str, Pack]:
    """The packs in this folder by id, each known from now on. Raises PackWrong, which says what to do."""
    check_shipped()
    if not folder.is_dir():
        raise PackWrong(f"{folder} is not a folder. Set ALONGSIDE_PACKS to the folder of the packs, or leave it out.")
    found: dict[str, Pack] = {}
    trust = publishers()
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        try:
            pack = learn(from_folder(place), trust)
        except PackWrong as wrong:
            raise PackWrong(f"{place}: {wrong}. Take it out of the folder, or have it signed again.") from None
        if pack.manifest.pack_id in found:
            raise PackWrong(f"{place}: {pack.manifest.pack_id} is there twice. Take one out of the folder.")
        found[pack.manifest.pack_id] = pack
    return found


def listed(packs: Mapping[str, Pack], who: Caller) -> dict[str, Any]:
    demand(who, "packs.read")
    lines = [
        {
            "pack_id": pack.manifest.pack_id,
            "kind": pack.manifest.kind,
            "version": pack.manifest.version,
            "digest": digest(pack.bundle()),
        }
        for pack in packs.values()
    ]
    return {"packs": lines}


def bundle(packs: Mapping[str, Pack], who: Caller, pack_id: str) -> dict[str, Any]:
    demand(who, "packs.read")
    if pack_id not in packs:
        raise problem("not_found")
    return packs[pack_id].bundle()
