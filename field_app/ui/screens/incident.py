"""One incident: its clocks, its time ribbon with the next step at thumb height, and its sections as a task list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui import theme as t
from field_app.ui.clocks import running
from field_app.ui.frame import At, body, frame, thumb, use_now
from field_app.ui.parts import (
    callout,
    card,
    flat_link,
    heading,
    hint,
    link,
    named,
    part,
    primary,
    row,
    secondary,
    square,
    stack,
    tag,
    tappable,
    use_reading,
    use_value,
    words,
)
from field_app.ui.screens.home import clock_row
from field_app.ui.state import Ui
from field_app.ui.when import time_fields
from sync.domain.catalogue import CATALOGUE, RIBBON, SECTIONS
from sync.domain.fold import Record
from sync.domain.forms import Source, YesNo, in_words, questions
from sync.domain.incident import Incident, Task, cosignature, label, open_comments, signature, standing, tasks
from sync.domain.times import clock, day_and_clock, moment

FINISHED = ("signed", "approved")


@dataclass(frozen=True)
class Shown:
    """What the screen shows of an incident; `drafts`: kinds with something typed that is not yet sealed."""

    incident: Incident | None
    standing: str = ""
    drafts: frozenset[str] = frozenset()


@part
def incident_screen(ui: Ui, at: At, incident_id: str, chosen: str = "") -> ft.Control:
    session = ui.session
    assert session is not None

    def read() -> Shown:
        incident = session.store.incident(incident_id)
        drafts = frozenset(draft.kind for draft in session.store.drafts(incident_id))
        return Shown(incident, standing(incident) if incident else "", drafts)

    shown = use_reading(read, session.store.on_change, front=at.front)
    now = use_now(ui, front=at.front)
    typing, set_typing = use_value("")
    _, again = use_value(0)
    if shown.incident is None:
        return frame(
            ui,
            at,
            "Incident",
            body([callout("This incident is not on this phone", "Sync, then look again.")]),
            back=lambda _: ui.go("/"),
        )
    closed = shown.standing in FINISHED and incident_id not in ui.amending

    def stamp(event: str, when: datetime | None = None) -> None:
        set_typing("")
        ui.spawn(ui.do(session.stamp, incident_id, event, when))

    def amend(_: Any) -> None:
        ui.amending.add(incident_id)
        again(lambda count: count + 1)

    def jump(path: str, name: str) -> None:
        ui.aim = name
        ui.go(path)

    does = Does(f"/incident/{incident_id}", ui.go, stamp, set_typing, amend, lambda _: ui.hand_over(incident_id), jump)
    inside = body(incident_view(shown, now, does, typing, closed, chosen, ui.now))
    bottom = None if closed or typing else next_step(shown.incident, does)
    return frame(
        ui, at, label(shown.incident), inside, back=lambda _: ui.go("/"), bottom=bottom, under=opened(shown.incident)
    )


@dataclass(frozen=True)
class Does:
    """What can be done from this screen."""

    path: str
    go: Any
    stamp: Any
    type_time: Any
    amend: Any
    hand_over: Any
    jump: Any


def opened(incident: Incident) -> str:
    record = incident.records.get(incident.incident_id)
    ref = record.values.get("cad_ref") if record else None
    return " · ".join(str(each) for each in (f"Opened {day_and_clock(incident.opened_at)}", ref) if each)


def incident_view(
    shown: Shown, now: datetime, does: Does, typing: str, closed: bool, chosen: str, clock_now: Any
) -> list[Any]:  # fmt: skip
    incident = shown.incident
    assert incident is not None
    clocks = running(incident, now) if incident.open else []
    sections = [row_ for task in tasks(incident, now) for row_ in task_rows(task, shown, does, closed, chosen)]
    return [
        standing_view(shown, does, closed),
        clock_row(clocks) if clocks else None,
        ribbon_view(incident, does, typing, closed, clock_now),
        stack([heading("Sections", 18, 2), *sections], t.GAP),
        *finish_view(incident, shown, does, closed),
    ]


# --- Where it stands ----------------------------------------------------------------------------------------------


def standing_view(shown: Shown, does: Does, closed: bool) -> ft.Control | None:
    incident = shown.incident
    assert incident is not None
    signed = signature(incident)
    at = day_and_clock(moment(signed.at)) if signed else ""
    if shown.standing == "returned":
        lines = [
            comment_link(incident, number, each, does) for number, each in enumerate(open_comments(incident), start=1)
        ]
        return callout(
            "Your supervisor sent this back", "Answer what is asked, then sign again.", under=lines, name="standing"
        )
    if shown.standing == "changed":
        return callout(f"Changed since it was signed {at}", "It needs your signature again.", name="standing")
    if closed:
        what = "Approved by your supervisor" if shown.standing == "approved" else "Signed, waiting for review"
        inside = stack(
            [
                row([tag(shown.standing)], wrap=True), words(what, 18, bold=True), hint(f"Signed {at}"),
                row([secondary("amend", "Amend", does.amend, ft.Icons.EDIT_OUTLINED)], wrap=True),
            ], 6,
        )  # fmt: skip
        return named_group("standing", card([inside]))
    return None


def named_group(name: str, content: ft.Control) -> ft.Control:
    return ft.Semantics(identifier=name, content=content)


def comment_link(incident: Incident, number: int, comment: Any, does: Does) -> ft.Control:
    """What the supervisor asks; it leads to the question it is about."""
    kind = str(comment.get("kind"))
    if kind not in SECTIONS:
        return words(comment_line(comment), 16, color=t.ON_WARN)
    record = comment.get("record_id") or next((each.record_id for each in incident.of(kind)), "new")
    return flat_link(
        f"asked-{number}",
        comment_line(comment),
        lambda _: does.jump(f"{does.path}/{kind}/{record}", str(comment.get("name") or "")),
    )


def comment_line(comment: Any) -> str:
    form = CATALOGUE.get(str(comment.get("kind")))
    question = questions(form).get(str(comment.get("name"))) if form else None
    where = f"{question.text}: " if question else f"{form.title}: " if form else ""
    return f"{where}{comment.get('comment', '')}"


# --- The ribbon ---------------------------------------------------------------------------------------------------


def following(incident: Incident) -> str | None:
    """The ribbon's next step: the first after the last that has a time, or None at its end."""
    done = [place for place, name in enumerate(RIBBON) if name in incident.times]
    after = done[-1] + 1 if done else 0
    return RIBBON[after] if after < len(RIBBON) else None


