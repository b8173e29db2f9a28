"""From the strip: each record and its receipt; work offline, sync now, sign in again, lock."""

from dataclasses import dataclass
from typing import Any

import flet as ft

from field_app.store.delivery import Delivery, Strip
from field_app.ui import theme as t
from field_app.ui.fields import text_field
from field_app.ui.frame import At, body, frame, thumb
from field_app.ui.parts import (
    Typed,
    callout,
    card,
    heading,
    hint,
    link,
    part,
    primary,
    row,
    stack,
    use_reading,
    use_value,
    words,
)
from field_app.ui.screens.guidance import refused_view
from field_app.ui.screens.sign_in import pin_field
from field_app.ui.state import ERRORS, Ui
from sync.domain.catalogue import APART
from sync.domain.incident import label
from sync.domain.times import day_and_clock

SIGN_IN = ("sign_in_expired", "sign_in_needed")
LOOKS = {
    "waiting": (ft.Icons.PHONE_ANDROID, t.LINK),
    "received": (ft.Icons.CLOUD_DONE, t.GO),
    "held": (ft.Icons.HOURGLASS_TOP, t.LINK),
    "quarantined": (ft.Icons.ERROR, t.ALERT),
    "refused": (ft.Icons.ERROR, t.ALERT),
}
TROUBLES = {**ERRORS, "sign_in_expired": "Your sign-in has ended.", "sign_in_needed": "Sign in again to send."}


@dataclass(frozen=True)
class Sent:
    strip: Strip
    deliveries: tuple[tuple[Delivery, str], ...]  # each with whose it is
    offline: bool
    refused: dict[str, str]  # packs that are not used, and why


@part
def records_screen(ui: Ui, at: At) -> ft.Control:
    session = ui.session
    assert session is not None

    def read() -> Sent:
        found = session.store.deliveries()
        incidents = {
            each.incident_id: session.store.incident(each.incident_id) for each in found if each.kind not in APART
        }
        whose = {incident_id: label(incident) for incident_id, incident in incidents.items() if incident}
        told = tuple((each, whose.get(each.incident_id, "")) for each in found)
        return Sent(session.store.strip(), told, ui.phone.work_offline, dict(ui.phone.packs.refused))

    sent = use_reading(read, session.store.on_change, front=at.front)

    async def switch(e: Any) -> None:
        await ui.do(ui.phone.set_work_offline, e.control.value)

    async def sync(_: Any) -> None:
        await ui.do(session.sync_now)

    again = renew_card(ui, key="renew") if sent.strip.problem in SIGN_IN else None
    inside = body(
        [
            again,
            trouble_view(sent.strip),
            refused_view(sent.refused),
            offline_view(sent.offline, switch),
            *list_view(sent.deliveries),
            lock_view(ui),
        ]
    )
    button = primary("sync-now", "Sync now", None if sent.offline else sync, ft.Icons.SYNC)
    return frame(ui, at, "Records and receipts", inside, back=lambda _: ui.go("/"), bottom=thumb([button]))


def trouble_view(strip: Strip) -> ft.Control | None:
    """Why nothing goes, in words, with what to do."""
    if not strip.problem or strip.problem == "work_offline":
        return None
    what = TROUBLES.get(strip.problem, "The last sync did not finish.")
    return callout(what, strip.advice, name="sync-problem")


def offline_view(offline: bool, switch: Any) -> ft.Control:
    control = ft.Semantics(
        identifier="work-offline",
        content=ft.Switch(value=offline, on_change=switch, active_track_color=t.LINK, active_color=t.ON_LINK),
        label="Work offline",
    )
    told = stack(
        [words("Work offline", 17, bold=True), hint("Nothing is sent until you turn this off.")], 2, expand=True
    )
    return card([row([told, ft.MergeSemantics(content=control)], 12)])


def list_view(deliveries: tuple[tuple[Delivery, str], ...]) -> list[Any]:
    if not deliveries:
        return [hint("Nothing has been recorded on this phone yet.")]
    return [stack([heading("Records", 18, 2), *(delivery_view(each, whose) for each, whose in deliveries)], t.GAP)]


def delivery_view(each: Delivery, whose: str) -> ft.Control:
    icon, ink = LOOKS[each.state]
    tried = f"{each.attempts} {'attempt' if each.attempts == 1 else 'attempts'}" if each.attempts else ""
    error = (
        TROUBLES.get(each.last_error, each.last_error.replace("_", " "))
        if each.last_error and each.state in ("waiting", "refused")
        else ""
    )
    more = " · ".join(part_ for part_ in (tried, error) if part_)
    day = hint(day_and_clock(each.received_at)) if each.received_at else None
    told = stack(
        [
            words(each.title, 17, bold=True), hint(whose) if whose else None, words(each.words(), 16, color=t.TEXT), day, hint(more) if more else None,
            words(each.advice, 16, bold=True) if each.advice and each.state in ("quarantined", "refused") else None,
        ], 2, expand=True,
    )  # fmt: skip
    line = row([ft.Icon(icon, color=ink, size=24), told], 12, vertical_alignment=ft.CrossAxisAlignment.START)
    return ft.Semantics(identifier=f"record-{each.record_id}", content=card([line], pad=14), container=True)


def lock_view(ui: Ui) -> ft.Control:
    return row(
        [link("sign-out", "Lock and leave", lambda _: ui.spawn(ui.leave()), ft.Icons.LOGOUT)],
        alignment=ft.MainAxisAlignment.CENTER,
    )


@part
def renew_card(ui: Ui) -> ft.Control:
    """A sign-in that has ended is renewed with password and PIN; nothing recorded depends on it."""
    typed = ft.use_memo(lambda: Typed(password="", pin=""), [])
    _, again = use_value(0)

    async def renew(_: Any) -> None:
        if await ui.do(ui.phone.sign_in, ui.username, typed["password"], typed["pin"]):
            ui.say("Signed in again.")
        typed.texts.update(password="", pin="")
        again(lambda count: count + 1)

    field = text_field("password", "Password", typed["password"], typed.into("password"), password=True)
    return card(
        [
            words("Sign in again", 18, bold=True), hint("What you recorded is kept on this phone, and sent afterwards."),
            stack([words("Password", 16, bold=True), field], 6), pin_field("pin", "PIN", typed["pin"], typed.into("pin"), renew),
            row([primary("renew", "Sign in", renew)]),
        ], spacing=12,
    )  # fmt: skip
