"""Draws any page of any form from its questions. Nothing here knows what a form is about.

One component per question: a choice draws its own question anew and nothing else; other questions come and go only
when the draft editor says that the page has changed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui.forms.answers import as_text, draw_answer
from field_app.ui.forms.choices import AskedQuestion
from field_app.ui.forms.draft_editor import DraftEditor
from field_app.ui.forms.groups import group_view
from field_app.ui.forms.services import services_view
from field_app.ui.forms.unavailable import SetAway, could_not_link, unavailable_view
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import flat_link, link, secondary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_draft_editor, use_value
from field_app.ui.kit.widgets import callout, card, hint, marked, problem, row, stack, words
from sync.core.times import day_and_clock, moment
from sync.domain.forms import AnswerKey, Note, Question, in_words, question_of, questions, why_unavailable
from sync.domain.records.fold import Given

FIGURES = re.compile(r"[0-9]+")
NOTHING_TO_ASK = "Nothing to ask here"
Resolve = Callable[[str, Any], object]  # settles a clash: the name of the answer, and its value


@dataclass(frozen=True)
class RecordRemarks:
    """What the incident says about this record's answers: clashes, a supervisor's comments, what was newer."""

    clashes: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)
    comments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@part
def form_page(
    editor: DraftEditor, page: str, around: RecordRemarks, resolve: Resolve, now: Callable[[], datetime]
) -> ft.Control:
    """The page's notes and questions."""
    use_draft_editor(editor, "")
    return page_view(editor, page, around, resolve, now)


def page_view(
    editor: DraftEditor, page: str, around: RecordRemarks, resolve: Resolve, now: Callable[[], datetime]
) -> ft.Control:
    clashed = [name for name in around.clashes if _page_of(editor, name) == page]
    asked = list(editor.shown(page))
    suggested = editor.suggestions(page)
    rows = [*notes_view(editor, page), *all_suggestions_view(editor, tuple(suggested))]
    for question in asked:
        own = [name for name in clashed if AnswerKey.of(name).question == question.name]
        rows.append(
            question_row(
                editor,
                question.name,
                editor.required(question),
                around.comments.get(question.name, ()),
                tuple((name, around.clashes[name]) for name in own),
                resolve,
                now,
                suggested.get(question.name),
                key=question.name,
            )
        )
    names = {question.name for question in asked}
    for name in clashed:
        base = AnswerKey.of(name).question
        if base not in names:
            rows.append(clash_view(questions(editor.form)[base], name, around.clashes[name], resolve))
    nothing = None if asked or clashed else hint(NOTHING_TO_ASK)
    return stack([*rows, nothing, unread_view(editor, page)], 16)


def _page_of(editor: DraftEditor, name: str) -> str:
    question = question_of(editor.form, name)
    return question.page if question else ""


def notes_view(editor: DraftEditor, page: str) -> list[ft.Control]:
    """What is grave, and what was first said on this page, in full; what was read on another page folds away."""
    new, read_before = [], []
    for note in editor.notes():
        first_on = editor.noted.setdefault(FIGURES.sub("", note.text), page)  # a clock runs on; its note is the same
        (new if note.grave or first_on == page else read_before).append(note)
    return [*(note_view(note) for note in new), *([folded_notes(tuple(read_before))] if read_before else [])]


@part
def folded_notes(notes: tuple[Note, ...]) -> ft.Control:
    opened, set_opened = use_value(False)
    if opened:
        return stack([note_view(note) for note in notes], 16)
    text = f"{len(notes)} earlier {'note' if len(notes) == 1 else 'notes'}: show"
    return row([link("earlier-notes", text, lambda _: set_opened(True), ft.Icons.EXPAND_MORE)])


def note_view(note: Note) -> ft.Control:
    return callout(note.text, note.source, grave=note.grave)


def unread_view(editor: DraftEditor, page: str) -> ft.Control | None:
    """Answers this version has no question for stand at the end of the first page, as they are."""
    known = questions(editor.form)
    strange = [
        name for name, raw in editor.answers.items() if raw is not None and question_of(editor.form, name) is None
    ]
    if not strange or page != next(iter(known.values())).page:
        return None
    lines = [words(f"{name}: {editor.answers[name]}", 14, color=t.ON_WARN) for name in strange]
    return callout("Recorded in a newer version of the app, and kept:", under=lines, name="newer-answers")


# --- One question -------------------------------------------------------------------------------------------------


