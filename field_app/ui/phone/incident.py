"""One incident: its clocks, its time ribbon with the next step at thumb height, and its sections as a task list."""

from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.frame import At, body, frame, use_now
from field_app.ui.kit.widgets import (
    callout,
    card,
    flat_link,
    heading,
    hint,
    part,
    row,
    secondary,
    stack,
    tag,
    tappable,
    use_drawn,
    use_reading,
    use_value,
    words,
)
from field_app.ui.phone.home import clock_row
from field_app.ui.phone.ribbon import next_step, ribbon_view
from field_app.ui.phone.shown import Does, Shown
from field_app.ui.phone.state import Ui
from field_app.ui.phone.tasks import tasks_view
from sync.core.times import day_and_clock, moment
from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.clinical import timeline
from sync.domain.content.pack_set import PackSet
from sync.domain.forms import question_of
from sync.domain.records.clocks import running
from sync.domain.records.handing_on import Offer, holder, offered_to, offers, waiting
from sync.domain.records.incident import Incident, label
from sync.domain.records.standing import cosignature, open_comments, signature, standing
from sync.domain.records.tasks import tasks

FINISHED = ("signed", "approved")


@part
def incident_screen(ui: Ui, at: At, incident_id: str, chosen: str = "") -> ft.Control:
    session = ui.session
    assert session is not None

    def read() -> Shown:
        incident = session.store.incident(incident_id)
        drafts = frozenset(draft.kind for draft in session.store.drafts(incident_id))
        return Shown(incident, standing(incident) if incident else "", drafts, session.who.practitioner_id)

    shown = use_reading(read, session.store.on_change, front=at.front)
    now = use_now(ui, front=at.front)
    typing, set_typing = use_value("")
    unfolded, set_unfolded = use_value(False)
    _, again = use_value(0)
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

    def accept(offer: Offer) -> None:
        ui.spawn(ui.do(session.accept, incident_id, offer.change_id))

    does = Does(
        f"/incident/{incident_id}",
        ui.go,
        stamp,
        set_typing,
        amend,
        lambda _: ui.hand_over(incident_id),
        jump,
        accept,
        session.name,
        unfolded,
        lambda _: set_unfolded(not unfolded),
    )

    def draw() -> tuple[ft.Control, ft.Control | None]:
        if shown.incident is None:
            return body([callout("This incident is not on this phone", "Sync, then look again.")]), None
        inside = body(incident_view(shown, session.packs, now, does, typing, closed, chosen, ui.now))
        offered = timeline.steps(shown.incident.context(session.packs, now))
        return inside, None if closed or typing else next_step(shown.incident, offered, does)

    inside, bottom = use_drawn(at.front, draw)
    title, under = (label(shown.incident), opened(shown.incident)) if shown.incident else ("Incident", "")
    return frame(ui, at, title, inside, back=lambda _: ui.go("/"), bottom=bottom, under=under)


def opened(incident: Incident) -> str:
    record = incident.records.get(incident.incident_id)
    ref = record.values.get("cad_ref") if record else None
    hours = "In hours" if timeline.in_hours(incident.times, incident.opened_at) else "Out of hours"
    return " · ".join(str(each) for each in (f"Opened {day_and_clock(incident.opened_at)}", hours, ref) if each)


def incident_view(
    shown: Shown, packs: PackSet, now: datetime, does: Does, typing: str, closed: bool, chosen: str, clock_now: Any
) -> list[Any]:
    incident = shown.incident
    assert incident is not None
    clocks = running(incident, packs, now) if incident.open else []
    context = incident.context(packs, now)
    return [
        standing_view(shown, does, closed),
        holder_view(incident, shown.me, does),
        clock_row(clocks) if clocks else None,
        ribbon_view(incident, timeline.steps(context), timeline.queries(context), does, typing, closed, clock_now),
        tasks_view(tasks(incident, packs, now), shown, does, closed, chosen),
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
                row([tag(shown.standing)], wrap=True),
                words(what, 18, bold=True),
                hint(f"Signed {at}"),
                row([secondary("amend", "Amend", does.amend, ft.Icons.EDIT_OUTLINED)], wrap=True),
            ],
            6,
        )
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
    question = question_of(form, str(comment.get("name"))) if form else None
    where = f"{question.text}: " if question else f"{form.title}: " if form else ""
    return f"{where}{comment.get('comment', '')}"


# --- Who has it ---------------------------------------------------------------------------------------------------


def holder_view(incident: Incident, me: str, does: Does) -> ft.Control | None:
    """Who has the incident once it was handed on, and what waits for acceptance."""
    if not offers(incident):
        return None
    held, offer = holder(incident), waiting(incident)
    name = does.name_of(held.practitioner) if held.practitioner else held.name
    has = "have" if name == "You" else "has"
    who = hint(f"{name} {has} this incident since {day_and_clock(held.since)}" if held.since else name)
    if offer is None:
        return named_group("holder", card([who]))
    told = f"{offer.words}. Handed on {day_and_clock(offer.at)} by {does.name_of(offer.author)}."
    under: list[Any] = [words(f"“{offer.note}”", 16, color=t.ON_WARN)] if offer.note else []
    if offered_to(incident, me):
        under.append(secondary("accept", "Accept: I have it now", lambda _: does.accept(offer), ft.Icons.HOW_TO_REG))
        return named_group("holder", stack([callout("Handed to you", told, under=under), who]))
    if offer.outside:
        under.append(
            flat_link("record-acceptance", "Record who accepted it", lambda _: does.go(f"{does.path}/hand-on"))
        )
    return named_group("holder", stack([callout("Waiting for acceptance", told, under=under), who]))


# --- To finish ----------------------------------------------------------------------------------------------------


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
                finish_row(
                    "officer",
                    "Officer’s turn",
                    said or "Hand the phone over: the handover sheet only",
                    ft.Icons.LOCAL_POLICE_OUTLINED,
                    does.hand_over,
                ),
                None
                if closed
                else finish_row(
                    "hand-on",
                    "Hand on",
                    "To the next shift, a colleague or a crisis team",
                    ft.Icons.SWITCH_ACCOUNT_OUTLINED,
                    lambda _: does.go(f"{does.path}/hand-on"),
                ),
                finish_row(
                    "check",
                    check,
                    "Everything on one page",
                    ft.Icons.FACT_CHECK_OUTLINED,
                    lambda _: does.go(f"{does.path}/sign"),
                ),
            ]
        )
    ]


def finish_row(name: str, title: str, under: str, icon: Any, on_click: Any) -> ft.Control:
    line = row(
        [
            ft.Icon(icon, size=24, color=t.LINK),
            stack([words(title, 17, bold=True), hint(under)], 2, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, color=t.QUIET),
        ],
        12,
    )
    return tappable(name, line, on_click, pad=ft.Padding.only(left=16, right=10, top=14, bottom=14))
