"""The card that interrupts: what was found, what to do, its source, and two ways on. It never blocks."""

from collections.abc import Callable

import flet as ft

from field_app.ui.forms.draft_editor import INTERRUPTION, DraftEditor
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import primary, secondary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_draft_editor
from field_app.ui.kit.widgets import callout, hint, marked, stack, words
from sync.domain.records.interruptions import RED_FLAG, Interruption

AS_IT_WAS = "Record it as it happened"
WAY_ON = {RED_FLAG: "Go on, and record it later"}


@part
def interrupting(editor: DraftEditor, go_to: Callable[[str], None]) -> ft.Control:
    """Shows what an answer just given brought about, over the section. Nothing of the section is lost or changed."""
    use_draft_editor(editor, INTERRUPTION)
    interruption = editor.interruption
    ft.use_dialog(dialog(interruption, *_ways_on(editor, interruption, go_to)) if interruption else None)
    return ft.Container(height=0)


def _ways_on(
    editor: DraftEditor, interruption: Interruption, go_to: Callable[[str], None]
) -> tuple[Callable[[], None], Callable[[], None]]:
    def seen() -> None:
        editor.interruption_seen(interruption.kind)

    def settle() -> None:
        seen()
        go_to(interruption.settles)

    return settle, seen


def dialog(interruption: Interruption, settle: Callable[[], None], seen: Callable[[], None]) -> ft.AlertDialog:
    """Scrolls, so that it can be read at any size of text; its buttons stand under the words and not beside them."""
    kind = interruption.kind
    inside = stack(
        [
            callout(interruption.title, interruption.advice, grave=True),
            hint(interruption.source),
            primary(f"interruption-{kind}-settle", interruption.settle, lambda _: settle()),
            secondary(f"interruption-{kind}-record", WAY_ON.get(kind, AS_IT_WAS), lambda _: seen()),
        ],
        12,
    )
    return ft.AlertDialog(
        modal=True,
        scrollable=True,
        bgcolor=t.SURFACE,
        semantics_label=interruption.title,
        title=words("Before you go on", 20, bold=True),
        content=ft.Container(marked(f"interruption-{kind}", inside, live_region=True), width=t.COLUMN),
        on_dismiss=lambda _: seen(),
        inset_padding=ft.Padding.all(16),
    )
