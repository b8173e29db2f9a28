"""The packs of this phone: what came with the app, and what the centre has sent since.

Law, guidance and services are public words, so they lie unsealed beside the database, one file a pack. Not the folder
is believed but the publisher's signature, on every load. A pack that fails its check is named and left out; nothing
else stops. An id names one content for ever, so that no pack can change the law an incident began with.
"""

import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from field_app.phone.store.disk import Clock
from sync.client.http import Client
from sync.core.canonical import canonical, digest, parse
from sync.core.errors import AlongsideError, Untrusted
from sync.domain.content.pack_set import PackSet
from sync.domain.content.packs import PACK_ID, Pack, PackWrong, from_bundle
from sync.pack_files import publishers, trusted

HOUR_MS, FAILED_MS = 3_600_000, 300_000
log = logging.getLogger(__name__)


class Fetched:
    """The packs of this process: those it came with, and those it fetched.

    `current`: the set in use; a pack that comes does not change it, but puts a new set in its place. `refused`: why a
    pack is not used, by its id.
    """

    def __init__(self, shipped: Iterable[Pack], trust: Mapping[str, str] | None = None):
        shipped = tuple(shipped)
        self.current = PackSet.of(shipped)
        self.refused: dict[str, str] = {}
        self._trust = publishers() if trust is None else trust
        self._known = {pack.manifest.pack_id: _digest(pack) for pack in shipped}
        self._exchanging = Lock()  # several desks share the packs of a console

    def fetch(self, client: Client) -> list[str]:
        """Take the packs that are not here; their ids. Raises what the line raises."""
        taken = []
        for pack_id, told in _listed(client.packs()):
            if self._known.get(pack_id) == told:
                continue
            try:
                if pack_id in self._known:
                    raise PackWrong(f"{pack_id} is another one at the centre. The one that was here first is kept")
                self._take(client.pack(pack_id), pack_id, told)
            except PackWrong as wrong:
                self.refused[pack_id] = str(wrong)
            else:
                self.refused.pop(pack_id, None)
                taken.append(pack_id)
        return taken

    def _take(self, bundle: Any, pack_id: str, told: str) -> None:
        """Check it, use it, keep it. Raises PackWrong."""
        pack = from_bundle(bundle)
        if (pack.manifest.pack_id, _digest(pack)) != (pack_id, told):
            raise PackWrong(f"{pack_id} is not the pack the centre named")
        self._use(pack)
        self._keep(pack)
        self._known[pack_id] = told

    def _use(self, pack: Pack) -> None:
        """Put a set that has this pack too in place of the one in use. Raises PackWrong, also for a stranger's."""
        trusted(pack, self._trust)
        with self._exchanging:
            self.current = self.current.with_pack(pack)

    def _keep(self, pack: Pack) -> None:
        """Nothing, where nothing is kept: the console."""


class Packs(Fetched):
    """The packs of a phone, kept in a folder."""

    def __init__(
        self,
        shipped: Iterable[Pack],
        folder: Path,
        centre: Callable[[], Client],
        clock: Clock,
        tell: Callable[[], None],
        trust: Mapping[str, str] | None = None,
    ):
        super().__init__(shipped, trust)
        self._folder, self._centre, self._clock, self._tell = folder, centre, clock, tell
        self._looked, self._next_ms = False, 0
        self._thread: Thread | None = None
        self._load()

    def look(self, token: str | None, news: bool) -> None:
        """After a sync that went well: ask for new packs, in a thread of its own, so that no push waits for it.

        Once at the start, later when a sync brought something, and at most once an hour.
        """
        now = self._clock.monotonic_ms()
        busy = self._thread is not None and self._thread.is_alive()
        if busy or token is None or now < self._next_ms or (self._looked and not news):
            return
        self._looked, self._next_ms = True, now + HOUR_MS
        asking = Thread(target=self._asking, args=(token,), name="packs", daemon=True)
        asking.start()  # before it is known: who closes meanwhile may wait only for what has begun
        self._thread = asking

    def close(self) -> None:
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _asking(self, token: str) -> None:
        try:
            with closing(self._centre()) as client:
                client.token = token
                self.fetch(client)
        except AlongsideError:
            self._looked, self._next_ms = False, self._clock.monotonic_ms() + FAILED_MS
        except Exception as error:  # noqa: BLE001 - whatever it was, recording and syncing go on
            log.error("packs stopped short: %s", type(error).__name__)
        self._tell()

    def _keep(self, pack: Pack) -> None:
        """Under its name whole, or not at all. Without room it is used until the app ends, and asked for again then."""
        path = self._folder / f"{pack.manifest.pack_id}.json"
        made = path.with_suffix(".new")
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with made.open("wb") as file:
                file.write(canonical(pack.bundle()))
                file.flush()
                os.fsync(file.fileno())
            made.replace(path)

    def _load(self) -> None:
        """Check what is kept here again, and use it."""
        for path in sorted(self._folder.glob("*.json")):
            try:
                pack = from_bundle(parse(path.read_bytes()))
                if pack.manifest.pack_id not in self._known:
                    self._use(pack)
                    self._known[pack.manifest.pack_id] = _digest(pack)
            except (OSError, ValueError) as wrong:
                self.refused[path.stem] = str(wrong) if isinstance(wrong, PackWrong) else "its file cannot be read"


def _digest(pack: Pack) -> str:
    return digest(pack.bundle())


def _listed(answer: Any) -> list[tuple[str, str]]:
    """The ids and digests of a list of packs. Raises Untrusted."""
    try:
        found = [(line["pack_id"], line["digest"]) for line in answer["packs"]]
    except (KeyError, TypeError):
        raise Untrusted("this is no list of packs") from None
    if not all(isinstance(name, str) and isinstance(told, str) and re.fullmatch(PACK_ID, name) for name, told in found):
        raise Untrusted("this is no list of packs")
    return found
