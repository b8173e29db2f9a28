"""What a supervisor decides about one incident: approve, return with comments, settle a clash.

`Deciding` holds what is being written and sends it; nothing typed is lost by a failed send. The panel draws it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import flet as ft

from field_app.desk.desk import Receipt
from field_app.desk.desk_models import OpenedIncident
from field_app.ui.console import widgets as w
from field_app.ui.console.buttons import button, small_link
from field_app.ui.console.comments import comment_boxes, comments_of, field_name, pinned
from field_app.ui.console.layout import DECISION
from field_app.ui.console.polling import SLOW, patiently
from field_app.ui.console.reading import Answer, Option
from field_app.ui.console.section import ReaderActions, marks_of
from field_app.ui.console.state import EXPIRED, Comment, Console, Trouble, say
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import log_fault
from field_app.ui.kit.widgets import marked, stack
from sync.core.errors import AlongsideError
from sync.core.times import clock
from sync.domain.records.incident import label
from sync.domain.records.standing import signature, standing

RETURNABLE = ("signed", "changed")


class Deciding:
    """One incident in front of one supervisor."""

    def __init__(self, console: Console, incident_id: str):
        self.console, self.incident_id = console, incident_id
        self.opened: OpenedIncident | None = None
        self.redraw: Callable[[], None] = lambda: None
        self.done: Callable[[str], None] = lambda _: None
        self.turn: Callable[[str], None] = lambda _: None  # brings a face to the front where there is no room for all
        self.busy = ""
        self.error: Trouble | None = None
        self.fresh: tuple[str, str] | None = None  # the comment just pinned: its field takes the cursor

    @property
    def comments(self) -> dict[tuple[str, str], Comment]:
        return self.console.comments.setdefault(self.incident_id, {})

    @property
    def written(self) -> list[Comment]:
        """The comments with words in them."""
        return [comment for comment in self.comments.values() if comment.text.strip()]

    @property
    def reviews(self) -> bool:
        return self.console.may("change.review")

    @property
    def waits(self) -> bool:
        """A decision of ours is kept here and not yet known to be at the centre."""
        return self.incident_id in self.console.desk.waiting()

    def why_not_approve(self) -> str:
        """What stands against approving, in words; empty when nothing does."""
        if self.opened is None:
            return "The record is being fetched."
        match standing(self.opened.incident):
            case "signed":
                pass
            case "approved":
                return "Approved as it stands."
            case "returned":
                return "Returned. It comes back here when the nurse has signed it again."
            case "changed":
                return "Changed since it was signed. The nurse signs it again first."
            case _:
                return "The nurse has not signed it yet."
        if self.opened.incident.clashes:
            return "Settle the clashes first, or return it."
        if self.written:
            return "There are comments: return it, or remove them."
        return ""

    def why_not_return(self) -> str:
        if self.opened is None:
            return "The record is being fetched."
        if standing(self.opened.incident) not in RETURNABLE:
            return "Only a signed record can be returned."
        return ""

    # --- writing ---

    def around(self, opened: OpenedIncident) -> ReaderActions:
        """What can be done with the record. Bound methods: the same from one drawing to the next."""
        marks = marks_of(pinned(comments_of(opened.incident)))
        tight = self.console.layout.tight
        if not self.reviews:
            return ReaderActions(marks=marks, tight=tight)
        returnable = standing(opened.incident) in RETURNABLE
        return ReaderActions(self.pin if returnable else None, self.settle, marks, tight)

    def pin(self, answer: Answer, _text: str = "") -> None:
        where = (answer.record_id, answer.name)
        if self.waits or self.why_not_return():
            return
        if where not in self.comments:
            self.comments[where] = Comment(answer.kind, *where, answer.question)
        self.fresh, self.error = where, None
        self.turn("decision")
        self.console.focus(field_name(self.comments[where]))  # from the click on, keys are text
        self.redraw()

    def write(self, where: tuple[str, str], text: str) -> None:
        """A key: the field itself is not drawn anew. What was wrong before it is shown no more."""
        before = self.comments[where]
        self.comments[where] = replace(before, text=text)
        if bool(before.text.strip()) != bool(text.strip()) or self.error:
            self.error = None
            self.redraw()

    def unpin(self, where: tuple[str, str]) -> None:
        self.comments.pop(where, None)
        self.fresh = None
        self.console.blur_all()
        self.redraw()

    # --- deciding ---

    async def approve(self, _: ft.Event | None = None) -> None:
        opened, why = self.opened, self.why_not_approve()
        if opened is None or why or self.waits:
            if why:
                self.console.say(why)
            return
        await self._send(
            "approve", lambda: self.console.desk.approve(opened.incident), f"Approved: {label(opened.incident)}"
        )

    async def send_back(self, _: ft.Event | None = None) -> None:
        opened = self.opened
        if opened is None or self.waits:
            return
        if why := self.why_not_return():
            self.console.say(why)
            return
        comments = [
            {
                "kind": comment.kind,
                "record_id": comment.record_id,
                "name": comment.name,
                "comment": comment.text.strip(),
            }
            for comment in self.written
        ]
        if not comments:
            self.error = ("Say what is to be done", "Click the answer it is about, and write a comment.")
            self.redraw()
            return
        await self._send(
            "return",
            lambda: self.console.desk.send_back(opened.incident, comments),
            f"Returned: {label(opened.incident)}",
        )

    def settle(self, answer: Answer, option: Option) -> object:
        opened = self.opened
        if opened is None or self.waits:
            return None
        record = opened.incident.records[answer.record_id]
        work = self._send(
            "resolve",
            lambda: self.console.desk.resolve(record, answer.name, option.value),
            f"Settled: {answer.question}",
        )
        return self.console.spawn(work)

    async def accept(self, _: ft.Event | None = None) -> None:
        """Accept what was sealed after leaving, as it is shown."""
        opened = self.opened
        if opened is None or self.waits or not opened.undecided:
            return
        done = f"Accepted: {label(opened.if_accepted().incident)}"
        await self._send("accept", lambda: self.console.desk.accept(opened), done)

    async def send_again(self, _: ft.Event) -> None:
        """Try to send what waits now, without waiting for the next round."""
        self.busy = "again"
        self.redraw()
        try:
            sent = await asyncio.to_thread(self.console.desk.send_waiting)
        finally:
            self.busy = ""
            self.redraw()
        if sent:
            self.error = None
            self.console.comments.pop(self.incident_id, None)
            self.console.say("Received by the centre.")
            self.console.news()
        self.redraw()

    def _slow(self) -> None:
        self.error = (SLOW[0], "Your decision is on its way. Wait for its receipt.")
        self.redraw()

    async def _send(self, what: str, work: Callable[[], Receipt], done: str) -> None:
        """Sends a decision; `done`: the words once it is. Nothing is called done before its receipt has verified."""
        if self.busy:
            return
        self.busy, self.error = what, None
        self.redraw()
        try:
            receipt = await patiently(work, self._slow)
            self.error = None
        except AlongsideError as failed:
            self.error = say(failed)
            if failed.code in EXPIRED:
                self.console.expire()
        except Exception as fault:  # noqa: BLE001 - the words stay on the screen whatever fails
            log_fault("deciding", fault)
            self.error = ("Something went wrong", "What you typed is kept. Try again.")
        else:
            if what in ("approve", "return"):
                self.console.comments.pop(self.incident_id, None)
                self.console.decided[self.incident_id] = receipt.number
            if what != "resolve":
                self.done(self.incident_id)
            self.console.say(f"{done}. Received by the centre {clock(receipt.received_at)}, no. {receipt.number}.")
            self.console.news()
        finally:
            self.busy = ""
            self.redraw()


# --- the panel ----------------------------------------------------------------------------------------------------


def decision_panel(deciding: Deciding, width: float | None = DECISION) -> ft.Control:
    """Approve, or write comments and return."""
    opened, waits, busy = deciding.opened, deciding.waits, deciding.busy
    against = deciding.why_not_approve()
    can_return = not deciding.why_not_return() and not waits
    approve = None if against or waits or busy else deciding.approve
    send_back = deciding.send_back if can_return and not busy else None
    approving = "Approving …" if busy == "approve" else "Approve"
    inside = [
        w.title("Decision", 15, 2),
        not_sent(deciding) if waits and not busy else None,
        w.banner("decision-error", *deciding.error, grave=not busy) if deciding.error and (busy or not waits) else None,
        button("approve", approving, approve, kind="go", icon=ft.Icons.CHECK, key="A"),
        w.quiet(against, size=13) if against and opened is not None and not waits else None,
        w.rule(),
        *comment_boxes(deciding, locked=waits or not can_return),
        button("return", _return_text(deciding), send_back, kind="alert", icon=ft.Icons.REPLY, key="R"),
        _clash_note(opened),
    ]
    box = ft.Container(
        ft.Column(
            [control for control in inside if control is not None],
            spacing=12,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        width=width,
        expand=width is None,
        bgcolor=t.SURFACE,
        padding=16,
        border=ft.Border.only(left=ft.BorderSide(1, t.LINE)) if width else None,
    )
    return marked("decision", box, expand=width is None)


def _return_text(deciding: Deciding) -> str:
    if deciding.busy == "return":
        return "Returning …"
    count = len(deciding.written)
    return f"Return with {count} comment{'' if count == 1 else 's'}" if count else "Return with comments"


def not_sent(deciding: Deciding) -> ft.Control:
    again = small_link("send-again", "Send now", deciding.send_again, ft.Icons.REFRESH)
    why = f"{deciding.error[0]}. " if deciding.error else ""
    advice = f"{why}Your decision is kept in this window and sent again by itself: leave it open."
    return stack([w.banner("not-sent", "Not sent yet", advice, grave=True), ft.Row([again])], 4)


def _clash_note(opened: OpenedIncident | None) -> ft.Control | None:
    if opened is None or not opened.incident.clashes or signature(opened.incident) is None:
        return None
    return w.quiet("Settling a clash changes the record, so the nurse signs it once more.", size=12)
