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


@part
def sign_in(console: Console, expired: bool) -> ft.Control:
    known = console.desk.who
    typed, _ = use_value(lambda: Typed(username=known.practitioner_id if known and expired else "", password=""))
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

    return sign_in_view(console, typed, error, busy, expired, go)


def sign_in_view(
    console: Console, typed: Typed, error: Trouble | None, busy: bool, expired: bool, go: Handler
) -> ft.Control:
    mark = ft.Image("/icon.png", width=40, height=40, border_radius=10)
    names = stack([w.title("Alongside", 22), w.quiet("Desktop console")], 0)
    ran_out = w.banner("expired", "Your sign-in has run out", "Sign in again. What you typed is kept.")
    inside = [
        ft.Row([mark, names], spacing=12),
        ft.Container(height=4),
        ran_out if expired else None,
        w.banner("sign-in-error", *error, grave=error is not WAIT) if error else None,
        *fields(console, typed, expired, go),
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


def fields(console: Console, typed: Typed, expired: bool, go: Handler) -> list[ft.Control]:
    """The name is known already when a sign-in ran out: the cursor is in the password."""
    name = field(
        console,
        "username",
        "User name",
        typed["username"],
        typed.into("username"),
        on_submit=go,
        presses="sign-in",
        autofocus=not expired,
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
        autofocus=expired,
        autofill_hints=ft.AutofillHint.PASSWORD,
    )
    return [labelled("User name", name), labelled("Password", secret)]
