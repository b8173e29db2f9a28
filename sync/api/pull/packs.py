"""The packs this centre hands out: a folder of them, read and checked once, at the start.

A folder in it that is no pack, or a pack nobody trusted here has signed, stops the start: it would be refused by every
phone. The centre itself reads incidents by these and by what came with the program (`known`).
"""

from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from typing import Any

from sync.api.accounts.access import Caller, demand
from sync.api.problems import problem
from sync.core.canonical import digest
from sync.domain.content.pack_set import PackSet
from sync.domain.content.packs import Pack, PackWrong
from sync.pack_files import from_folder, trusted


def shelf(folder: Path, trust: Mapping[str, str]) -> dict[str, Pack]:
    """The packs in this folder by id, signed by one of these publishers. Raises PackWrong, which says what to do."""
    if not folder.is_dir():
        raise PackWrong(f"{folder} is not a folder. Set ALONGSIDE_PACKS to the folder of the packs, or leave it out.")
    packs: dict[str, Pack] = {}
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        try:
            pack = trusted(from_folder(place), trust)
            PackSet.of([pack])  # this version can read it
        except PackWrong as wrong:
            raise PackWrong(f"{place}: {wrong}. Take it out of the folder, or have it signed again.") from None
        if pack.manifest.pack_id in packs:
            raise PackWrong(f"{place}: {pack.manifest.pack_id} is there twice. Take one out of the folder.")
        packs[pack.manifest.pack_id] = pack
    return packs


def known(shipped: PackSet, shelf: Mapping[str, Pack]) -> PackSet:
    """The packs by which the centre reads incidents: those that came with the program, and the shelf's."""
    return reduce(PackSet.with_pack, shelf.values(), shipped)


def listed(shelf: Mapping[str, Pack], who: Caller) -> dict[str, Any]:
    """What packs there are, each with the digest of its bundle. Raises the problem answer."""
    demand(who, "packs.read")
    lines = [
        {
            "pack_id": pack.manifest.pack_id,
            "kind": pack.manifest.kind,
            "version": pack.manifest.version,
            "digest": digest(pack.bundle()),
        }
        for pack in shelf.values()
    ]
    return {"packs": lines}


def bundle(shelf: Mapping[str, Pack], who: Caller, pack_id: str) -> dict[str, Any]:
    """One pack, whole. Raises the problem answer."""
    demand(who, "packs.read")
    if pack_id not in shelf:
        raise problem("not_found")
    return shelf[pack_id].bundle()