def ribbon_view(incident: Incident, does: Does, typing: str, closed: bool, clock_now: Any) -> ft.Control:
    asked = questions(CATALOGUE["incident"])
    record = incident.records.get(incident.incident_id)
    values = record.values if record else {}

    def step(name: str) -> ft.Control:
        at = incident.times.get(name)
        later = bool(at) and values[name].get("source") == Source.TYPED
        icon = ft.Icons.CHECK_CIRCLE if at else ft.Icons.RADIO_BUTTON_UNCHECKED
        said = f"{clock(at)}{' typed' if later else ''}" if at else "No time yet"
        told = stack(
            [words(asked[name].text, 15, bold=bool(at)), words(said, 15, color=t.TEXT if at else t.QUIET)],
            0,
            expand=True,
        )
        box = ft.Container(
            row([ft.Icon(icon, size=20, color=t.GO if at else t.EDGE), told], t.GAP, vertical_alignment=ft.CrossAxisAlignment.START),
            padding=ft.Padding.symmetric(horizontal=4, vertical=6), ink=not closed, border_radius=8,
            on_click=None if closed else lambda _: does.type_time(name), bgcolor=t.CHOSEN if typing == name else None,
        )  # fmt: skip
        about = {} if closed else {"button": True, "hint_text": "Enters or corrects the time"}
        return named(f"time-{name}", box, expand=1, **about)

    pairs = [RIBBON[place : place + 2] for place in range(0, len(RIBBON), 2)]
    rows: list[Any] = [
        row([step(name) for name in pair], 4, vertical_alignment=ft.CrossAxisAlignment.START) for pair in pairs
    ]
    entering = ft.Container(
        stack(
            [
                words(f"{asked[typing].text}: when?", 16, bold=True),
                time_fields(
                    f"enter-{typing}", asked[typing].text, incident.times.get(typing), clock_now, stamper(does, typing),
                    lambda: does.type_time(""), key=typing,
                ),
            ]
        ), padding=ft.Padding.only(top=8),
    ) if typing else None  # fmt: skip
    return card([heading("Times", 18, 2), stack(rows, 2), entering], spacing=4)


def stamper(does: Does, name: str) -> Any:
    """Takes a typed time. A time that is cleared is cleared in the section, where it stands among the others."""

    def take(when: datetime | None) -> Any:
        return does.stamp(name, when) if when else None

    return take


