"""Compaction: a change without what can be derived from those before it in a batch or a segment, and back.

Back-references as in LZ77 (Ziv and Lempel 1977), but by field: a record, an incident or a parent that stands in an
earlier change is named by how many changes back that is; a parent sent earlier by the same device, by its number. What
is as in the line before is left out; times are steps from it (`sync.protocol.delta`); ids and nonces that follow from
what was drawn before are left out too (`sync.protocol.derived_ids`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from sync.core.canonical import MAX_INT, write
from sync.protocol import delta
from sync.protocol.derived_ids import next_nonce, number_of, record_id
from sync.protocol.line_stream import Line, Unreadable
from sync.protocol.messages import MAX_CHANGE_BYTES, Change, OwnChange

NOTHING: Mapping[Any, Any] = {}
CHAIN_FIELDS = ("device_id", "device_seq", "device_prev")  # derived from the line's place
REPEATED_FIELDS = frozenset(
    {"author", "boot_id", "clock_offset_ms", "form_version", "occurred_at", "op", "role", "utc_offset_min"}
)
NAMES = ("record_id", "incident_id")
ENCODED_FIELDS = ("patch", *NAMES)
RESERVED_FIELDS = frozenset({"t", "seq", "at", "void"})  # a line's own names: never fields of a change


class Compactor:
    """The changes of one batch or segment, one after the other, each without what those before it say.

    `earlier`: by id, the numbers of parents that are earlier changes of the same device.
    """

    def __init__(self, earlier: Mapping[str, int] = NOTHING):
        self._earlier = earlier
        self._changes: dict[str, int] = {}  # id -> place
        self._records: dict[str, int] = {}
        self._incidents: dict[str, int] = {}
        self._nonces: dict[tuple[str, str], str] = {}  # of the last change, by device and incident
        self._previous: tuple[Change, int] | None = None  # the line before, and its time in milliseconds
        self._place = 0

    def take_place(self, change: Change | OwnChange) -> None:
        """Count a change that is named in another way: it takes a place all the same."""
        self._changes[change.change_id] = self._place
        self._place += 1

    def compact(self, change: Change) -> Line:
        """The change as a line without its type."""
        line = {name: value for name, value in change.body.items() if name not in CHAIN_FIELDS}
        line["parents"] = [self._parent(parent) for parent in change.parents]
        recorded_ms = delta.instant_to_ms(change.recorded_at)
        strokes: Any = change.patch.get("strokes") if change.op == "cosign" else None
        if is_apart := isinstance(strokes, dict) or delta.are_strokes(strokes):
            line["patch"] = {name: value for name, value in change.patch.items() if name != "strokes"}
        self._name_by_place(change, line)
        if recorded_ms is not None:
            self._leave_out(change, line, recorded_ms)
        if is_apart:  # an object stands as it is, where deltas would: else it would be taken for them
            deltas = strokes if isinstance(strokes, dict) else list(map(delta.stroke_to_deltas, strokes))
            line["patch"]["strokes"] = {"deltas": deltas}
        self._previous = (change, recorded_ms) if recorded_ms is not None else None
        self._nonces[change.device_id, change.incident_id] = change.nonce
        self.take_place(change)
        return line

    def _name_by_place(self, change: Change, line: Line) -> None:
        place, record, incident = self._place, change.record_id, change.incident_id
        if record in self._records:
            line["record_id"] = place - self._records[record]
        elif number := number_of(record, incident, change.device_id):
            line["record_id"] = -number
        if incident in self._incidents:
            line["incident_id"] = place - self._incidents[incident]
        elif incident == record:
            line["incident_id"] = 0
        self._records[record] = self._incidents[incident] = place

    def _leave_out(self, change: Change, line: Line, recorded_ms: int) -> None:
        """Leave out what is as in the line before, or follows from it. A time as a number says that it was done."""
        previous, previous_ms = self._previous or (None, 0)
        previous_body = previous.body if previous else NOTHING
        step = recorded_ms - previous_ms
        monotonic = change.monotonic_ms - (previous.monotonic_ms if previous else 0) - step
        repeatable = previous_body.keys() & REPEATED_FIELDS
        if repeatable - line.keys() or abs(monotonic) >= MAX_INT:
            return  # it would come back with what it does not have, or not be read
        for name in repeatable:
            if previous_body[name] == line[name]:
                del line[name]
        line["recorded_at"], line["monotonic_ms"] = step, monotonic
        line.update({name: delta.encode(line[name], recorded_ms) for name in ENCODED_FIELDS})
        nonce = self._nonces.get((change.device_id, change.incident_id))
        if nonce and next_nonce(nonce) == change.nonce:
            del line["nonce"]

    def _parent(self, parent: str) -> int | str:
        if parent in self._changes:
            return self._place - self._changes[parent]
        return -self._earlier[parent] if parent in self._earlier else parent


def parent_numbers(lines: Iterable[Line]) -> set[int]:
    """The earlier changes of the device that compact lines name by number."""
    parents = (parent for line in lines if isinstance(line.get("parents"), list) for parent in line["parents"])
    return {-parent for parent in parents if type(parent) is int and parent < 0}


class Expander:
    """The lines of one batch or segment, one after the other, each as the change it was made of.

    `earlier`: by number, the ids of earlier changes of the same device. Lines come from `sync.core.canonical.parse`.
    """

    def __init__(self, earlier: Mapping[int, str] = NOTHING):
        self._earlier = earlier
        self._changes: list[Change | OwnChange] = []
        self._nonces: dict[tuple[str, str], str] = {}
        self._previous: tuple[Change, int] | None = None

    def take_place(self, change: Change | OwnChange) -> None:
        """Count a change that is named in another way."""
        self._changes.append(change)

    def expand(self, line: Line, device_id: str, device_seq: int, device_prev: str) -> Change:
        """The change that a line was made of. Raises Unreadable."""
        fields = {**line, "device_id": device_id, "device_seq": device_seq, "device_prev": device_prev}
        fields.pop("t", None)
        try:
            fields["parents"] = [self._parent(parent) for parent in fields["parents"]]
            recorded_ms = self._put_in(fields)
            _put_in_strokes(fields)
            self._put_in_names(fields, device_id)
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
            raise Unreadable("bad_change", "a part left out") from None
        change = read_change(fields, is_checked=True)
        self._previous = (change, recorded_ms) if recorded_ms is not None else None
        self._nonces[device_id, change.incident_id] = change.nonce
        self.take_place(change)
        return change

    def _put_in(self, fields: Line) -> int | None:
        """Put in what is as in the line before, or a step from it. Returns the time recorded, in ms since 1970."""
        step = fields["recorded_at"]
        if type(step) is not int:
            return delta.instant_to_ms(step)
        previous, previous_ms = self._previous or (None, 0)
        if previous and (absent := REPEATED_FIELDS - fields.keys()):
            fields |= {name: previous.body[name] for name in absent & previous.body.keys()}
        fields["monotonic_ms"] += step + (previous.monotonic_ms if previous else 0)
        if abs(fields["monotonic_ms"]) >= MAX_INT:
            raise ValueError
        recorded_ms = previous_ms + step
        fields["recorded_at"] = delta.instant_from_ms(recorded_ms)
        if _has_deltas(fields):  # these hold no instants
            plain = {name: value for name, value in fields["patch"].items() if name != "strokes"}
            fields["patch"] = delta.decode(plain, recorded_ms) | {"strokes": fields["patch"]["strokes"]}
        else:
            fields["patch"] = delta.decode(fields["patch"], recorded_ms)
        for name in NAMES:
            fields[name] = delta.decode(fields[name], recorded_ms)
        return recorded_ms

    def _put_in_names(self, fields: Line, device_id: str) -> None:
        """Put in the ids and the nonce that were left out."""
        record, incident = fields["record_id"], self._incident(fields["incident_id"])
        if type(record) is int:
            record = self._changes[-record].record_id if record > 0 else record_id(incident, device_id, -record)
        incident = record if incident == 0 else incident
        fields |= {"record_id": record, "incident_id": incident}
        if "nonce" not in fields:
            fields["nonce"] = next_nonce(self._nonces[device_id, incident])

    def _incident(self, incident: Any) -> Any:
        """The incident that stands so many places back; 0 stays, since it is the record's own."""
        if type(incident) is not int or incident == 0:
            return incident
        if incident < 0:
            raise IndexError
        return self._changes[-incident].incident_id

    def _parent(self, parent: Any) -> Any:
        if type(parent) is not int:
            return parent
        return self._changes[-parent].change_id if parent > 0 else self._earlier[-parent]


