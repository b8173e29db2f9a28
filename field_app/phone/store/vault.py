"""PIN -> the nurse's keys on this phone (key stretching: scrypt, RFC 7914; key derivation: HKDF, RFC 5869).

    P    = scrypt(PIN, salt, N = 2^16, r = 8, p = 1)           (Argon2id is not to be had on the phone's OpenSSL)
    KEK  = HKDF-SHA256(P ‖ device secret, salt, "alongside/kek/1" ‖ owner ‖ kdf)
    slot = seal(KEK, M ‖ user seed)                            M: 32 random bytes per nurse and phone
    E    = 32 random bytes a day, sealed under M               user seed: signs what the nurse signs

A vault is one device in the sync protocol: its id is the device id, and its device key, which signs what is sent, is
derived from the device secret, so that a locked phone can still sign. The device secret lies in the platform's key
store; whoever copies the database without it has 256 bits to guess. Wrong PINs destroy nothing (`pin.py`).
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
from field_app.phone.store.pin import FIRST_TO_WAIT, PinWait, PinWeak, PinWrong, Tries, TryCounter, weak
from sync.core.errors import AlongsideError, DiskFull
from sync.core.signing import Signer
from sync.core.times import to_millis

SCRYPT_N = 2**16
DAY_MS = 86_400_000
KEYS = ("day_key", "vault")
ROWS = ("draft", "incident", "change", "outbox", "pulled", "segment", "ended", "command")


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


class Vaults:
    """The vaults on this phone. `secret` is the device's."""

    def __init__(self, disk: Disk, secret: bytes, clock: Clock, scrypt_n: int = SCRYPT_N):
        self._disk, self._db, self._secret, self._clock, self._n = disk, disk.db, secret, clock, scrypt_n
        self._tries = TryCounter(secret, clock)
        self._uncounted: dict[bytes, Tries] = {}  # the tries of vaults for which the disk had no room

    def usernames(self) -> list[str]:
        return [row[0] for row in self._db.execute("SELECT username FROM vault ORDER BY rowid")]

    def device_key(self, device_id: str) -> Signer:
        """The key with which this device signs what it sends."""
        info = b"alongside/device/1\0" + UUID(device_id).bytes
        return Signer(HKDF(SHA256(), 32, None, info).derive(self._secret))

    def create(self, device_id: str, username: str, pin: str, profile: dict[str, Any], user_seed: bytes) -> Vault:
        """A new vault for a nurse who has just signed in. Raises PinWeak or DiskFull."""
        if weak(pin, [str(about) for about in profile.get("practitioner", {}).values()]):
            raise PinWeak("the PIN is too easy to guess")
        vault_id, salt, master = UUID(device_id).bytes, os.urandom(16), Secret(os.urandom(32))
        kdf = json.dumps({"kdf": "scrypt", "n": self._n, "r": 8, "p": 1})
        slot = seal(self._kek(pin, salt, kdf, vault_id), bytes(master) + user_seed, b"slot" + vault_id)
        sealed = seal(master, json.dumps(profile).encode(), b"profile" + vault_id)
        with self._disk.transaction():
            self._db.execute(
                """INSERT INTO vault (vault_id, username, kdf, salt, slot, profile, wrong, boot_id, monotonic_ms, mac)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (vault_id, username, kdf, salt, slot, sealed, *self._vouching(vault_id, Tries())),
            )
            return self._unlocked(OpenedVault(vault_id, username, profile, master, user_seed))

    def open(self, username: str, pin: str) -> Vault:
        """Raises PinWrong or PinWait."""
        find = """SELECT vault_id, kdf, salt, slot, profile, mac, wrong, boot_id, monotonic_ms
            FROM vault WHERE username = ?"""
        row = self._db.execute(find, (username,)).fetchone()
        if row is None:
            raise AlongsideError("no vault", code="not_set_up", advice="Sign in with your password once on this phone.")
        vault_id, kdf, salt, slot, profile, mac, *counted = row
        tries = self._uncounted.get(vault_id) or self._tries.vouched(vault_id, Tries(*counted), mac)
        if left_s := self._tries.left_s(tries):
            raise PinWait("too many wrong PINs", advice=f"Wait {-(-left_s // 60)} min, then try again.")
        self._count(vault_id, self._tries.one_more(tries))
        kek = self._kek(pin, salt, kdf, vault_id)
        try:
            plain = unseal(kek, slot, b"slot" + vault_id)
        except Damaged:
            raise PinWrong("wrong PIN") from None
        self._count(vault_id, Tries())
        master, user_seed = Secret(plain[:32]), plain[32:]
        plain_profile = json.loads(unseal(master, profile, b"profile" + vault_id))
        return self._unlocked(OpenedVault(vault_id, username, plain_profile, master, user_seed))

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
        with suppress(DiskFull), self._disk.transaction():
            self._db.execute(
                "DELETE FROM entry WHERE segment_id IN (SELECT segment_id FROM segment WHERE vault_id = ?)", (vault_id,)
            )
            self._delete(vault_id, ROWS)
        self._disk.checkpoint("TRUNCATE")

    def _delete(self, vault_id: bytes, tables: Iterable[str]) -> None:
        for table in tables:
            self._db.execute(f"DELETE FROM {table} WHERE vault_id = ?", (vault_id,))  # noqa: S608 - names of ours

    def erase_ordered(self) -> None:
        """Erase each vault whose ordered erasure was cut short, unless something of it still waits to be sent."""
        rows = self._db.execute(
            """SELECT vault_id FROM command WHERE kind = 'wipe' AND done = 1
               AND vault_id NOT IN (SELECT vault_id FROM waiting)"""
        ).fetchall()
        for (vault_id,) in rows:
            self.erase(vault_id)

    def _unlocked(self, opened: OpenedVault) -> Vault:
        vault_id, today = opened.vault_id, max(0, to_millis(self._clock.now())) // DAY_MS
        sealing = self._ensure_day_key(vault_id, opened.master, today)  # committed before anything is sealed under it

        def day_key(day: int) -> bytes:
            find = "SELECT wrapped FROM day_key WHERE vault_id = ? AND day = ?"
            row = self._db.execute(find, (vault_id, day)).fetchone()
            if row is None:
                raise Damaged("the key of a day is gone")
            return unseal(opened.master, row[0], _day_key_aad(vault_id, day))

        return Vault(opened, self.device_key(str(UUID(bytes=vault_id))), Keys(vault_id, sealing, day_key))

    def _ensure_day_key(self, vault_id: bytes, master: Secret, day: int) -> int:
        """Make the key of this day. Returns the day whose key seals: without room for a new one, the last that has one.

        Raises DiskFull when there is none.
        """
        wrapped = seal(master, os.urandom(32), _day_key_aad(vault_id, day))
        with suppress(DiskFull), self._disk.transaction():
            self._db.execute(
                "INSERT OR IGNORE INTO day_key (vault_id, day, wrapped) VALUES (?, ?, ?)", (vault_id, day, wrapped)
            )
        find = "SELECT day FROM day_key WHERE vault_id = ? ORDER BY day = ? DESC, day DESC LIMIT 1"
        if (row := self._db.execute(find, (vault_id, day)).fetchone()) is None:
            raise DiskFull("no room for a key")
        return row[0]

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
