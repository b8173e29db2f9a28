"""The draft in hand, on the event loop that serves the app."""

import asyncio

import uvloop

from field_app.phone.store.disk import Draft
from field_app.ui.forms.draft_editor import DraftEditor
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import Context
from tests.steps.builders import BOOK, LAW, uid


class Kept:
    """Keeps the drafts it is given."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []

    def keep(self, draft: Draft) -> Draft:
        self.drafts.append(draft)
        return draft


def test_two_answers_in_one_handler_are_kept_under_uvloop_too():
    """uvloop's handle of a call that is due at once does not say when: adding an officer failed over it."""

    async def add_an_officer() -> list[Draft]:
        kept = Kept()
        draft = Draft(uid(1), uid(1), "contact")
        editor = DraftEditor(
            kept,
            CATALOGUE["contact"],
            draft,
            Context(rules=LAW, directory=BOOK),
            lambda work: asyncio.ensure_future(work),
        )  # type: ignore[arg-type]
        editor.give("officers.a", {})
        editor.item("officers.a", "name", "Dan Hart")
        await asyncio.sleep(0.05)
        await editor.keep()
        return kept.drafts

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        drafts = runner.run(add_an_officer())
    assert drafts[-1].answers["officers.a"]["name"] == "Dan Hart"