def read_change(body: Any, *, is_checked: bool = False) -> Change:
    """A change from its plain value. Raises Unreadable naming the field, never its content.

    `is_checked`: `sync.core.canonical.parse` has just read all of it.
    """
    try:
        change = Change.model_validate(body)
        vars(change)["body"] = body  # strict: what it was made of is what it says, so it need not be made again
        if is_checked:
            vars(change)["content"] = write(body).encode()
        size = change.size
        if RESERVED_FIELDS & body.keys():
            raise Unreadable("bad_change", "a reserved name")
    except ValidationError as error:
        raise Unreadable("bad_change", ".".join(str(part) for part in error.errors()[0]["loc"][:1])) from None
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable("bad_change", "patch") from None
    if size > MAX_CHANGE_BYTES:
        raise Unreadable("change_too_large", "patch")
    return change


def _put_in_strokes(fields: Line) -> None:
    """Put back strokes that came as deltas."""
    if _has_deltas(fields):
        deltas = fields["patch"]["strokes"]["deltas"]
        strokes = deltas if isinstance(deltas, dict) else list(map(delta.stroke_from_deltas, deltas))
        fields["patch"] = {**fields["patch"], "strokes": strokes}


def _has_deltas(fields: Line) -> bool:
    return fields["op"] == "cosign" and isinstance(fields["patch"].get("strokes"), dict)
