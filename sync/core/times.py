"""Instants as text: UTC, milliseconds, one spelling ("2026-11-22T15:37:40.123Z"). Local time is for screens."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
EPOCH, MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"


def instant(moment: datetime) -> str:
    """An aware time as text. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """The aware UTC time that `instant` wrote."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def as_moment(raw: object) -> datetime | None:
    """The aware time that this text says; None for anything else, so that an unreadable answer hides no record."""
    try:
        at = moment(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None


def from_millis(millis: int) -> datetime:
    """The moment this many milliseconds after 1 January 1970 UTC."""
    return EPOCH + timedelta(milliseconds=millis)


def to_millis(when: datetime) -> int:
    """Milliseconds since 1 January 1970 UTC, rounded."""
    return round((when - EPOCH) / MILLISECOND)


def local(when: datetime) -> datetime:
    """The wall time in England."""
    return when.astimezone(LONDON)


def clock(when: datetime) -> str:
    """24-hour time in England: "23:55". A joint clinical and police record uses the 24-hour clock."""
    return local(when).strftime("%H:%M")


def day_in_words(day: date) -> str:
    """A date as it is shown: "22 Nov 2026"."""
    return f"{day.day} {day:%b %Y}"


def day_and_clock(when: datetime) -> str:
    """Date and time in England: "22 Nov 2026 23:55"."""
    return f"{day_in_words(local(when))} {clock(when)}"


def span(length: timedelta) -> str:
    """A length of time in words a nurse uses: "2 h 05 min", "12 min"."""
    minutes = int(length.total_seconds() // 60)
    sign, minutes = ("-" if minutes < 0 else ""), abs(minutes)
    return f"{sign}{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{sign}{minutes} min"
