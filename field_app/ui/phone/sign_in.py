"""Sign in: the first time with user name and password and a PIN of one's own; afterwards with a name and the PIN."""

import asyncio
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.fields import text_field
from field_app.ui.kit.frame import At, bar, body, night_switch
from field_app.ui.kit.widgets import (
    Typed,
    callout,
    card,
    heading,
    hint,
    link,
    part,
    primary,
    stack,
    tappable,
    use_value,
    words,
)
from field_app.ui.phone.state import Ui, say_error
from sync.core.errors import AlongsideError

PIN_LENGTH = 6


@part
def sign_in_screen(ui: Ui, at: At) -> ft.Control:
    known = ui.phone.people()
    typed = ft.use_memo(lambda: Typed(username=known[0] if len(known) == 1 else "", password="", pin="", again=""), [])
    _, again = use_value(0)
    new, set_new = use_value(not known)
    wrong, set_wrong = use_value(("", ""))
    busy, set_busy = use_value(False)

    async def enter(_: Any) -> None:
        lack = lacking(typed, new, typed["username"].strip().lower() in known)
        set_wrong((lack, ""))
        if lack or busy:
            return
        set_busy(True)
        try:
            if new:
                session = await asyncio.to_thread(ui.phone.sign_in, typed["username"], typed["password"], typed["pin"])
            else:
                session = await asyncio.to_thread(ui.phone.unlock, typed["username"], typed["pin"])
            ui.enter(session, typed["username"].strip().lower())
        except AlongsideError as error:
            set_wrong(say_error(error))
            if error.code == "pin_wrong":
                typed.texts.update(pin="", again="")
        finally:
            set_busy(False)

    def choose(name: str) -> None:
        typed.put("username", name)
        again(lambda count: count + 1)

    def turn(to_new: bool) -> None:
        set_new(to_new)
        set_wrong(("", ""))

    inside = new_view(typed, known, enter) if new else known_view(known, typed, choose, enter)
    other = link("use-pin", "Use the PIN of this phone", lambda _: turn(False)) if new and known else None
    other = link("someone-else", "Someone else, or a new phone", lambda _: turn(True)) if not new else other
    button = primary("sign-in", "One moment …" if busy else "Sign in" if new else "Unlock", None if busy else enter)
    top = bar("Alongside", actions=[night_switch(ui, at.dark)], training=ui.phone.training)
    return ft.Column(
        [top, body([erased_view() if ui.erased else None, wrong_view(*wrong), *inside, button, other])],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def lacking(typed: Typed, new: bool, known: bool) -> str:
    """What is still to be typed, or "" when nothing is."""
    if not typed["username"].strip():
        return "Enter your user name." if new else "Choose your name."
    if new and not typed["password"]:
        return "Enter your password."
    if not typed["pin"]:
        return "Enter your PIN."
    if new and not known:
        if len(typed["pin"]) < PIN_LENGTH or not typed["pin"].isdigit():
            return f"Choose a PIN of at least {PIN_LENGTH} digits."
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


def pin_field(name: str, label: str, value: str, change: Any, enter: Any = None, autofocus: bool = False) -> ft.Control:
    field = text_field(
        name,
        label,
        value,
        change,
        password=True,
        keyboard_type=ft.KeyboardType.NUMBER,
        on_submit=enter,
        autofocus=autofocus,
    )
    return stack([words(label, 16, bold=True), field], 6)


def new_view(typed: Typed, known: list[str], enter: Any) -> list[ft.Control]:
    name = text_field("username", "User name", typed["username"], typed.into("username"), autocorrect=False)
    password = text_field(
        "password", "Password", typed["password"], typed.into("password"), password=True, can_reveal_password=False
    )
    pins = (
        [pin_field("pin", "Your PIN on this phone", typed["pin"], typed.into("pin"), enter)]
        if typed["username"] in known
        else [
            hint(
                "The PIN opens this phone when there is no signal. At least 6 digits: no run such as 123456, no repeat such as 121212."
            ),
            pin_field("pin", "Choose a PIN", typed["pin"], typed.into("pin")),
            pin_field("pin-again", "The same PIN again", typed["again"], typed.into("again"), enter),
        ]
    )
    return [
        heading("Sign in"),
        hint("The first time on a phone needs a connection to the centre."),
        card(
            [
                stack([words("User name", 16, bold=True), name], 6),
                stack([words("Password", 16, bold=True), password], 6),
                *pins,
            ],
            spacing=16,
        ),
    ]


def known_view(known: list[str], typed: Typed, pick: Any, enter: Any) -> list[ft.Control]:
    def choose(name: str) -> ft.Control:
        on = name == typed["username"]
        icon = ft.Icons.CHECK_CIRCLE if on else ft.Icons.CIRCLE_OUTLINED
        line = ft.Row(
            [ft.Icon(icon, color=t.LINK if on else t.EDGE), words(name, 18, bold=on, expand=True)], spacing=12
        )
        return tappable(f"person-{name}", line, lambda _: pick(name), edge=t.LINK if on else t.LINE, checked=on)

    return [
        heading("Who are you?"),
        stack([choose(name) for name in known]),
        pin_field("pin", "PIN", typed["pin"], typed.into("pin"), enter),
    ]
