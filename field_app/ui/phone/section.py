"""A section of an incident: one page of a form at a time, kept as it is typed and sealed when it is left."""

import asyncio
import functools
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui.forms.draft_editor import MISSING, DraftEditor
from field_app.ui.forms.form import NOTHING_TO_ASK, RecordRemarks, form_page
from field_app.ui.forms.interruption import interrupting
from field_app.ui.forms.unavailable import rest_view
from field_app.ui.kit import theme as t
from field_app.ui.kit.frame import At, body, frame, thumb
from field_app.ui.kit.widgets import (
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
from field_app.ui.phone.seen import earlier_persons, seen_before
from field_app.ui.phone.state import Ui
from sync.domain.catalogue import CATALOGUE
from sync.domain.content.pack_set import PackSet
from sync.domain.forms import AnswerKey, pages, question_of, questions
from sync.domain.records.incident import Incident, label
from sync.domain.records.standing import open_comments

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
    earlier, set_earlier = use_value(None)
    ft.use_effect(
        lambda: look_back(ui, incident_id, set_earlier) if kind == "person" and at.front else None, [at.front]
    )
    incident, packs = use_reading(
        lambda: (session.store.incident(incident_id), session.packs), session.store.on_change, front=at.front
    )
    use_held(
        lambda: hold(ui, at.front, (incident_id, kind, record_id), set_pad, set_page),
        [at.front, incident_id, kind, record_id],
    )
    ft.use_effect(lambda: reread(pad, incident, packs, ui.now()), [id(pad), incident, packs])
    _, follow = use_value(())
    use_held(lambda: follow_pages(pad, follow), [id(pad)])
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
        elif ahead := beside(form, page_no, asked_on(pad, said))[1]:
            turn(ahead[0])
        else:
            ui.go(f"/incident/{incident_id}")

    def go_to(name: str) -> None:
        asked = questions(form).get(name)
        if asked:
            turn(pages(form).index(asked.page))
            ui.spawn(find(scroller, name))

    back = lambda _: ui.go(f"/incident/{incident_id}")  # noqa: E731
    if pad is None or incident is None:
        return frame(ui, at, form.title, body([]), back=back)
    page = pages(form)[page_no]
    pad.page = page
    said = around(incident, pad, session.name)
    before, ahead = beside(form, page_no, asked_on(pad, said))
    last = not ahead
    inside = body(
        [
            interrupting(pad, go_to) if at.front else None,
            page_title(page, page_no, len(pages(form)), lambda _: set_listing(not listing)),
            page_list(form, page_no, asked_on(pad, said), turn) if listing else None,
            fault_summary(faults, lambda name: ui.spawn(scroll(scroller, scroll_key=name))),
            rest_view(pad, tuple(said.clashes)) if listing and not last else None,
            seen_before(pad, earlier, page_no == 0) if kind == "person" and earlier is not None else None,
            form_page(pad, page, said, resolve, ui.now, key=page),
            rest_view(pad, tuple(said.clashes)) if last else None,
        ],
        ref=scroller,
    )
    bottom = bottom_bar(before, last, onward, turn, bool(faults))
    return frame(ui, at, form.title, inside, back=back, bottom=bottom, under=label(incident))


# --- Holding the pad ----------------------------------------------------------------------------------------------


def hold(ui: Ui, front: bool, which: tuple[str, str, str], set_pad: Any, set_page: Any) -> Any:
    """Opens the pad when the screen comes to the front; what is returned seals it when it is left."""
    if not front:
        return None
    held: list[DraftEditor] = []
    left: list[bool] = []

    async def get() -> None:
        pad = await ui.open_pad(which[0], which[1], "" if which[2] == "new" else which[2])
        if left:
            ui.close_pad(pad)
            return
        held.append(pad)
        asked = question_of(pad.form, ui.aim)
        if asked:
            set_page(pages(pad.form).index(asked.page))
        set_pad(pad)

    def leave() -> None:
        left.append(True)
        for pad in held:
            ui.close_pad(pad)

    ui.spawn(get())
    return leave


def look_back(ui: Ui, incident_id: str, found: Any) -> None:
    """Reads, in a thread, who was met before on this phone."""
    session = ui.session
    assert session is not None

    async def look() -> None:
        found(await asyncio.to_thread(lambda: earlier_persons(session.store.incidents(), incident_id)))

    ui.spawn(look())


def reread(pad: DraftEditor | None, incident: Incident | None, packs: PackSet, now: datetime) -> None:
    if pad is not None and incident is not None:
        pad.reread(incident.context(packs, now))


def aim(ui: Ui, pad: DraftEditor | None, scroller: Any) -> None:
    """Goes to the question a link named."""
    if pad is not None and ui.aim:
        name, ui.aim = AnswerKey.of(ui.aim).question, ""
        ui.spawn(find(scroller, name))


async def find(scroller: Any, name: str) -> None:
    """Scrolls to a question just drawn: the device needs a frame or two before it is there to be found."""
    for wait in AIM_AFTER:
        await asyncio.sleep(wait)
        await scroll(scroller, scroll_key=name)


async def scroll(scroller: Any, **where: Any) -> None:
    if scroller.current is not None:
        await scroller.current.scroll_to(duration=200, **where)


def use_resolve(ui: Ui, pad: DraftEditor | None) -> Any:
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


def around(incident: Incident, pad: DraftEditor, name_of: Callable[[str], str]) -> RecordRemarks:
    record = incident.records.get(pad.draft.record_id)
    comments: dict[str, tuple[str, ...]] = {}
    for each in open_comments(incident):
        if each.get("kind") == pad.form.kind and each.get("record_id") in (None, pad.draft.record_id):
            name = AnswerKey.of(str(each.get("name") or next(iter(questions(pad.form))))).question
            comments[name] = (*comments.get(name, ()), str(each.get("comment", "")))
    clashes = {
        name: tuple(given._replace(author=name_of(given.author)) for given in both)
        for name, both in (record.clashes if record else {}).items()
    }
    return RecordRemarks(clashes, comments)


def follow_pages(pad: DraftEditor | None, changed: Callable[[tuple[str, ...]], None]) -> Callable[[], None] | None:
    """Draws the screen again when another page begins or ceases to ask something."""
    if pad is None:
        return None
    changed(pad.pages_asked())
    return pad.on(MISSING, lambda: changed(pad.pages_asked()))


def asked_on(pad: DraftEditor, said: RecordRemarks) -> frozenset[str]:
    """The pages with a question to ask or a clash to settle."""
    clashed = (question_of(pad.form, name) for name in said.clashes)
    return frozenset((*pad.pages_asked(), *(question.page for question in clashed if question)))


def beside(form: Any, current: int, asked: Collection[str]) -> tuple[int | None, list[int]]:
    """The page to go back to, and those still to come: pages with nothing to ask are passed over."""
    numbers = [number for number, page in enumerate(pages(form)) if page in asked]
    before = [number for number in numbers if number < current]
    return (before[-1] if before else None), [number for number in numbers if number > current]


# --- What is drawn round the questions ----------------------------------------------------------------------------


def page_title(page: str, number: int, of: int, toggle: Any) -> ft.Control:
    if of == 1:
        return heading(page)
    place = words(f"Page {number + 1} of {of}", 14, color=t.QUIET, expand=True)
    return stack([heading(page), row([place, link("pages", "All pages", toggle)])], 0)


def page_list(form: Any, current: int, asked: Collection[str], turn: Any) -> ft.Control:
    def one(number: int, page: str) -> ft.Control:
        here = number == current
        told = hint("You are here") if here else None if page in asked else hint(NOTHING_TO_ASK)
        line = row([words(page, 17, bold=here, expand=True), told or ft.Icon(ft.Icons.CHEVRON_RIGHT, color=t.QUIET)])
        return tappable(f"page-{number + 1}", line, lambda _: turn(number), pad=14, selected=here)

    return stack([one(number, page) for number, page in enumerate(pages(form))])


def fault_summary(faults: tuple[Fault, ...], jump: Any) -> ft.Control | None:
    """What is not right on this page; each line jumps to its question."""
    if not faults:
        return None
    lines = [
        flat_link(
            f"fault-{name}",
            f"{question}: {fault}",
            lambda _, name=AnswerKey.of(name).question: jump(name),
            color=t.ON_WRONG,
        )
        for name, question, fault in faults
    ]
    return callout(
        "There is a problem", "Everything is kept as it was typed.", grave=True, name="error-summary", under=lines
    )


def bottom_bar(before: int | None, last: bool, onward: Any, turn: Any, stopped: bool) -> ft.Control:
    """Continue, or Done on the last page that asks something; `before`: the page to go back to, if any."""
    text = "Go on as it is" if stopped else "Done" if last else "Continue"
    back = (
        None
        if before is None
        else icon_button("previous-page", ft.Icons.ARROW_BACK, "Previous page", lambda _: turn(before))
    )
    return thumb([row([back, primary("continue", text, onward, expand=True)], 12)])
