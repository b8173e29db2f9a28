"""The outbox: own changes, numbered without a gap, that wait until the centre's signed receipt names them.

Technique: a transactional outbox. A change and its row here are one transaction, and only a receipt settles a row.
Nothing here is sealed, and no key of the nurse's is needed: a locked phone knows what waits, and settles it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from field_app.phone.store.disk import VaultRows, to_bytes, to_text
from field_app.phone.store.hello_count import HelloCount
from sync.core.signing import Signer
from sync.protocol.codec import sign_hello
from sync.protocol.messages import BATCH_BYTES, NO_CHANGE, Change, Hello, LogEntry, OwnChange, Verdict

MINE = 500  # changes looked up in one statement
ROW = """outbox (vault_id, device_seq, change_id, record_id, incident_id, size)
    VALUES (:vault, :seq, :id, :record, :incident, :size)"""
RETRIED = ("not_stored",)  # after a fresh sign-in


class Outbox:
    """The changes that this device has made, and how far each has got. `signer` holds the device's key."""

    def __init__(self, rows: VaultRows, signer: Signer):
        self._rows, self._signer, self._hellos = rows, signer, HelloCount(rows)
        self.device_id, self.lock = to_text(rows.vault_id), rows.disk.lock

    # --- what waits --------------------------------------------------------------------------------------------

    def last(self) -> tuple[int, str]:
        """Number and id of this device's newest change."""
        row = self._rows.first(
            "SELECT device_seq, change_id FROM outbox WHERE vault_id = :vault ORDER BY device_seq DESC LIMIT 1"
        )
        return (row[0], row[1].hex()) if row else (0, NO_CHANGE)

    def acked(self) -> int:
        """Every change up to this number has a receipt, or was refused and is kept aside."""
        first = self._rows.first("SELECT min(device_seq) FROM waiting WHERE vault_id = :vault")[0]
        return first - 1 if first else self.last()[0]

    @property
    def is_waiting(self) -> bool:
        """True while a change has to be sent."""
        return self.acked() < self.last()[0]

    def waiting(self, after: int, limit: int = BATCH_BYTES) -> list[tuple[int, str]]:
        """Numbers and ids of waiting changes above `after`, in order and without a gap, about `limit` bytes of them."""
        find = """SELECT device_seq, change_id, size FROM waiting WHERE vault_id = :vault AND device_seq > :after
            ORDER BY device_seq LIMIT 1000"""
        chosen: list[tuple[int, str]] = []
        size = 0
        for seq, change_id, length in self._rows.all(find, after=after):
            if chosen and (size + length > limit or seq != chosen[-1][0] + 1):
                break
            chosen.append((seq, change_id.hex()))
            size += length
        return chosen

    def id_of(self, number: int) -> str:
        """The id of this change; that of no change where there is none of this number."""
        row = self._rows.first("SELECT change_id FROM outbox WHERE vault_id = :vault AND device_seq = :n", n=number)
        return row[0].hex() if row else NO_CHANGE

    @property
    def is_all_received(self) -> bool:
        """True when the centre has every change: none waits, and none was refused."""
        return not self._rows.first("SELECT 1 FROM outbox WHERE vault_id = :vault AND received_ms IS NULL")

    def sign_hello(self, hello: Hello) -> Hello:
        return sign_hello(hello, self._hellos.next(), self._signer)

    def count_on_from(self, count: int) -> None:
        self._hellos.on_from(count)

    def sign_batch(self, claim: dict[str, Any]) -> str:
        return self._signer.sign("batch", claim)

    def own(self, first: int, count: int) -> list[OwnChange]:
        """As much of these changes as a receipt speaks of."""
        find = """SELECT device_seq, change_id, record_id, incident_id FROM outbox
            WHERE vault_id = :vault AND device_seq >= :first AND device_seq < :end ORDER BY device_seq"""
        return [
            OwnChange(self.device_id, seq, change_id.hex(), to_text(record), to_text(incident))
            for seq, change_id, record, incident in self._rows.all(find, first=first, end=first + count)
        ]

    def numbers_of(self, change_ids: Sequence[str]) -> dict[str, int]:
        """The numbers of those changes that are this device's own."""
        numbers: dict[str, int] = {}
        for start in range(0, len(change_ids), MINE):
            ids = {f"id{place}": bytes.fromhex(text) for place, text in enumerate(change_ids[start : start + MINE])}
            places = ", ".join(f":{place}" for place in ids)
            find = "SELECT change_id, device_seq FROM outbox WHERE vault_id = :vault AND change_id IN"
            numbers.update(
                (change_id.hex(), number) for change_id, number in self._rows.all(f"{find} ({places})", **ids)
            )
        return numbers

    # --- what becomes of it ------------------------------------------------------------------------------------

    def settle(self, entries: Iterable[LogEntry]) -> None:
        """Inside a transaction: settle exactly the own changes that these entries name, each by its id.

        What they say of a change's validity is kept here until its sealed row says so too: `told`.
        """
        self._rows.run_many(
            """UPDATE outbox SET seq = :seq, received_ms = :received_ms, last_error = '', void = nullif(
                   :void, (SELECT void FROM change WHERE change.vault_id = :vault AND change.change_id = :id))
               WHERE vault_id = :vault AND change_id = :id""",
            [
                {
                    "seq": entry.seq,
                    "received_ms": entry.received_ms,
                    "void": int(entry.void),
                    "id": bytes.fromhex(entry.change.change_id),
                }
                for entry in entries
                if entry.change.device_id == self.device_id
            ],
        )

    def told(self) -> list[tuple[str, bool]]:
        """The ids of own changes whose sealed rows have another validity than a receipt said, and that one."""
        find = "SELECT change_id, void FROM outbox WHERE vault_id = :vault AND void IS NOT NULL"
        return [(change_id.hex(), bool(void)) for change_id, void in self._rows.all(find)]

    def forget_told(self) -> None:
        """Inside a transaction: the sealed rows say so now."""
        self._rows.run("UPDATE outbox SET void = NULL WHERE vault_id = :vault AND void IS NOT NULL")

    def keep_verdict(self, verdict: Verdict) -> None:
        """Keep what the centre thinks of a change. That it has the change, only a receipt says."""
        with self._rows.disk.writing():
            self._rows.run(
                """UPDATE outbox SET verdict = :verdict, code = :code, field = :field, advice = :advice
                   WHERE vault_id = :vault AND device_seq = :device_seq""",
                **vars(verdict),
            )

    def release(self, codes: Sequence[str] = RETRIED) -> int:
        """Offer once more what was refused for one of these reasons. Returns how many changes that is."""
        with self._rows.disk.writing():
            return self._rows.run_many(
                """UPDATE outbox SET verdict = '', code = '', advice = ''
                   WHERE vault_id = :vault AND verdict = 'refused' AND code = :code""",
                [{"code": code} for code in codes],
            )

    def note_failure(self, problem: str) -> None:
        """Note an attempt that did not succeed, on every change that still waits."""
        with self._rows.disk.writing():
            self._rows.run(
                """UPDATE outbox SET attempts = attempts + 1, last_error = :problem
                   WHERE vault_id = :vault AND received_ms IS NULL AND verdict <> 'refused'""",
                problem=problem,
            )

    def offer_again(self, gaps: Sequence[tuple[int, int]]) -> None:
        """Let these changes, first and last number of each gap, wait once more: the centre has lost them."""
        if gaps:
            with self._rows.disk.writing():
                self._rows.run_many(
                    """UPDATE outbox SET seq = NULL, received_ms = NULL
                       WHERE vault_id = :vault AND device_seq BETWEEN :first AND :last AND received_ms IS NOT NULL""",
                    [{"first": first, "last": last} for first, last in gaps],
                )

    def offer_above(self, kept: int) -> None:
        """Inside a transaction: let the changes wait once more whose log number is higher."""
        again = "UPDATE outbox SET seq = NULL, received_ms = NULL WHERE vault_id = :vault AND seq > :kept"
        self._rows.run(again, kept=kept)

    def add(self, change: Change) -> None:
        """Inside a transaction: let a change wait to be sent."""
        self._rows.run(f"INSERT INTO {ROW}", **_row(change))

    def adopt(self, changes: Iterable[Change]) -> None:
        """Inside a transaction: own changes that the centre has spelled out keep their numbers where these are free.

        So numbering goes on above them. Under a number that is taken, a copy of this device has made another change.
        """
        own = (change for change in changes if change.device_id == self.device_id)
        self._rows.run_many(f"INSERT OR IGNORE INTO {ROW}", map(_row, own))

    # --- what screens read -------------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """How many records have a change in each state."""
        return dict(
            self._rows.all(
                "SELECT state, count(DISTINCT record_id) FROM delivery WHERE vault_id = :vault GROUP BY state"
            )
        )

    def last_received_ms(self) -> int | None:
        return self._rows.first("SELECT max(received_ms) FROM outbox WHERE vault_id = :vault")[0]

    def deliveries(self) -> list[Any]:
        """How far each change has got, the newest first: the columns of the view `delivery` that a screen needs."""
        return self._rows.all(
            """SELECT record_id, incident_id, state, seq, received_ms, attempts, last_error, code, field, advice
               FROM delivery WHERE vault_id = :vault ORDER BY device_seq DESC"""
        )


def _row(change: Change) -> dict[str, Any]:
    return {
        "seq": change.device_seq,
        "id": bytes.fromhex(change.change_id),
        "record": to_bytes(change.record_id),
        "incident": to_bytes(change.incident_id),
        "size": change.size,
    }
