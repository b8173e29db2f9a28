"""Draws any page of any form from its questions. Nothing here knows what a form is about.

One component per question: a choice draws its own question anew and nothing else; other questions come and go only
when the pad says that the page has changed.
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
from field_app.ui.forms.unavailable import could_not_link, unavailable_view
from field_app.ui.kit import theme as t
from field_app.ui.kit.widgets import (
    callout,
    card,
    flat_link,
    hint,
    link,
    marked,
    part,
    problem,
    row,
    secondary,
    stack,
    use_pad,
    use_value,
    words,
)
from sync.core.times import day_and_clock, moment
from sync.domain.forms import AnswerKey, Note, Question, in_words, question_of, questions, why_unavailable
from sync.domain.records.fold import Given

FIGURES = re.compile(r"[0-9]+")
NOTHING_TO_ASK = "Nothing to ask here"
Resolve = Callable[[str, Any], Any]


@dataclass(frozen=True)
class RecordRemarks:
    """What the incident says about this record's answers: clashes, a supervisor's comments, what was newer."""

    clashes: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)
    comments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@part
def form_page(
    pad: DraftEditor, page: str, around: RecordRemarks, resolve: Resolve, now: Callable[[], datetime]
) -> ft.Control:
    """The page's notes and questions."""
    use_pad(pad, "")
    return page_view(pad, page, around, resolve, now)


def page_view(
    pad: DraftEditor, page: str, around: RecordRemarks, resolve: Resolve, now: Callable[[], datetime]
) -> ft.Control:
    clashed = [name for name in around.clashes if _page_of(pad, name) == page]
    asked = list(pad.shown(page))
    names = {question.name for question in asked}
    rows: list[ft.Control] = notes_view(pad, page)
    suggested = pad.suggestions(page)
    rows += all_suggestions_view(pad, tuple(suggested))
    for question in asked:
        here = [name for name in clashed if AnswerKey.of(name).question == question.name]
        rows.append(
            question_row(
                pad,
                question.name,
                pad.required(question),
                around.comments.get(question.name, ()),
                tuple((name, around.clashes[name]) for name in here),
                resolve,
                now,
                suggested.get(question.name),
                key=question.name,
            )
        )
    for name in clashed:
        base = AnswerKey.of(name).question
        if base not in names:
            rows.append(clash_view(questions(pad.form)[base], name, around.clashes[name], resolve))
    nothing = None if asked or clashed else hint(NOTHING_TO_ASK)
    return stack([*rows, nothing, unread_view(pad, page)], 16)


def _page_of(pad: DraftEditor, name: str) -> str:
    question = question_of(pad.form, name)
    return question.page if question else ""


def notes_view(pad: DraftEditor, page: str) -> list[ft.Control]:
    """What is grave, and what was first said on this page, in full; what was read on another page folds away."""
    new, read_before = [], []
    for note in pad.notes():
        said_on = pad.noted.setdefault(FIGURES.sub("", note.text), page)  # a clock runs on; its note is the same
        (new if note.grave or said_on == page else read_before).append(note)
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


def unread_view(pad: DraftEditor, page: str) -> ft.Control | None:
    """Answers this version has no question for stand at the end of the first page, as they are."""
    known = questions(pad.form)
    strange = [name for name, raw in pad.answers.items() if raw is not None and question_of(pad.form, name) is None]
    if not strange or page != next(iter(known.values())).page:
        return None
    lines = [words(f"{name}: {pad.answers[name]}", 14, color=t.ON_WARN) for name in strange]
    return callout("Recorded in a newer version of the app, and kept:", under=lines, name="newer-answers")


# --- One question -------------------------------------------------------------------------------------------------


