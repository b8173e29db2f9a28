"""From the strip: each record and its receipt; work offline, sync now, sign in again, lock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import flet as ft

from field_app.phone.session import Session
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import link, primary, show_more
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.fields import text_field, under_words
from field_app.ui.kit.frame import At, body, frame, thumb
from field_app.ui.kit.hooks import Typed, use_reading, use_redraw, use_value
from field_app.ui.kit.widgets import callout, card, heading, hint, marked, named, row, stack, words
from field_app.ui.phone.guidance import refused_view
from field_app.ui.phone.sign_in import pin_field
from field_app.ui.phone.state import Ui
from field_app.ui.phone.troubles import ERRORS, sentence
from sync.core.errors import NOT_UNDERSTOOD, ON_THE_LINE
from sync.core.times import local
from sync.domain.catalogue import APART
from sync.domain.records.delivery import Delivery, Strip
from sync.domain.records.incident import label

SHOWN = 50  # records that were received: so many at first, and with each tap for more
SIGN_IN = ("sign_in_expired", "sign_in_needed")
RENEWED = (*SIGN_IN, "unknown_device")  # what signing in again mends
LOOKS = {
    "waiting": (ft.Icons.PHONE_ANDROID, t.LINK),
    "received": (ft.Icons.CLOUD_DONE, t.GO),
    "held": (ft.Icons.HOURGLASS_TOP, t.LINK),
    "quarantined": (ft.Icons.ERROR, t.ALERT),
    "refused": (ft.Icons.ERROR, t.ALERT),
}
UNREAD = "The line or the centre could not make sense of what was sent."
TROUBLES = {
    **{kind.code: sentence(kind.title) for kind in ON_THE_LINE},
    **ERRORS,
    "bad_response": "The centre’s answer could not be read.",
    "sign_in_expired": "Your sign-in has ended.",
    "sign_in_needed": "Your sign-in has ended.",
    "scope_not_yours": "These are another team’s records.",
    "cut_short": "The line was cut.",
    "untrusted": "The centre’s answer could not be verified.",
    "other_centre": "This is not the centre this phone was set up with.",
    "history_differs": "The centre’s history is not the one this phone has seen.",
    "epoch_ended": "The centre was restored from a backup.",
    "protocol_unsupported": "This app is too old for the centre.",
    "training_differs": "One of the two is for training with made-up people, and the other is not.",
    "device_revoked": "This phone is not allowed any more.",
    "unknown_device": "The centre does not know this phone.",
    "hello_wrong": "The centre knows this phone by another key.",
    "hello_stale": "There seem to be two of this phone.",
    "too_slow": "The line was too slow.",
    "not_ready": "The centre is not ready.",
    "centre_fault": "The centre made a mistake.",
    **dict.fromkeys(NOT_UNDERSTOOD, UNREAD),
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
    "not_reachable": "Carry on: everything is kept here, and sent by itself once there is a signal and Alongside is "
    "open.",
    "captive_portal": "Open the phone’s browser and log in, or use mobile data. If it stays so on mobile data, tell "
    "your administrator. Until then everything is kept here.",
    "cut_short": "It is tried again by itself. Until then everything is kept here.",
    "untrusted": "Nothing was marked as received. Tell your supervisor.",
    "bad_response": "Nothing was marked as received. It is tried again by itself. If it stays so on another network "
    "too, tell your administrator.",
    "history_differs": "Everything is kept here. Tell your supervisor.",
    "epoch_ended": "You need not do anything: what this phone still has and the centre lost is sent again by itself.",
    "device_revoked": "What you record is still sent. What others record comes no more. Tell your supervisor.",
    "unknown_device": "Everything is kept here. Sign in again: then it is sent.",
    "hello_wrong": "Everything is kept here. Keep the phone, and tell your supervisor.",
    "hello_stale": "It is tried again by itself. Until then everything is kept here.",
    "too_slow": "It is sent in smaller parts by itself. Until then everything is kept here.",
    "not_ready": "It is tried again by itself. Until then everything is kept here.",
    "centre_fault": "It is tried again by itself. Until then everything is kept here.",
    "too_large": "It is sent in smaller parts by itself.",
    **dict.fromkeys(SIGN_IN, "What you record is still sent. What others record comes again once you have signed in."),
    **dict.fromkeys(
        NOT_UNDERSTOOD,
        "It is tried again by itself. If it stays so on another network too, tell your administrator. "
        "Until then everything is kept here.",
    ),
    "protocol_unsupported": "Update the app. Until then everything is kept here.",
}
WHEN = (
    "Alongside sends while it is open: after each save, when it comes to the front, when the network returns, and "
    "every minute. Android stops it soon after you leave it: then nothing is sent, and everything is kept here."
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
    more: int  # settled records that are not among the deliveries


@part
def records_screen(ui: Ui, at: At) -> ft.Control:
    session = ui.signed_in()
    most, set_most = use_value(SHOWN)
    sent = use_reading(lambda: read_sent(session, most), session.store.on_change, front=at.front, about=most)

    async def switch(event: ft.Event[ft.Switch]) -> None:
        await ui.do(session.phone.set_work_offline, event.control.value)

    async def sync(_: ft.Event) -> None:
        await ui.do(session.sync_now)

    inside = body(
        [
            trouble_view(sent.strip),
            renew_card(ui, key="renew") if sent.strip.problem in RENEWED else None,
            *notices_view(sent.strip.notices(ui.now())),
            damaged_view(sent.damaged),
            refused_view(sent.refused),
            offline_view(sent.offline, switch),
            marked("when", hint(WHEN)),
            *list_view(sent.deliveries),
            show_more("more-records", sent.more, SHOWN, lambda: set_most(most + SHOWN)),
            lock_view(ui),
        ]
    )
    button = primary("sync-now", "Sync now", None if sent.offline else sync, ft.Icons.SYNC)
    title, bottom = "Records and receipts", thumb([button])
    return frame(ui, at, title, inside, back=lambda _: ui.go("/"), bottom=bottom, in_full=True)


def read_sent(session: Session, most: int) -> Sent:
    """`most`: so many of the records that were received and are settled."""
    store = session.store
    deliveries = store.deliveries(most)
    ids = {delivery.incident_id for delivery in deliveries if delivery.kind not in APART}
    labels = {incident_id: label(incident) for incident_id in ids if (incident := store.readable(incident_id))}
    labelled = tuple((delivery, labels.get(delivery.incident_id, "")) for delivery in deliveries)
    refused = dict(session.phone.packs.refused)
    more = store.settled() - most
    return Sent(store.strip(), labelled, session.phone.work_offline, refused, len(store.damaged), more)


def trouble_view(strip: Strip) -> ft.Control | None:
    """Why nothing goes, in words, with what to do."""
    if not strip.problem or strip.problem == "work_offline":
        return None
    return callout(trouble(strip.problem), ADVICE.get(strip.problem, strip.advice), name="sync-problem")


def notices_view(notices: Mapping[str, str]) -> list[ft.Control]:
    """What else is to be known, in full."""
    parted = [(name, text.partition(". ")) for name, text in notices.items()]
    return [callout(what, advice, name=name) for name, (what, _, advice) in parted]


def damaged_view(count: int) -> ft.Control | None:
    if not count:
        return None
    what = f"{count} incident{'' if count == 1 else 's'} cannot be read on this phone"
    advice = "Sync now: what the centre has comes back. If it does not, tell your supervisor."
    return callout(what, advice, name="damaged")


def offline_view(offline: bool, switch: Callable[[ft.Event[ft.Switch]], object]) -> ft.Control:
    control = ft.Switch(value=offline, on_change=switch, active_track_color=t.LINK, active_color=t.ON_LINK)
    under = hint("Nothing is sent until you turn this off.")
    text = stack([words("Work offline", 17, bold=True), under], 2, expand=True)
    return card([row([text, named("work-offline", control, label="Work offline")], 12)])


def list_view(deliveries: tuple[tuple[Delivery, str], ...]) -> list[ft.Control]:
    if not deliveries:
        return [hint("Nothing has been recorded on this phone yet.")]
    cards = [delivery_view(delivery, whose) for delivery, whose in deliveries]
    return [stack([heading("Records", 18, 2), *cards], t.GAP)]


def delivery_view(delivery: Delivery, whose: str) -> ft.Control:
    icon, ink = LOOKS[delivery.state]
    count, error, advice = delivery.attempts, delivery.last_error, delivery.advice
    tried = f"{count} {'attempt' if count == 1 else 'attempts'}" if count else ""
    why = trouble(error) if error and delivery.state in ("waiting", "refused") else ""
    more = " · ".join(text for text in (tried, why) if text)
    then = local(delivery.received_at) if delivery.received_at else None
    text = stack(
        [
            words(delivery.title, 17, bold=True),
            hint(whose) if whose else None,
            words(delivery.words(), 16, color=t.TEXT),
            hint(f"{then.day} {then:%b %Y}") if then else None,  # the words above it have the time
            hint(more) if more else None,
            words(advice, 16, bold=True) if advice and delivery.state in ("quarantined", "refused") else None,
        ],
        2,
        expand=True,
    )
    line = row([ft.Icon(icon, color=ink, size=24), text], 12, top=True)
    return marked(f"record-{delivery.record_id}", card([line], pad=14), container=True)


def lock_view(ui: Ui) -> ft.Control:
    lock = link("sign-out", "Lock and leave", lambda _: ui.spawn(ui.leave()), ft.Icons.LOGOUT)
    return row([lock], alignment=ft.MainAxisAlignment.CENTER)


@part
def renew_card(ui: Ui) -> ft.Control:
    """A sign-in that has ended is renewed with password and PIN; nothing recorded depends on it."""
    typed = ft.use_memo(lambda: Typed(password="", pin=""), [])
    redraw = use_redraw()

    async def renew(_: ft.Event) -> None:
        if await ui.do(ui.phone.sign_in, ui.username, typed["password"], typed["pin"], known_pin=True):
            ui.say("Signed in again.")
        typed.texts.update(password="", pin="")
        redraw()

    field = text_field("password", "Password", typed["password"], typed.into("password"), password=True)
    return card(
        [
            words("Sign in again", 18, bold=True),
            hint("With your password, and the PIN of this phone."),
            under_words("Password", field),
            pin_field("pin", "PIN", typed["pin"], typed.into("pin"), renew, "renew"),
            row([primary("renew", "Sign in", renew)]),
        ],
        spacing=12,
    )
