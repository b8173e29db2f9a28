"""A section of an incident: one page of a form at a time, kept as it is typed and sealed when it is left."""

import asyncio
import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import flet as ft

from field_app.ui import theme as t
from field_app.ui.form import Around, form_page
from field_app.ui.frame import At, body, frame, thumb
from field_app.ui.pad import Pad
from field_app.ui.parts import (
    callout,
    flat_link,
    heading,
    hint,
    icon_button,
    link,
    part,
    primary,
    row,
    stack,
    tappable,
    use_held,
    use_reading,
    use_value,
    words,
)
from field_app.ui.state import Ui
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import pages, questions
from sync.domain.incident import Incident, label, open_comments

AIM_AFTER = (0.1, 0.3)  # seconds
Fault = tuple[str, str, str]  # name, question, what is wrong


@part
def section_screen(ui: Ui, at: At, incident_id: str, kind: str, record_id: str) -> ft.Control:
    session = ui.session
    assert session is not None
    form = CATALOGUE[kind]
    pad, set_pad = use_value(None)
    page_no, set_page = use_value(0)
    faults, set_faults = use_value(())
    listing, set_listing = use_value(False)
    scroller = ft.use_ref()
    incident = use_reading(lambda: session.store.incident(incident_id), session.store.on_change, front=at.front)
    use_held(
        lambda: hold(ui, at.front, (incident_id, kind, record_id), set_pad, set_page),
        [at.front, incident_id, kind, record_id],
    )
    ft.use_effect(lambda: reread(pad, incident, ui), [id(pad), incident])
    ft.use_effect(lambda: aim(ui, pad, scroller), [id(pad)])
    resolve = use_resolve(ui, pad)

    def turn(to: int) -> None:
        set_faults(())
        set_listing(False)
        set_page(to)
        ui.spawn(scroll(scroller, offset=0))

    def onward(_: Any) -> None:
        found = tuple(pad.faults_on(pages(form)[page_no]))
        if found and found != faults:
            set_faults(found)
            ui.spawn(scroll(scroller, offset=0))
        elif page_no + 1 < len(pages(form)):
            turn(page_no + 1)
        else:
            ui.go(f"/incident/{incident_id}")

    back = lambda _: ui.go(f"/incident/{incident_id}")  # noqa: E731
    if pad is None or incident is None:
        return frame(ui, at, form.title, body([]), back=back)
    page = pages(form)[page_no]
    pad.page = page
    inside = body(
        [
            page_title(page, page_no, len(pages(form)), lambda _: set_listing(not listing)),
            page_list(form, page_no, turn) if listing else None,
            fault_summary(faults, lambda name: ui.spawn(scroll(scroller, scroll_key=name))),
            form_page(pad, page, around(incident, pad, session.name), resolve, ui.now, key=page),
        ], ref=scroller,
    )  # fmt: skip
    bottom = bottom_bar(page_no, len(pages(form)), onward, turn, bool(faults))
    return frame(ui, at, form.title, inside, back=back, bottom=bottom, under=label(incident))


# --- Holding the pad ----------------------------------------------------------------------------------------------


def hold(ui: Ui, front: bool, which: tuple[str, str, str], set_pad: Any, set_page: Any) -> Any:
    """Opens the pad when the screen comes to the front; what is returned seals it when it is left."""
    if not front:
        return None
    held: list[Pad] = []
    left: list[bool] = []

    async def get() -> None:
        pad = await ui.open_pad(which[0], which[1], "" if which[2] == "new" else which[2])
        if left:
            ui.close_pad(pad)
            return
        held.append(pad)
        asked = questions(pad.form).get(ui.aim.partition(".")[0])
        if asked:
            set_page(pages(pad.form).index(asked.page))
        set_pad(pad)

    def leave() -> None:
        left.append(True)
        for pad in held:
            ui.close_pad(pad)

    ui.spawn(get())
    return leave


def reread(pad: Pad | None, incident: Incident | None, ui: Ui) -> None:
    if pad is not None and incident is not None:
        pad.reread(incident.context(ui.now()))