@part
def question_row(
    pad: DraftEditor,
    name: str,
    required: bool,
    comments: Sequence[str],
    clashes: Sequence[tuple[str, tuple[Given, ...]]],
    resolve: Resolve,
    now: Callable[[], datetime],
    suggested: Any,
) -> ft.Control:
    """A question with its hint, its widget, what is wrong, and what others said about it."""
    use_pad(pad, name)
    away, set_away = use_value(False)
    question = questions(pad.form)[name]
    above: list[Any] = [title_view(question, required, question.hint_under(pad.context.rules))]
    above += [callout("Your supervisor asks", comment, name=f"comment-{name}") for comment in comments]
    if clashes and not question.group:
        return anchored(name, card([*above, *(clash_view(question, key, both, resolve) for key, both in clashes)]))
    body: list[Any] = [clash_view(question, key, both, resolve) for key, both in clashes]
    answered = bool(pad.items(name)) if question.group else pad.answers.get(name) is not None
    offered = None if suggested is None or answered or away else suggestion_view(pad, question, suggested)
    if question.group:
        body += [offered, *group_view(pad, question, required, now, away, set_away)]
    else:
        drawn, *under = single_view(pad, question, required, now, away, set_away)
        body += [drawn, offered, *under]
    fault = pad.fault(name)
    open_ = not answered if question.group else pad.answers.get(name) is None or bool(question.choices)
    tail = required and open_
    pad_ = ft.Padding.only(left=16, right=16, top=16, bottom=4 if tail else 16)
    return anchored(
        name, card([*above, problem(fault), *body], edge=t.ALERT if fault else t.LINE, spacing=10, pad=pad_)
    )


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
    pad: DraftEditor, question: Question, required: bool, now: Callable[[], datetime], away: bool, set_away: Any
) -> list[Any]:
    raw = pad.answers.get(question.name)
    why = why_unavailable(raw)
    asked = AskedQuestion(
        question,
        question.name,
        None if why else raw,
        lambda: pad.text(question.name, lambda held: as_text(question, held)),
        pad.fault(question.name),
        lambda value: pad.give(question.name, value),
        lambda text, reader=None: pad.type(question.name, text, reader),
        lambda: pad.leave_field(question.name),
        now,
    )
    if why or away:
        return unavailable_view(pad, question.name, question, why, set_away)
    offered = services_view(pad, question, now, key="services") if question.directory else None
    return [draw_answer(asked), offered, tail_link(pad, question, raw, set_away) if required else None]


def suggestion_view(pad: DraftEditor, question: Question, made: Any) -> ft.Control:
    """What the record suggests for an empty question. It is an answer only when a person takes it."""
    value = suggested_words(question, made)
    said = words(f"From the record: {value}", 16, color=t.QUIET)
    text = "Add" if question.group else "Use this"
    use = secondary(
        f"use-suggestion-{question.name}", text, lambda _: pad.use_suggestion(question.name), says=f"{text}: {value}"
    )
    return marked(f"suggestion-{question.name}", stack([said, row([use], wrap=True)], 6))


def suggested_words(question: Question, made: Any) -> str:
    """A suggestion as a reader sees it; of several items each, by its own label where it has one."""
    if not question.group:
        return in_words(question, made)
    labels = ((getattr(question.answer.model_validate(item), "label", ""), item) for item in made)
    return "; ".join(label or in_words(question, item) for label, item in labels)


def all_suggestions_view(pad: DraftEditor, made: tuple[str, ...]) -> list[ft.Control]:
    """Several suggestions on one page are taken with one tap."""
    if len(made) < 2:
        return []
    text = f"Use all {len(made)} from the record"
    return [secondary("use-suggestions", text, lambda _: pad.use_suggestion(*made), ft.Icons.PLAYLIST_ADD_CHECK)]


def tail_link(pad: DraftEditor, question: Question, raw: Any, set_away: Any) -> ft.Control | None:
    """ "Couldn't get it" under an open question; under a choice that was made "Clear", so that nothing moves."""
    if raw is None:
        return could_not_link(question.name, set_away)
    if question.choices:
        return row([flat_link(f"clear-{question.name}", "Clear", lambda _: pad.give(question.name, None))])
    return None


# --- A clash ------------------------------------------------------------------------------------------------------


def clash_view(question: Question, name: str, both: Sequence[Given], resolve: Resolve) -> ft.Control:
    """Both values with who gave them and when. A person chooses; nothing is lost by choosing."""
    cards = [given_card(question, name, number, given, resolve) for number, given in enumerate(both)]
    return marked(
        f"clash-{name}",
        stack(
            [
                callout("Two answers were given. Which one stands?", "Your supervisor can still read the other one."),
                *cards,
            ]
        ),
    )


def given_card(question: Question, name: str, number: int, given: Given, resolve: Resolve) -> ft.Control:
    said = in_words(question, given.value) if given.value is not None else "No answer"
    use = secondary(f"use-{name}-{number}", "Use this", lambda _: resolve(name, given.value), says=f"Use this: {said}")
    return card([words(said, 18, bold=True), hint(f"{given.author}, {day_and_clock(moment(given.at))}"), use], pad=12)
