"""A record as the fold of its changes, and an incident's document (14)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from .canonical import Json, canonical

ANSWERING = ("set", "resolve", "acknowledge")


@dataclass
class Record:
    ancestors: dict[str, set[str]] = field(default_factory=dict)  # in the causal order
    kind: str = ""  # of no change that counts: none
    version: int = 0
    answers: Json = field(default_factory=dict)
    clashes: dict[str, list[Any]] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    waiting_for: set[str] = field(default_factory=set)
    retracted: bool = False


def fold(changes: Mapping[str, Json], void: Collection[str] = ()) -> Record:
    record, setting = Record(), dict[str, list[str]]()
    void = set(void) - {named for key, body in changes.items() if key not in void for named in _accepted(body)}
    named = {change_id: set(body["parents"]) for change_id, body in changes.items()}
    parents = {change_id: ids & changes.keys() for change_id, ids in named.items()}
    while left := changes.keys() - record.ancestors.keys():
        free = min(change_id for change_id in left if parents[change_id] <= record.ancestors.keys())
        record.ancestors[free] = parents[free].union(*(record.ancestors[parent] for parent in parents[free]))
    counting = [(change_id, changes[change_id]) for change_id in record.ancestors if change_id not in void]
    for change_id, body in counting:
        if body["op"] not in ANSWERING:
            record.acts.append(change_id)
            record.retracted |= body["op"] == "retract"
            continue
        for name in body["patch"]:
            setting.setdefault(name, []).append(change_id)
    for name, ids in setting.items():
        latest = [change_id for change_id in ids if not any(change_id in record.ancestors[other] for other in ids)]
        values = [changes[change_id]["patch"][name] for change_id in latest]
        if len({canonical(value) for value in values}) > 1:
            record.clashes[name] = values
        elif values[0] is not None:
            record.answers[name] = values[0]
    if counting:
        versions = [body["form_version"] for _, body in counting if body["op"] in ANSWERING]
        record.kind, record.version = counting[0][1]["kind"], max(versions, default=counting[0][1]["form_version"])
    record.heads = sorted(changes.keys() - set().union(*parents.values()))
    record.waiting_for = set().union(*named.values()) - changes.keys()
    return record


def _accepted(body: Json) -> list[str]:
    named = body["patch"].get("changes") if body["op"] == "accept" else None
    return [change_id for change_id in named if isinstance(change_id, str)] if isinstance(named, list) else []


def document(incident_id: str, changes: Mapping[str, Json], void: Collection[str] = ()) -> Json:
    """What is signed of an incident, from whatever changes are here."""
    shown = []
    for record_id in sorted({body["record_id"] for body in changes.values() if body["incident_id"] == incident_id}):
        record = fold({key: body for key, body in changes.items() if body["record_id"] == record_id}, void)
        if record.kind and not record.retracted:
            about = {"record": record_id, "kind": record.kind, "version": record.version}
            shown.append({**about, "answers": record.answers, "clashes": record.clashes})
    return {"incident": incident_id, "records": shown}
