"""Who is signed in on this phone, and what they do.

`Phone` is the device: its database, its vaults, its line to the centre. `Session` is one nurse at one screen; each
thing a nurse does is one method, and each method is one durable transaction.
"""

import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from field_app.background import Background
from field_app.store.disk import Clock, Disk, Draft, Intent
from field_app.store.keystore import device_secret
from field_app.store.schema import open_db
from field_app.store.store import Store
from field_app.store.vault import SCRYPT_N, PinWeak, Vault, Vaults, weak
from sync.canonical import digest
from sync.client import Client
from sync.domain import rules
from sync.domain.catalogue import CATALOGUE
from sync.domain.fold import Record
from sync.domain.forms import Event, Source, patch
from sync.domain.incident import NURSE_STATEMENT, OFFICER_STATEMENT, document, sheet_digest
from sync.domain.times import instant, local, to_millis
from sync.errors import AlongsideError, Untrusted
from sync.signing import Signer, b64
from sync.wire import Op, Role

__all__ = ["Draft", "Phone", "Practitioner", "Session", "SystemClock"]


class SystemClock:
    """The phone's clocks. CLOCK_BOOTTIME goes on while the phone sleeps."""

    def __init__(self) -> None:
        boot = Path("/proc/sys/kernel/random/boot_id")
        self.boot_id = boot.read_text().strip() if boot.exists() else str(uuid4())

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_ms(self) -> int:
        return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1_000_000


@dataclass(frozen=True)
class Practitioner:
    practitioner_id: str
    name: str
    role: Role
    team_name: str
    scope: str


class Phone:
    """This device. One per process."""

    def __init__(
        self, folder: Path, centre: Callable[[], Client], *, training: bool = False, clock: Clock | None = None,
        scrypt_n: int = SCRYPT_N,
    ):  # fmt: skip
        self.training = training
        self._centre = centre
        db = open_db(folder / "phone.db")
        self._disk = Disk(db, clock or SystemClock())
        has_records = db.execute("SELECT 1 FROM vault LIMIT 1").fetchone() is not None
        secret = device_secret(folder, training=training, has_records=has_records)
        self._vaults = Vaults(db, secret, lambda: to_millis(self._disk.clock.now()), scrypt_n)
        self._open: dict[str, tuple[Vault, Store, Background]] = {}
        self.work_offline = db.execute("SELECT 1 FROM setting WHERE name = 'work_offline'").fetchone() is not None

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
        for _vault, _store, background in self._open.values():
            background.wake()
        self._disk.tell()

    def sign_in(self, username: str, password: str, pin: str) -> "Session":
        """Sign in at the centre and set this phone up for the nurse; later on, renew an expired sign-in.

        Raises NotReachable, Problem, PinWeak, PinWrong.
        """
        username = username.strip().lower()
        if username in self.people():
            session = self.unlock(username, pin)
            return session.renew(password)
        if weak(pin):
            raise PinWeak("the PIN is too easy to guess")
        device_id, user_seed = str(uuid4()), os.urandom(32)
        profile = self._enrol(device_id, username, password, Signer(user_seed))
        return self._session(self._vaults.create(device_id, username, pin, profile, user_seed))

    def unlock(self, username: str, pin: str) -> "Session":
        """Open the nurse's vault; works without any connection. Raises PinWrong or PinWait."""
        return self._session(self._vaults.open(username, pin))

    def close(self) -> None:
        for _vault, _store, background in self._open.values():
            background.stop()
        self._disk.db.close()

    def _enrol(self, device_id: str, username: str, password: str, user: Signer) -> dict[str, Any]:
        with closing(self._centre()) as centre:
            profile = centre.sign_in(
                username, password, device=self._vaults.device_key(device_id), device_id=device_id,
                device_name="Phone", user_public_key=user.public,
            )  # fmt: skip
        if not profile.get("scope"):
            raise AlongsideError(
                "no team", code="not_for_phone",
                advice="Officers read their handover sheets at the desk console. Nurses: ask to be put in a team.",
            )  # fmt: skip
        return profile

    def _session(self, vault: Vault) -> "Session":
        """A session on the nurse's one open vault, store and background: whoever opens it again shares them."""
        if vault.username not in self._open:
            store = Store(self._disk, vault)
            background = Background(store, self._disk, self._centre(), lambda: self.work_offline)
            self._open[vault.username] = (vault, store, background)
            background.start()
        return Session(self, *self._open[vault.username])


