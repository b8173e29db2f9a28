"""The packs of a phone (law, guidance, services): when they are fetched, and how they are kept beside its database.

They are public words, so they lie unsealed, one file a pack. The folder is not trusted: every load checks the
publisher's signature.
"""

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread

from field_app.packs import FetchedPacks, digest_of_bundle
from field_app.phone.store.disk import Clock
from field_app.phone.store.full_disk import has_plenty
from sync.client.http import Client
from sync.core.canonical import canonical, parse
from sync.core.errors import AlongsideError
from sync.domain.content.packs import Pack, PackWrong, from_bundle

HOUR_MS, FAILED_MS = 3_600_000, 300_000
log = logging.getLogger(__name__)


class PhonePacks(FetchedPacks):
    """The packs of a phone, kept in a folder. `tell` is called after each attempt to fetch."""

    def __init__(
        self,
        shipped: Iterable[Pack],
        folder: Path,
        centre: Callable[[], Client],
        clock: Clock,
        tell: Callable[[], None],
        trust: Mapping[str, str],
    ):
        super().__init__(shipped, trust)
        self._folder, self._centre, self._clock, self._tell = folder, centre, clock, tell
        self._looked, self._next_ms = False, 0
        self._thread: Thread | None = None
        self._load()

    def look(self, token: str | None, news: bool) -> None:
        """Fetch new packs after a sync that went well, in a thread of its own, so that no push waits for it.

        The first call does; a later one only when the sync brought something (`news`), and at most one an hour does.
        """
        now = self._clock.monotonic_ms()
        busy = self._thread is not None and self._thread.is_alive()
        if busy or token is None or now < self._next_ms or (self._looked and not news):
            return
        self._looked, self._next_ms = True, now + HOUR_MS
        thread = Thread(target=self._fetch, args=(token,), name="packs", daemon=True)
        thread.start()  # before it is kept: `close` may wait only for a thread that has begun
        self._thread = thread

    def close(self) -> None:
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _fetch(self, token: str) -> None:
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
        """Write the pack's file whole, or not at all. Without room for it, the pack is used until the app ends."""
        path = self._folder / f"{pack.manifest.pack_id}.json"
        unfinished = path.with_suffix(".new")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if has_plenty(self._folder):
                with unfinished.open("wb") as file:
                    file.write(canonical(pack.bundle()))
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.replace(path)
        except OSError:
            with suppress(OSError):
                unfinished.unlink()  # what there is of it takes room

    def _load(self) -> None:
        """Check the packs in the folder, and use those that pass; `refused` names the others."""
        for path in sorted(self._folder.glob("*.json")):
            try:
                pack = from_bundle(parse(path.read_bytes()))
                if pack.manifest.pack_id not in self._known:
                    self._use(pack)
                    self._known[pack.manifest.pack_id] = digest_of_bundle(pack)
            except (OSError, ValueError) as wrong:
                self.refused[path.stem] = str(wrong) if isinstance(wrong, PackWrong) else "its file cannot be read"
