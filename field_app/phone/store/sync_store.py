"""The store as the sync engine sees it: one object over outbox, changes, pulled log, views and commands.

Implements `sync.protocol.ports.SyncStore`. `settle` and `apply` are one transaction each: receipts, entries, views
and the place in the log are never apart.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from field_app.phone.store.commands import Commands
from field_app.phone.store.disk import Disk
from field_app.phone.store.envelope import Damaged
from field_app.phone.store.outbox import Outbox
from field_app.phone.store.pulled_log import PulledLog
from field_app.phone.store.sealed_changes import SealedChanges
from field_app.phone.store.sending import SentFromOutbox
from field_app.phone.store.vault import Vault
from field_app.phone.store.views import Views
from sync import VERSION
from sync.core.times import instant
from sync.protocol.anti_entropy import ids_in
from sync.protocol.messages import MAX_WANT, Change, Hello, LogSegment, VerifiedRange


@dataclass(frozen=True, repr=False)
class PhoneSyncStore(SentFromOutbox[Change]):
    """One nurse's device in the sync protocol."""

    disk: Disk
    vault: Vault
    changes: SealedChanges
    outbox: Outbox
    log: PulledLog
    views: Views
    commands: Commands

    # --- the outbox --------------------------------------------------------------------------------------------

    def hello(self) -> Hello:
        with self.disk.lock:
            seq, head_id = self.outbox.last()
            acked = self.outbox.acked()
            pulled = self.verified_range()
            done = self.commands.done()
        return Hello(
            device_id=self.vault.device_id,
            app_version=VERSION,
            device_seq=seq,
            device_head=head_id,
            acked=acked,
            scope=self._scope,
            head=pulled.head.claim() if pulled else None,
            clock={"wall": instant(self.disk.clock.now())},
            verified_from=pulled.verified_from() if pulled else None,
            newest=pulled is None,
            want=tuple(sorted(self.changes.wanted)[:MAX_WANT]),
            commands_done=done,
        )

    def read_own(self, number: int, change_id: str) -> Change:
        change = self.changes.read(change_id)
        if change.device_seq != number:
            raise Damaged("a change has lost its number")
        return change

    def numbers_of(self, change_ids: Sequence[str]) -> dict[str, int]:
        return self.outbox.numbers_of(change_ids)

    # --- the log -----------------------------------------------------------------------------------------------

    def token(self) -> str | None:
        """The token of the sign-in at the centre. Without one, the phone can still deposit what is sealed."""
        return self.vault.profile.get("token")

    def centre_key(self) -> str:
        return self.vault.profile["centre_key"]

    def verified_range(self) -> VerifiedRange | None:
        return self.log.verified_range(self._scope)

    def settle(self, segment: LogSegment) -> None:
        with self.views.refolding(segment.entries) as touched:
            news = self._news(segment)
            touched += self._take(segment, news)
            if news:
                self.log.keep(segment)

    def apply(self, segment: LogSegment, grown: VerifiedRange) -> None:
        news = self._news(segment)
        if news:
            self.disk.need_room()
        with self.views.refolding(segment.entries) as touched:
            touched += self._take(segment, news)
            self.log.grow(grown)
            self.log.keep(segment)

    def _news(self, segment: LogSegment) -> list[tuple[Change, bool]]:
        """What is spelled out and not here, each with whether it is void.

        An own change among it was made by this device before its folder was put back, or by a copy of it.
        """
        whole = [(entry.change, entry.void) for entry in segment.entries if isinstance(entry.change, Change)]
        return [(change, void) for change, void in whole if not self.changes.has(change.change_id, void=void)]

    def _take(self, segment: LogSegment, news: Sequence[tuple[Change, bool]]) -> list[Change]:
        """Take news, and receipts for own changes. Returns the changes whose records are to be folded again."""
        for change, void in news:
            self.changes.insert(change, void=void)
        self.outbox.adopt(entry.change for entry in segment.entries if isinstance(entry.change, Change))
        self.outbox.settle(segment.entries)
        return [*(change for change, _ in news), *self._told()]

    def take_told(self) -> None:
        """Put into the sealed rows what receipts said while the vault was locked."""
        if self.outbox.told():
            with self.views.refolding() as touched:
                touched += self._told()

    def _told(self) -> list[Change]:
        """Seal those changes again of which a receipt says otherwise than their rows. Returns them."""
        changes: list[Change] = []
        for change_id, void in self.outbox.told():
            with suppress(Damaged):  # it is wanted, and comes with what the centre says of it
                change = self.changes.read(change_id)
                self.changes.insert(change, void=void)
                changes.append(change)
        self.outbox.forget_told()
        return changes

    @property
    def _scope(self) -> str | None:
        return self.vault.profile.get("scope")

    # --- anti-entropy ------------------------------------------------------------------------------------------

    def logged(self) -> set[str]:
        """The ids of all entries of the log whose changes are here."""
        return self.log.ids(self.verified_range())

    def compared(self, buckets: set[int], centre_ids: set[str]) -> int:
        """After anti-entropy: ask for what only the centre has, offer own changes that only this phone has.

        `centre_ids`: the entries at the centre in these buckets. Returns how many entries are asked for and offered.
        """
        phone_ids = set(ids_in(self.logged(), buckets))
        missing, extra = centre_ids - phone_ids, self.numbers_of(sorted(phone_ids - centre_ids))
        self.changes.wanted |= missing
        self.offer_again([(number, number) for number in extra.values()])
        return len(missing) + len(extra)

    # --- after a restore ---------------------------------------------------------------------------------------

    def restart_pull(self, kept: int) -> None:
        with self.disk.writing():
            if self.log.restart(kept):
                self.outbox.offer_above(kept)

    def segments_to_return(self) -> Iterator[LogSegment]:
        return self.log.segments_to_return(self.changes.read, self.centre_key())

    def forget_returned(self) -> None:
        self.log.forget_returned()

    # --- what the centre said ----------------------------------------------------------------------------------

    def keep_commands(self, commands: Sequence[dict[str, Any]]) -> None:
        self.commands.keep(commands, self.centre_key())
