"""A change without what can be derived, and back. What is random does not compress, so it is said once.

In a piece or a run a record, an incident and a parent that stand in an earlier change of it are named by how many
changes back that is; a parent sent earlier by the same device, by its number. Strokes travel as steps from point to point.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from sync.canonical import write
from sync.wire import MAX_CHANGE, Change

Line = dict[str, Any]
NOTHING: Mapping[Any, Any] = {}
DERIVED = ("device_id", "device_seq", "device_prev")
RESERVED = frozenset({"t", "seq", "at", "void"})  # a line's own names: a later version's change may not use them
POINT = 3  # x, y, milliseconds


class Unreadable(ValueError):
    """A line that is not of the protocol. Says which part, never what stood in it."""

    def __init__(self, code: str, part: str):
        super().__init__(f"{code}: {part}")
        self.code, self.part = code, part


class Shortener:
    """The changes of one piece or run, one after the other, each without what those before it say.

    `earlier`: numbers of parents that are earlier changes of the same device. Not `short`: only parents are named by place.
    """

    def __init__(self, earlier: Mapping[str, int] = NOTHING, *, short: bool = True):
        self._earlier, self._short = earlier, short
        self._changes: dict[str, int] = {}
        self._records: dict[str, int] = {}
        self._incidents: dict[str, int] = {}
        self._here = 0

    def passed(self, change: Change) -> None:
        """A change that is named in another way; it takes a place all the same."""
        self._changes[change.change_id] = self._here
        self._here += 1

    def shorten(self, change: Change) -> Line:
        body = {key: value for key, value in change.body.items() if key not in DERIVED}
        body["parents"] = [self._parent(one) for one in change.parents]
        if self._short:
            self._name_by_place(change, body)
        self.passed(change)
        return body

    def _name_by_place(self, change: Change, body: Line) -> None:
        here, record, incident = self._here, change.record_id, change.incident_id
        if record in self._records:
            body["record_id"] = here - self._records[record]
        if incident in self._incidents:
            body["incident_id"] = here - self._incidents[incident]
        elif incident == record:
            body["incident_id"] = 0
        if change.op == "cosign" and _drawn(change.patch.get("strokes")):
            body["patch"] = {**change.patch, "strokes": {"steps": [_steps(one) for one in change.patch["strokes"]]}}
        self._records[record] = self._incidents[incident] = here

    def _parent(self, parent: str) -> int | str:
        if parent in self._changes:
            return self._here - self._changes[parent]
        return -self._earlier[parent] if parent in self._earlier else parent


def numbers_named(lines: Iterable[Line]) -> set[int]:
    """The earlier changes of the device that compact lines name by number."""
    named = (one for line in lines if isinstance(line.get("parents"), list) for one in line["parents"])
    return {-one for one in named if type(one) is int and one < 0}


def expand(
    body: Line, device_id: str, device_seq: int, device_prev: str, before: Sequence[Change],
    earlier: Mapping[int, str] = NOTHING,
) -> Change:  # fmt: skip
    """A compact change as it was made. `before`: those before it in the same piece or run; `earlier`: ids by number.

    The line has been read by `sync.canonical.parse`. Raises Unreadable.
    """
    fields = {key: value for key, value in body.items() if key not in ("t", *DERIVED)}
    try:
        fields["parents"] = [_whole_parent(one, before, earlier) for one in fields["parents"]]
        if type(back := fields["record_id"]) is int:
            fields["record_id"] = before[_place(back)].record_id
        if type(back := fields["incident_id"]) is int:
            fields["incident_id"] = before[_place(back)].incident_id if back else fields["record_id"]
        strokes = fields["patch"].get("strokes")
        is_drawn = fields["op"] == "cosign" and isinstance(strokes, dict)
        if is_drawn:
            drawn = [_points(steps) for steps in strokes["steps"]]
            fields["patch"] = {**fields["patch"], "strokes": drawn}
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise Unreadable("bad_change", "parents") from None
    whole = {**fields, "device_id": device_id, "device_seq": device_seq, "device_prev": device_prev}
    return read_change(whole, is_checked=not is_drawn)


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
    if size > MAX_CHANGE:
        raise Unreadable("change_too_large", "patch")
    return change


def _place(back: int) -> int:
    if back < 0:
        raise IndexError
    return -back


def _whole_parent(named: Any, before: Sequence[Change], earlier: Mapping[int, str]) -> Any:
    if type(named) is not int:
        return named
    return before[-named].change_id if named > 0 else earlier[-named]


# --- strokes -----------------------------------------------------------------------------------------------------


def _drawn(strokes: Any) -> bool:
    """Whether these are strokes as a finger makes them: of points of three whole numbers."""
    return isinstance(strokes, list) and all(
        isinstance(stroke, list)
        and all(isinstance(point, list) and [type(one) for one in point] == [int] * POINT for point in stroke)
        for stroke in strokes
    )


def _steps(stroke: list[list[int]]) -> list[list[int]]:
    """The first point, then the way from each to the next."""
    before = [[0] * POINT, *stroke]
    return [[one - last for one, last in zip(point, before[at], strict=True)] for at, point in enumerate(stroke)]


def _points(steps: list[list[int]]) -> list[list[int]]:
    points: list[list[int]] = []
    at = [0] * POINT
    for step in steps:
        if [type(one) for one in step] != [int] * POINT:
            raise ValueError
        at = [one + way for one, way in zip(at, step, strict=True)]
        points.append(at)
    return points
