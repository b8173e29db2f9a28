"""From the strip: each record and its receipt; work offline, sync now, sign in again, lock."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.fields import text_field
from field_app.ui.kit.frame import At, body, frame, thumb
from field_app.ui.kit.widgets import (
    Typed,
    callout,
    card,
    heading,
    hint,
    link,
    marked,
    part,
    primary,
    row,
    stack,
    use_reading,
    use_value,
    words,
)
from field_app.ui.phone.guidance import refused_view
from field_app.ui.phone.sign_in import pin_field
from field_app.ui.phone.state import ERRORS, Ui
from sync.core.times import local
from sync.domain.catalogue import APART
from sync.domain.records.delivery import Delivery, Strip
from sync.domain.records.incident import label

SIGN_IN = ("sign_in_expired", "sign_in_needed")
RENEWED = (*SIGN_IN, "unknown_device")  # what signing in again mends
LOOKS = {
    "waiting": (ft.Icons.PHONE_ANDROID, t.LINK),
    "received": (ft.Icons.CLOUD_DONE, t.GO),
    "held": (ft.Icons.HOURGLASS_TOP, t.LINK),
    "quarantined": (ft.Icons.ERROR, t.ALERT),
    "refused": (ft.Icons.ERROR, t.ALERT),
}
UNREADABLE = ("bad_hello", "bad_batch", "no_type", "not_bz2", "not_json", "encoding_unsupported")
UNREAD = "The line or the centre could not make sense of what was sent."
TROUBLES = {
    **ERRORS,
    "sign_in_expired": "Your sign-in has ended.",
    "sign_in_needed": "Your sign-in has ended.",
    "scope_not_yours": "These are another team’s records.",
    "cut_short": "The line was cut.",
    "untrusted": "The centre’s answer could not be verified.",
    "other_centre": "This is not the centre this phone was set up with.",
    "history_differs": "The centre’s history is not the one this phone has seen.",
    "epoch_ended": "The centre was restored from a backup.",
    "protocol_unsupported": "This app is too old for the centre.",
    "device_revoked": "This phone is not allowed any more.",
    "unknown_device": "The centre does not know this phone.",
    "not_ready": "The centre is not ready.",
    "centre_fault": "The centre made a mistake.",
    **dict.fromkeys(UNREADABLE, UNREAD),
    "will_not_go": "Set aside, so that the rest could go.",
    "damaged": "It cannot be read on this phone any more.",
    "signature_wrong": "This phone’s signature did not verify.",
    "id_wrong": "Its content is not what its name says.",
    "bad_change": "A part of it is missing or of the wrong kind.",
    "change_too_large": "It is too large.",
    "too_large": "Too much was sent at once.",
    "not_stored": "The centre could not store it.",
}
ADVICE = {  # where the advice that comes with it would say the same again
    "not_reachable": "Carry on: everything is kept here, and sent by itself once there is a signal and Alongside is open.",
    "captive_portal": "Open the phone’s browser and log in, or use mobile data. Until then everything is kept here.",
    "cut_short": "It is tried again by itself. Until then everything is kept here.",
    "untrusted": "Nothing was marked as received. Tell your supervisor.",
    "history_differs": "Everything is kept here. Tell your supervisor.",
    "epoch_ended": "You need not do anything: what this phone still has and the centre lost is sent again by itself.",
    "device_revoked": "What was not received is kept here. Keep the phone, and tell your supervisor.",
    "unknown_device": "Everything is kept here. Sign in again: then it is sent.",
    "not_ready": "It is tried again by itself. Until then everything is kept here.",
    "centre_fault": "It is tried again by itself. Until then everything is kept here.",
    "too_large": "It is sent in smaller parts by itself.",
    **dict.fromkeys(SIGN_IN, "What you record is still sent. What others record comes again once you have signed in."),
    **dict.fromkeys(UNREADABLE, "Tap Sync now. If it stays so, update the app. Until then everything is kept here."),
    "protocol_unsupported": "Update the app. Until then everything is kept here.",
}
WHEN = (
    "Alongside sends while it is open: after each save, when it comes to the front, when the network returns, and every "
    "minute. Android stops it soon after you leave it: then nothing is sent, and everything is kept here."
)


def trouble(code: str) -> str:
    """What went wrong, in words: also for a code that only a newer centre knows."""
    return TROUBLES.get(code, "The last try did not get through.")


@dataclass(frozen=True)
class Sent:
    strip: Strip
    deliveries: tuple[tuple[Delivery, str], ...]  # each with whose it is
    offline: bool
    refused: dict[str, str]  # packs that are not used, and why
    damaged: int  # incidents that cannot be read here


@part
def records_screen(ui: Ui, at: At) -> ft.Control:
    session = ui.session
    assert session is not None

    def read() -> Sent:
        found = session.store.deliveries()
        incidents = {
            each.incident_id: session.store.readable(each.incident_id) for each in found if each.kind not in APART
        }
        whose = {incident_id: label(incident) for incident_id, incident in incidents.items() if incident}
        told = tuple((each, whose.get(each.incident_id, "")) for each in found)
        strip, damaged = session.store.strip(), len(session.store.damaged)
        return Sent(strip, told, ui.phone.work_offline, dict(ui.phone.packs.refused), damaged)

    sent = use_reading(read, session.store.on_change, front=at.front)

    async def switch(e: Any) -> None:
        await ui.do(ui.phone.set_work_offline, e.control.value)

    async def sync(_: Any) -> None:
        await ui.do(session.sync_now)

    again = renew_card(ui, key="renew") if sent.strip.problem in RENEWED else None
    inside = body(
        [
            trouble_view(sent.strip),
            again,
            *notices_view(sent.strip.notices(ui.now())),
            damaged_view(sent.damaged),
            refused_view(sent.refused),
            offline_view(sent.offline, switch),
            marked("when", hint(WHEN)),
            *list_view(sent.deliveries),
            lock_view(ui),
        ]
    )
    button = primary("sync-now", "Sync now", None if sent.offline else sync, ft.Icons.SYNC)
    return frame(ui, at, "Records and receipts", inside, back=lambda _: ui.go("/"), bottom=thumb([button]), told=True)


def trouble_view(strip: Strip) -> ft.Control | None:
    """Why nothing goes, in words, with what to do."""
    if not strip.problem or strip.problem == "work_offline":
        return None
    return callout(trouble(strip.problem), ADVICE.get(strip.problem, strip.advice), name="sync-problem")


def notices_view(said: Mapping[str, str]) -> list[ft.Control]:
    """What else is to be known, in full."""
    parted = [(about, told.partition(". ")) for about, told in said.items()]
    return [callout(what, advice, name=about) for about, (what, _, advice) in parted]


def damaged_view(count: int) -> ft.Control | None:
    if not count:
        return None
    what = f"{count} incident{'' if count == 1 else 's'} cannot be read on this phone"
    return callout(
        what, "Sync now: what the centre has comes back. If it does not, tell your supervisor.", name="damaged"
    )


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
    error = trouble(each.last_error) if each.last_error and each.state in ("waiting", "refused") else ""
    more = " · ".join(part_ for part_ in (tried, error) if part_)
    then = local(each.received_at) if each.received_at else None
    day = hint(f"{then.day} {then:%b %Y}") if then else None  # the words beside it have the time
    told = stack(
        [
            words(each.title, 17, bold=True),
            hint(whose) if whose else None,
            words(each.words(), 16, color=t.TEXT),
            day,
            hint(more) if more else None,
            words(each.advice, 16, bold=True) if each.advice and each.state in ("quarantined", "refused") else None,
        ],
        2,
        expand=True,
    )
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
            words("Sign in again", 18, bold=True),
            hint("With your password, and the PIN of this phone."),
            stack([words("Password", 16, bold=True), field], 6),
            pin_field("pin", "PIN", typed["pin"], typed.into("pin"), renew),
            row([primary("renew", "Sign in", renew)]),
        ],
        spacing=12,
    )
