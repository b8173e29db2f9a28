"""The strip: one line at the top of every screen that says where the work is, and never more than is proven."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_reading, use_value
from field_app.ui.kit.pressing import Handler, once
from field_app.ui.kit.widgets import named, row, stack, words
from sync.core.errors import NOT_UNDERSTOOD
from sync.core.times import clock
from sync.domain.records.delivery import Strip

if TYPE_CHECKING:
    from field_app.ui.phone.state import Ui

STOPPED = {  # no matter of signal: somebody has to do something
    "captive_portal": "log in to this network first",
    "not_the_centre": "something else answers for the centre",
    "network_blocks": "this network blocks sending",
    "rewritten": "this network changes what is sent",
    "clock_wrong": "set this phone’s clock to send",
    "certificate_wrong": "the centre’s certificate is not right",
    "not_encrypted": "the centre’s address is not safe",
    "protocol_unsupported": "update the app to send",
    "sign_in_expired": "sign in to get others’ records",
    "sign_in_needed": "sign in to get others’ records",
    "unknown_device": "sign in to send",
    "scope_not_yours": "others’ records are not for you",
    "history_differs": "the centre could not be verified",
    "untrusted": "the centre could not be verified",
    "other_centre": "the centre could not be verified",
    "hello_wrong": "the centre knows another phone by this name",
    "hello_stale": "there seem to be two of this phone",
    "bad_response": "the centre’s answer could not be read",
    "device_revoked": "this phone is not allowed any more",
    "disk_full": "this phone’s storage is full",
    "damaged": "something here cannot be read",
    **dict.fromkeys(NOT_UNDERSTOOD, "the centre could not read what was sent"),
}
PASSING = {  # nor is this, and nobody has to do anything
    "busy": "the centre is busy",
    "centre_away": "the centre is not answering",
    "not_ready": "the centre is not ready",
    "centre_fault": "the centre made a mistake",
    "gateway_limit": "sent in smaller parts",
    "too_large": "sent in smaller parts",
    "cut_short": "the line was cut",
    "too_slow": "the line was too slow",
}
SIGNAL = ("", "not_reachable")  # the line says since when there is none
UNNAMED = "the last try did not get through"


def say(strip: Strip, of: int = 0) -> str:
    """The line. `of`: how many there were when this sending began."""
    if strip.sending and strip.waiting and not strip.attention:
        total = max(of, strip.waiting)
        return f"Sending {total - strip.waiting + 1} of {total}"
    if strip.problem == "work_offline":
        work = replace(strip, offline_since=None).words() if strip.attention or strip.waiting else ""
        since = f" since {clock(strip.offline_since)}" if strip.offline_since else ""
        return f"{work} · working offline{since}" if work else f"Working offline{since}"
    if strip.problem in SIGNAL:
        return strip.words()
    obstacle = STOPPED.get(strip.problem) or PASSING.get(strip.problem, UNNAMED)
    return f"{replace(strip, offline_since=None).words()} · {obstacle}"


def look(strip: Strip) -> tuple[ft.IconData, ft.ColorValue, ft.ColorValue]:
    """Icon, ink and ground."""
    if strip.attention or strip.problem in STOPPED:
        return ft.Icons.ERROR, t.ON_WARN, t.WARN
    if strip.sending and strip.waiting:
        return ft.Icons.SYNC, t.ON_CHOSEN, t.CHOSEN
    if strip.waiting:
        return ft.Icons.PHONE_ANDROID, t.ON_CHOSEN, t.CHOSEN
    if strip.last_received:
        return ft.Icons.CLOUD_DONE, t.ON_DONE, t.DONE
    return ft.Icons.CLOUD_QUEUE, t.TEXT, ft.Colors.SURFACE_CONTAINER_HIGHEST


def strip_view(strip: Strip, of: int, on_click: Handler | None) -> ft.Control:
    """`on_click`: where it leads; None where one is already there."""
    icon, ink, ground = look(strip)
    line = row(
        [
            ft.Icon(icon, size=20, color=ink),
            words(say(strip, of), 15, bold=True, color=ink, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=ink) if on_click else None,
        ]
    )
    box = ft.Container(
        line,
        bgcolor=ground,
        padding=ft.Padding.symmetric(horizontal=16, vertical=12),
        ink=bool(on_click),
        on_click=once("strip", on_click),
    )
    leads = {"button": True, "hint_text": "Shows each record and its receipt"} if on_click else {}
    return named("strip", box, live_region=True, **leads)


NOTICES = {
    "storage-full": ft.Icons.SD_CARD_ALERT,
    "clock-wrong": ft.Icons.SCHEDULE,
    "restored": ft.Icons.HISTORY,
    "app-old": ft.Icons.SYSTEM_UPDATE,
    "fetching": ft.Icons.DOWNLOADING,
    "key-pending": ft.Icons.KEY,
    "old-pin": ft.Icons.LOCK,
}
CALM = ("fetching", "key-pending")


def notice_view(notices: Mapping[str, str], on_click: Handler) -> ft.Control | None:
    """One line under the strip: what else there is to know, and how many more. In full it stands behind the strip."""
    if not notices:
        return None
    name = next(iter(notices))
    line = notices[name].partition(". ")[0] + (f" · {len(notices) - 1} more" if len(notices) > 1 else "")
    ink, ground = (t.ON_CHOSEN, t.CHOSEN) if name in CALM else (t.ON_WARN, t.WARN)
    inside = row(
        [
            ft.Icon(NOTICES[name], size=20, color=ink),
            words(line, 15, color=ink, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=ink),
        ]
    )
    padding = ft.Padding.symmetric(horizontal=16, vertical=12)
    box = ft.Container(inside, bgcolor=ground, padding=padding, ink=True, on_click=once(name, on_click))
    return named(name, box, button=True, live_region=True, hint_text="Shows what it means and what to do")


@part
def strip_line(ui: "Ui", front: bool, in_full: bool) -> ft.Control:
    """`in_full`: this screen shows the notices in full."""
    session = ui.session
    assert session is not None
    store = session.store
    strip, is_gone = use_reading(lambda: (store.strip(), session.is_gone), store.on_change, front=front)
    ft.use_effect(lambda: ui.cleared() if is_gone else None, [is_gone])
    total, set_total = use_value(0)
    most = max(total, strip.waiting) if strip.sending else 0
    ft.use_effect(lambda: set_total(most), [most])
    if in_full:
        return strip_view(strip, most, None)

    def lead(_: ft.Event) -> None:
        ui.go("/records")

    return stack([strip_view(strip, most, lead), notice_view(strip.notices(ui.now()), lead)], 0)
