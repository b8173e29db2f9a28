"""Sign in: the first time with user name and password and a PIN of one's own; afterwards with a name and the PIN."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import flet as ft

from field_app.phone.deposits import Deposit
from field_app.phone.store.pin import LENGTH, PinWeak
from field_app.ui.forms.choices import RADIOS
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import link, primary, secondary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.fields import text_field, under_words
from field_app.ui.kit.frame import At, bar, body, night_switch
from field_app.ui.kit.hooks import Typed, use_reading, use_redraw, use_value
from field_app.ui.kit.widgets import Handler, callout, card, filling, heading, hint, row, stack, tappable, words
from field_app.ui.phone.state import Ui
from field_app.ui.phone.troubles import NO_TROUBLE, Trouble, say_error
from sync.core.errors import AlongsideError

PIN_RULE = f"The PIN opens this phone when there is no signal. {PinWeak.advice}"
FORGOTTEN_RULE = (
    "Sign in with your password and choose a new PIN; this needs a connection to the centre. What you saved before is "
    "sent by itself, locked as it is, and comes back from the centre. What you had begun and not saved stays on this "
    "phone under the old PIN: it cannot be sent."
)
BROWSER_RULE = (
    "This browser is a phone of its own, known by its cookie. If the browser’s data are cleared, this phone is lost. "
    "What was saved on it is still sent; what was begun and not saved cannot be reached any more."
)


KNOWN, NEW, FORGOTTEN = "known", "new", "forgotten"  # by the PIN of this phone; by password; with a new PIN
OTHERS = {  # from each way the links to the others
    KNOWN: (("forgotten-pin", "Forgotten PIN", FORGOTTEN), ("someone-else", "Someone else, or a new phone", NEW)),
    NEW: (("use-pin", "Use the PIN of this phone", KNOWN),),
    FORGOTTEN: (("use-pin", "Use the PIN of this phone", KNOWN),),
}


@part
def sign_in_screen(ui: Ui, at: At) -> ft.Control:
    known, deposits, offline = use_reading(lambda: read_phone(ui), ui.phone.on_change)
    first = ui.locked or (known[0] if len(known) == 1 else "")
    typed = ft.use_memo(lambda: Typed(username=first, password="", pin="", again=""), [])
    redraw = use_redraw()
    way, set_way = use_value(KNOWN if known else NEW)
    wrong, set_wrong = use_value(NO_TROUBLE)
    busy, enter = use_entering(ui, typed, known, way, set_wrong)

    def choose(name: str) -> None:
        typed.put("username", name)
        redraw()

    def turn(to: str) -> None:
        set_way(to)
        set_wrong(NO_TROUBLE)

    inside = known_view(known, typed, choose, enter) if way == KNOWN else new_view(ui, typed, known, way, enter)
    others = [link(name, text, lambda _, to=to: turn(to)) for name, text, to in (OTHERS[way] if known else ())]
    button = primary(
        "sign-in", "One moment …" if busy else "Unlock" if way == KNOWN else "Sign in", None if busy else enter
    )
    top = bar("Alongside", actions=[night_switch(ui, at.dark)], training=ui.phone.training)
    before = erased_view() if ui.erased else locked_view() if ui.locked and way == KNOWN else None
    waiting = deposits_view(ui, deposits, offline)
    return filling([top, body([before, wrong_view(*wrong), *inside, button, *others, *waiting])])


def read_phone(ui: Ui) -> tuple[list[str], list[Deposit], bool]:
    """Who is set up on this phone, what of theirs is not at the centre, whether it is to be silent."""
    return ui.phone.people(), ui.phone.deposits(), ui.phone.work_offline


def deposits_view(ui: Ui, deposits: list[Deposit], offline: bool) -> list[ft.Control]:
    """What is not at the centre yet of those who are not here, and that it is being sent all the same."""

    async def end_offline(_: ft.Event) -> None:
        await ui.do(ui.phone.set_work_offline, False)

    said = [words for deposit in deposits for words in deposit.words()]
    views = [callout(*words, name=f"deposit-{number}") for number, words in enumerate(said)]
    is_silent = offline and any(deposit.waiting for deposit in deposits)
    return [*views, secondary("end-offline", "Turn off Work offline", end_offline)] if is_silent else views


def use_entering(
    ui: Ui, typed: Typed, known: list[str], way: str, set_wrong: Callable[[Trouble], None]
) -> tuple[bool, Handler]:
    """Whether somebody is being let in, and what lets them in."""
    busy, set_busy = use_value(False)

    async def enter(_: ft.Event) -> None:
        name = typed["username"].strip().lower()
        lack = lacking(typed, new=way != KNOWN, known=name in known and way != FORGOTTEN)
        set_wrong((lack, ""))
        if lack or busy:
            return
        set_busy(True)
        await ui.locking()  # or what is opened now would be closed with what was open before
        try:
            if way == KNOWN:
                session = await asyncio.to_thread(ui.phone.unlock, typed["username"], typed["pin"])
            else:
                sign_in = partial(ui.phone.sign_in, known_pin=way != FORGOTTEN)
                session = await asyncio.to_thread(sign_in, typed["username"], typed["password"], typed["pin"])
            ui.enter(session, name)
        except AlongsideError as error:
            set_wrong(say_error(error))
            if error.code == "pin_wrong":
                typed.texts.update(pin="", again="")
        finally:
            set_busy(False)

    return busy, enter


def lacking(typed: Typed, *, new: bool, known: bool) -> str:
    """What is still to be typed, or "" when nothing is. `known`: the PIN is one that was chosen before."""
    if not typed["username"].strip():
        return "Enter your user name." if new else "Choose your name."
    if new and not typed["password"]:
        return "Enter your password."
    if not typed["pin"]:
        return "Enter your PIN."
    if new and not known:
        if len(typed["pin"]) < LENGTH or not typed["pin"].isdigit():
            return f"Choose a PIN of at least {LENGTH} digits."
        if typed["pin"] != typed["again"]:
            return "The two PINs are not the same. Enter them again."
    return ""


def wrong_view(what: str, advice: str) -> ft.Control | None:
    return callout(what, advice, grave=True, name="sign-in-error") if what else None


def erased_view() -> ft.Control:
    """Why there is nothing left here, and what became of it."""
    what = "Your service has cleared your records from this phone."
    before = "Everything that the centre would take had been received there first."
    return callout(what, f"{before} To use this phone again, sign in as you did the first time.", name="cleared")


def locked_view() -> ft.Control:
    what = "This phone is locked"
    return callout(what, "What you typed is kept. Enter your PIN to go on where you were.", name="locked")


def pin_field(
    name: str, label: str, value: str, change: Callable[[str], None], enter: Handler | None = None, presses: str = ""
) -> ft.Control:
    """`presses`: the button that does what the Enter key does (`enter`)."""
    secret: dict[str, Any] = {"password": True, "keyboard_type": ft.KeyboardType.NUMBER}
    field = text_field(name, label, value, change, on_submit=enter, presses=presses, **secret)
    return under_words(label, field)


def new_view(ui: Ui, typed: Typed, known: list[str], way: str, enter: Handler) -> list[ft.Control | None]:
    name = text_field("username", "User name", typed["username"], typed.into("username"), autocorrect=False)
    password = text_field(
        "password", "Password", typed["password"], typed.into("password"), password=True, can_reveal_password=False
    )
    if typed["username"] in known and way != FORGOTTEN:
        pins = [pin_field("pin", "Your PIN on this phone", typed["pin"], typed.into("pin"), enter, "sign-in")]
    else:
        pins = [
            hint(PIN_RULE),
            pin_field("pin", "Choose a PIN", typed["pin"], typed.into("pin")),
            pin_field("pin-again", "The same PIN again", typed["again"], typed.into("again"), enter, "sign-in"),
        ]
    return [
        heading("Forgotten PIN" if way == FORGOTTEN else "Sign in"),
        hint(FORGOTTEN_RULE if way == FORGOTTEN else "The first time on a phone needs a connection to the centre."),
        hint(BROWSER_RULE) if ui.page.web else None,
        card([under_words("User name", name), under_words("Password", password), *pins], spacing=16),
    ]


def known_view(known: list[str], typed: Typed, pick: Callable[[str], None], enter: Handler) -> list[ft.Control]:
    def person(name: str) -> ft.Control:
        on = name == typed["username"]
        icon = ft.Icon(RADIOS[0] if on else RADIOS[1], color=t.LINK if on else t.EDGE)
        line = row([icon, words(name, 18, bold=on, expand=True)], 12)
        return tappable(f"person-{name}", line, lambda _: pick(name), edge=t.LINK if on else t.LINE, checked=on)

    return [
        heading("Who are you?"),
        stack([person(name) for name in known]),
        pin_field("pin", "PIN", typed["pin"], typed.into("pin"), enter, "sign-in"),
    ]
