"""The task list of an incident: the sections that are expected or begun, and the others folded away."""

from collections.abc import Sequence

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import link
from field_app.ui.kit.pressing import once
from field_app.ui.kit.widgets import heading, hint, named, row, stack, tag, tappable, words
from field_app.ui.phone.shown import Does, Shown
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import YesNo, in_words, questions
from sync.domain.records.fold import Record
from sync.domain.records.tasks import Task


def on_the_list(task: Task, shown: Shown, chosen: str) -> bool:
    """Whether this section stands on the list as things are: expected, asked for, begun, or open."""
    known = task.records or task.missing or task.kind in shown.drafts
    return bool(task.expected or known or task.kind == chosen or task.state == "needs-attention")


def tasks_view(tasks: Sequence[Task], shown: Shown, does: Does, chosen: str) -> ft.Control:
    listed = [task for task in tasks if on_the_list(task, shown, chosen)]
    others = [] if does.closed else [task for task in tasks if task not in listed]
    rows = [line for task in listed for line in task_rows(task, shown, does, chosen)]
    if others:
        rows.append(others_row(others, does))
    if does.unfolded:
        rows += [line for task in others for line in task_rows(task, shown, does, chosen)]
    return stack([heading("Sections", 18, 2), *rows], t.GAP)


def others_row(others: Sequence[Task], does: Does) -> ft.Control:
    """One line for all sections that nothing recorded so far asks for."""
    titles = hint(", ".join(task.title for task in others))
    head = words("Other sections", 17, bold=True, color=t.LINK)
    text = stack([head, None if does.unfolded else titles], 2, expand=True)
    icon = ft.Icon(ft.Icons.EXPAND_LESS if does.unfolded else ft.Icons.EXPAND_MORE, color=t.LINK)
    padding = ft.Padding.only(left=16, right=10, top=14, bottom=14)
    box = ft.Container(row([text, icon], t.GAP), padding=padding, ink=True, on_click=once("other-sections", does.fold))
    return named("other-sections", box, button=True, expanded=does.unfolded)


def task_rows(task: Task, shown: Shown, does: Does, chosen: str) -> list[ft.Control]:
    """A section; one that repeats has a line for each record, and one to add another."""
    form = CATALOGUE[task.kind]
    if not form.repeats or not task.records:
        path, state, why = f"{does.path}/{task.kind}", task.state, ""
        if state == "not-started" and task.kind in shown.drafts:
            state = "in-progress"
        elif not task.records and task.missing:
            state, why = ("needed" if state == "not-started" else state), " ".join(lack.text for lack in task.missing)
        return [task_row(task.kind, task.title, state, why, path, does, chosen == task.kind)]
    rows = [
        task_row(
            f"{task.kind}-{number}",
            f"{task.title} {number}" if len(task.records) > 1 else task.title,
            "needs-attention" if record.clashes else task.state,
            first_words(record),
            f"{does.path}/{task.kind}/{record.record_id}",
            does,
            chosen == record.record_id,
        )
        for number, record in enumerate(task.records, start=1)
    ]
    path, text = f"{does.path}/{task.kind}/new", f"Another {task.title.lower()}"
    more = link(f"add-{task.kind}", text, lambda _: does.go(path), ft.Icons.ADD)
    return rows if does.closed else [*rows, row([more], wrap=True)]


def first_words(record: Record) -> str:
    """What tells one record of a kind from another: its first answer that is more than yes or no."""
    asked = questions(CATALOGUE[record.kind])
    name = next(
        (name for name, question in asked.items() if name in record.values and question.answer is not YesNo), ""
    )
    return in_words(asked[name], record.values[name]) if name else ""


def task_row(name: str, title: str, state: str, under: str, path: str, does: Does, chosen: bool) -> ft.Control:
    apart = ft.MainAxisAlignment.SPACE_BETWEEN  # with large letters the tag goes under the title
    head = row([words(title, 17, bold=True), tag(state)], t.GAP, wrap=True, run_spacing=4, alignment=apart)
    text = stack([head, hint(under) if under else None], 2, expand=True)
    line = row([text, ft.Icon(ft.Icons.CHEVRON_RIGHT, color=t.QUIET)], t.GAP)
    target = f"{does.path}/sign" if does.closed else path
    return tappable(
        f"section-{name}",
        line,
        lambda _: does.go(target),
        edge=t.LINK if chosen else t.LINE,
        pad=ft.Padding.only(left=16, right=10, top=14, bottom=14),
        selected=chosen,
    )
