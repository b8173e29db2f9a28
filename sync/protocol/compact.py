"""A change without what can be derived, and back. What is random does not compress, so it is said once.

In a batch or a segment a record, an incident and a parent that stand in an earlier change of it are named by how many
changes back that is; a parent sent earlier by the same device, by its number. What is as in the line before is left
out, times are steps from it (`sync.protocol.delta`), and so is what follows from what was drawn before (`sync.protocol.derived_ids`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from sync.core.canonical import MAX_INT, write
from sync.protocol.delta import is_drawn, lengthened, millis, points, shortened, spelled, steps
from sync.protocol.derived_ids import next_nonce, number_of, record_id
from sync.protocol.messages import MAX_CHANGE_BYTES, Change

Line = dict[str, Any]
NOTHING: Mapping[Any, Any] = {}
DERIVED = ("device_id", "device_seq", "device_prev")
SAME = frozenset(
    {"author", "boot_id", "clock_offset_ms", "form_version", "occurred_at", "op", "role", "utc_offset_min"}
)
NAMES = ("record_id", "incident_id")
SHORTENED = ("patch", *NAMES)
RESERVED = frozenset({"t", "seq", "at", "void"})  # a line's own names: never fields of a change


class Unreadable(ValueError):
    """A line that is not of the protocol. Says which part, never what stood in it."""

    def __init__(self, code: str, part: str):
        super().__init__(f"{code}: {part}")
        self.code, self.part = code, part


class Compactor:
    """The changes of one batch or segment, one after the other, each without what those before it say.

    `earlier`: numbers of parents that are earlier changes of the same device.
    """

    def __init__(self, earlier: Mapping[str, int] = NOTHING):
        self._earlier = earlier
        self._changes: dict[str, int] = {}
        self._records: dict[str, int] = {}
        self._incidents: dict[str, int] = {}
        self._nonces: dict[tuple[str, str], str] = {}
        self._last: tuple[Change, int] | None = None  # the last one that is spelled out, and its time
        self._here = 0

    def passed(self, change: Change) -> None:
        """A change that is named in another way; it takes a place all the same."""
        self._changes[change.change_id] = self._here
        self._here += 1

    def compact(self, change: Change) -> Line:
        body = {key: value for key, value in change.body.items() if key not in DERIVED}
        body["parents"] = [self._parent(one) for one in change.parents]
        recorded = millis(change.recorded_at)
        strokes: Any = change.patch.get("strokes") if change.op == "cosign" else None
        if apart := isinstance(strokes, dict) or is_drawn(strokes):
            body["patch"] = {name: value for name, value in change.patch.items() if name != "strokes"}
        self._name_by_place(change, body)
        if recorded is not None:
            self._leave_out(change, body, recorded)
        if apart:  # an object stands as it is, where steps would: else it would be taken for them
            body["patch"]["strokes"] = {"deltas": strokes if isinstance(strokes, dict) else list(map(steps, strokes))}
        self._last = (change, recorded) if recorded is not None else None
        self._nonces[change.device_id, change.incident_id] = change.nonce
        self.passed(change)
        return body

    def _name_by_place(self, change: Change, body: Line) -> None:
        here, record, incident = self._here, change.record_id, change.incident_id
        if record in self._records:
            body["record_id"] = here - self._records[record]
        elif number := number_of(record, incident, change.device_id):
            body["record_id"] = -number
        if incident in self._incidents:
            body["incident_id"] = here - self._incidents[incident]
        elif incident == record:
            body["incident_id"] = 0
        self._records[record] = self._incidents[incident] = here

    def _leave_out(self, change: Change, body: Line, recorded: int) -> None:
        """What is as in the line before, or follows from it. A time that is a number says that this was done."""
        last, before = self._last or (None, 0)
        said = last.body if last else NOTHING
        step = recorded - before
        monotonic = change.monotonic_ms - (last.monotonic_ms if last else 0) - step
        if said.keys() & SAME - body.keys() or abs(monotonic) >= MAX_INT:
            return  # it would come back with what it does not have, or not be read
        for name in said.keys() & SAME:
            if said[name] == body[name]:
                del body[name]
        body["recorded_at"], body["monotonic_ms"] = step, monotonic
        body.update({name: shortened(body[name], recorded) for name in SHORTENED})
        nonce = self._nonces.get((change.device_id, change.incident_id))
        if nonce and next_nonce(nonce) == change.nonce:
            del body["nonce"]

    def _parent(self, parent: str) -> int | str:
        if parent in self._changes:
            return self._here - self._changes[parent]
        return -self._earlier[parent] if parent in self._earlier else parent


def parent_numbers(lines: Iterable[Line]) -> set[int]:
    """The earlier changes of the device that compact lines name by number."""
    named = (one for line in lines if isinstance(line.get("parents"), list) for one in line["parents"])
    return {-one for one in named if type(one) is int and one < 0}


class Expander:
    """The lines of one batch or segment, one after the other, each as the change it was made of.

    `earlier`: ids of earlier changes of the same device, by number. Lines have been read by `sync.core.canonical.parse`.
    """

    def __init__(self, earlier: Mapping[int, str] = NOTHING):
        self._earlier = earlier
        self._before: list[Change] = []
        self._nonces: dict[tuple[str, str], str] = {}
        self._last: tuple[Change, int] | None = None

    def passed(self, change: Change) -> None:
        """A change that is named in another way."""
        self._before.append(change)

    def expand(self, line: Line, device_id: str, device_seq: int, device_prev: str) -> Change:
        """Raises Unreadable."""
        fields = {**line, "device_id": device_id, "device_seq": device_seq, "device_prev": device_prev}
        fields.pop("t", None)
        try:
            fields["parents"] = [self._parent(one) for one in fields["parents"]]
            recorded = self._of_the_last(fields)
            self._draw(fields)
            self._name(fields, device_id)
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
            raise Unreadable("bad_change", "a part left out") from None
        change = read_change(fields, is_checked=True)
        self._last = (change, recorded) if recorded is not None else None
        self._nonces[device_id, change.incident_id] = change.nonce
        self.passed(change)
        return change

    def _of_the_last(self, fields: Line) -> int | None:
        """Put in what is as in the line before, or a step from it. When this was recorded, in milliseconds."""
        step = fields["recorded_at"]
        if type(step) is not int:
            return millis(step)
        last, before = self._last or (None, 0)
        if last and (absent := SAME - fields.keys()):
            fields |= {name: last.body[name] for name in absent & last.body.keys()}
        fields["monotonic_ms"] += step + (last.monotonic_ms if last else 0)
        if abs(fields["monotonic_ms"]) >= MAX_INT:
            raise ValueError
        fields["recorded_at"] = spelled(before + step)
        if _is_steps(fields):  # these are no instants
            plain = {name: value for name, value in fields["patch"].items() if name != "strokes"}
            drawn = {"strokes": fields["patch"]["strokes"]}
            fields["patch"] = lengthened(plain, before + step) | drawn
        else:
            fields["patch"] = lengthened(fields["patch"], before + step)
        for name in NAMES:
            fields[name] = lengthened(fields[name], before + step)
        return before + step

    def _draw(self, fields: Line) -> None:
        """Put back strokes that came as steps."""
        if _is_steps(fields):
            given = fields["patch"]["strokes"]["deltas"]
            strokes = given if isinstance(given, dict) else list(map(points, given))
            fields["patch"] = {**fields["patch"], "strokes": strokes}

    def _name(self, fields: Line, device_id: str) -> None:
        """Put in the ids and the nonce that were left out."""
        record, incident = fields["record_id"], self._incident(fields["incident_id"])
        if type(record) is int:
            record = self._before[-record].record_id if record > 0 else record_id(incident, device_id, -record)
        incident = record if incident == 0 else incident
        fields |= {"record_id": record, "incident_id": incident}
        if "nonce" not in fields:
            fields["nonce"] = next_nonce(self._nonces[device_id, incident])

    def _incident(self, named: Any) -> Any:
        """By its place; 0 stays, since it is the record's own."""
        return self._before[_place(named)].incident_id if type(named) is int and named else named

    def _parent(self, named: Any) -> Any:
        if type(named) is not int:
            return named
        return self._before[-named].change_id if named > 0 else self._earlier[-named]


def read_change(body: Any, *, is_checked: bool = False) -> Change:
    """A change from its plain value. Raises Unreadable naming the field, never its content.

    `is_checked`: all of it is of the profile, since it has just been parsed.
    """
    try:
        change = Change.model_validate(body)
        vars(change)["body"] = body  # strict: what it was made of is what it says, so it need not be made again
        if is_checked:
            vars(change)["content"] = write(body).encode()
        size = change.size
        if RESERVED & body.keys():
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


def _is_steps(fields: Line) -> bool:
    return fields["op"] == "cosign" and isinstance(fields["patch"].get("strokes"), dict)


def _place(back: int) -> int:
    if back < 0:
        raise IndexError
    return -back
