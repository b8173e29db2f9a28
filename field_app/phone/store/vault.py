"""PIN -> the nurse's keys on this phone (key stretching: scrypt, RFC 7914; key derivation: HKDF, RFC 5869).

    P    = scrypt(PIN, salt, N = 2^16, r = 8, p = 1)           (Argon2id is not to be had on the phone's OpenSSL)
    KEK  = HKDF-SHA256(P ‖ device secret, salt, "alongside/kek/1" ‖ owner ‖ kdf)
    slot = seal(KEK, M ‖ user seed)                            M: 32 random bytes per nurse and phone
    E    = 32 random bytes a day, sealed under M,              user seed: signs what the nurse signs
           and once more to the centre's key (HPKE)

A vault is one device in the sync protocol: its id is the device id, and its device key, which signs what is sent, is
derived from the device secret, so that a locked phone can still sign. The device secret lies in the platform's key
store; whoever copies the database without it has 256 bits to guess. Wrong PINs destroy nothing (`pin.py`): what lies
sealed can be sent by a phone that nobody can unlock. Then the nurse signs in anew, with a vault of their own, and the
old one is retired.
"""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from field_app.phone.store.disk import Clock, Disk
from field_app.phone.store.envelope import Damaged, Keys, Locked, Secret, seal, unseal
from field_app.phone.store.pin import FIRST_TO_WAIT, PinLocked, PinWait, PinWeak, PinWrong, Tries, TryCounter, weak
from sync.core.errors import AlongsideError, DiskFull
from sync.core.hpke import sealed_to
from sync.core.signing import Signer
from sync.core.times import to_millis
from sync.protocol.sealed import day_info

SCRYPT_N = 2**16
DAY_MS = 86_400_000
KEYS = ("day_key", "vault")
ROWS = ("incident", "change", "pulled", "segment", "ended")
OF_WHAT_WAITS = ("draft", "outbox", "command")


class NotSetUp(AlongsideError):
    code = "not_set_up"
    advice = "Sign in with your password once on this phone."


class Vault:
    """One nurse's unlocked vault on this phone."""

    def __init__(self, opened: "OpenedVault", device: Signer, keys: Keys):
        self.vault_id, self.username, self.profile = opened.vault_id, opened.username, opened.profile
        self.device_id = str(UUID(bytes=opened.vault_id))
        self.user, self.device, self.keys, self._master = Signer(opened.user_seed), device, keys, opened.master

    def close(self) -> None:
        """Let the keys go. What needs one then raises Locked."""
        self.keys.close()
        del self._master, self.user, self.device

    def __getattr__(self, name: str) -> Any:
        if name in ("_master", "user", "device"):
            raise Locked("the vault is closed")
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"Vault({self.username})"


@dataclass(frozen=True, repr=False)
class OpenedVault:
    """What the PIN gave access to: the secrets of one vault."""

    vault_id: bytes
    username: str
    profile: dict[str, Any]
    master: Secret
    user_seed: bytes


@dataclass(frozen=True, repr=False)
class LockedVault:
    """What a phone has of a vault without its PIN: the key that signs for its device, and the centre's."""

    vault_id: bytes
    username: str
    device: Signer
    centre_key: str

    @property
    def device_id(self) -> str:
        return str(UUID(bytes=self.vault_id))


