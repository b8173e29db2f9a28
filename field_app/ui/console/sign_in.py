"""Signing in at the desk."""

import asyncio

import flet as ft

from field_app.ui.console import widgets as w
from field_app.ui.console.buttons import button
from field_app.ui.console.fields import field, labelled
from field_app.ui.console.polling import SLOW, SLOW_AFTER
from field_app.ui.console.state import Console, Trouble, say
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import Typed, use_optional, use_value
from field_app.ui.kit.widgets import Handler, stack
from sync.core.errors import AlongsideError

WAIT: Trouble = (SLOW[0], "It is still being asked.")
Why = tuple[str, str, str]  # a name for the banner, what has happened, and what to do
EXPIRED: Why = ("expired", "Your sign-in has run out", "Sign in again. What you typed is kept.")
LOCKED: Why = (
    "locked",
    "This desk has locked itself",
    "Nobody used it for 15 minutes. Enter your password to go on where you were. What you typed is kept.",
)


@part
def sign_in(console: Console, expired: bool, locked: bool) -> ft.Control:
    known = console.desk.who
    again = known is not None and (expired or locked)
    typed, _ = use_value(lambda: Typed(username=known.practitioner_id if known and again else "", password=""))
    error, set_error = use_optional(Trouble)
    busy, set_busy = use_value(False)

    async def go(_: ft.Event) -> None:
        if busy:
            return
        if not (typed["username"].strip() and typed["password"]):
            set_error(("Enter your user name and your password", ""))
            return
        set_busy(True)
        timer = asyncio.get_running_loop().call_later(SLOW_AFTER, set_error, WAIT)
        try:
            await console.sign_in(typed["username"], typed["password"])
        except AlongsideError as failed:
            set_error(say(failed))
        finally:
            timer.cancel()
            set_busy(False)

    why = LOCKED if locked else EXPIRED if expired else None
    return sign_in_view(console, typed, error, busy, why, go)


def sign_in_view(
    console: Console, typed: Typed, error: Trouble | None, busy: bool, why: Why | None, go: Handler
) -> ft.Control:
    """`why`: what has to be said to somebody who was signed in before."""
    mark = ft.Image("/icon.png", width=40, height=40, border_radius=10)
    names = stack([w.title("Alongside", 22), w.quiet("Desktop console")], 0)
    inside = [
        ft.Row([mark, names], spacing=12),
        ft.Container(height=4),
        w.banner(*why) if why else None,
        w.banner("sign-in-error", *error, grave=error is not WAIT) if error else None,
        *fields(console, typed, why is not None, go),
        button("sign-in", "Signing in …" if busy else "Sign in", None if busy else go, kind="go"),
        w.quiet("Supervisors review records. Officers read the handover sheets they co-signed.", size=13),
    ]
    card = w.panel(stack(inside, 14), pad=28, width=400)
    column = ft.Column(
        [ft.Container(card, padding=16)],
        scroll=ft.ScrollMode.AUTO,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        alignment=ft.MainAxisAlignment.CENTER,
        expand=True,
    )
    return ft.Container(column, alignment=ft.Alignment.CENTER, expand=True, bgcolor=t.PAGE)


def fields(console: Console, typed: Typed, again: bool, go: Handler) -> list[ft.Control]:
    """The name of who signs in again is known already: the cursor is in the password."""
    name = field(
        console,
        "username",
        "User name",
        typed["username"],
        typed.into("username"),
        on_submit=go,
        presses="sign-in",
        autofocus=not again,
        autofill_hints=ft.AutofillHint.USERNAME,
    )
    secret = field(
        console,
        "password",
        "Password",
        typed["password"],
        typed.into("password"),
        password=True,
        can_reveal_password=True,
        on_submit=go,
        presses="sign-in",
        autofocus=again,
        autofill_hints=ft.AutofillHint.PASSWORD,
    )
    return [labelled("User name", name), labelled("Password", secret)]
