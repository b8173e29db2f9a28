"""An incident on the phone's screens, step by step: begun, answered, finished, signed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import flet as ft

from field_app.phone.session import Session
from sync.domain.catalogue import CATALOGUE, RIBBON, SECTIONS
from sync.domain.forms import Unavailable, rest
from sync.domain.records.standing import standing
from sync.domain.records.tasks import tasks
from tests.steps.ui.harness import PIN, App


async def begin(app: App) -> str:
    """A new incident, open on the screen."""
    await app.until(lambda: app.has("new-incident"))
    await app.tap("new-incident")
    await app.until(lambda: app.has("next-step"))
    return app.page.route.rpartition("/")[2]


async def open_section(app: App, kind: str) -> None:
    """Opens a section, which may stand folded away under the others."""
    if not app.has(f"section-{kind}"):
        await app.tap("other-sections")
    await app.tap(f"section-{kind}")
    await app.until(lambda: app.has("continue"))


def answers(app: App, incident_id: str, kind: str) -> dict[str, Any]:
    incident = app.made.session.store.incident(incident_id)
    record = incident.one(kind) if incident else None
    return record.values if record else {}


def fill(session: Any, incident_id: str) -> None:
    """Answers the incident's own section, and says of everything else that is asked for that it was not asked."""
    made = session.edit(incident_id, "incident")
    times = {name: {"at": f"2026-11-22T21:0{n}:00.000Z", "source": "tapped"} for n, name in enumerate(RIBBON)}
    given = {
        "nature": "mh_primary", "source_of_contact": "999", "location": "12 Mill Road", "location_type": "N01",
        "dwelling": "no", "cad_ref": "CC-1", **times,
    }  # fmt: skip
    session.seal(replace(made, answers={**made.answers, **given}))
    finish(session, incident_id)


def finish(session: Any, incident_id: str) -> None:
    """Says of everything that is still asked for, in every section, that it was not asked."""
    for _ in range(len(SECTIONS)):
        incident = session.store.incident(incident_id)
        lacking = [task for task in tasks(incident, session.packs, session.now()) if task.missing]
        if not lacking:
            return
        for task in lacking:
            for record_id in [record.record_id for record in task.records] or [None]:
                draft = session.edit(incident_id, task.kind, record_id)
                context = session.store.incident(incident_id).context(session.packs, session.now())
                made = rest(CATALOGUE[task.kind], draft.answers, context, Unavailable.NOT_ASKED)
                session.seal(replace(draft, answers={**draft.answers, **made}))
    raise AssertionError([(lack.kind, lack.name) for task in lacking for lack in task.missing])


async def sign(app: App, session: Any, incident_id: str) -> None:
    """Signs, nothing being missing."""
    await app.go(f"/incident/{incident_id}/sign")
    await app.until(lambda: app.has("pin"))
    await app.type("pin", PIN)
    await app.tap("sign")
    await app.until(lambda: standing(session.store.incident(incident_id)) == "signed")


def give(session: Session, incident_id: str, kind: str, **given: Any) -> str:
    draft = session.edit(incident_id, kind)
    session.seal(replace(draft, answers={**draft.answers, **given}))
    return draft.record_id


async def at(app: App, incident_id: str, kind: str, name: str, record_id: str = "") -> None:
    """The section, open at this question."""
    app.made.aim = name
    await app.go(f"/incident/{incident_id}/{kind}/{record_id}".rstrip("/"))
    await app.until(lambda: app.has(f"answer-{name}") or any(f"answer-{name}-" in each for each in app.identifiers()))


def interrupted(app: App) -> list[str]:
    """The kinds of the cards that are open over the section."""
    cards = [card for card in app.all(ft.AlertDialog) if card.open]
    marks = [each.identifier for card in cards for each in app.walk(card) if isinstance(each, ft.Semantics)]
    return [
        mark.removeprefix("interruption-")
        for mark in marks
        if mark and mark.endswith(("red-flag", "child", "dwelling"))
    ]


async def draw(app: App, points: Sequence[tuple[float, float]]) -> None:
    pad = app.inside("signature-pad", ft.GestureDetector)
    for place, (x, y) in enumerate(points):
        at = {"l": {"x": x, "y": y}, "g": {"x": x, "y": y}, "k": "touch", "ts": None}
        await app.event(pad, "pan_update" if place else "pan_start", at)
