"""The draft of a section while it is on the screen: opened when it comes to the front, followed, sealed on leaving."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui.forms.draft_editor import MISSING, DraftEditor
from field_app.ui.forms.form import RecordRemarks, Resolve
from field_app.ui.kit.frame import Scroller, scroll
from field_app.ui.kit.hooks import Stop, use_held, use_optional, use_value
from field_app.ui.phone.seen import Earlier, earlier_persons
from field_app.ui.phone.shown import NameOf
from field_app.ui.phone.state import Ui
from sync.domain.content.pack_set import PackSet
from sync.domain.forms import AnswerKey, pages, question_of, questions
from sync.domain.records.incident import Incident
from sync.domain.records.standing import open_comments

AIM_AFTER = (0.1, 0.3)  # seconds
NO_PAGES: tuple[str, ...] = ()


def use_editor(
    ui: Ui,
    front: bool,
    which: tuple[str, str, str],
    read: tuple[Incident | None, PackSet],
    set_page: Callable[[int], None],
    scroller: Scroller,
) -> DraftEditor | None:
    """The draft of this incident, kind and record ("new": of another record), once it is open; `read`: the incident."""
    incident, packs = read
    editor, set_editor = use_optional(DraftEditor)
    use_held(lambda: hold(ui, front, which, set_editor, set_page), [front, *which])
    ft.use_effect(lambda: reread(editor, incident, packs, ui.now()), [id(editor), incident, packs])
    _, follow = use_value(NO_PAGES)
    use_held(lambda: follow_pages(editor, follow), [id(editor)])
    ft.use_effect(lambda: aim(ui, editor, scroller), [id(editor)])
    return editor


def hold(
    ui: Ui,
    front: bool,
    which: tuple[str, str, str],
    set_editor: Callable[[DraftEditor], None],
    set_page: Callable[[int], None],
) -> Stop | None:
    """Opens the draft when the screen comes to the front; what is returned seals it when it is left."""
    if not front:
        return None
    opened: list[DraftEditor] = []
    left: list[bool] = []

    async def get() -> None:
        editor = await ui.open_editor(which[0], which[1], "" if which[2] == "new" else which[2])
        if left:
            ui.close_editor(editor)
            return
        opened.append(editor)
        aimed_at = question_of(editor.form, ui.aim)
        if aimed_at:
            set_page(pages(editor.form).index(aimed_at.page))
        set_editor(editor)

    def leave() -> None:
        left.append(True)
        for editor in opened:
            ui.close_editor(editor)

    ui.spawn(get())
    return leave


def reread(editor: DraftEditor | None, incident: Incident | None, packs: PackSet, now: datetime) -> None:
    if editor is not None and incident is not None:
        editor.reread(incident.context(packs, now))


def follow_pages(editor: DraftEditor | None, changed: Callable[[tuple[str, ...]], None]) -> Stop | None:
    """Draws the screen again when another page begins or ceases to ask something."""
    if editor is None:
        return None
    changed(editor.pages_asked())
    return editor.on(MISSING, lambda: changed(editor.pages_asked()))


def aim(ui: Ui, editor: DraftEditor | None, scroller: Scroller) -> None:
    """Goes to the question a link named."""
    if editor is not None and ui.aim:
        name, ui.aim = AnswerKey.of(ui.aim).question, ""
        ui.spawn(find(scroller, name))


async def find(scroller: Scroller, name: str) -> None:
    """Scrolls to a question just drawn: the device needs a frame or two before it is there to be found."""
    for wait in AIM_AFTER:
        await asyncio.sleep(wait)
        await scroll(scroller, scroll_key=name)


# --- What the incident knows of it --------------------------------------------------------------------------------


def use_earlier(ui: Ui, incident_id: str, kind: str, front: bool) -> dict[str, Earlier] | None:
    """Who was met before on this phone, for the section on the person, once it has been read (in a thread)."""
    earlier, set_earlier = use_optional(dict[str, Earlier])

    def look_back() -> None:
        if kind == "person" and front:
            store = ui.signed_in().store

            async def look() -> None:
                set_earlier(await asyncio.to_thread(lambda: earlier_persons(store.every_incident(), incident_id)))

            ui.spawn(look())

    ft.use_effect(look_back, [front])
    return earlier


def use_resolve(ui: Ui, editor: DraftEditor | None) -> Resolve:
    """Settles a clash. The draft is sealed first, or its answer would be a third one."""

    async def resolve(name: str, value: Any) -> None:
        session = ui.session
        if editor is None or session is None:
            return
        await editor.put_away(again=True)
        incident = session.store.incident(editor.draft.incident_id)
        record = incident.records.get(editor.draft.record_id) if incident else None
        if record and await ui.do(session.resolve, record, name, value):
            await editor.put_away(again=True)

    return ft.use_memo(lambda: functools.partial(_spawn, ui, resolve), [id(editor)])


def _spawn(ui: Ui, work: Callable[[str, Any], Coroutine[Any, Any, None]], name: str, value: Any) -> object:
    return ui.spawn(work(name, value))


def around(incident: Incident, editor: DraftEditor, name_of: NameOf) -> RecordRemarks:
    record = incident.records.get(editor.draft.record_id)
    comments: dict[str, tuple[str, ...]] = {}
    for comment in open_comments(incident):
        if comment.get("kind") == editor.form.kind and comment.get("record_id") in (None, editor.draft.record_id):
            name = AnswerKey.of(str(comment.get("name") or next(iter(questions(editor.form))))).question
            comments[name] = (*comments.get(name, ()), str(comment.get("comment", "")))
    clashes = {
        name: tuple(given._replace(author=name_of(given.author)) for given in both)
        for name, both in (record.clashes if record else {}).items()
    }
    return RecordRemarks(clashes, comments)
