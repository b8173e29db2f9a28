"""Comments of a return: those of the last one, and the boxes in which a supervisor writes new ones."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import flet as ft

from field_app.ui.console import widgets as p
from field_app.ui.console.state import Comment
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_held
from field_app.ui.kit.widgets import row, stack
from sync.domain.catalogue import CATALOGUE
from sync.domain.records.incident import Incident
from sync.domain.records.standing import last_act

if TYPE_CHECKING:
    from field_app.ui.console.decision import Deciding


def comments_of(incident: Incident) -> list[dict[str, Any]]:
    """The comments of the latest return, whether or not they have been answered since."""
    last = last_act(incident.acts, "return")
    comments = last.detail.get("comments") if last else None
    return [one for one in comments if isinstance(one, dict)] if isinstance(comments, list) else []


def pinned(comments: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """Comments by what they are pinned to: record and answer."""
    return {(str(one.get("record_id")), str(one.get("name"))): str(one.get("comment", "")) for one in comments}


# --- writing ------------------------------------------------------------------------------------------------------


def comment_boxes(deciding: "Deciding", *, locked: bool) -> list[ft.Control]:
    if not deciding.comments:
        if locked:
            return []
        return [
            row(
                [
                    ft.Icon(ft.Icons.ADD_COMMENT_OUTLINED, size=18, color=t.QUIET),
                    p.quiet("Click an answer to pin a comment to it. The nurse sees it on that question.", expand=True),
                ],
                8,
                vertical_alignment=ft.CrossAxisAlignment.START,
            )
        ]
    return [
        comment_box(deciding, where, locked, deciding.fresh == where, key="comment-" + "-".join(where))
        for where in deciding.comments
    ]


@part
def comment_box(deciding: "Deciding", where: tuple[str, str], locked: bool, fresh: bool) -> ft.Control:
    """A comment; the one just pinned takes the cursor, which `autofocus` does not do while a row holds it.

    What it is drawn of does not change while one types, so a key never meets an older text on its way back.
    """
    one = deciding.comments.get(where)
    box = ft.use_ref(_no_field)

    def take_cursor() -> None:
        async def focus() -> None:
            if box.current and not locked:
                await box.current.focus()

        if fresh:
            deciding.console.spawn(focus())

    def leave() -> None:
        if one:
            deciding.console.blur(f"comment-{one.kind}-{one.name}")  # a field that is gone says nothing of it

    ft.use_effect(take_cursor, [fresh])
    use_held(lambda: leave, [locked])
    return _comment(deciding, where, one, locked, box) if one else ft.Container()


def _no_field() -> ft.TextField | None:
    return None


def _comment(deciding: "Deciding", where: tuple[str, str], one: Comment, locked: bool, ref: Any = None) -> ft.Control:
    form = CATALOGUE.get(one.kind)
    head = row(
        [
            ft.Icon(ft.Icons.COMMENT, size=16, color=t.LINK),
            stack(
                [
                    p.strong(one.question, size=13, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS),
                    p.quiet(form.title if form else one.kind, size=12),
                ],
                0,
                expand=True,
            ),
            None
            if locked
            else p.icon_button(
                f"remove-comment-{one.kind}-{one.name}",
                ft.Icons.CLOSE,
                f"Remove the comment on: {one.question}",
                lambda _: deciding.unpin(where),
                t.QUIET,
                16,
            ),
        ],
        8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    box: ft.Control
    if locked:
        box = p.text(one.text)
    else:
        box = p.field(
            deciding.console,
            f"comment-{one.kind}-{one.name}",
            f"Comment on: {one.question}",
            one.text,
            lambda text: deciding.write(where, text),
            multiline=True,
            min_lines=2,
            max_lines=8,
            ref=ref,
            hint_text="What is to be done",
        )
    return ft.Container(stack([head, box], 6), padding=10, border_radius=8, bgcolor=t.CHOSEN)
