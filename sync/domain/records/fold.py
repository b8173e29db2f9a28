"""A record is the fold of its changes.

The order is causal and nothing else: a change supersedes the changes it descends from, whatever any clock says.
Two changes of which neither descends from the other, giving one answer different values, are a clash: both
values stay until a change that has both among its ancestors gives the answer a value.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple, Protocol


class FoldStep(Protocol):
    """What the fold needs of a change: sync.protocol.messages.Change is one."""

    @property
    def change_id(self) -> str: ...
    @property
    def parents(self) -> tuple[str, ...]: ...
    @property
    def record_id(self) -> str: ...
    @property
    def incident_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def form_version(self) -> int: ...
    @property
    def op(self) -> str: ...
    @property
    def patch(self) -> Mapping[str, Any]: ...
    @property
    def author(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def recorded_at(self) -> str: ...


class Given(NamedTuple):
    """One value of one answer: who gave it, when, in which change."""

    value: Any
    change_id: str
    author: str
    at: str


@dataclass(frozen=True)
class Act:
    """A step that is not an answer: a signature, a review, a return, a handing on, a retraction."""

    op: str
    change_id: str
    author: str
    role: str
    at: str
    detail: Mapping[str, Any]
    after: frozenset[str] = frozenset()  # every change this act had before it


@dataclass(frozen=True)
class Record:
    """A record as it stands. `answers` holds the settled values, `clashes` those with more than one."""

    record_id: str
    incident_id: str
    kind: str
    form_version: int
    answers: Mapping[str, Given] = field(default_factory=dict)
    clashes: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()
    heads: tuple[str, ...] = ()
    changes: int = 0
    first_at: str = ""
    last_at: str = ""
    waiting_for: tuple[str, ...] = ()  # parents not here yet

    @property
    def retracted(self) -> bool:
        return any(act.op == "retract" for act in self.acts)

    @property
    def values(self) -> dict[str, Any]:
        """The settled answers, plain. A clashed answer is not among them: it has no one value."""
        return {name: given.value for name, given in self.answers.items()}

    def __repr__(self) -> str:
        return f"Record({self.kind} {self.record_id[:8]}, {self.changes} changes, {len(self.clashes)} clashes)"


ANSWERING = frozenset({"set", "resolve", "acknowledge"})


def fold(steps: Iterable[FoldStep], void: Collection[str] = ()) -> Record:
    """The record that these changes make, whatever order they come in. Raises ValueError when none of them counts.

    A change whose parents are not here yet takes part all the same, as if it began there; `waiting_for` names them.
    `void`: ids of changes that say nothing, because their author might not; they still lie between others.
    """
    ordered, waiting = _causal({step.change_id: step for step in steps})
    counting = [step for step in ordered if step.change_id not in void]
    if not counting:
        raise ValueError("a record needs at least one change")
    place = {step.change_id: here for here, step in enumerate(ordered)}
    before: list[int] = []  # per change, the set of its ancestors as bits
    setters: dict[str, list[int]] = {}
    acts: list[Act] = []
    for here, step in enumerate(ordered):
        bits = 0
        for parent in step.parents:
            if (there := place.get(parent)) is not None:
                bits |= before[there] | 1 << there
        before.append(bits)
        if step.change_id in void:
            continue
        if step.op in ANSWERING:
            for name in step.patch:
                setters.setdefault(name, []).append(here)
        else:
            had = frozenset(ordered[i].change_id for i in range(here) if bits >> i & 1)
            acts.append(Act(step.op, step.change_id, step.author, step.role, step.recorded_at, step.patch, had))
    answers, clashes = {}, {}
    for name, places in setters.items():
        if len(places) == 1:  # nearly all
            step = ordered[places[0]]
            if step.patch[name] is not None:
                answers[name] = _given(step, name)
            continue
        given = [
            _given(ordered[here], name) for here in places if not any(before[later] >> here & 1 for later in places)
        ]
        if len({_comparable(one.value) for one in given}) > 1:
            clashes[name] = tuple(given)
        elif given[0].value is not None:
            answers[name] = given[0]
    superseded = 0
    for bits in before:
        superseded |= bits
    first = counting[0]
    versions = [step.form_version for step in counting if step.op in ANSWERING]  # signing does not renew a form
    return Record(
        first.record_id,
        first.incident_id,
        first.kind,
        max(versions, default=first.form_version),
        answers,
        clashes,
        tuple(acts),
        tuple(sorted(step.change_id for here, step in enumerate(ordered) if not superseded >> here & 1)),
        len(counting),
        min(step.recorded_at for step in counting),
        max(step.recorded_at for step in counting),
        tuple(sorted(waiting)),
    )


def fold_records(steps: Iterable[FoldStep], void: Collection[str] = ()) -> dict[str, Record]:
    """Every record that these changes make, by id. One of which nothing counts is left out."""
    found: dict[str, list[FoldStep]] = {}
    for step in steps:
        found.setdefault(step.record_id, []).append(step)
    counting = {step.record_id for some in found.values() for step in some if step.change_id not in void}
    return {record_id: fold(some, void) for record_id, some in found.items() if record_id in counting}


def _causal(steps: dict[str, FoldStep]) -> tuple[list[FoldStep], set[str]]:
    """Ancestors first; among the free, by id, so that every device gets the same order."""
    children: dict[str, list[str]] = {}
    open_parents: dict[str, int] = {}
    waiting: set[str] = set()
    for step in steps.values():
        here = {parent for parent in step.parents if parent in steps}
        waiting |= set(step.parents) - here
        open_parents[step.change_id] = len(here)
        for parent in here:
            children.setdefault(parent, []).append(step.change_id)
    free = [change_id for change_id, count in open_parents.items() if count == 0]
    heapify(free)
    ordered: list[FoldStep] = []
    while free:
        ordered.append(steps[heappop(free)])
        for child in children.get(ordered[-1].change_id, ()):
            open_parents[child] -= 1
            if open_parents[child] == 0:
                heappush(free, child)
    return ordered, waiting


def _given(step: FoldStep, name: str) -> Given:
    return Given(step.patch[name], step.change_id, step.author, step.recorded_at)


def _comparable(value: Any) -> Any:
    """Equal for equal JSON values, and hashable. (True and 1 are not one answer.)"""
    if isinstance(value, Mapping):
        return tuple(sorted((key, _comparable(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return tuple(_comparable(item) for item in value)
    return type(value).__name__, value
