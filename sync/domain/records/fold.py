"""A record as the fold of its changes: causal order, and multi-value registers (Shapiro et al., CRDTs, INRIA RR-7506).

A change supersedes the changes it descends from, whatever any clock says; nothing else sets an order. Two changes of
which neither descends from the other, giving one answer different values, are a clash: both values stay until a
change that has both among its ancestors gives the answer a value.
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
    """A change that gives no answer: a signature, a review, a return, a handing on, a retraction, an acceptance."""

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

    A change whose parents are not here yet takes part all the same, as if it had none; `waiting_for` names them.
    `void`: ids of changes that do not count, because their author had no right to make them; they still pass on
    which changes came before which. Those that a supervisor accepted count all the same.
    """
    ordered, waiting = _causal({step.change_id: step for step in steps})
    void = still_void(ordered, void)
    counting = [step for step in ordered if step.change_id not in void]
    if not counting:
        raise ValueError("a record needs at least one change")
    ancestors = _ancestors(ordered)
    answers, clashes = _settled(ordered, ancestors, void)
    parents = {parent for step in ordered for parent in step.parents}
    first = counting[0]
    versions = [step.form_version for step in counting if step.op in ANSWERING]  # signing does not renew a form
    return Record(
        first.record_id,
        first.incident_id,
        first.kind,
        max(versions, default=first.form_version),
        answers,
        clashes,
        _acts(ordered, ancestors, void),
        tuple(sorted(step.change_id for step in ordered if step.change_id not in parents)),
        len(counting),
        min(step.recorded_at for step in counting),
        max(step.recorded_at for step in counting),
        tuple(sorted(waiting)),
    )


def fold_records(steps: Iterable[FoldStep], void: Collection[str] = ()) -> dict[str, Record]:
    """Every record that these changes make, by id. A record of which no change counts is left out."""
    by_record: dict[str, list[FoldStep]] = {}
    for step in steps:
        by_record.setdefault(step.record_id, []).append(step)
    counting = {step.record_id for changes in by_record.values() for step in changes if step.change_id not in void}
    return {record_id: fold(changes, void) for record_id, changes in by_record.items() if record_id in counting}


def still_void(steps: Iterable[FoldStep], void: Collection[str]) -> Collection[str]:
    """Those of the void ids that no act of acceptance among these changes of one record names.

    An acceptance that is itself void accepts nothing.
    """
    if not void:
        return void
    acceptances = [step for step in steps if step.op == "accept" and step.change_id not in void]
    return set(void) - {named for step in acceptances for named in accepts(step.patch)} if acceptances else void


def accepts(patch: Mapping[str, Any]) -> list[str]:
    """The ids of the changes that an act with this patch accepts; none where it does not name them as it should."""
    named = patch.get("changes")
    return [change_id for change_id in named if isinstance(change_id, str)] if isinstance(named, list) else []


def _causal(steps: dict[str, FoldStep]) -> tuple[list[FoldStep], set[str]]:
    """The changes in causal order, and the ids of parents that are missing.

    Kahn's topological sort. Of the changes whose parents have all been placed, the one of the lowest id comes next, so
    that every device gets the same order.
    """
    children: dict[str, list[str]] = {}
    open_parents: dict[str, int] = {}
    waiting: set[str] = set()
    for step in steps.values():
        present = {parent for parent in step.parents if parent in steps}
        if len(present) < len(step.parents):
            waiting |= set(step.parents) - present
        open_parents[step.change_id] = len(present)
        for parent in present:
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


def _ancestors(ordered: list[FoldStep]) -> list[int]:
    """For each change all that came before it, as a set of bits: bit n is the change at place n."""
    places = {step.change_id: place for place, step in enumerate(ordered)}
    ancestors: list[int] = []
    for step in ordered:
        bits = 0
        for parent in step.parents:
            if (place := places.get(parent)) is not None:
                bits |= ancestors[place] | 1 << place
        ancestors.append(bits)
    return ancestors


def _settled(
    ordered: list[FoldStep], ancestors: list[int], void: Collection[str]
) -> tuple[dict[str, Given], dict[str, tuple[Given, ...]]]:
    """The answers with one value that no later change supersedes, and those with several."""
    setters: dict[str, list[int]] = {}
    for place, step in enumerate(ordered):
        if step.op in ANSWERING and step.change_id not in void:
            for name in step.patch:
                setters.setdefault(name, []).append(place)
    answers, clashes = {}, {}
    for name, places in setters.items():
        latest = places  # nearly always the only one
        if len(places) > 1:
            latest = [place for place in places if not any(ancestors[later] >> place & 1 for later in places)]
        if len(latest) > 1 and len({_comparable(ordered[place].patch[name]) for place in latest}) > 1:
            clashes[name] = tuple([_given(ordered[place], name) for place in latest])
        elif (step := ordered[latest[0]]).patch[name] is not None:
            answers[name] = _given(step, name)
    return answers, clashes


def _acts(ordered: list[FoldStep], ancestors: list[int], void: Collection[str]) -> tuple[Act, ...]:
    """The steps that are no answers, each with every change it had before it."""
    acts = []
    for place, step in enumerate(ordered):
        if step.op not in ANSWERING and step.change_id not in void:
            bits = ancestors[place]
            after = frozenset(ordered[earlier].change_id for earlier in range(place) if bits >> earlier & 1)
            acts.append(Act(step.op, step.change_id, step.author, step.role, step.recorded_at, step.patch, after))
    return tuple(acts)


def _given(step: FoldStep, name: str) -> Given:
    return Given(step.patch[name], step.change_id, step.author, step.recorded_at)


def _comparable(value: Any) -> Any:
    """Equal for equal JSON values, and hashable. (True and 1 are not one answer.)"""
    if isinstance(value, Mapping):
        return tuple(sorted((key, _comparable(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return tuple(_comparable(item) for item in value)
    return type(value).__name__, value