class Session:
    """One nurse at one screen. Methods are synchronous, durable when they return, and safe to call from any thread."""

    def __init__(self, phone: Phone, vault: Vault, store: Store, background: Background):
        self.phone, self.store = phone, store
        self._vault, self._background = vault, background
        person, team = vault.profile["practitioner"], vault.profile["team"]
        self.who = Practitioner(
            person["practitioner_id"], person["name"], person["role"], team["name"], vault.profile["scope"]
        )

    def name(self, practitioner_id: str) -> str:
        """What to call whoever recorded something: "You", or a colleague's name as the last sign-in gave it."""
        if practitioner_id == self.who.practitioner_id:
            return "You"
        return self._vault.profile.get("colleagues", {}).get(practitioner_id, practitioner_id)

    def now(self) -> datetime:
        return self.phone._disk.clock.now()

    def lock(self) -> None:
        """Leave the screen. What is sealed goes on being sent while the app runs."""

    def renew(self, password: str) -> "Session":
        """A fresh sign-in at the centre with the keys this vault already has."""
        profile = self.phone._enrol(self._vault.device_id, self._vault.username, password, self._vault.user)
        if profile["centre_key"] != self._vault.profile["centre_key"]:
            raise Untrusted("this is not the centre this phone was set up with", code="other_centre")
        self.store.release()
        self.phone._vaults.save_profile(self._vault, {**self._vault.profile, **profile})
        self._background.renew()
        return self

    def sync_now(self) -> None:
        self._background.wake()

    # --- shift -------------------------------------------------------------------------------------------------

    def shifts(self) -> list[Record]:
        """The team's shifts that have not ended."""
        return [shift for shift in self.store.shifts() if "ended_at" not in shift.values]

    def shift(self) -> Record | None:
        """The shift this nurse is on."""
        mine = self._vault.profile.get("shift")
        return next((shift for shift in self.shifts() if shift.record_id == mine), None)

    def start_shift(self, car: str, crew_officer: str, day: date, start: datetime, end: datetime) -> str:
        shift_id = str(uuid4())
        answers = {
            "car": car, "day": day.isoformat(), "planned_start": instant(start), "planned_end": instant(end),
            "crew_nurse": self.who.name, "crew_officer": crew_officer or None, "started_at": instant(self.now()),
        }  # fmt: skip
        self._seal(Intent(shift_id, shift_id, "shift", "set", {k: v for k, v in answers.items() if v is not None}))
        self.join_shift(shift_id)
        return shift_id

    def join_shift(self, shift_id: str) -> None:
        self.phone._vaults.save_profile(self._vault, {**self._vault.profile, "shift": shift_id})
        self.phone._disk.tell()

    def end_shift(self) -> None:
        if shift := self.shift():
            ended = {"ended_at": instant(self.now())}
            self._seal(Intent(shift.record_id, shift.incident_id, "shift", "set", ended, shift.heads))

    # --- recording ---------------------------------------------------------------------------------------------

    def new_incident(self) -> str:
        incident_id = str(uuid4())
        shift = self._vault.profile.get("shift")
        begun = {"rule_pack": rules.current(local(self.now()).date()).manifest.pack_id}
        begun |= {"shift": shift} if shift else {}
        self._seal(Intent(incident_id, incident_id, "incident", "set", begun))
        return incident_id

    def edit(self, incident_id: str, kind: str, record_id: str | None = None) -> Draft:
        """What is to be edited: a draft that was kept, else the record as it stands, else a new record."""
        incident = self.store.incident(incident_id)
        known = incident.of(kind) if incident else []
        kept = [draft for draft in self.store.drafts(incident_id) if draft.kind == kind]
        if record_id is None and not CATALOGUE[kind].repeats:
            record_id = known[0].record_id if known else None
        sealed = {record.record_id for record in known}
        for draft in kept:
            if draft.record_id == record_id or (record_id is None and draft.record_id not in sealed):
                return draft
        record = next((record for record in known if record.record_id == record_id), None)
        if record is None:
            return Draft(str(uuid4()), incident_id, kind)
        return Draft(record.record_id, incident_id, kind, record.heads, record.values, record.values)

    def keep(self, draft: Draft) -> None:
        self.store.keep(draft)

    def seal(self, draft: Draft) -> None:
        """Make what was changed in a draft part of the record."""
        changed = patch(draft.base, draft.answers)
        if not changed:
            self.store.drop(draft.record_id)
            return
        intent = Intent(draft.record_id, draft.incident_id, draft.kind, "set", changed, draft.parents)
        self._seal(intent, drop_draft=draft.record_id)

    def stamp(self, incident_id: str, event: str, at: datetime | None = None) -> None:
        """A time on the ribbon: now, as tapped, or one that is typed in later."""
        made = Event(at=at or self.now(), source=Source.TYPED if at else Source.TAPPED)
        heads = self._record(incident_id).heads
        self._seal(
            Intent(
                incident_id,
                incident_id,
                "incident",
                "set",
                {event: made.model_dump(mode="json")},
                heads,
                occurred_at=at,
            )
        )

    def resolve(self, record: Record, name: str, value: Any) -> None:
        """Settle a clash: this value, said by this nurse, who had both in front of them."""
        self._seal(Intent(record.record_id, record.incident_id, record.kind, "resolve", {name: value}, record.heads))

    def retract(self, record: Record, reason: str) -> None:
        """Mark a record as entered in error. It stays, and stays readable in the history."""
        self._seal(
            Intent(record.record_id, record.incident_id, record.kind, "retract", {"reason": reason}, record.heads)
        )

    # --- signing -----------------------------------------------------------------------------------------------

    def sign(self, incident_id: str, digest_shown: str, pin: str) -> None:
        """Sign exactly the document that was shown. Raises PinWrong, PinWait, or `changed_meanwhile`."""
        incident = self.store.incident(incident_id)
        if incident is None or digest(document(incident)) != digest_shown:
            raise AlongsideError(
                "the record changed while it was shown", code="changed_meanwhile",
                advice="Something was added while you were reading. Read it once more, then sign.",
            )  # fmt: skip
        self.phone._vaults.open(self._vault.username, pin)
        nonce = b64(os.urandom(8))
        claim = {
            "digest": digest_shown, "statement": NURSE_STATEMENT, "author": self.who.practitioner_id,
            "incident_id": incident_id, "nonce": nonce,
        }  # fmt: skip
        detail = {
            "digest": digest_shown,
            "statement": NURSE_STATEMENT,
            "signature": self._vault.user.sign("sign", claim),
        }
        self._act(incident_id, "sign", detail, nonce)

    def cosign(
        self, incident_id: str, sheet_shown: str, officer: dict[str, str], strokes: list[list[list[int]]]
    ) -> None:
        """The officer's signature on glass over the handover sheet shown, attested by the nurse's and the device's keys."""
        incident = self.store.incident(incident_id)
        if incident is None or sheet_digest(incident) != sheet_shown:
            raise AlongsideError(
                "the sheet changed while it was shown", code="changed_meanwhile",
                advice="The handover sheet changed while it was open. Read it once more, then sign.",
            )  # fmt: skip
        nonce = b64(os.urandom(8))
        claim = {
            "digest": sheet_shown, "statement": OFFICER_STATEMENT, "officer": officer, "strokes_sha256": digest(strokes),
            "incident_id": incident_id, "nonce": nonce,
        }  # fmt: skip
        detail = {
            "digest": sheet_shown, "statement": OFFICER_STATEMENT, "officer": officer, "strokes": strokes,
            "signature": self._vault.user.sign("cosign", claim),
        }  # fmt: skip
        self._act(incident_id, "cosign", detail, nonce)

    def decline(self, incident_id: str, officer: dict[str, str], reason: str) -> None:
        """The officer did not sign, or had left: recorded with the reason."""
        self._act(incident_id, "decline", {"officer": officer, "reason": reason})

    def _act(self, incident_id: str, op: Op, detail: dict[str, Any], nonce: str | None = None) -> None:
        heads = self._record(incident_id).heads
        self._seal(Intent(incident_id, incident_id, "incident", op, detail, heads, nonce=nonce))

    def _record(self, incident_id: str) -> Record:
        incident = self.store.incident(incident_id)
        if incident is None or incident_id not in incident.records:
            raise AlongsideError("no such incident here", code="not_here", advice="Sync, then open the incident again.")
        return incident.records[incident_id]

    def _seal(self, intent: Intent, *, drop_draft: str | None = None) -> None:
        self.store.seal(self.who.practitioner_id, self.who.role, [intent], drop_draft=drop_draft)
        self._background.wake()
