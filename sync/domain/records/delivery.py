"""What the centre has received and what it has not, in words that say no more than a verified receipt proves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.core.times import clock, day_and_clock

CLOCK_WRONG_MS = 120_000  # project specification, 22 Nov 2026: the nurse is told of more than 2 minutes


FULL = (
    "This phone’s storage is full. Free some space now: delete photographs or apps you do not need. "
    "Until then there is room kept back for what you record; what others record comes when there is space."
)


@dataclass(frozen=True)
class Strip:
    """The state of delivery, one line at the top of every screen. Counts are of records."""

    waiting: int = 0
    attention: int = 0
    sending: bool = False
    last_received: datetime | None = None
    offline_since: datetime | None = None
    problem: str = ""
    advice: str = ""
    drafts: int = 0  # begun and not yet part of a record
    clock_offset_ms: int = 0  # positive: this phone's clock is slow
    restored_at: datetime | None = None  # when this phone saw that the centre had been restored from a backup
    back_to: datetime | None = None  # earlier records than these are still being fetched
    is_old: bool = False  # the centre knows more than this app
    is_key_pending: bool = False  # this phone was set up since the app was opened
    old_drafts: int = 0  # begun under a PIN that was forgotten since
    is_full: bool = False  # this phone's storage is, and its reserve is in use

    def notices(self, now: datetime) -> dict[str, str]:
        """The notices above every screen, by subject. The first sentence says what happened, the others what to do."""
        by_subject = {"storage-full": FULL if self.is_full else "", "clock-wrong": self.clock_words()}
        if self.restored_at and abs(now - self.restored_at) < timedelta(days=1):
            by_subject["restored"] = (
                f"The centre was restored from a backup. This phone saw it at {clock(self.restored_at)}. "
                "What this phone still has and the centre lost is sent again by itself; you need not do anything."
            )
        if self.is_old:
            by_subject["app-old"] = (
                "This app is out of date. Update it when you can. Recording and sending go on until then; "
                "what was recorded with a newer app may not show in full."
            )
        if self.back_to:
            since = day_and_clock(self.back_to)
            by_subject["fetching"] = (
                f"Earlier records are still coming. This phone has what was received since {since}. "
                "The rest comes by itself while there is a connection."
            )
        if self.is_key_pending:
            by_subject["key-pending"] = (
                "This phone has just been set up. Close Alongside once and open it again when it suits: "
                "that shows that the phone keeps its key. You can record meanwhile."
            )
        if self.old_drafts:
            begun = "A form that you had begun is" if self.old_drafts == 1 else "Forms that you had begun are"
            by_subject["old-pin"] = (
                f"{begun} still under your old PIN. What was not saved there cannot be opened or sent without it, and "
                "stays on this phone. If you need it, write it anew."
            )
        return {subject: words for subject, words in by_subject.items() if words}

    def clock_words(self) -> str:
        """What to do about this phone's clock when it is more than two minutes wrong; "" when it is not."""
        if abs(self.clock_offset_ms) <= CLOCK_WRONG_MS:
            return ""
        way = "slow" if self.clock_offset_ms > 0 else "fast"
        minutes = round(abs(self.clock_offset_ms) / 60_000)
        return (
            f"This phone’s clock is {minutes} min {way}. Set it in the phone’s settings. "
            "Until then each record notes how far it is out."
        )

    def words(self) -> str:
        """The line itself. What has not been sent is shown beside what needs attention."""
        parts = [f"{self.attention} {'needs' if self.attention == 1 else 'need'} attention"] if self.attention else []
        if self.sending and self.waiting:
            parts.append(f"Sending {self.waiting}")
        elif self.waiting:
            since = f" · no signal since {clock(self.offline_since)}" if self.offline_since else ""
            parts.append(f"{self.waiting} only on this phone{since}")
        elif not self.attention:
            parts.append(f"All received {clock(self.last_received)}" if self.last_received else "Nothing to send yet")
        if self.drafts and not self.waiting:
            parts.append(f"{self.drafts} unfinished")
        return " · ".join(parts)


@dataclass(frozen=True)
class Delivery:
    """How far one record is on its way to the centre. `state`: waiting, received, held, quarantined or refused."""

    record_id: str
    incident_id: str
    kind: str
    title: str
    state: str
    number: int | None = None
    received_at: datetime | None = None
    attempts: int = 0
    last_error: str = ""
    advice: str = ""

    def words(self) -> str:
        received = f"Received {clock(self.received_at)}, no. {self.number}" if self.received_at else ""
        match self.state:
            case "received":
                return received
            case "held":
                return f"{received} – waiting for {self.advice or 'something before it'}"
            case "quarantined":
                return f"{received} – needs attention"
            case "refused":
                return "Not received – kept on this phone"
        return "Only on this phone"


NEEDS_ATTENTION = ("refused", "quarantined")
RANK = ("refused", "quarantined", "waiting", "held", "received")  # a record is as far as its least advanced change
