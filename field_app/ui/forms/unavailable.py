"""Why an answer could not be got: the four answers that stand for one, for a question or for all that is left."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui.forms.choices import AskedQuestion, choice_buttons
from field_app.ui.forms.draft_editor import MISSING, DraftEditor, Reader
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import flat_link, secondary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.fields import text_field
from field_app.ui.kit.hooks import Typed, use_draft_editor, use_value
from field_app.ui.kit.widgets import card, hint, marked, row, words
from sync.domain.forms import AnswerKey, Question, Unavailable, unobtainable

SetAway = Callable[[bool], None]  # shows the four answers, or hides them


def could_not_link(name: str, set_away: SetAway) -> ft.Control:
    return row([flat_link(f"unavailable-{name}", "Couldn’t get it", lambda _: set_away(True))])


def unavailable_view(
    editor: DraftEditor, name: str, question: Question, why: Unavailable | None, set_away: SetAway
) -> list[ft.Control | None]:
    """The four answers that say why there is none; "unable" asks for the reason."""
    key = question.unavailable_key
    raw = editor.answers.get(key)
    reason = raw.get("reason", "") if isinstance(raw, dict) else ""

    def choose(code: Any) -> None:
        editor.give(key, unobtainable(Unavailable(code), reason if code == Unavailable.UNABLE else ""))
        set_away(True)

    def back(_: ft.Event[ft.TextButton]) -> None:
        editor.take_back(key)
        set_away(False)

    def give_reason(text: str) -> None:
        editor.item(key, "reason", text, typing=True)

    label = f"{question.text}: why it could not be assessed"
    return [
        why_choices(f"{name}-unavailable", "Why is there no answer?", why, choose),
        reason_field(f"answer-{name}-reason", label, reason, give_reason) if why == Unavailable.UNABLE else None,
        row([flat_link(f"answer-{name}-back", "Give an answer instead", back)]),
    ]


def why_choices(name: str, text: str, why: Unavailable | None, choose: Callable[[Any], None]) -> ft.Control:
    """The four answers; `name` without the "answer-" of their identifiers."""
    question, value = Question(text, answer=Unavailable), why.value if why else None
    asked = AskedQuestion(question, name, value, str, "", choose, _ignore, nothing, _never)
    return choice_buttons(asked, tuple(Unavailable))


def reason_field(name: str, label: str, text: str, on_change: Callable[[str], None]) -> ft.Control:
    hint_style = ft.TextStyle(color=t.QUIET)
    return text_field(
        name, label, text, on_change, hint_text="Why?", hint_style=hint_style, multiline=True, min_lines=1, max_lines=4
    )


def _ignore(text: str, reader: Reader | None = None) -> None:
    return None


def nothing() -> None:
    return None


def _never() -> datetime:
    raise LookupError("these choices have no clock")


# --- All that is left ---------------------------------------------------------------------------------------------


@part
def rest_view(editor: DraftEditor, clashes: Collection[str]) -> ft.Control:
    """What is still missing in this section, and how to say at once that none of it could be got."""
    use_draft_editor(editor, MISSING)
    asking, set_asking = use_value(False)
    unable, set_unable = use_value(False)
    typed = ft.use_memo(lambda: Typed(reason=""), [])
    left = [name for name in editor.missing() if name not in {AnswerKey.of(clash).question for clash in clashes}]
    if not left:
        return ft.Container(height=0)
    count = f"{len(left)} {'answer is' if len(left) == 1 else 'answers are'} still missing in this section"
    if not asking:
        more = secondary("rest", "I could not get the rest", lambda _: set_asking(True))
        return marked("rest-of-section", card([words(count, 16, bold=True), more]))

    def choose(code: Any) -> None:
        if code == Unavailable.UNABLE:
            set_unable(True)
        elif code is not None:
            editor.give_rest(Unavailable(code), but=tuple(clashes))

    def use(_: ft.Event[ft.OutlinedButton]) -> None:
        editor.give_rest(Unavailable.UNABLE, typed["reason"].strip(), tuple(clashes))

    text = "Why could you not get the rest?"
    choices = why_choices("rest", text, Unavailable.UNABLE if unable else None, choose)
    label = "Why could the rest not be assessed?"
    reason = [
        reason_field("rest-reason", label, typed["reason"], typed.into("reason")),
        secondary("rest-use", "Use this for the rest", use),
    ]
    inside = [words(text, 17, bold=True), hint(count), choices, *(reason if unable else [])]
    return marked("rest-of-section", card(inside))
