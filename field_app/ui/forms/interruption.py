"""The card that interrupts: what was found, what to do, its source, and two ways on. It never blocks."""

from collections.abc import Callable
from typing import Any

import flet as ft

from field_app.ui.forms.draft_editor import INTERRUPTION, DraftEditor
from field_app.ui.kit import theme as t
from field_app.ui.kit.widgets import callout, hint, marked, part, primary, secondary, stack, use_pad, words
from sync.domain.records.interruptions import RED_FLAG, Interruption

AS_IT_WAS = "Record it as it happened"
WAY_ON = {RED_FLAG: "Go on, and record it later"}


@part
def interrupting(pad: DraftEditor, go_to: Callable[[str], None]) -> ft.Control:
    """Shows what an answer just given brought about, over the section. Nothing of the section is lost or changed."""
    use_pad(pad, INTERRUPTION)
    found = pad.interruption
    ft.use_dialog(dialog(found, *_ways_on(pad, found, go_to)) if found else None)
    return ft.Container(height=0)


def _ways_on(
    pad: DraftEditor, found: Interruption, go_to: Callable[[str], None]
) -> tuple[Callable[[], None], Callable[[], None]]:
    def seen() -> None:
        pad.interruption_seen(found.kind)

    def settle() -> None:
        seen()
        go_to(found.settles)

    return settle, seen


def dialog(found: Interruption, settle: Callable[[], Any], seen: Callable[[], Any]) -> ft.AlertDialog:
    """Scrolls, so that it can be read at any size of text; its buttons stand under the words and not beside them."""
    inside = stack(
        [
            callout(found.title, found.advice, grave=True),
            hint(found.source),
            primary(f"interruption-{found.kind}-settle", found.settle, lambda _: settle()),
            secondary(f"interruption-{found.kind}-record", WAY_ON.get(found.kind, AS_IT_WAS), lambda _: seen()),
        ],
        12,
    )
    return ft.AlertDialog(
        modal=True,
        scrollable=True,
        bgcolor=t.SURFACE,
        semantics_label=found.title,
        title=words("Before you go on", 20, bold=True),
        content=ft.Container(marked(f"interruption-{found.kind}", inside, live_region=True), width=t.COLUMN),
        on_dismiss=lambda _: seen(),
        inset_padding=ft.Padding.all(16),
    )
