"""Signing in at the desk."""

import asyncio
from typing import Any

import flet as ft

from field_app.ui.console import widgets as p
from field_app.ui.console.polling import SLOW, SLOW_AFTER
from field_app.ui.console.state import Console, say
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import Typed
from field_app.ui.kit.widgets import stack
from sync.core.errors import AlongsideError

WAIT = (SLOW[0], "It is still being asked.")


def _no_error() -> tuple[str, str] | None:
    return None


@part
def sign_in(console: Console, expired: bool) -> ft.Control:
    known = console.desk.who
    typed, _ = ft.use_state(lambda: Typed(username=known.practitioner_id if known and expired else "", password=""))
    error, set_error = ft.use_state(_no_error)
    busy, set_busy = ft.use_state(False)

    async def go(_: Any) -> None:
        if busy:
            return
        if not (typed["username"].strip() and typed["password"]):
            set_error(("Enter your user name and your password", ""))
            return
        set_busy(True)
        told = asyncio.get_running_loop().call_later(SLOW_AFTER, set_error, WAIT)
        try:
            await console.sign_in(typed["username"], typed["password"])
        except AlongsideError as failed:
            set_error(say(failed))
        finally:
            told.cancel()
            set_busy(False)

    return sign_in_view(console, typed, error, busy, expired, go)


def sign_in_view(
    console: Console, typed: Typed, error: tuple[str, str] | None, busy: bool, expired: bool, go: Any
) -> ft.Control:
    name = p.field(
        console,
        "username",
        "User name",
        typed["username"],
        typed.into("username"),
        on_submit=go,
        autofocus=not expired,
        autofill_hints=ft.AutofillHint.USERNAME,
    )
    secret = p.field(
        console,
        "password",
        "Password",
        typed["password"],
        typed.into("password"),
        password=True,
        can_reveal_password=True,
        on_submit=go,
        autofocus=expired,
        autofill_hints=ft.AutofillHint.PASSWORD,
    )
    card = p.panel(
        stack(
            [
                ft.Row(
                    [
                        ft.Image("/icon.png", width=40, height=40, border_radius=10),
                        stack([p.title("Alongside", 22), p.quiet("Desktop console")], 0),
                    ],
                    spacing=12,
                ),
                ft.Container(height=4),
                p.banner("expired", "Your sign-in has run out", "Sign in again. What you typed is kept.")
                if expired
                else None,
                p.banner("sign-in-error", *error, grave=error is not WAIT) if error else None,
                p.labelled("User name", name),
                p.labelled("Password", secret),
                p.button("sign-in", "Signing in …" if busy else "Sign in", None if busy else go, kind="go"),
                p.quiet("Supervisors review records. Officers read the handover sheets they co-signed.", size=13),
            ],
            14,
        ),
        pad=28,
        width=400,
    )
    column = ft.Column(
        [ft.Container(card, padding=16)],
        scroll=ft.ScrollMode.AUTO,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        alignment=ft.MainAxisAlignment.CENTER,
        expand=True,
    )
    return ft.Container(column, alignment=ft.Alignment.CENTER, expand=True, bgcolor=t.PAGE)
