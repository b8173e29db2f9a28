"""What was typed, read the way a person in a hurry types it: a day, a time. Pure; local time is England's."""

import re
from datetime import UTC, date, datetime, timedelta

from sync.core.times import LONDON, instant, local, moment
from sync.domain.forms import Event, Moment, Question

SOON = timedelta(minutes=5)  # a clock a little fast is not yesterday's
MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, start=1)}


def read_day(text: str, today: date) -> date | None:
    """A date from "14 3 1988", "14/03/88", "14.3.1988", "14031988", "14 March 1988"; None when it is none."""
    digits = re.fullmatch(r"(\d{1,2})(\d{2})(\d{4}|\d{2})", text.strip()) if text.strip().isdigit() else None
    parts = list(digits.groups()) if digits else re.findall(r"\d+|[A-Za-z]+", text)
    if len(parts) != 3:
        return None
    day, month, year = parts
    month = str(MONTHS.get(month[:3].lower(), "")) if month.isalpha() else month
    if not (day.isdigit() and month.isdigit() and year.isdigit()) or len(year) not in (2, 4):
        return None
    full = int(year)
    if len(year) == 2:
        full += 2000 if 2000 + full <= today.year else 1900
    try:
        return date(full, int(month), int(day))
    except ValueError:
        return None


def say_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def read_clock(text: str) -> tuple[int, int] | None:
    """Hours and minutes from "2214", "22:14", "9.05", "905"; None when it is none."""
    digits = re.fullmatch(r"(\d{1,2})[:. h]?(\d{2})", text.strip())
    if not digits:
        return None
    hours, minutes = int(digits[1]), int(digits[2])
    return (hours, minutes) if hours < 24 and minutes < 60 else None


def read_time(text: str, now: datetime, day: date | None = None) -> datetime | None:
    """An instant from a clock time: on that day, else the last time the clock showed it."""
    clock = read_clock(text)
    if clock is None:
        return None
    chosen = day or local(now).date()
    when = datetime(chosen.year, chosen.month, chosen.day, *clock, tzinfo=LONDON).astimezone(UTC)
    if day is None and when > now + SOON:
        before = chosen - timedelta(days=1)
        when = datetime(before.year, before.month, before.day, *clock, tzinfo=LONDON).astimezone(UTC)
    return when


def say_time(when: datetime, now: datetime) -> str:
    """ "Today 22:14", "Yesterday 23:50", "Sat 14 Nov 2026 08:00"."""
    at, today = local(when), local(now).date()
    near = {today: "Today", today - timedelta(days=1): "Yesterday", today + timedelta(days=1): "Tomorrow"}
    return f"{near.get(at.date()) or f'{at:%a} {at.day} {at:%b %Y}'} {at:%H:%M}"


def time_of(question: Question, raw: object) -> datetime | None:
    """The instant in an answer that is a time or an event; None when there is none to read."""
    text = raw.get("at") if isinstance(raw, dict) else raw
    if question.answer not in (Moment, Event) or not isinstance(text, str):
        return None
    try:
        return moment(text)
    except ValueError:
        return None


def answer_time(question: Question, when: datetime, source: str = "typed") -> object:
    """The answer that holds this instant."""
    return {"at": instant(when), "source": source} if question.answer is Event else instant(when)