def aim(ui: Ui, pad: Pad | None, scroller: Any) -> None:
    """Goes to the question a link named."""
    if pad is not None and ui.aim:
        name, ui.aim = ui.aim.partition(".")[0], ""
        ui.spawn(find(scroller, name))


async def find(scroller: Any, name: str) -> None:
    """Scrolls to a question just drawn: the device needs a frame or two before it is there to be found."""
    for wait in AIM_AFTER:
        await asyncio.sleep(wait)
        await scroll(scroller, scroll_key=name)


async def scroll(scroller: Any, **where: Any) -> None:
    if scroller.current is not None:
        await scroller.current.scroll_to(duration=200, **where)


def use_resolve(ui: Ui, pad: Pad | None) -> Any:
    """Settles a clash. What is in hand is sealed first, so that it is not a third opinion."""

    async def resolve(name: str, value: Any) -> None:
        session = ui.session
        if pad is None or session is None:
            return
        await pad.put_away(again=True)
        incident = session.store.incident(pad.draft.incident_id)
        record = incident.records.get(pad.draft.record_id) if incident else None
        if record and await ui.do(session.resolve, record, name, value):
            await pad.put_away(again=True)

    return ft.use_memo(lambda: functools.partial(_later, ui, resolve), [id(pad)])


def _later(ui: Ui, work: Any, *args: Any) -> None:
    ui.spawn(work(*args))


def around(incident: Incident, pad: Pad, name_of: Callable[[str], str]) -> Around:
    record = incident.records.get(pad.draft.record_id)
    comments: dict[str, tuple[str, ...]] = {}
    for each in open_comments(incident):
        if each.get("kind") == pad.form.kind and each.get("record_id") in (None, pad.draft.record_id):
            name = str(each.get("name") or next(iter(questions(pad.form)))).partition(".")[0]
            comments[name] = (*comments.get(name, ()), str(each.get("comment", "")))
    clashes = {
        name: tuple(replace(given, author=name_of(given.author)) for given in both)
        for name, both in (record.clashes if record else {}).items()
    }
    return Around(clashes, comments)


# --- What is drawn round the questions ----------------------------------------------------------------------------


def page_title(page: str, number: int, of: int, toggle: Any) -> ft.Control:
    if of == 1:
        return heading(page)
    return row(
        [stack([heading(page), hint(f"Page {number + 1} of {of}")], 2, expand=True), link("pages", "All pages", toggle)],
        vertical_alignment=ft.CrossAxisAlignment.START,
    )  # fmt: skip


def page_list(form: Any, current: int, turn: Any) -> ft.Control:
    def one(number: int, page: str) -> ft.Control:
        here = number == current
        line = row(
            [
                words(page, 17, bold=here, expand=True),
                hint("You are here") if here else ft.Icon(ft.Icons.CHEVRON_RIGHT, color=t.QUIET),
            ]
        )
        return tappable(f"page-{number + 1}", line, lambda _: turn(number), pad=14, selected=here)

    return stack([one(number, page) for number, page in enumerate(pages(form))])


def fault_summary(faults: tuple[Fault, ...], jump: Any) -> ft.Control | None:
    """What is not right on this page; each line jumps to its question."""
    if not faults:
        return None
    lines = [
        flat_link(
            f"fault-{name}", f"{question}: {fault}", lambda _, name=name.partition(".")[0]: jump(name), color=t.ON_WRONG
        )
        for name, question, fault in faults
    ]
    return callout(
        "There is a problem", "Everything is kept as it was typed.", grave=True, name="error-summary", under=lines
    )


def bottom_bar(number: int, of: int, onward: Any, turn: Any, stopped: bool) -> ft.Control:
    last = number + 1 == of
    text = "Go on as it is" if stopped else "Done" if last else "Continue"
    before = (
        icon_button("previous-page", ft.Icons.ARROW_BACK, "Previous page", lambda _: turn(number - 1))
        if number
        else None
    )
    return thumb([row([before, primary("continue", text, onward, expand=True)], 12)])
