"""The one checker. After every run of every fault test it says what must hold, whatever was broken in that run.

I1 acknowledged is stored · I2 sealed is stored · I3 each change once · I4 whole histories · I5 all see the same,
clashes too · I6 no hole in the log · I7 receipts, chains, ids · I8 the outbox empties or names what it parked · I9
received means a verified receipt · I10 nothing in clear · I11 a day with nothing to do is one small request.
docs/faults.md has them in full. It uses the fold only to compare; which answers clash it works out by itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from field_app.phone.store.store import Store
from sync.core.canonical import canonical, parse
from sync.domain.records.fold import ANSWERING, Record, fold_records
from sync.protocol.messages import NO_CHANGE, Change, LogEntry, chain_hash
from tests.steps.builders import CANARIES, Pocket

looked_for = {"acknowledged": 0, "clashes": 0}  # since this process began
IDLE_BYTES = 1024  # a request or an answer with nothing in it


@dataclass
class World:
    """Both ends at rest, and what was said on the way."""

    rows: Sequence[Any]  # the centre's log, by number
    phones: Sequence[Pocket]
    sealed: Iterable[str]  # every change that a store ever said it had made durable
    received: Iterable[str]  # every change that a phone ever called received
    pulled: Mapping[int, LogEntry]  # what somebody gets who pulls from the very beginning
    idle: Sequence[tuple[int, int]] = ()  # bytes up and down of exchanges that had nothing to do
    words: str = ""  # all that was logged
    copied: Collection[str] = ()  # devices whose folders were copied or put back: they may give a number twice
    changes: dict[str, Change] = field(init=False)

    def __post_init__(self) -> None:
        self.changes = {row.change_id: Change.model_validate(parse(row.body)) for row in self.rows}

    def scope(self, scope: str) -> tuple[list[Change], set[str]]:
        """The changes of a scope's log, and which of them do not count."""
        rows = [row for row in self.rows if row.scope == scope]
        return [self.changes[row.change_id] for row in rows], {row.change_id for row in rows if row.void}


def check(world: World) -> None:
    """Every invariant. Raises AssertionError, whose first word is the invariant's number."""
    acknowledged(world.received, world.rows)
    looked_for["acknowledged"] += len(set(world.received))
    assert set(world.sealed) <= world.changes.keys(), "I2: something sealed is not at the centre"
    once(world.rows)
    chains(world)
    for scope in {row.scope for row in world.rows}:
        histories(*world.scope(scope))
    for pocket in world.phones:
        whole(pocket, pocket.device_id in world.copied)
        converged(pocket, world)
        receipts(pocket, world.rows)
        secret(pocket.folder, world.words)
    for up, down in world.idle:
        assert max(up, down) <= IDLE_BYTES, f"I11: an exchange with nothing to do took {up} and {down} bytes"


def acknowledged(received: Iterable[str], rows: Sequence[Any]) -> None:
    """Holds at any moment, also between two faults."""
    lost = set(received) - {row.change_id for row in rows}
    assert not lost, f"I1: {len(lost)} changes called received are not at the centre"


def once(rows: Sequence[Any]) -> None:
    ids = [row.change_id for row in rows]
    assert len(ids) == len(set(ids)), "I3: a change is at the centre twice"
    numbers: set[tuple[str, int]] = set()
    for row in rows:
        again = (row.device_id, row.device_seq) in numbers
        assert row.number_again == again, "I3: a device's number names two changes, and the desk is not told"
        assert not again or row.void or row.code == "fork", "I3: a device's number names two changes"
        numbers.add((row.device_id, row.device_seq))


def chains(world: World) -> None:
    """The centre's chain and each device's, and what somebody sees who pulls everything anew."""
    chain: dict[str, str] = {}
    numbered = by_number(world.changes.values())
    for row in world.rows:
        assert world.changes[row.change_id].change_id == row.change_id, "I7: bytes are not what their id names"
        before = chain.get(row.scope, NO_CHANGE)
        chain[row.scope] = chain_hash(before, row.change_id, row.seq, row.received_ms, void=row.void)
        assert chain[row.scope] == row.chain, f"I7: the centre's chain is broken at {row.seq}"
    for change in world.changes.values():
        before = numbered.get((change.device_id, change.device_seq - 1), set())
        assert change.device_prev in before or change.device_id in world.copied, "I7: a device's chain is broken"
    for (device_id, _), ids in numbered.items():
        assert len(ids) == 1 or device_id in world.copied, "I7: a device has given a number twice"
    scopes = {row.scope for row in world.rows if row.seq in world.pulled}
    wanted = {row.seq: (row.change_id, row.received_ms, row.void) for row in world.rows if row.scope in scopes}
    got = {seq: (one.change.change_id, one.received_ms, one.void) for seq, one in world.pulled.items()}
    assert got == wanted, "I6: the pages of a pull are not the centre's log"


def by_number(changes: Iterable[Change]) -> dict[tuple[str, int], set[str]]:
    """The ids of the changes with each number of each device; before the first one lies `NO_CHANGE`."""
    numbered: dict[tuple[str, int], set[str]] = {}
    for change in changes:
        numbered.setdefault((change.device_id, 0), {NO_CHANGE})
        numbered.setdefault((change.device_id, change.device_seq), set()).add(change.change_id)
    return numbered


