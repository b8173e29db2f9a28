"""The fold of a record (14) and the document of an incident (15)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from .canonical import Json, canonical


@dataclass
class Record:
    answers: Json = field(default_factory=dict)
    clashes: dict[str, list[Any]] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)  # ids
    heads: list[str] = field(default_factory=list)
    waiting_for: set[str] = field(default_factory=set)
    ancestors: dict[str, set[str]] = field(default_factory=dict)
    kind: str = ""
    version: int = 0
    retracted: bool = False


def fold(changes: dict[str, Json], void: Collection[str] = ()) -> Record:
    """One record, of its changes by id. A void one says nothing, but others still descend through it."""
    record, given, order = Record(), dict[str, list[str]](), list[str]()
    parents = {change_id: set(body["parents"]) & changes.keys() for change_id, body in changes.items()}
    left = {change_id: set(some) for change_id, some in parents.items()}
    while left:
        free = min(change_id for change_id, some in left.items() if not some)
        order.append(free)
        record.ancestors[free] = parents[free].union(*(record.ancestors[parent] for parent in parents[free]))
        left = {change_id: some - {free} for change_id, some in left.items() if change_id != free}
    for change_id in order:
        body = changes[change_id]
        if change_id in void:
            continue
        record.kind = record.kind or body["kind"]
        if body["op"] in ("set", "resolve", "acknowledge"):
            record.version = max(record.version, body["form_version"])
            for name in body["patch"]:
                given.setdefault(name, []).append(change_id)
        else:
            record.acts.append(change_id)
            record.retracted |= body["op"] == "retract"
    for name, ids in given.items():
        last = [one for one in ids if not any(one in record.ancestors[other] for other in ids)]
        values = [changes[one]["patch"][name] for one in last]
        if len({canonical(value) for value in values}) > 1:
            record.clashes[name] = values
        elif values[0] is not None:
            record.answers[name] = values[0]
    record.heads = sorted(changes.keys() - set[str]().union(*parents.values()))
    record.waiting_for = {parent for body in changes.values() for parent in body["parents"]} - changes.keys()
    record.version = record.version or min((changes[one]["form_version"] for one in record.acts[:1]), default=0)
    return record


def document(incident_id: str, changes: dict[str, Json], void: Collection[str] = ()) -> Json:
    records: dict[str, dict[str, Json]] = {}
    for change_id, body in changes.items():
        if body["incident_id"] == incident_id:
            records.setdefault(body["record_id"], {})[change_id] = body
    shown = []
    for record_id, its in sorted(records.items()):
        one = fold(its, void)
        if one.kind and not one.retracted:
            about = {"record": record_id, "kind": one.kind, "version": one.version}
            shown.append({**about, "answers": one.answers, "clashes": one.clashes})
    return {"incident": incident_id, "records": shown}
