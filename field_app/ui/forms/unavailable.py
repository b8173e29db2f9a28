"""Why an answer could not be got: the four answers that stand for one, for a question or for all that is left."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui.forms.choices import AskedQuestion, choice_buttons
from field_app.ui.forms.draft_editor import MISSING, DraftEditor
from field_app.ui.kit import theme as t
from field_app.ui.kit.fields import text_field
from field_app.ui.kit.widgets import (
    Typed,
    card,
    flat_link,
    hint,
    marked,
    part,
    row,
    secondary,
    use_pad,
    use_value,
    words,
)
from sync.domain.forms import AnswerKey, Question, Unavailable, unobtainable


def could_not_link(name: str, set_away: Any) -> ft.Control:
    return row([flat_link(f"unavailable-{name}", "Couldn’t get it", lambda _: set_away(True))])


def unavailable_view(
    pad: DraftEditor, name: str, question: Question, why: Unavailable | None, set_away: Any
) -> list[Any]:
    """The four answers that say why there is none; "unable" asks for the reason."""
    key = question.unavailable_key
    raw = pad.answers.get(key)
    reason = raw.get("reason", "") if isinstance(raw, dict) else ""

    def choose(code: Any) -> None:
        pad.give(key, unobtainable(Unavailable(code), reason if code == Unavailable.UNABLE else ""))
        set_away(True)

    def back(_: Any) -> None:
        pad.take_back(key)
        set_away(False)

    picked = Question("Why is there no answer?", answer=Unavailable)
    asked = AskedQuestion(
        picked, f"{name}-unavailable", why.value if why else None, str, "", choose, _ignore, nothing, _never
    )
    unable = (
        text_field(
            f"answer-{name}-reason",
            f"{question.text}: why it could not be assessed",
            reason,
            lambda text: _give_reason(pad, key, text),
            hint_text="Why?",
            hint_style=ft.TextStyle(color=t.QUIET),
            multiline=True,
            min_lines=1,
            max_lines=4,
        )
        if why == Unavailable.UNABLE
        else None
    )
    return [
        choice_buttons(asked, tuple(Unavailable)),
        unable,
        row([flat_link(f"answer-{name}-back", "Give an answer instead", back)]),
    ]


def _give_reason(pad: DraftEditor, key: str, text: str) -> None:
    pad.item(key, "reason", text, typing=True)


def _ignore(*_: Any) -> None:
    return None


def nothing() -> None:
    return None


def _never() -> datetime:
    raise LookupError("these choices have no clock")


# --- All that is left ---------------------------------------------------------------------------------------------


@part
def rest_view(pad: DraftEditor, clashes: Collection[str]) -> ft.Control:
    """What is still missing in this section, and how to say at once that none of it could be got."""
    use_pad(pad, MISSING)
    asking, set_asking = use_value(False)
    unable, set_unable = use_value(False)
    typed = ft.use_memo(lambda: Typed(reason=""), [])
    left = [name for name in pad.missing() if name not in {AnswerKey.of(clash).question for clash in clashes}]
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
            pad.give_rest(Unavailable(code), but=tuple(clashes))

    picked = Question("Why could you not get the rest?", answer=Unavailable)
    held = Unavailable.UNABLE.value if unable else None
    asked = AskedQuestion(picked, "rest", held, str, "", choose, _ignore, nothing, _never)
    use = lambda _: pad.give_rest(Unavailable.UNABLE, typed["reason"].strip(), tuple(clashes))  # noqa: E731
    reason = (
        [
            text_field(
                "rest-reason",
                "Why could the rest not be assessed?",
                typed["reason"],
                typed.into("reason"),
                hint_text="Why?",
                hint_style=ft.TextStyle(color=t.QUIET),
                multiline=True,
                min_lines=1,
                max_lines=4,
            ),
            secondary("rest-use", "Use this for the rest", use),
        ]
        if unable
        else []
    )
    return marked(
        "rest-of-section",
        card([words(picked.text, 17, bold=True), hint(count), choice_buttons(asked, tuple(Unavailable)), *reason]),
    )