@part
def question_row(
    editor: DraftEditor,
    name: str,
    required: bool,
    comments: Sequence[str],
    clashes: Sequence[tuple[str, tuple[Given, ...]]],
    resolve: Resolve,
    now: Callable[[], datetime],
    suggested: Any,
) -> ft.Control:
    """A question with its hint, its widget, what is wrong, and what others said about it."""
    use_draft_editor(editor, name)
    away, set_away = use_value(False)
    question = questions(editor.form)[name]
    above: list[ft.Control | None] = [title_view(question, required, question.hint_under(editor.context.rules))]
    above += [callout("Your supervisor asks", comment, name=f"comment-{name}") for comment in comments]
    clash_views = [clash_view(question, key, both, resolve) for key, both in clashes]
    if clashes and not question.group:
        return anchored(name, card([*above, *clash_views]))
    answered = bool(editor.items(name)) if question.group else editor.answers.get(name) is not None
    offered = None if suggested is None or answered or away else suggestion_view(editor, question, suggested)
    if question.group:
        below = [offered, *group_view(editor, question, required, now, away, set_away)]
    else:
        drawn, *under = single_view(editor, question, required, now, away, set_away)
        below = [drawn, offered, *under]
    fault = editor.fault(name)
    open_ = not answered if question.group else editor.answers.get(name) is None or bool(question.choices)
    padding = ft.Padding.only(left=16, right=16, top=16, bottom=4 if required and open_ else 16)
    inside = [*above, problem(fault), *clash_views, *below]
    return anchored(name, card(inside, edge=t.ALERT if fault else t.LINE, spacing=10, pad=padding))


def anchored(name: str, content: ft.Control) -> ft.Control:
    """A place to scroll to. It stands beside the fields: a field below a scroll key loses its focus when it moves."""
    return stack([ft.Container(height=0, key=ft.ScrollKey(name)), content], 0)


def title_view(question: Question, required: bool, under: str) -> ft.Control:
    shown = ft.Text(
        spans=[ft.TextSpan(question.text, ft.TextStyle(size=17, weight=ft.FontWeight.W_600, color=t.TEXT))]
        + ([] if required else [ft.TextSpan("  optional", ft.TextStyle(size=14, color=t.QUIET))]),
        semantics_label=question.text if required else f"{question.text} (optional)",
    )
    return stack([shown, hint(under) if under else None], 2)


def single_view(
    editor: DraftEditor, question: Question, required: bool, now: Callable[[], datetime], away: bool, set_away: SetAway
) -> list[ft.Control | None]:
    raw = editor.answers.get(question.name)
    why = why_unavailable(raw)
    asked = AskedQuestion(
        question,
        question.name,
        None if why else raw,
        lambda: editor.text(question.name, lambda value: as_text(question, value)),
        editor.fault(question.name),
        lambda value: editor.give(question.name, value),
        lambda text, reader=None: editor.type(question.name, text, reader),
        lambda: editor.leave_field(question.name),
        now,
    )
    if why or away:
        return unavailable_view(editor, question.name, question, why, set_away)
    offered = services_view(editor, question, now, key="services") if question.directory else None
    return [draw_answer(asked), offered, tail_link(editor, question, raw, set_away) if required else None]


def suggestion_view(editor: DraftEditor, question: Question, suggested: Any) -> ft.Control:
    """What the record suggests for an empty question. It is an answer only when a person takes it."""
    value = suggested_words(question, suggested)
    source = words(f"From the record: {value}", 16, color=t.QUIET)
    text, name = "Add" if question.group else "Use this", question.name
    use = secondary(f"use-suggestion-{name}", text, lambda _: editor.use_suggestion(name), says=f"{text}: {value}")
    return marked(f"suggestion-{name}", stack([source, row([use], wrap=True)], 6))


def suggested_words(question: Question, suggested: Any) -> str:
    """A suggestion as a reader sees it; of several items each, by its own label where it has one."""
    if not question.group:
        return in_words(question, suggested)
    labels = ((getattr(question.answer.model_validate(item), "label", ""), item) for item in suggested)
    return "; ".join(label or in_words(question, item) for label, item in labels)


def all_suggestions_view(editor: DraftEditor, names: tuple[str, ...]) -> list[ft.Control]:
    """Several suggestions on one page are taken with one tap."""
    if len(names) < 2:
        return []
    text = f"Use all {len(names)} from the record"
    return [secondary("use-suggestions", text, lambda _: editor.use_suggestion(*names), ft.Icons.PLAYLIST_ADD_CHECK)]


def tail_link(editor: DraftEditor, question: Question, raw: Any, set_away: SetAway) -> ft.Control | None:
    """ "Couldn't get it" under an open question; under a choice that was made "Clear", so that nothing moves."""
    if raw is None:
        return could_not_link(question.name, set_away)
    if question.choices:
        return row([flat_link(f"clear-{question.name}", "Clear", lambda _: editor.give(question.name, None))])
    return None


# --- A clash ------------------------------------------------------------------------------------------------------


def clash_view(question: Question, name: str, both: Sequence[Given], resolve: Resolve) -> ft.Control:
    """Both values with who gave them and when. A person chooses; nothing is lost by choosing."""
    ask = callout("Two answers were given. Which one stands?", "Your supervisor can still read the other one.")
    cards = [given_card(question, name, number, given, resolve) for number, given in enumerate(both)]
    return marked(f"clash-{name}", stack([ask, *cards]))


def given_card(question: Question, name: str, number: int, given: Given, resolve: Resolve) -> ft.Control:
    answer = in_words(question, given.value) if given.value is not None else "No answer"
    says = f"Use this: {answer}"
    use = secondary(f"use-{name}-{number}", "Use this", lambda _: resolve(name, given.value), says=says)
    return card([words(answer, 18, bold=True), hint(f"{given.author}, {day_and_clock(moment(given.at))}"), use], pad=12)
