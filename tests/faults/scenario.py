"""One scenario, step by step, in which two phones do all that can go wrong.

It is repeated from any step with one fault in it.

Several batches, a co-signature, a clash, a change that is held for a parent and freed later, one that is quarantined, a
deposit of a locked phone, a pull of several pages, a draft kept and sealed, a fresh sign-in. `record` goes through it
once and notes every point; `again` goes on from the step in which a point lies, breaks there, and lets the checker
speak.
"""

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from field_app.phone.store.disk import Draft, Intent
from sync.api.pull import log_pages
from sync.core.canonical import digest
from sync.domain.documents.handover_sheet import OFFICER_STATEMENT, sheet_digest
from tests.faults import points
from tests.faults.rig import Rig
from tests.steps.builders import CANARIES, uid

PLACES = {"phone": ("io", "full", "kill", "torn"), "centre": ("io", "full", "kill", "torn", "lost"),
          "line": ("cut", "phone", "centre")}  # fmt: skip
AT_COMMIT = ("torn", "lost")
WAYS = {
    "io": "disk error", "full": "disk full", "kill": "killed", "torn": "COMMIT torn by a power cut",
    "lost": "answer to COMMIT lost",
    "cut": "cut", "phone": "the phone killed there", "centre": "the centre killed there",
}  # fmt: skip
Step = Callable[[Rig], object]


def begin(rig: Rig) -> None:
    """An incident that both phones have."""
    first, second = rig.phone(), rig.phone("tom.ellery")
    rig.seal(first, 1, {"location": f"{CANARIES[3]}, Mill Road"})
    rig.sync(first)
    rig.sync(second)


def _draft(rig: Rig) -> None:
    answers = {"family_name": CANARIES[1]}
    rig.phones[0].store.keep(Draft(uid(2), uid(1), "person", (), {}, answers))


def _person(rig: Rig) -> None:
    intent = Intent(uid(2), uid(1), "person", "set", {"given_name": CANARIES[0]})
    for change in rig.phones[0].store.seal("amina.yusuf", "nurse", [intent], drop_draft=uid(2)):
        rig.sealed[change.change_id] = change


def _long(rig: Rig) -> None:
    for _ in range(3):
        rig.seal(rig.phones[0], 1, {"officer_safety_note": secrets.token_hex(17_000)})


def _cosign(rig: Rig) -> None:
    pocket, nonce, strokes = rig.phones[0], "fedcba9876543210", [[[10 * i, 5 * i, 16 * i] for i in range(20)]]
    patch = {
        "digest": sheet_digest(pocket.store.incident(uid(1))), "statement": OFFICER_STATEMENT,
        "officer": {"force": "Cambridgeshire", "collar_number": "2417", "name": "Dan Hart"},
    }  # fmt: skip
    claim = {**patch, "strokes_sha256": digest(strokes), "incident_id": uid(1), "nonce": nonce}
    patch |= {"strokes": strokes, "signature": pocket.vault.user.sign("cosign", claim)}
    rig.seal(pocket, 1, patch, op="cosign", nonce=nonce)


def _clash(rig: Rig) -> None:
    rig.seal(rig.phones[1], 1, {"officer_safety_note": "from the other phone"})


def _quarantined(rig: Rig) -> None:
    rig.seal(rig.phones[1], 1, {"arrived": "not a time"})


def _held(rig: Rig) -> None:
    """On top of what the other phone has not sent yet."""
    unsent = rig.phones[1].store.sync.pending(0, 1)
    rig.seal(rig.phones[0], 1, {"cad_ref": "CP-1"}, parents=tuple(one.change_id for one in unsent))


def _sync(which: int) -> Step:
    return lambda rig: rig.sync(rig.phones[which])


def _deposit(which: int) -> Step:
    """Something more is sealed, and sent while the phone is locked."""

    def step(rig: Rig) -> None:
        rig.seal(rig.phones[which], 1, {"cad_ref": "CP-2"})
        rig.deposit(rig.phones[which])

    return step


def _sign_in(rig: Rig) -> None:
    rig.sign_in(rig.phones[0])


STEPS: tuple[Step, ...] = (
    _draft, _person, _long, _cosign, _clash, _quarantined, _held, _sync(0), _sign_in, _sync(1), _deposit(1), _sync(0),
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One point of the scenario: in which step, which of that step, and what is done there."""

    step: int
    number: int
    name: str


@dataclass
class Recorded:
    """What one undisturbed run passed through, and the state of everything before each step."""

    folder: Path
    states: list[Rig] = field(default_factory=list)
    points: dict[str, list[Point]] = field(default_factory=dict)
    rows: list[Any] = field(default_factory=list)  # the centre's log at its end
    clashes: set[str] = field(default_factory=set)
    held: bool = False
    batches: int = 0

    def cases(self) -> list[tuple[str, str, Point]]:
        """Place, kind and point of every run there is to make."""
        return [
            (place, kind, point)
            for place, kinds in PLACES.items() for kind in kinds for point in self.points[place]
            if kind not in AT_COMMIT or point.name.endswith("COMMIT")
        ]  # fmt: skip


@contextmanager
def recorded(template: Path) -> Iterator[Recorded]:
    """The scenario, gone through once."""
    with folder() as here, points.watched(), small_pages():
        made = Recorded(here, points={place: [] for place in PLACES})
        rig = Rig(here / "begin", template)
        try:
            begin(rig)
            for number, step in enumerate(STEPS):
                made.states.append(rig.twin(here / f"step{number}"))
                _note(made, made.states[-1], number)
                step(rig)
                made.held = made.held or any(row.verdict == "held" for row in rig.centre.log())
            rig.check()
            made.rows, made.batches = rig.centre.log(), rig.centre.batches
            made.clashes = set(rig.phones[0].store.incident(uid(1)).records[uid(1)].clashes)
            yield made
        finally:
            for state in (rig, *made.states):
                state.close()


def _note(made: Recorded, state: Rig, step: int) -> None:
    """The points of one step, from the same cold start from which it will be repeated."""
    with folder() as here, ExitStack() as stack:
        rig = state.twin(here)
        stack.callback(rig.close)
        passed = [stack.enter_context(points.armed(points.Points(place))) for place in PLACES]
        STEPS[step](rig)
        for one in passed:
            made.points[one.place] += [Point(step, number, name) for number, name in enumerate(one.seen, 1)]


def again(made: Recorded, place: str, kind: str, point: Point) -> bool:
    """The rest of the scenario from this point's step on, broken there, to its end. False: the point was not met."""
    with folder() as here:
        rig = made.states[point.step].twin(here)
        try:
            with points.armed(points.Points(place, point.number, kind)) as broken:
                rig.attempt(lambda: STEPS[point.step](rig))
            with points.quiet():
                for step in STEPS[point.step if broken.reached else point.step + 1 :]:
                    step(rig)
                rig.check()
            return broken.reached
        finally:
            rig.close()


@contextmanager
def small_pages() -> Iterator[None]:
    """A pull of these few changes already takes several pages."""
    usual, log_pages.PAGE_ENTRIES = log_pages.PAGE_ENTRIES, 3
    try:
        yield
    finally:
        log_pages.PAGE_ENTRIES = usual


@contextmanager
def folder() -> Iterator[Path]:
    """In memory where there is such a place: what a kill leaves does not depend on the disk."""
    fast = Path("/dev/shm")
    made = Path(tempfile.mkdtemp(prefix="alongside-", dir=fast if fast.is_dir() else None))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
