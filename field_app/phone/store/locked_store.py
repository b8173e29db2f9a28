"""The store of a vault that nobody has unlocked: what waits is sent as it lies, sealed, and receipts settle it.

Nothing is opened here and nothing is sealed. Only rows of the outbox leave: no draft, no view, no change of anybody
else's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from field_app.phone.store.commands import Commands
from field_app.phone.store.disk import Disk, VaultRows, to_text
from field_app.phone.store.drafts import draft_count
from field_app.phone.store.envelope import Damaged
from field_app.phone.store.outbox import Outbox
from field_app.phone.store.sending import SentFromOutbox
from field_app.phone.store.vault import LockedVault
from sync import VERSION
from sync.core.times import instant
from sync.protocol.messages import Hello, LogSegment, VerifiedRange
from sync.protocol.sealed import SealedChange


@dataclass(frozen=True)
class LockedSyncStore(SentFromOutbox[SealedChange]):
    """A locked vault in the sync protocol: it deposits, without a sign-in, and pulls nothing (`SyncStore`)."""

    rows: VaultRows
    vault: LockedVault
    outbox: Outbox
    commands: Commands

    # --- the outbox --------------------------------------------------------------------------------------------

    def hello(self) -> Hello:
        with self.rows.disk.lock:
            seq, head_id = self.outbox.last()
            acked, done = self.outbox.acked(), self.commands.done()
        clock = {"wall": instant(self.rows.disk.clock.now())}
        return Hello(self.vault.device_id, VERSION, seq, head_id, acked, None, None, clock, commands_done=done)

    def read_own(self, number: int, change_id: str) -> SealedChange:
        row = self.rows.first(
            """SELECT record_id, incident_id, void, day, for_centre, wdek, ct
               FROM change JOIN day_key USING (vault_id, day) WHERE vault_id = :vault AND change_id = :id""",
            id=bytes.fromhex(change_id),
        )
        if row is None:
            raise Damaged("a change has lost its row")
        record, incident, void, *sealed = row
        named = (self.vault.device_id, number, self.outbox.id_of(number - 1), change_id)
        return SealedChange(*named, to_text(record), to_text(incident), bool(void), *sealed)

    def numbers_of(self, change_ids: Sequence[str]) -> Mapping[str, int]:
        return {}

    # --- what the centre said ----------------------------------------------------------------------------------

    def token(self) -> None:
        """Nobody is signed in."""

    def centre_key(self) -> str:
        return self.vault.centre_key

    def settle(self, segment: LogSegment) -> None:
        with self.rows.disk.writing():
            self.outbox.settle(segment.entries)

    def apply(self, segment: LogSegment, grown: VerifiedRange) -> None:
        self.settle(segment)

    def keep_commands(self, commands: Sequence[dict[str, Any]]) -> None:
        self.commands.keep(commands, self.vault.centre_key)

    # --- the log: none is here ---------------------------------------------------------------------------------

    def verified_range(self) -> None: ...

    def restart_pull(self, kept: int) -> None: ...

    def segments_to_return(self) -> Iterator[LogSegment]:
        return iter(())

    def forget_returned(self) -> None: ...


class LockedStore:
    """A vault that nobody has unlocked, as `Background` sees a store."""

    def __init__(self, disk: Disk, vault: LockedVault):
        rows = VaultRows(disk, vault.vault_id)
        self.vault, self._rows = vault, rows
        self.outbox, self.commands = Outbox(rows, vault.device), Commands(rows)
        self.sync = LockedSyncStore(rows, vault, self.outbox, self.commands)
        self.sending = False
        self.offline_since: datetime | None = None
        self.problem = self.advice = ""

    def drafts(self) -> int:
        """How many drafts lie here: they cannot be sealed without the PIN, so they stay."""
        return draft_count(self._rows)

    def is_retired(self) -> bool:
        """Whether its nurse has another vault by now."""
        return bool(self._rows.first("SELECT retired FROM vault WHERE vault_id = :vault")[0])

    def put_away(self) -> int:
        """Nothing can be sealed here."""
        return 0
