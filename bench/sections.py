"""Opening a section's pages: the CPU time until all of a page is sent to the screen; and the lines a form takes.

Headless (`tests/ui/harness.py`): the real app, session, store, and Flet's own diff and encoding, with no Flutter. CPU
time of the process leaves waiting out, and other work on the machine disturbs it little. Every question that is asked
is answered. The floor is a page of bare Flet with as many text fields, each under its own label.
"""

import ast
import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import flet as ft

from bench.figures import Figure, Run, median
from field_app.phone.session import Session
from field_app.ui.phone.start import open_app
from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.forms import Form, pages, questions, shown
from tests.steps.records import everything
from tests.steps.ui.harness import App, phone, signed_in

AIM_MS = 100.0
QUIET = 0.1  # seconds without a message to the screen: it is drawn


def measure(run: Run) -> list[Figure]:
    return asyncio.run(measured(run))


async def measured(run: Run) -> list[Figure]:
    device = phone(run.folder / "phone")
    session = signed_in(device)
    incident_id = answered(session)
    figures = []
    async with App(lambda page: open_app(page, device)) as app:
        app.made.enter(session, "amara")
        await app.until(lambda: app.has("new-incident"))
        floors: dict[int, float] = {}
        for kind in SECTIONS:
            figures.append(await section(app, session, incident_id, kind, run.times(5, 2), floors))
    device.close()
    return figures


async def section(
    app: App, session: Session, incident_id: str, kind: str, times: int, floors: dict[int, float]
) -> Figure:
    """The slowest page of this section: the median of its openings."""
    form = CATALOGUE[kind]
    incident = session.store.incident(incident_id)
    assert incident
    took: dict[str, list[float]] = {page: [] for page in pages(form)}
    for _ in range(times):
        await app.go(f"/incident/{incident_id}")
        record = incident.of(kind)[0].record_id
        first, route = pages(form)[0], f"/incident/{incident_id}/{kind}/{record}"
        took[first].append(await cpu_ms(app, partial(_go, app.page, route), "continue"))
        for page in pages(form)[1:]:
            onward = next(c for c in app.walk(app.at("continue")) if getattr(c, "on_click", None) is not None)
            took[page].append(await cpu_ms(app, partial(app.session.dispatch_event, onward._i, "click", None)))
    slowest = max(took, key=lambda page: median(took[page]))
    context = incident.context(session.packs, session.now())
    fields = len(shown(form, incident.of(kind)[0].values, context, slowest))
    if fields not in floors:
        floors[fields] = median([await bare(fields) for _ in range(times)])
    detail = f"n = {times}; “{slowest}”, {fields} questions; "
    detail += f"{len(questions(form))} on {len(pages(form))} pages in {lines(form)} lines"
    return Figure("Opening a section", form.title, median(took[slowest]), "ms", AIM_MS, floors[fields], detail)


async def _go(page: ft.Page, route: str) -> None:
    page.navigate(route)


async def cpu_ms(app: App, act: Callable[[], Awaitable[Any]], awaited: str = "") -> float:
    """CPU milliseconds from the act until nothing more is sent to the screen and the control `awaited` is on it."""
    begun, looking = time.process_time(), 0.0
    await act()
    known, since = -1, time.monotonic()
    while time.monotonic() - since < QUIET:
        if len(app.client.messages) != known:
            known, since = len(app.client.messages), time.monotonic()
        await asyncio.sleep(0.01)
        if awaited and time.monotonic() - since >= QUIET:
            looked = time.process_time()
            is_there = app.has(awaited)
            looking += time.process_time() - looked
            since = since if is_there else time.monotonic()
    return (time.process_time() - begun - looking) * 1000


async def bare(fields: int) -> float:
    """CPU milliseconds of a bare page with so many text fields."""
    async with App(lambda page: None) as app:

        async def draw() -> None:
            app.page.add(*(ft.Column([ft.Text("A question"), ft.TextField(value="An answer")]) for _ in range(fields)))

        return await cpu_ms(app, draw)


def answered(session: Session) -> str:
    """An incident with every question of every form answered."""
    incident_id = session.new_incident()
    for kind in SECTIONS:
        draft = session.edit(incident_id, kind)
        session.seal(replace(draft, answers={**everything(CATALOGUE[kind]), **draft.answers}))
    return incident_id


def lines(form: type[Form]) -> int:
    """Lines of the form's own declaration, without its lists and rules."""
    source = inspect.getsource(form)
    return max(node.end_lineno or 0 for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt))