class Vaults:
    """The vaults on this phone. `secret` is the device's."""

    def __init__(self, disk: Disk, secret: bytes, clock: Clock, scrypt_n: int = SCRYPT_N):
        self._disk, self._db, self._secret, self._clock, self._n = disk, disk.db, secret, clock, scrypt_n
        self._tries = TryCounter(secret, clock)
        self._locked_key = HKDF(SHA256(), 32, None, b"alongside/locked/1").derive(secret)
        self._uncounted: dict[bytes, Tries] = {}  # the tries of vaults for which the disk had no room

    def usernames(self) -> list[str]:
        find = "SELECT username FROM vault WHERE retired = 0 ORDER BY rowid"
        return [row[0] for row in self._db.execute(find)]

    def locked(self) -> list[LockedVault]:
        """All vaults, retired ones too, as far as they are open to anybody. One whose row is damaged is left out."""
        vaults = []
        rows = self._db.execute("SELECT vault_id, username, locked FROM vault ORDER BY rowid").fetchall()
        for vault_id, username, row in rows:
            with suppress(Damaged):
                device = self.device_key(str(UUID(bytes=vault_id)))
                vaults.append(LockedVault(vault_id, username, device, self._centre_key(vault_id, row)))
        return vaults

    def device_key(self, device_id: str) -> Signer:
        """The key with which this device signs what it sends."""
        info = b"alongside/device/1\0" + UUID(device_id).bytes
        return Signer(HKDF(SHA256(), 32, None, info).derive(self._secret))

    def create(self, device_id: str, username: str, pin: str, profile: dict[str, Any], user_seed: bytes) -> Vault:
        """A new vault for a nurse who has just signed in; one that they have is retired. Raises PinWeak or DiskFull."""
        if weak(pin, [str(about) for about in profile.get("practitioner", {}).values()]):
            raise PinWeak("the PIN is too easy to guess")
        vault_id, salt, master = UUID(device_id).bytes, os.urandom(16), Secret(os.urandom(32))
        kdf = json.dumps({"kdf": "scrypt", "n": self._n, "r": 8, "p": 1})
        slot = seal(self._kek(pin, salt, kdf, vault_id), bytes(master) + user_seed, b"slot" + vault_id)
        sealed = seal(master, json.dumps(profile).encode(), b"profile" + vault_id)
        locked = self._for_locked(vault_id, profile)
        with self._disk.transaction():
            self._db.execute("UPDATE vault SET retired = 1 WHERE username = ?", (username,))
            self._db.execute(
                """INSERT INTO vault (vault_id, username, kdf, salt, slot, profile, locked, wrong, boot_id,
                   monotonic_ms, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (vault_id, username, kdf, salt, slot, sealed, locked, *self._vouching(vault_id, Tries())),
            )
            return self._unlocked(OpenedVault(vault_id, username, profile, master, user_seed))

    def open(self, username: str, pin: str) -> Vault:
        """Raises PinWrong, PinWait, PinLocked or NotSetUp."""
        find = """SELECT vault_id, kdf, salt, slot, profile, mac, wrong, boot_id, monotonic_ms
            FROM vault WHERE username = ? AND retired = 0"""
        row = self._db.execute(find, (username,)).fetchone()
        if row is None:
            raise NotSetUp("no vault")
        vault_id, kdf, salt, slot, profile, mac, *counted = row
        tries = self._uncounted.get(vault_id) or self._tries.vouched(vault_id, Tries(*counted), mac)
        if tries.is_over:
            raise PinLocked("too many wrong PINs")
        if left_s := self._tries.left_s(tries):
            raise PinWait("too many wrong PINs", advice=f"Wait {-(-left_s // 60)} min, then try again.")
        tries = self._tries.one_more(tries)
        self._count(vault_id, tries)
        kek = self._kek(pin, salt, kdf, vault_id)
        try:
            plain = unseal(kek, slot, b"slot" + vault_id)
        except Damaged:
            raise (PinLocked("too many wrong PINs") if tries.is_over else PinWrong.after(tries)) from None
        self._count(vault_id, Tries())
        master, user_seed = Secret(plain[:32]), plain[32:]
        plain_profile = json.loads(unseal(master, profile, b"profile" + vault_id))
        with self._disk.lock:
            self.need(vault_id)
            self._mend_locked(vault_id, plain_profile)
            return self._unlocked(OpenedVault(vault_id, username, plain_profile, master, user_seed))

    def need(self, vault_id: bytes) -> None:
        """Raises NotSetUp for a vault that has been erased meanwhile, by command of the centre."""
        if self._db.execute("SELECT 1 FROM vault WHERE vault_id = ?", (vault_id,)).fetchone() is None:
            raise NotSetUp("the vault was erased")

    def save_profile(self, vault: Vault, profile: dict[str, Any]) -> None:
        """Raises DiskFull; then the profile holds until the app ends."""
        vault.profile = profile
        sealed = seal(vault._master, json.dumps(profile).encode(), b"profile" + vault.vault_id)
        with self._disk.transaction():
            self._db.execute("UPDATE vault SET profile = ? WHERE vault_id = ?", (sealed, vault.vault_id))

    def erase(self, vault_id: bytes) -> None:
        """Delete all rows of this vault, the keys first: without them the rest is noise. Freed pages are zeroed.

        Raises DiskFull. On a full disk the rest may stay until the app is started again.
        """
        with self._disk.transaction():
            self._delete(vault_id, KEYS)
        with suppress(DiskFull):
            self._erase_rows(vault_id, (*ROWS, *OF_WHAT_WAITS))

    def erase_but_drafts(self, vault_id: bytes) -> None:
        """Delete all but what was begun and could not be sealed, and what its nurse needs to go on with it."""
        self._erase_rows(vault_id, ROWS)

    def _erase_rows(self, vault_id: bytes, tables: Iterable[str]) -> None:
        with self._disk.transaction():
            self._db.execute(
                "DELETE FROM entry WHERE segment_id IN (SELECT segment_id FROM segment WHERE vault_id = ?)", (vault_id,)
            )
            self._delete(vault_id, tables)
        self._disk.checkpoint("TRUNCATE")

    def _delete(self, vault_id: bytes, tables: Iterable[str]) -> None:
        for table in tables:
            self._db.execute(f"DELETE FROM {table} WHERE vault_id = ?", (vault_id,))  # noqa: S608 - names of ours

    def erase_ordered(self) -> None:
        """Erase the rest of each vault whose erasure was cut short."""
        rows = self._db.execute(
            """SELECT vault_id FROM
               (SELECT vault_id FROM command UNION SELECT vault_id FROM outbox UNION SELECT vault_id FROM pulled)
               WHERE vault_id NOT IN (SELECT vault_id FROM vault)"""
        ).fetchall()
        for (vault_id,) in rows:
            self.erase(vault_id)

    def _unlocked(self, opened: OpenedVault) -> Vault:
        vault_id, today = opened.vault_id, max(0, to_millis(self._clock.now())) // DAY_MS
        sealing = self._ensure_day_key(opened, today)  # committed before anything is sealed under it

        def day_key(day: int) -> bytes:
            find = "SELECT wrapped FROM day_key WHERE vault_id = ? AND day = ?"
            row = self._db.execute(find, (vault_id, day)).fetchone()
            if row is None:
                raise Damaged("the key of a day is gone")
            return unseal(opened.master, row[0], _day_key_aad(vault_id, day))

        return Vault(opened, self.device_key(str(UUID(bytes=vault_id))), Keys(vault_id, sealing, day_key))

    def _ensure_day_key(self, opened: OpenedVault, day: int) -> int:
        """Make the key of this day. Returns the day whose key seals: without room for a new one, the last that has one.

        Raises DiskFull when there is none.
        """
        key, vault_id = os.urandom(32), opened.vault_id
        wrapped = seal(opened.master, key, _day_key_aad(vault_id, day))
        for_centre = sealed_to(opened.profile["seal_key"], key, day_info(str(UUID(bytes=vault_id)), day))
        with suppress(DiskFull), self._disk.transaction():
            self._db.execute(
                "INSERT OR IGNORE INTO day_key (vault_id, day, wrapped, for_centre) VALUES (?, ?, ?, ?)",
                (vault_id, day, wrapped, for_centre),
            )
        find = "SELECT day FROM day_key WHERE vault_id = ? ORDER BY day = ? DESC, day DESC LIMIT 1"
        if (row := self._db.execute(find, (vault_id, day)).fetchone()) is None:
            raise DiskFull("no room for a key")
        return row[0]

    def _for_locked(self, vault_id: bytes, profile: dict[str, Any]) -> bytes:
        """What a locked phone needs of the profile, sealed under the device's secret."""
        return seal(self._locked_key, json.dumps({"centre_key": profile["centre_key"]}).encode(), b"locked" + vault_id)

    def _centre_key(self, vault_id: bytes, locked: bytes) -> str:
        """Raises Damaged."""
        return json.loads(unseal(self._locked_key, locked, b"locked" + vault_id))["centre_key"]

    def _mend_locked(self, vault_id: bytes, profile: dict[str, Any]) -> None:
        """Write anew what a locked phone needs, where the disk has damaged it."""
        (row,) = self._db.execute("SELECT locked FROM vault WHERE vault_id = ?", (vault_id,)).fetchone()
        try:
            self._centre_key(vault_id, row)
        except Damaged:
            with suppress(DiskFull), self._disk.transaction():
                values = (self._for_locked(vault_id, profile), vault_id)
                self._db.execute("UPDATE vault SET locked = ? WHERE vault_id = ?", values)

    def _kek(self, pin: str, salt: bytes, kdf: str, vault_id: bytes) -> bytes:
        """The key of the slot. Raises Damaged for settings that are not written here: weaker ones, or far dearer."""
        settings = json.loads(kdf)
        if not (2**10 <= settings["n"] <= 2**18 and settings["r"] == 8 and settings["p"] == 1):
            raise Damaged("the vault's settings were changed")
        stretched = Scrypt(salt=salt, length=32, n=settings["n"], r=8, p=1).derive(pin.encode())
        info = b"alongside/kek/1\0" + vault_id + kdf.encode()
        return HKDF(SHA256(), 32, salt, info).derive(stretched + self._secret)

    def _count(self, vault_id: bytes, tries: Tries) -> None:
        """Count durably; on a disk without any room until the app ends, and so that every wrong PIN has to wait."""
        try:
            with self._disk.transaction():
                self._db.execute(
                    "UPDATE vault SET wrong = ?, boot_id = ?, monotonic_ms = ?, mac = ? WHERE vault_id = ?",
                    (*self._vouching(vault_id, tries), vault_id),
                )
            self._uncounted.pop(vault_id, None)
        except DiskFull:
            self._uncounted[vault_id] = replace(tries, wrong=max(tries.wrong, FIRST_TO_WAIT)) if tries.wrong else tries

    def _vouching(self, vault_id: bytes, tries: Tries) -> tuple[object, ...]:
        return (*astuple(tries), self._tries.mac(vault_id, tries))


def _day_key_aad(vault_id: bytes, day: int) -> bytes:
    return b"day_key" + vault_id + day.to_bytes(4, "big")
