"""One incident: its clocks, its time ribbon with the next step at thumb height, and its sections as a task list."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import flet as ft

from field_app.phone.session import Session
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import flat_link, secondary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.frame import At, body, frame, use_now
from field_app.ui.kit.hooks import use_drawn, use_reading, use_redraw, use_value
from field_app.ui.kit.widgets import Handler, callout, card, heading, hint, marked, row, stack, tag, tappable, words
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
from sync.domain.records.handing_on import holder, offered_to, offers, waiting
from sync.domain.records.incident import Incident, label
from sync.domain.records.standing import cosignature, open_comments, signature, standing
from sync.domain.records.tasks import tasks

FINISHED = ("signed", "approved")


@part
def incident_screen(ui: Ui, at: At, incident_id: str, chosen: str = "") -> ft.Control:
    session = ui.signed_in()
    shown = use_reading(lambda: read_shown(session, incident_id), session.store.on_change, front=at.front)
    now = use_now(ui, front=at.front)
    does = use_doing(ui, incident_id, shown.standing in FINISHED)

    def draw() -> tuple[ft.Control, ft.Control | None]:
        if shown.incident is None:
            return body([callout("This incident is not on this phone", "Sync, then look again.")]), None
        inside = body(incident_view(shown.incident, shown, session.packs, now, does, chosen))
        offered = timeline.steps(shown.incident.context(session.packs, now))
        return inside, None if does.closed or does.typing else next_step(shown.incident, offered, does)

    inside, bottom = use_drawn(at.front, draw)
    title, under = (label(shown.incident), opened(shown.incident)) if shown.incident else ("Incident", "")
    return frame(ui, at, title, inside, back=lambda _: ui.go("/"), bottom=bottom, under=under)


def read_shown(session: Session, incident_id: str) -> Shown:
    incident = session.store.incident(incident_id)
    drafts = frozenset(draft.kind for draft in session.store.drafts(incident_id))
    return Shown(incident, standing(incident) if incident else "", drafts, session.who.practitioner_id)


def use_doing(ui: Ui, incident_id: str, finished: bool) -> Does:
    """What can be done with this incident, and what is half done: a time being typed, sections unfolded."""
    session = ui.signed_in()
    typing, set_typing = use_value("")
    unfolded, set_unfolded = use_value(False)
    redraw = use_redraw()

    def stamp(event: str, when: datetime | None) -> object:
        set_typing("")
        return ui.spawn(ui.do(session.stamp, incident_id, event, when))

    def amend(_: ft.Event) -> None:
        ui.amending.add(incident_id)
        redraw()

    def jump(path: str, name: str) -> None:
        ui.aim = name
        ui.go(path)

    return Does(
        path=f"/incident/{incident_id}",
        go=ui.go,
        stamp=stamp,
        type_time=set_typing,
        amend=amend,
        hand_over=lambda _: ui.hand_over(incident_id),
        jump=jump,
        accept=lambda offer: ui.spawn(ui.do(session.accept, incident_id, offer.change_id)),
        fold=lambda _: set_unfolded(not unfolded),
        name_of=session.name,
        now=ui.now,
        closed=finished and incident_id not in ui.amending,
        typing=typing,
        unfolded=unfolded,
    )


def opened(incident: Incident) -> str:
    record = incident.records.get(incident.incident_id)
    ref = record.values.get("cad_ref") if record else None
    hours = "In hours" if timeline.in_hours(incident.times, incident.opened_at) else "Out of hours"
    return " · ".join(str(fact) for fact in (f"Opened {day_and_clock(incident.opened_at)}", hours, ref) if fact)


def incident_view(
    incident: Incident, shown: Shown, packs: PackSet, now: datetime, does: Does, chosen: str
) -> list[ft.Control | None]:
    clocks = running(incident, packs, now) if incident.open else []
    context = incident.context(packs, now)
    return [
        standing_view(incident, shown, does),
        holder_view(incident, shown.me, does),
        clock_row(clocks) if clocks else None,
        ribbon_view(incident, timeline.steps(context), timeline.queries(context), does),
        tasks_view(tasks(incident, packs, now), shown, does, chosen),
        finish_view(incident, does),
    ]


# --- Where it stands ----------------------------------------------------------------------------------------------


def standing_view(incident: Incident, shown: Shown, does: Does) -> ft.Control | None:
    signed = signature(incident)
    at = day_and_clock(moment(signed.at)) if signed else ""
    if shown.standing == "returned":
        comments = enumerate(open_comments(incident), start=1)
        lines = [comment_link(incident, number, comment, does) for number, comment in comments]
        what, advice = "Your supervisor sent this back", "Answer what is asked, then sign again."
        return callout(what, advice, under=lines, name="standing")
    if shown.standing == "changed":
        return callout(f"Changed since it was signed {at}", "It needs your signature again.", name="standing")
    if not does.closed:
        return None
    inside = [
        row([tag(shown.standing)], wrap=True),
        words(
            "Approved by your supervisor" if shown.standing == "approved" else "Signed, waiting for review",
            18,
            bold=True,
        ),
        hint(f"Signed {at}"),
        row([secondary("amend", "Amend", does.amend, ft.Icons.EDIT_OUTLINED)], wrap=True),
    ]
    return marked("standing", card([stack(inside, 6)]))


def comment_link(incident: Incident, number: int, comment: Mapping[str, Any], does: Does) -> ft.Control:
    """What the supervisor asks; it leads to the question it is about."""
    kind = str(comment.get("kind"))
    if kind not in SECTIONS:
        return words(comment_line(comment), 16, color=t.ON_WARN)
    record_id = comment.get("record_id") or next((record.record_id for record in incident.of(kind)), "new")
    path, name = f"{does.path}/{kind}/{record_id}", str(comment.get("name") or "")
    return flat_link(f"asked-{number}", comment_line(comment), lambda _: does.jump(path, name))


def comment_line(comment: Mapping[str, Any]) -> str:
    form = CATALOGUE.get(str(comment.get("kind")))
    question = question_of(form, str(comment.get("name"))) if form else None
    where = f"{question.text}: " if question else f"{form.title}: " if form else ""
    return f"{where}{comment.get('comment', '')}"


# --- Who has it ---------------------------------------------------------------------------------------------------


def holder_view(incident: Incident, me: str, does: Does) -> ft.Control | None:
    """Who has the incident once it was handed on, and what waits for acceptance."""
    if not offers(incident):
        return None
    holding, offer = holder(incident), waiting(incident)
    name = does.name_of(holding.practitioner) if holding.practitioner else holding.name
    has = "have" if name == "You" else "has"
    who = hint(f"{name} {has} this incident since {day_and_clock(holding.since)}" if holding.since else name)
    if offer is None:
        return marked("holder", card([who]))
    text = f"{offer.words}. Handed on {day_and_clock(offer.at)} by {does.name_of(offer.author)}."
    under: list[ft.Control] = [words(f"“{offer.note}”", 16, color=t.ON_WARN)] if offer.note else []
    if offered_to(incident, me):
        under.append(secondary("accept", "Accept: I have it now", lambda _: does.accept(offer), ft.Icons.HOW_TO_REG))
        return marked("holder", stack([callout("Handed to you", text, under=under), who]))
    if offer.outside:
        path = f"{does.path}/hand-on"
        under.append(flat_link("record-acceptance", "Record who accepted it", lambda _: does.go(path)))
    return marked("holder", stack([callout("Waiting for acceptance", text, under=under), who]))


# --- To finish ----------------------------------------------------------------------------------------------------


def finish_view(incident: Incident, does: Does) -> ft.Control:
    turn = officers_turn(incident) or "Hand the phone over: the handover sheet only"
    to_whom, check = "To the next shift, a colleague or a crisis team", "Read it" if does.closed else "Check and sign"
    police, switch, sheet = (
        ft.Icons.LOCAL_POLICE_OUTLINED,
        ft.Icons.SWITCH_ACCOUNT_OUTLINED,
        ft.Icons.FACT_CHECK_OUTLINED,
    )
    on = finish_row("hand-on", "Hand on", to_whom, switch, lambda _: does.go(f"{does.path}/hand-on"))
    return stack(
        [
            heading("Finish", 18, 2),
            finish_row("officer", "Officer’s turn", turn, police, does.hand_over),
            None if does.closed else on,
            finish_row("check", check, "Everything on one page", sheet, lambda _: does.go(f"{does.path}/sign")),
        ]
    )


def officers_turn(incident: Incident) -> str:
    """Whether an officer signed or declined, who and when; "" when neither."""
    act = cosignature(incident)
    if act is None:
        return ""
    officer = act.detail.get("officer", {})
    who = " ".join(str(officer.get(key, "")) for key in ("name", "collar_number") if officer.get(key))
    return f"{'Signed' if act.op == 'cosign' else 'Declined'}: {who or 'officer'}, {day_and_clock(moment(act.at))}"


def finish_row(name: str, title: str, under: str, icon: ft.IconData, on_click: Handler) -> ft.Control:
    line = row(
        [
            ft.Icon(icon, size=24, color=t.LINK),
            stack([words(title, 17, bold=True), hint(under)], 2, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, color=t.QUIET),
        ],
        12,
    )
    return tappable(name, line, on_click, pad=ft.Padding.only(left=16, right=10, top=14, bottom=14))
