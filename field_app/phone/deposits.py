"""Send while locked: what lies sealed leaves the phone though nobody has unlocked it, or can.

Each vault that is not open has a sync thread of its own, from the start of the app on: after a restart, after ten wrong
PINs, for a nurse who has forgotten the PIN. It needs no sign-in, and obeys what the centre commands. A retired vault
whose changes have all been received is erased.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from field_app.phone.background import NO_SIGNAL, Background
from field_app.phone.store.disk import Disk
from field_app.phone.store.locked_store import LockedStore
from field_app.phone.store.vault import Vaults
from sync.client.http import Client
from sync.core.errors import DiskFull
from sync.protocol.exchange import SET_ASIDE

AGAIN = ("not_opened", "signature_wrong")  # refused, perhaps since the line had spoilt it


@dataclass(frozen=True)
class Deposit:
    """What of one vault, which nobody has unlocked, is not at the centre. Counts are of records.

    `kept`: refused; `drafts`: begun under a PIN that was forgotten. `problem`: a code, and `advice` on it.
    """

    username: str
    waiting: int
    kept: int = 0
    drafts: int = 0
    sending: bool = False
    problem: str = ""
    advice: str = ""

    def words(self) -> list[tuple[str, str]]:
        """What is not at the centre, each with what becomes of it."""
        said = []
        if self.waiting:
            said.append(self._words_of_waiting())
        if self.kept:
            what = f"{_records(self.kept)} of {self.username} could not be sent."
            said.append((what, "Kept on this phone. Tell your supervisor."))
        if self.drafts:
            begun = "A form that was begun is" if self.drafts == 1 else f"{self.drafts} forms that were begun are"
            advice = f"{self.username} had not saved it. Without that PIN nobody can open or send it."
            said.append((f"{begun} kept here under an old PIN.", advice))
        return said

    def _words_of_waiting(self) -> tuple[str, str]:
        what = f"{_records(self.waiting)} of {self.username} {'is' if self.waiting == 1 else 'are'}"
        if self.problem == "work_offline":
            return f"{what} only on this phone.", "Nothing is sent while Work offline is on."
        if self.problem in NO_SIGNAL:
            advice = (
                "There is no connection to the centre. They go by themselves once there is one and Alongside is open."
            )
            return f"{what} only on this phone.", advice
        if self.problem:
            return f"{what} only on this phone.", self.advice
        return f"{what} being sent while this phone is locked.", "Nobody has to enter a PIN for that."


class Deposits:
    """The vaults that are not open, and their sync threads."""

    def __init__(self, disk: Disk, vaults: Vaults, centre: Callable[[], Client], offline: Callable[[], bool]):
        self._disk, self._vaults, self._centre, self._offline = disk, vaults, centre, offline
        self._running: dict[bytes, tuple[LockedStore, Background]] = {}
        self._begun: set[bytes] = set()  # vaults that were begun since the start: what was set aside is offered once

    def begin(self, opened: Collection[bytes] = (), before: Background | None = None) -> None:
        """Begin for each vault that has no thread yet and is not among the `opened`; for what is known, look again.

        `before`: the thread of a vault that was open until now.
        """
        with self._disk.lock:
            for vault in self._vaults.locked():
                if vault.vault_id in self._running:
                    self._running[vault.vault_id][1].wake()
                elif vault.vault_id not in opened:
                    self._start(LockedStore(self._disk, vault), before)

    def _start(self, store: LockedStore, before: Background | None) -> None:
        vault_id = store.vault.vault_id
        background = Background(
            store,
            self._disk,
            self._centre(),
            self._offline,
            after=lambda _token, _news: self._deposited(vault_id),
            wipe=partial(self._wipe, vault_id),
        )
        self._running[vault_id] = (store, background)
        with suppress(DiskFull):
            store.outbox.release(AGAIN if vault_id in self._begun else (*AGAIN, SET_ASIDE.code))
        self._begun.add(vault_id)
        background.start(before)

    def end(self, vault_id: bytes) -> Background | None:
        """The vault has been unlocked: its own thread takes over from the one that is returned."""
        with self._disk.lock:
            _store, background = self._running.pop(vault_id, (None, None))
            if background:
                background.end()
            return background

    def hurry(self) -> None:
        for _store, background in list(self._running.values()):
            background.hurry()

    def close(self) -> None:
        threads = [background for _store, background in self._running.values()]
        self._running.clear()
        for background in threads:
            background.end()  # all at once, and only then wait
        for background in threads:
            background.stop()

    def all(self) -> list[Deposit]:
        """What is not at the centre, of each vault of which something is not."""
        with self._disk.lock:
            deposits = [_deposit(store) for store, _background in self._running.values()]
        return [deposit for deposit in deposits if deposit.waiting or deposit.kept or deposit.drafts]

    def _deposited(self, vault_id: bytes) -> None:
        """After an exchange that went well: forget what is not needed any more."""
        with self._disk.lock:
            if vault_id not in self._running:
                return
            store, background = self._running[vault_id]
            if store.commands.due("wipe"):
                self._vaults.erase_but_drafts(vault_id)
            elif store.is_retired() and store.outbox.is_all_received and not store.drafts():
                self._vaults.erase(vault_id)
                del self._running[vault_id]
                background.end()
        self._disk.tell()

    def _wipe(self, vault_id: bytes) -> bool:
        """Erase the vault. False when it has been unlocked meanwhile."""
        with self._disk.lock:
            known = self._running.get(vault_id)
            if known is None or known[0].drafts() or not known[0].commands.due("wipe"):
                return False
            self._vaults.erase(vault_id)
            del self._running[vault_id]
        self._disk.tell()
        return True


def _records(count: int) -> str:
    return f"{count} record{'' if count == 1 else 's'}"


def _deposit(store: LockedStore) -> Deposit:
    counts = store.outbox.counts()
    return Deposit(
        store.vault.username,
        counts.get("waiting", 0),
        counts.get("refused", 0),
        store.drafts() if store.is_retired() else 0,
        store.sending,
        store.problem,
        store.advice,
    )
