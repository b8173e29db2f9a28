"""One page of a form on a page of the app, with a draft that is kept in memory."""

import asyncio
from typing import Any

import flet as ft

from field_app.phone.store.disk import Draft
from field_app.ui.forms.draft_editor import DraftEditor
from field_app.ui.forms.form import RecordRemarks, form_page
from field_app.ui.kit.error_boundary import part
from sync.domain.forms import Context
from tests.steps.builders import BOOK, LAW
from tests.steps.ui.forms import Everything
from tests.steps.ui.harness import NOW


class Keeper:
    """Keeps drafts in memory."""

    def __init__(self) -> None:
        self.kept: list[Draft] = []
        self.sealed: list[Draft] = []

    def edit(self, incident_id: str, kind: str, record_id: str | None = None) -> Draft:
        last = self.sealed[-1]
        return Draft(last.record_id, incident_id, kind, ("head",), last.answers, last.answers)

    def keep(self, draft: Draft) -> Draft:
        self.kept.append(draft)
        return draft

    def seal(self, draft: Draft) -> None:
        self.sealed.append(draft)


class Page:
    """A form page on a page, with a draft editor."""

    def __init__(self, answers: dict[str, Any] | None = None, page: str = "One", around: RecordRemarks | None = None):
        self.keeper = Keeper()
        self.resolved: list[tuple[str, Any]] = []
        self.around = around or RecordRemarks()
        self.page = page
        self.editor = DraftEditor(
            self.keeper,
            Everything,
            Draft("r", "i", "person", (), answers or {}, answers or {}),
            Context(now=NOW, rules=LAW, directory=BOOK),
            self.spawn,
        )
        self.editor.page = page
        self.running: list[asyncio.Task[Any]] = []

    def spawn(self, work: Any) -> asyncio.Task[Any]:
        self.running.append(asyncio.get_running_loop().create_task(work))
        return self.running[-1]

    def __call__(self, page: ft.Page) -> None:
        page.render(screen, self)


@part
def screen(page: Page) -> ft.Control:
    return form_page(
        page.editor, page.page, page.around, lambda name, value: page.resolved.append((name, value)), lambda: NOW
    )