def next_step(incident: Incident, does: Does) -> ft.Control | None:
    """One large button: a tap stamps now, a long press or the link types a time."""
    name = following(incident)
    if name is None:
        return thumb(
            [primary("sign", "Check and sign", lambda _: does.go(f"{does.path}/sign"), ft.Icons.DRAW_OUTLINED)]
        )

    text = questions(CATALOGUE["incident"])[name].text
    button = primary(
        "next-step",
        text,
        lambda _: does.stamp(name),
        ft.Icons.SCHEDULE,
        on_long_press=lambda _: does.type_time(name),
        expand=True,
    )
    typed = square("enter-time", ft.Icons.MORE_TIME, f"Enter a time for {text}", lambda _: does.type_time(name))
    return thumb([row([button, typed], 12)])


# --- The task list ------------------------------------------------------------------------------------------------


def task_rows(task: Task, shown: Shown, does: Does, closed: bool, chosen: str) -> list[ft.Control]:
    """A section; one that repeats has a line for each record, and one to add another."""
    form = CATALOGUE[task.kind]
    if not form.repeats or not task.records:
        state = "in-progress" if task.state == "not-started" and task.kind in shown.drafts else task.state
        return [
            task_row(task.kind, task.title, state, "", f"{does.path}/{task.kind}", does, closed, chosen == task.kind)
        ]
    rows = [
        task_row(
            f"{task.kind}-{number}", f"{task.title} {number}" if len(task.records) > 1 else task.title, record_state(task, record),
            first_words(record), f"{does.path}/{task.kind}/{record.record_id}", does, closed, chosen == record.record_id,
        )
        for number, record in enumerate(task.records, start=1)
    ]  # fmt: skip
    more = link(
        f"add-{task.kind}",
        f"Another {task.title.lower()}",
        lambda _: does.go(f"{does.path}/{task.kind}/new"),
        ft.Icons.ADD,
    )
    return rows if closed else [*rows, row([more], wrap=True)]


def record_state(task: Task, record: Record) -> str:
    if record.clashes:
        return "needs-attention"
    return task.state


def first_words(record: Record) -> str:
    """What tells one record of a kind from another: its first answer that is more than yes or no."""
    asked = questions(CATALOGUE[record.kind])
    name = next(
        (name for name, question in asked.items() if name in record.values and question.answer is not YesNo), ""
    )
    return in_words(asked[name], record.values[name]) if name else ""


def task_row(
    name: str, title: str, state: str, under: str, path: str, does: Does, closed: bool, chosen: bool
) -> ft.Control:
    text = stack([words(title, 17, bold=True), hint(under) if under else None], 2, expand=True)
    line = row([text, tag(state), ft.Icon(ft.Icons.CHEVRON_RIGHT, color=t.QUIET)], t.GAP)
    target = f"{does.path}/sign" if closed else path
    return tappable(
        f"section-{name}", line, lambda _: does.go(target), edge=t.LINK if chosen else t.LINE,
        pad=ft.Padding.only(left=16, right=10, top=14, bottom=14), selected=chosen,
    )  # fmt: skip


def finish_view(incident: Incident, shown: Shown, does: Does, closed: bool) -> list[Any]:
    told = cosignature(incident)
    said = ""
    if told:
        officer = told.detail.get("officer", {})
        who = " ".join(str(officer.get(part_, "")) for part_ in ("name", "collar_number") if officer.get(part_))
        said = (
            f"{'Signed' if told.op == 'cosign' else 'Declined'}: {who or 'officer'}, {day_and_clock(moment(told.at))}"
        )
    check = "Read it" if closed else "Check and sign"
    return [
        stack(
            [
                heading("Finish", 18, 2),
                finish_row("officer", "Officer’s turn", said or "Hand the phone over: the handover sheet only", ft.Icons.LOCAL_POLICE_OUTLINED, does.hand_over),
                finish_row("check", check, "Everything on one page", ft.Icons.FACT_CHECK_OUTLINED, lambda _: does.go(f"{does.path}/sign")),
            ]
        )
    ]  # fmt: skip


def finish_row(name: str, title: str, under: str, icon: Any, on_click: Any) -> ft.Control:
    line = row(
        [
            ft.Icon(icon, size=24, color=t.LINK), stack([words(title, 17, bold=True), hint(under)], 2, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, color=t.QUIET),
        ], 12,
    )  # fmt: skip
    return tappable(name, line, on_click, pad=ft.Padding.only(left=16, right=10, top=14, bottom=14))