def histories(changes: Sequence[Change], void: set[str]) -> None:
    """Heads are leaves, all is reachable from them, and every clash is one that nobody settled, with all its values."""
    records: dict[str, dict[str, Change]] = {}
    for change in changes:
        records.setdefault(change.record_id, {})[change.change_id] = change
    for record_id, record in fold_records(changes, void).items():
        mine = records[record_id]
        leaves = mine.keys() - {parent for change in mine.values() for parent in change.parents}
        assert set(record.heads) == leaves, "I4: heads are not the leaves"
        reached = {change_id for leaf in leaves for change_id in _ancestors(mine, leaf)} | leaves
        assert reached == mine.keys(), "I4: a change cannot be reached from the heads"
        shown = {name: {canonical(one.value) for one in given} for name, given in record.clashes.items()}
        clashes = _clashes(mine, void)
        looked_for["clashes"] += len(clashes)
        assert shown == clashes, "I5: a clash is lost, or one is shown that is none"


def _ancestors(mine: Mapping[str, Change], change_id: str) -> set[str]:
    found: set[str] = set()
    todo = [change_id]
    while todo:
        for parent in mine[todo.pop()].parents:
            if parent in mine and parent not in found:
                found.add(parent)
                todo.append(parent)
    return found


def _clashes(mine: Mapping[str, Change], void: set[str]) -> dict[str, set[bytes]]:
    """By definition: different values of one answer, none of them given in the knowledge of the other."""
    before = {change_id: _ancestors(mine, change_id) for change_id in mine}
    counting = [one for one in mine.values() if one.op in ANSWERING and one.change_id not in void]
    found: dict[str, set[bytes]] = {}
    for name in {name for change in counting for name in change.patch}:
        givers = [change for change in counting if name in change.patch]
        last = [one for one in givers if not any(one.change_id in before[other.change_id] for other in givers)]
        values = {canonical(one.patch[name]) for one in last}
        if len(values) > 1:
            found[name] = values
    return found


# --- a phone ----------------------------------------------------------------------------------------------------------


def whole(pocket: Pocket, is_copied: bool = False) -> None:
    """Change, outbox and view are never apart. Holds at any moment, above all right after a kill.

    `is_copied`: some of this device's changes may have been made by a copy of it.
    """
    db, vault = pocket.db, pocket.vault.vault_id
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok", "I2: the phone's database is damaged"
    outbox = db.execute("SELECT device_seq, change_id FROM outbox WHERE vault_id = ? ORDER BY 1", (vault,)).fetchall()
    found = db.execute(
        "SELECT change_id, record_id, incident_id, void, day, wdek, ct FROM change WHERE vault_id = ?", (vault,)
    ).fetchall()
    changes, void = {}, set()
    for change_id, record, incident, is_void, *sealed in found:
        plain = pocket.vault.keys.open(b"change" + change_id + record + incident + bytes([is_void]), *sealed)
        changes[change_id.hex()] = change = Change.model_validate_json(plain)
        assert change.change_id == change_id.hex(), "I7: a stored change is not what its id names"
        void |= {change.change_id} if is_void else set()
    own = [one for one in changes.values() if one.device_id == pocket.device_id]
    listed = {(seq, change_id.hex()) for seq, change_id in outbox}
    assert listed <= {(one.device_seq, one.change_id) for one in own}, "I2: outbox and changes are apart"
    assert {seq for seq, _ in listed} == {one.device_seq for one in own}, "I2: outbox and changes are apart"
    if not is_copied:
        assert [seq for seq, _ in outbox] == list(range(1, len(own) + 1)), "I2: a number of this phone is missing"
        numbered = by_number(own)
        linked = all(one.device_prev in numbered[one.device_id, one.device_seq - 1] for one in own)
        assert linked, "I7: the phone's own chain is broken"
    folded = fold_records(changes.values(), void)
    assert views(pocket.store) == folded, "I5: what the screens show is not what the changes make"
    assert views(Store(pocket.disk, pocket.vault)) == folded, "I5: a restart would show something else"
    pocket.store.drafts()


def views(store: Store) -> dict[str, Record]:
    return {key: record for incident in store.incidents(10_000) for key, record in incident.records.items()}


def converged(pocket: Pocket, world: World) -> None:
    changes, void = world.scope(pocket.vault.profile["scope"])
    assert views(pocket.store) == fold_records(changes, void), "I5: a phone's view is not the centre's"
    rows = [row for row in world.rows if row.scope == pocket.vault.profile["scope"]]
    here = pocket.store.sync.verified_range()
    place = (here.head.seq, here.head.chain) if here else None
    assert not rows or place == (rows[-1].seq, rows[-1].chain), "I6: the cursor is wrong"
    unsent = pocket.db.execute(
        "SELECT count(*) FROM outbox WHERE received_ms IS NULL AND (verdict <> 'refused' OR code = '')"
    ).fetchone()[0]
    assert unsent == 0, "I8: the outbox is not empty, and does not say why"


def receipts(pocket: Pocket, rows: Sequence[Any]) -> None:
    """What a screen calls received has the very number and time that the centre signed."""
    said = pocket.db.execute("SELECT change_id, seq, received_ms FROM outbox WHERE received_ms IS NOT NULL").fetchall()
    known = {row.change_id: (row.seq, row.received_ms) for row in rows}
    for change_id, seq, received_ms in said:
        assert known.get(change_id.hex()) == (seq, received_ms), "I9: received is said without the centre's receipt"


def secret(folder: Path, words: str) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and "packs" not in path.parts:
            held = path.read_bytes()
            assert not any(one.encode() in held for one in CANARIES), f"I10: {path.name} holds a name in clear"
    assert not any(one in words for one in CANARIES), "I10: a log holds a name"
