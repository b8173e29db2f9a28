"""This device: its database, its vaults, its line to the centre. Signing in or unlocking gives a `Session`."""

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from field_app.attendance import IDLE_S, Attendance
from field_app.phone.background import Background
from field_app.phone.deposits import AGAIN, Deposit, Deposits
from field_app.phone.packs import PhonePacks
from field_app.phone.session import Session
from field_app.phone.store.disk import Clock, Disk, SystemClock
from field_app.phone.store.full_disk import telling_full
from field_app.phone.store.keystore import device_secret, is_pending
from field_app.phone.store.pin import PinLocked, PinWait, PinWeak, PinWrong, weak
from field_app.phone.store.schema import open_db
from field_app.phone.store.store import Store
from field_app.phone.store.vault import SCRYPT_N, Vault, Vaults
from sync.client.http import Client
from sync.core.errors import AlongsideError, DiskFull
from sync.core.signing import Signer
from sync.domain.content.packs import Pack
from sync.pack_files import publishers


class Phone:
    """This device. `shipped`: the packs that came with the app, checked. `idle_s`: until an open vault locks itself."""

    def __init__(
        self,
        folder: Path,
        centre: Callable[[], Client],
        shipped: Iterable[Pack],
        *,
        training: bool = False,
        clock: Clock | None = None,
        scrypt_n: int = SCRYPT_N,
        idle_s: float = IDLE_S,
    ):
        self.training, self.idle_s = training, idle_s
        self._centre = centre
        path = folder / "phone.db"
        with telling_full(), ExitStack() as undo:
            if not path.exists():  # a database is made only once the key store has given the secret back
                device_secret(folder, training=training, has_records=False)
            db = open_db(path)
            undo.callback(db.close)
            self._disk = Disk(db, clock or SystemClock())
            self._disk.keep_apart(training=training)
            has_records = db.execute("SELECT 1 FROM vault LIMIT 1").fetchone() is not None
            secret = device_secret(folder, training=training, has_records=has_records)
            self._disk.is_key_pending = is_pending(folder)
            undo.pop_all()
        self._vaults = Vaults(self._disk, secret, self._disk.clock, scrypt_n)
        with suppress(DiskFull):  # at the next start
            self._vaults.erase_ordered()
        self._enrolling: dict[str, tuple[str, bytes]] = {}  # by user name: device id and seed, to be tried with again
        self._open: dict[str, tuple[Vault, Store, Background]] = {}
        trust = publishers(training=training)
        self.packs = PhonePacks(shipped, folder / "packs", centre, self._disk.clock, self._disk.tell, trust)
        self.presence: dict[str, Attendance[Any]] = {}  # of the vaults that are open
        self.work_offline = db.execute("SELECT 1 FROM setting WHERE name = 'work_offline'").fetchone() is not None
        self._deposits = Deposits(self._disk, self._vaults, centre, lambda: self.work_offline)
        self._deposits.begin()

    def now(self) -> datetime:
        return self._disk.clock.now()

    def people(self) -> list[str]:
        """The user names set up on this phone."""
        return self._vaults.usernames()

    def set_work_offline(self, offline: bool) -> None:
        """Stay silent, or sync again. Kept over a restart."""
        self.work_offline = offline
        with self._disk.transaction():
            if offline:
                self._disk.db.execute("INSERT OR IGNORE INTO setting (name) VALUES ('work_offline')")
            else:
                self._disk.db.execute("DELETE FROM setting WHERE name = 'work_offline'")
        self.came_back()
        self._disk.tell()

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call this after each commit, in the thread that wrote. Returns the function that ends it."""
        return self._disk.on_change(listener)

    def deposits(self) -> list[Deposit]:
        """What of locked vaults is not at the centre."""
        return self._deposits.all()

    def came_back(self) -> None:
        """Sync since the app is in front again, or there is a network again."""
        for _vault, _store, background in list(self._open.values()):
            background.hurry()
        self._deposits.hurry()

    def sign_in(self, username: str, password: str, pin: str, *, known_pin: bool = False) -> Session:
        """Sign in at the centre and set this phone up for the nurse; when it is set up already, renew the sign-in.

        With another PIN than that of the vault here the right password opens a new vault. The old one is retired: what
        lies sealed in it is sent, and only then erased. `known_pin`: rather raise PinWrong, PinWait or PinLocked.
        Raises NotReachable, Problem or PinWeak.
        """
        username = username.strip().lower()
        if username in self.people():
            try:
                return self.unlock(username, pin).renew(password)
            except (PinWrong, PinWait, PinLocked):
                if known_pin:
                    raise
        return self._set_up(username, password, pin)

    def _set_up(self, username: str, password: str, pin: str) -> Session:
        """A new vault, a device of its own to the centre."""
        if weak(pin):
            raise PinWeak("the PIN is too easy to guess")
        device_id, user_seed = self._enrolling.setdefault(username, (str(uuid4()), os.urandom(32)))
        profile = self._enrol(device_id, username, password, Signer(user_seed))
        vault = self._vaults.create(device_id, username, pin, profile, user_seed)
        del self._enrolling[username]
        with self._disk.lock:
            before = self._close_vault(username)
            session = self._session(vault)
            self._begin_deposits(before)
        return session

    def unlock(self, username: str, pin: str) -> Session:
        """Open the nurse's vault; this needs no connection. Raises PinWrong, PinWait, PinLocked or NotSetUp."""
        return self._session(self._vaults.open(username, pin))

    def lock(self, username: str, left: Attendance[Any] | None = None) -> None:
        """Close this nurse's vault: only the PIN opens it again. Windows that show it have to be left first.

        What is sealed and waits is sent as it lies. `left`: only if nobody has given the PIN since its windows went.
        """
        with self._disk.lock:
            if left is not None and self.presence.get(username) is not left:
                return
            if before := self._close_vault(username):
                self._begin_deposits(before)

    @property
    def is_open(self) -> bool:
        """True while a vault is open, or something waits in a locked one."""
        return bool(self._open) or any(deposit.waiting for deposit in self.deposits())

    def wipe(self, username: str) -> bool:
        """Erase all that this nurse has here. Returns False, and erases nothing, while a change or a draft waits."""
        with self._disk.lock:
            if username not in self._open:
                return False
            vault, store, background = self._open[username]
            if store.drafts() or not store.commands.due("wipe"):
                return False
            self._vaults.erase(vault.vault_id)
            self._forget(username)
        background.stop()
        self._disk.tell()
        return True

    def close(self) -> None:
        for _vault, _store, background in list(self._open.values()):
            background.end()  # all at once, and only then wait
        for username, (_vault, _store, background) in list(self._open.items()):
            background.stop()
            self._close_vault(username)  # unless it has just been wiped
        self._deposits.close()
        self.packs.close()
        self._disk.db.close()

    def _enrol(self, device_id: str, username: str, password: str, user: Signer) -> dict[str, Any]:
        """Make this device known to the centre. Returns the profile of whoever signs in; raises without a team."""
        key = self._vaults.device_key(device_id)
        with closing(self._centre()) as centre:
            profile = centre.sign_in(
                username,
                password,
                device=key,
                device_id=device_id,
                device_name="Phone",
                user_public_key=user.public,
                training=self.training,
            )
        if not profile.get("scope"):
            advice = "Officers read their handover sheets at the desk console. Nurses: ask to be put in a team."
            raise AlongsideError("no team", code="not_for_phone", advice=advice)
        return profile

    def _session(self, vault: Vault) -> Session:
        """A session on the nurse's one open vault, store and background, which all sessions of this nurse share."""
        with self._disk.lock:
            self._vaults.need(vault.vault_id)
            if vault.username not in self._open:
                before = self._deposits.end(vault.vault_id)
                store = Store(self._disk, vault)
                with suppress(DiskFull):
                    store.outbox.release(AGAIN)
                client, wipe = self._centre(), partial(self.wipe, vault.username)
                background = Background(
                    store, self._disk, client, lambda: self.work_offline, after=self.packs.look, wipe=wipe
                )
                self._open[vault.username] = (vault, store, background)
                background.start(before)
            known = self.presence.get(vault.username)
            if known is None or not known.windows:  # a lock that is under way is for those who have left
                self.presence[vault.username] = Attendance(self._disk.clock.monotonic_ms, self.idle_s)
            return Session(self, *self._open[vault.username])

    def _close_vault(self, username: str) -> Background | None:
        """Returns its thread, which is about to end."""
        if username not in self._open:
            return None
        background = self._open[username][2]
        self._forget(username)
        background.end()
        return background

    def _begin_deposits(self, before: Background | None = None) -> None:
        self._deposits.begin({vault.vault_id for vault, _store, _background in self._open.values()}, before)

    def _forget(self, username: str) -> None:
        _vault, store, _background = self._open.pop(username)
        self.presence.pop(username, None)
        store.close()
