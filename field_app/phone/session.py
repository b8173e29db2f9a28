"""One nurse at one screen of a phone: each thing a nurse does is one method and one durable transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from field_app.attendance import Attendance
from field_app.phone import signing_claims
from field_app.phone.background import Background
from field_app.phone.open_drafts import OpenDrafts
from field_app.phone.store.disk import Draft, Intent, SystemClock
from field_app.phone.store.store import Store
from field_app.phone.store.vault import Vault
from sync.core.canonical import digest
from sync.core.errors import AlongsideError, Untrusted
from sync.core.times import instant, local
from sync.domain.catalogue import reading
from sync.domain.content.guidance import GuidancePack
from sync.domain.content.pack_set import PackSet
from sync.domain.documents.handover_sheet import sheet_digest
from sync.domain.forms import Event, Source
from sync.domain.records.fold import Record
from sync.domain.records.standing import document
from sync.protocol.exchange import SET_ASIDE
from sync.protocol.messages import Op, Role

if TYPE_CHECKING:
    from field_app.phone.phone import Phone

__all__ = ["Draft", "Practitioner", "Session", "SystemClock"]


@dataclass(frozen=True)
class Practitioner:
    practitioner_id: str
    name: str
    role: Role
    team_name: str
    scope: str


class Session:
    """One nurse at one screen. Methods are synchronous, durable when they return, and safe to call from any thread."""

    def __init__(self, phone: "Phone", vault: Vault, store: Store, background: Background):
        self.phone, self.store = phone, store
        self._vault, self._background = vault, background
        self._drafts = OpenDrafts(phone._disk, store, self._seal)
        person, team = vault.profile["practitioner"], vault.profile["team"]
        self.who = Practitioner(
            person["practitioner_id"], person["name"], person["role"], team["name"], vault.profile["scope"]
        )

    @property
    def packs(self) -> PackSet:
        """Law, guidance and services as this phone has them now."""
        return self.phone.packs.current

    def name(self, practitioner_id: str) -> str:
        """How to name a practitioner: "You", or a colleague's name as the last sign-in gave it, or the id."""
        if practitioner_id == self.who.practitioner_id:
            return "You"
        return self._vault.profile.get("colleagues", {}).get(practitioner_id, practitioner_id)

    def now(self) -> datetime:
        return self.phone.now()

    @property
    def clock_offset(self) -> timedelta | None:
        """The centre's time less this phone's, as of the last exchange."""
        offset = self.phone._disk.clock_offset_ms
        return None if offset is None else timedelta(milliseconds=offset)

    @property
    def presence(self) -> Attendance[Any]:
        """Whether somebody is at one of the windows that show this vault."""
        return self.phone.presence[self._vault.username]

    def lock(self) -> None:
        """Close this nurse's vault, for every window (`Phone.lock`)."""
        self.phone.lock(self._vault.username)

    def renew(self, password: str) -> "Session":
        """Sign in again at the centre, with the keys this vault has. Raises NotReachable, Problem or Untrusted."""
        profile = self.phone._enrol(self._vault.device_id, self._vault.username, password, self._vault.user)
        if any(profile[key] != self._vault.profile[key] for key in ("centre_key", "seal_key")):
            raise Untrusted("this is not the centre this phone was set up with", code="other_centre")
        self.store.outbox.release()
        self.phone._vaults.save_profile(self._vault, {**self._vault.profile, **profile})
        self._background.renew()
        return self

    def sync_now(self) -> None:
        """Sync when somebody asks for it: offer again what was set aside, and compare the log with the centre's."""
        self.store.outbox.release((SET_ASIDE.code,))
        self._background.check_soon()
        self._background.hurry()

    @property
    def is_gone(self) -> bool:
        """True when this nurse's vault has been erased, by command of the centre."""
        return self._vault.username not in self.phone.people()

    # --- shift -------------------------------------------------------------------------------------------------

    def shifts(self) -> list[Record]:
        """The team's shifts that have not ended."""
        return [shift for shift in self.store.shifts() if "ended_at" not in shift.values]

    def shift(self) -> Record | None:
        """The shift this nurse is on."""
        mine = self._vault.profile.get("shift")
        return next((shift for shift in self.shifts() if shift.record_id == mine), None)

    def start_shift(
        self, car: str, crew_officer: str, day: date, start: datetime, end: datetime, shift_id: str = ""
    ) -> str:
        """Start a shift and join it. One that has begun under this id is joined, and not begun again."""
        shift_id = shift_id or str(uuid4())
        answers = {
            "car": car,
            "day": day.isoformat(),
            "planned_start": instant(start),
            "planned_end": instant(end),
            "crew_nurse": self.who.name,
            "crew_officer": crew_officer or None,
            "started_at": instant(self.now()),
        }
        self._begin("shift", shift_id, {name: answer for name, answer in answers.items() if answer is not None})
        self.join_shift(shift_id)
        return shift_id

    def join_shift(self, shift_id: str) -> None:
        self.phone._vaults.save_profile(self._vault, {**self._vault.profile, "shift": shift_id})
        self.phone._disk.tell()

    def end_shift(self) -> None:
        if shift := self.shift():
            self._add(shift, "set", {"ended_at": instant(self.now())})

    # --- recording ---------------------------------------------------------------------------------------------

    def new_incident(self, incident_id: str = "") -> str:
        """Begin an incident. One that has begun under this id is not begun again."""
        incident_id = incident_id or str(uuid4())
        shift = self._vault.profile.get("shift")
        begun = {"rule_pack": self.packs.rules_on(local(self.now()).date()).manifest.pack_id}
        begun |= {"shift": shift} if shift else {}
        begun |= self._crew()
        self._begin("incident", incident_id, begun)
        return incident_id

    def _begin(self, kind: str, record_id: str, answers: dict[str, Any]) -> None:
        with self.phone._disk.lock:  # so that two taps at once begin one
            if self.store.incident(record_id) is None:
                self._seal([Intent(record_id, record_id, kind, "set", answers)])

    def _crew(self) -> dict[str, str]:
        """Who is in the car, as the shift says: so that nobody types it again."""
        shift = self.shift()
        values = shift.values if shift else {}
        return {name: values[name] for name in ("crew_nurse", "crew_officer") if values.get(name)}

    def edit(self, incident_id: str, kind: str, record_id: str | None = None) -> Draft:
        """The draft to be edited: the one that was kept, else one of the record as it stands, else a new record's."""
        return self._drafts.edit(incident_id, kind, record_id)

    def keep(self, draft: Draft) -> Draft:
        """Keep a draft, with what other windows gave to it. Returns what is kept, from which this window goes on."""
        return self._drafts.keep(draft)

    def seal(self, draft: Draft) -> None:
        """Make what was changed in a draft part of the record; forget a draft in which nothing was."""
        self._drafts.seal(draft)

    def stamp(self, incident_id: str, event: str, at: datetime | None = None) -> None:
        """Record a time on the ribbon: now, as tapped, or `at`, as typed in later."""
        stamped = Event(at=at or self.now(), source=Source.TYPED if at else Source.TAPPED)
        self._add(self._record(incident_id), "set", {event: stamped.model_dump(mode="json")}, at)

    def resolve(self, record: Record, name: str, value: Any) -> None:
        """Settle a clash with this value: the nurse had both values in front of them."""
        self._add(record, "resolve", {name: value})

    def retract(self, record: Record, reason: str) -> None:
        """Mark a record as entered in error. It stays, and stays readable in the history."""
        self._add(record, "retract", {"reason": reason})

    # --- guidance ----------------------------------------------------------------------------------------------

    def guidance(self) -> GuidancePack:
        """The guidance in force."""
        return self.packs.guidance_on(local(self.now()).date())

    def new_guidance(self) -> str:
        """The version of the guidance in force; "" once this nurse has opened a page of it."""
        manifest = self.guidance().manifest
        seen = reading.has_opened(self.store.apart(reading.KIND), self.who.practitioner_id, manifest.pack_id)
        return "" if seen else manifest.version

    def log_reading(self, page_id: str) -> None:
        """Record that this nurse opened this page of the guidance in force: in which version, and when."""
        pack, who = self.guidance(), self.who.practitioner_id
        page = pack.page(page_id)
        with self.phone._disk.lock:  # one record a pack, also when two pages are opened at once
            known = reading.of(self.store.apart(reading.KIND), who, pack.manifest.pack_id)
            record_id = known.record_id if known else str(uuid4())
            answers = {} if known else reading.begun(who, pack.manifest.pack_id, pack.manifest.version)
            answers |= reading.opened(uuid4().hex[:12], page_id, page.version if page else "", self.now())
            self._seal([Intent(record_id, record_id, reading.KIND, "set", answers, known.heads if known else ())])

    # --- signing -----------------------------------------------------------------------------------------------

    def sign(self, incident_id: str, digest_shown: str, pin: str) -> None:
        """Sign exactly the document that was shown. Raises PinWrong, PinWait, or `changed_meanwhile`."""
        incident = self.store.incident(incident_id)
        if incident is None or digest(document(incident)) != digest_shown:
            advice = "Something was added while you were reading. Read it once more, then sign."
            raise AlongsideError("the record changed while it was shown", code="changed_meanwhile", advice=advice)
        self.phone._vaults.open(self._vault.username, pin)
        nonce = self.store.next_nonce(incident_id)
        who, sign = self.who.practitioner_id, self._vault.user.sign
        detail = signing_claims.signature(incident_id, digest_shown, who, nonce, sign)
        self._act(incident_id, "sign", detail, nonce)

    def cosign(
        self, incident_id: str, sheet_shown: str, officer: dict[str, str], strokes: list[list[list[int]]]
    ) -> None:
        """Record the officer's signature on glass over the handover sheet shown. Raises `changed_meanwhile`.

        The nurse's key attests it, and the device's key when it is sent.
        """
        incident = self.store.incident(incident_id)
        if incident is None or sheet_digest(incident) != sheet_shown:
            advice = "The handover sheet changed while it was open. Read it once more, then sign."
            raise AlongsideError("the sheet changed while it was shown", code="changed_meanwhile", advice=advice)
        nonce = self.store.next_nonce(incident_id)
        detail = signing_claims.cosignature(incident_id, sheet_shown, officer, strokes, nonce, self._vault.user.sign)
        self._act(incident_id, "cosign", detail, nonce)

    def decline(self, incident_id: str, officer: dict[str, str], reason: str) -> None:
        """Record that the officer did not sign, or had left, with the reason."""
        self._act(incident_id, "decline", {"officer": officer, "reason": reason})

    # --- handing on --------------------------------------------------------------------------------------------

    def hand_on(self, incident_id: str, to_kind: str, to: str, note: str = "") -> None:
        """Offer an open incident to the next shift, a colleague or a crisis team. It stays here until accepted."""
        self._act(incident_id, "transfer", signing_claims.offer(to_kind, to, note, self.now()))

    def accept(self, incident_id: str, offered: str, by: str = "", role: str = "", at: datetime | None = None) -> None:
        """Accept the offer that the change `offered` made: for oneself, or for a team outside, by whom and when."""
        detail = signing_claims.acceptance(offered, by or self.who.name, role or self.who.role, at or self.now())
        self._act(incident_id, "transfer", detail)

    def _act(self, incident_id: str, op: Op, detail: dict[str, Any], nonce: str = "") -> None:
        self._add(self._record(incident_id), op, detail, nonce=nonce)

    def _record(self, incident_id: str) -> Record:
        incident = self.store.incident(incident_id)
        if incident is None or incident_id not in incident.records:
            raise AlongsideError("no such incident here", code="not_here", advice="Sync, then open the incident again.")
        return incident.records[incident_id]

    def _add(
        self, record: Record, op: Op, answers: dict[str, Any], at: datetime | None = None, nonce: str = ""
    ) -> None:
        """Seal a change to this record as it stands. `at`: when it happened, if not now."""
        ids = (record.record_id, record.incident_id, record.kind)
        self._seal([Intent(*ids, op, answers, record.heads, at, nonce or None)])

    def _seal(self, intents: Sequence[Intent], drop_draft: str | None = None) -> None:
        self.store.seal(self.who.practitioner_id, self.who.role, intents, drop_draft=drop_draft)
        self._background.wake()
