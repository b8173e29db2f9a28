"""The packs of a program (law, guidance, services): those it came with, and those the centre has sent since.

A pack is trusted for its publisher's signature. One that fails its check is named and left out; everything else goes
on. An id names one content for ever, so that no pack can change the law an incident began with.
"""

import re
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any

from sync.client.http import Client
from sync.core.canonical import digest
from sync.core.errors import Untrusted
from sync.domain.content.pack_set import PackSet
from sync.domain.content.packs import PACK_ID, Pack, PackWrong, from_bundle
from sync.pack_files import trusted


class FetchedPacks:
    """The packs of this process.

    `current` is the set in use; a new pack does not change it, but puts a new set in its place. `refused` says why a
    pack is not used, by its id. `trust`: the publishers' public keys.
    """

    def __init__(self, shipped: Iterable[Pack], trust: Mapping[str, str]):
        shipped = tuple(shipped)
        self.current = PackSet.of(shipped)
        self.refused: dict[str, str] = {}
        self._trust = trust
        self._known = {pack.manifest.pack_id: digest_of_bundle(pack) for pack in shipped}
        self._exchanging = Lock()  # several desks share the packs of a console

    def fetch(self, client: Client) -> list[str]:
        """Take the packs that are not here. Returns their ids. Raises NotReachable, Problem or Untrusted."""
        taken = []
        for pack_id, expected in _listed(client.packs()):
            if self._known.get(pack_id) == expected:
                continue
            try:
                if pack_id in self._known:
                    raise PackWrong(f"{pack_id} is another one at the centre. The one that was here first is kept")
                self._take(client.pack(pack_id), pack_id, expected)
            except PackWrong as wrong:
                self.refused[pack_id] = str(wrong)
            else:
                self.refused.pop(pack_id, None)
                taken.append(pack_id)
        return taken

    def _take(self, bundle: Any, pack_id: str, expected: str) -> None:
        """Check, use and keep the pack of this id and digest. Raises PackWrong."""
        pack = from_bundle(bundle)
        if (pack.manifest.pack_id, digest_of_bundle(pack)) != (pack_id, expected):
            raise PackWrong(f"{pack_id} is not the pack the centre named")
        self._use(pack)
        self._keep(pack)
        self._known[pack_id] = expected

    def _use(self, pack: Pack) -> None:
        """Use a set that has this pack too. Raises PackWrong, also when its publisher is not trusted."""
        trusted(pack, self._trust)
        with self._exchanging:
            self.current = self.current.with_pack(pack)

    def _keep(self, pack: Pack) -> None:
        """Keeps nothing here: a console's packs live in memory. A phone writes them to its folder."""


def digest_of_bundle(pack: Pack) -> str:
    return digest(pack.bundle())


def _listed(answer: Any) -> list[tuple[str, str]]:
    """The ids and digests of a list of packs. Raises Untrusted."""
    try:
        packs = [(line["pack_id"], line["digest"]) for line in answer["packs"]]
    except (KeyError, TypeError):
        raise Untrusted("this is no list of packs") from None
    if not all(isinstance(text, str) for pack in packs for text in pack) or not all(
        re.fullmatch(PACK_ID, pack_id) for pack_id, _ in packs
    ):
        raise Untrusted("this is no list of packs")
    return packs
