"""A section of an incident: one page of a form at a time, kept as it is typed and sealed when it is left."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import flet as ft

from field_app.ui.forms.draft_editor import DraftEditor
from field_app.ui.forms.form import NOTHING_TO_ASK, RecordRemarks, Resolve, form_page
from field_app.ui.forms.interruption import interrupting
from field_app.ui.forms.unavailable import rest_view
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import flat_link, icon_button, link, primary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.frame import At, Scroller, body, frame, scroll, thumb
from field_app.ui.kit.hooks import Setter, use_reading, use_value
from field_app.ui.kit.widgets import Handler, callout, heading, hint, row, stack, tappable, words
from field_app.ui.phone.draft_in_hand import around, find, use_earlier, use_editor, use_resolve
from field_app.ui.phone.seen import Earlier, seen_before
from field_app.ui.phone.state import Ui
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import AnswerKey, Form, pages, question_of, questions
from sync.domain.records.incident import label

Fault = tuple[str, str, str]  # name, question, what is wrong
NO_FAULTS: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class PageTurner:
    """The page in front, what is shown over it, and the way to another."""

    ui: Ui
    scroller: Scroller
    number: int
    faults: tuple[Fault, ...]
    listing: bool  # all pages are listed
    set_number: Setter[int]
    set_faults: Setter[tuple[Fault, ...]]
    set_listing: Setter[bool]

    def turn(self, to: int) -> None:
        self.set_faults(())
        self.set_listing(False)
        self.set_number(to)
        self.scroll_up()

    def scroll_up(self) -> None:
        self.ui.spawn(scroll(self.scroller, offset=0))


def use_page_turner(ui: Ui) -> PageTurner:
    number, set_number = use_value(0)
    faults, set_faults = use_value(NO_FAULTS)
    listing, set_listing = use_value(False)
    return PageTurner(ui, ft.use_ref(), number, faults, listing, set_number, set_faults, set_listing)


@part
def section_screen(ui: Ui, at: At, incident_id: str, kind: str, record_id: str) -> ft.Control:
    session = ui.signed_in()
    form, store, path = CATALOGUE[kind], session.store, f"/incident/{incident_id}"
    turner = use_page_turner(ui)
    earlier = use_earlier(ui, incident_id, kind, at.front)
    read = use_reading(lambda: (store.incident(incident_id), session.packs), store.on_change, front=at.front)
    which = (incident_id, kind, record_id)
    editor = use_editor(ui, at.front, which, read, turner.set_number, turner.scroller)
    resolve = use_resolve(ui, editor)
    incident = read[0]

    def back(_: ft.Event) -> None:
        ui.go(path)

    if editor is None or incident is None:
        return frame(ui, at, form.title, body([]), back=back)
    editor.page = pages(form)[turner.number]
    remarks = around(incident, editor, session.name)
    before, ahead = beside(form, turner.number, asked_on(editor, remarks))
    view = section_view(editor, turner, remarks, earlier, resolve, front=at.front, last=not ahead)

    def onward(_: ft.Event) -> None:
        faults = tuple(editor.faults_on(pages(form)[turner.number]))
        if faults and faults != turner.faults:
            turner.set_faults(faults)
            turner.scroll_up()
        elif following := beside(form, turner.number, asked_on(editor, remarks))[1]:
            turner.turn(following[0])
        else:
            ui.go(path)

    bottom = bottom_bar(before, not ahead, onward, turner.turn, bool(turner.faults))
    inside = body(view, ref=turner.scroller)
    return frame(ui, at, form.title, inside, back=back, bottom=bottom, under=label(incident))


def section_view(
    editor: DraftEditor,
    turner: PageTurner,
    remarks: RecordRemarks,
    earlier: dict[str, Earlier] | None,
    resolve: Resolve,
    *,
    front: bool,
    last: bool,
) -> list[ft.Control | None]:
    """The questions of a page, and what stands round them; `last`: no later page asks anything."""
    ui, form, number, scroller = turner.ui, editor.form, turner.number, turner.scroller
    clashes, listing, page = tuple(remarks.clashes), turner.listing, pages(form)[number]

    def go_to(name: str) -> None:
        question = questions(form).get(name)
        if question:
            turner.turn(pages(form).index(question.page))
            ui.spawn(find(scroller, name))

    def show(name: str) -> None:
        ui.spawn(scroll(scroller, scroll_key=name))

    return [
        interrupting(editor, go_to) if front else None,
        page_title(page, number, len(pages(form)), lambda _: turner.set_listing(not listing)),
        page_list(form, number, asked_on(editor, remarks), turner.turn) if listing else None,
        fault_summary(turner.faults, show),
        rest_view(editor, clashes) if listing and not last else None,
        seen_before(editor, earlier, number == 0) if form.kind == "person" and earlier is not None else None,
        form_page(editor, page, remarks, resolve, ui.now, key=page),
        rest_view(editor, clashes) if last else None,
    ]


def asked_on(editor: DraftEditor, remarks: RecordRemarks) -> frozenset[str]:
    """The pages with a question to ask or a clash to settle."""
    clashed = (question_of(editor.form, name) for name in remarks.clashes)
    return frozenset((*editor.pages_asked(), *(question.page for question in clashed if question)))


def beside(form: type[Form], current: int, asked: Collection[str]) -> tuple[int | None, list[int]]:
    """The page to go back to, and those still to come: pages with nothing to ask are passed over."""
    numbers = [number for number, page in enumerate(pages(form)) if page in asked]
    before = [number for number in numbers if number < current]
    return (before[-1] if before else None), [number for number in numbers if number > current]


# --- What is drawn round the questions ----------------------------------------------------------------------------


def page_title(page: str, number: int, of: int, toggle: Handler) -> ft.Control:
    if of == 1:
        return heading(page)
    place = words(f"Page {number + 1} of {of}", 14, color=t.QUIET, expand=True)
    return stack([heading(page), row([place, link("pages", "All pages", toggle)])], 0)


def page_list(form: type[Form], current: int, asked: Collection[str], turn: Callable[[int], None]) -> ft.Control:
    def line(number: int, page: str) -> ft.Control:
        on = number == current
        note = hint("You are here") if on else None if page in asked else hint(NOTHING_TO_ASK)
        text = words(page, 17, bold=on, expand=True)
        inside = row([text, note or ft.Icon(ft.Icons.CHEVRON_RIGHT, color=t.QUIET)])
        return tappable(f"page-{number + 1}", inside, lambda _: turn(number), pad=14, selected=on)

    return stack([line(number, page) for number, page in enumerate(pages(form))])


def fault_summary(faults: tuple[Fault, ...], jump: Callable[[str], None]) -> ft.Control | None:
    """What is not right on this page; each line jumps to its question."""
    if not faults:
        return None

    def line(name: str, question: str, fault: str) -> ft.Control:
        target = AnswerKey.of(name).question
        return flat_link(f"fault-{name}", f"{question}: {fault}", lambda _: jump(target), color=t.ON_WRONG)

    title, text = "There is a problem", "Everything is kept as it was typed."
    return callout(title, text, grave=True, name="error-summary", under=[line(*fault) for fault in faults])


def bottom_bar(
    before: int | None, last: bool, onward: Handler, turn: Callable[[int], None], stopped: bool
) -> ft.Control:
    """Continue, or Done on the last page that asks something; `before`: the page to go back to, if any."""
    text = "Go on as it is" if stopped else "Done" if last else "Continue"
    back = None
    if before is not None:
        back = icon_button("previous-page", ft.Icons.ARROW_BACK, "Previous page", lambda _: turn(before))
    return thumb([row([back, primary("continue", text, onward, expand=True)], 12)])
