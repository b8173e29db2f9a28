"""Comments of a return: those of the last one, and the boxes in which a supervisor writes new ones."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from field_app.ui.console import widgets as w
from field_app.ui.console.buttons import icon_button
from field_app.ui.console.fields import field
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
    return [comment for comment in comments if isinstance(comment, dict)] if isinstance(comments, list) else []


def pinned(comments: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """Comments by what they are pinned to: record and answer."""
    return {
        (str(comment.get("record_id")), str(comment.get("name"))): str(comment.get("comment", ""))
        for comment in comments
    }


# --- writing ------------------------------------------------------------------------------------------------------


def comment_boxes(deciding: "Deciding", *, locked: bool) -> list[ft.Control]:
    if not deciding.comments:
        if locked:
            return []
        how = "Click an answer to pin a comment to it. The nurse sees it on that question."
        sign = ft.Icon(ft.Icons.ADD_COMMENT_OUTLINED, size=18, color=t.QUIET)
        return [row([sign, w.quiet(how, expand=True)], 8, top=True)]
    return [
        comment_box(deciding, where, locked, deciding.fresh == where, key="comment-" + "-".join(where))
        for where in deciding.comments
    ]


@part
def comment_box(deciding: "Deciding", where: tuple[str, str], locked: bool, fresh: bool) -> ft.Control:
    """A comment; the one just pinned takes the cursor, which `autofocus` does not do while a row holds it.

    What it is drawn of does not change while one types, so a key never meets an older text on its way back.
    """
    comment = deciding.comments.get(where)
    box: MutableRef[ft.TextField] = ft.use_ref()

    def take_cursor() -> None:
        async def focus() -> None:
            if box.current and not locked:
                await box.current.focus()

        if fresh:
            deciding.console.spawn(focus())

    def leave() -> None:
        if comment:
            deciding.console.blur(field_name(comment))  # a field that is gone says nothing of it

    ft.use_effect(take_cursor, [fresh])
    use_held(lambda: leave, [locked])
    if comment is None:
        return ft.Container()
    if locked:
        inside = w.text(comment.text)
    else:
        inside = _text_box(deciding, where, comment, box)
    head = _head(deciding, where, comment, locked)
    return ft.Container(stack([head, inside], 6), padding=10, border_radius=8, bgcolor=t.CHOSEN)


def field_name(comment: Comment) -> str:
    """The identifier of the field in which it is written."""
    return f"comment-{comment.kind}-{comment.name}"


def _head(deciding: "Deciding", where: tuple[str, str], comment: Comment, locked: bool) -> ft.Control:
    form, question = CATALOGUE.get(comment.kind), comment.question
    asked = w.strong(question, size=13, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS)
    lines = stack([asked, w.quiet(form.title if form else comment.kind, size=12)], 0, expand=True)
    remove = None
    if not locked:
        name, label = f"remove-{field_name(comment)}", f"Remove the comment on: {question}"
        remove = icon_button(name, ft.Icons.CLOSE, label, lambda _: deciding.unpin(where), t.QUIET, 16)
    return row([ft.Icon(ft.Icons.COMMENT, size=16, color=t.LINK), lines, remove], 8, top=True)


def _text_box(
    deciding: "Deciding", where: tuple[str, str], comment: Comment, box: MutableRef[ft.TextField]
) -> ft.Control:
    return field(
        deciding.console,
        field_name(comment),
        f"Comment on: {comment.question}",
        comment.text,
        lambda text: deciding.write(where, text),
        multiline=True,
        min_lines=2,
        max_lines=8,
        ref=box,
        hint_text="What is to be done",
    )
