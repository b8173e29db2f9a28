"""All times of an incident: when, where each comes from, who entered it, and what is asked about them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.frame import At, body, frame, use_now
from field_app.ui.kit.hooks import use_reading
from field_app.ui.kit.widgets import callout, hint, marked, row, stack, tappable, words
from field_app.ui.phone.shown import NameOf
from field_app.ui.phone.state import Ui
from sync.core.times import clock, day_and_clock, moment
from sync.domain.clinical import timeline
from sync.domain.clinical.events import TimelineEvent
from sync.domain.clinical.timeline import KeptTime
from sync.domain.forms import Source
from sync.domain.records.fold import Given
from sync.domain.records.incident import Incident, label, where_kept

WANTED = {"": "", "Known": "If known", "Always": "Always needed"}
LATER = timedelta(minutes=5)  # a time written down this long after it happened was entered later


@part
def times_screen(ui: Ui, at: At, incident_id: str) -> ft.Control:
    session = ui.signed_in()
    incident = use_reading(lambda: session.store.incident(incident_id), session.store.on_change, front=at.front)
    now = use_now(ui, front=at.front)
    path = f"/incident/{incident_id}"

    def back(_: ft.Event) -> None:
        ui.go(path)

    if incident is None:
        return frame(ui, at, "Times", body([callout("This incident is not on this phone")]), back=back)

    def jump(record: str, name: str) -> None:
        ui.aim = name
        ui.go(f"{path}/{record}")

    context = incident.context(session.packs, now)
    times, kept = timeline.times(context, incident.acts), timeline.counting(context)
    rows = [
        entry_view(incident, entry, times.get(entry.event), kept.get(entry.event), jump, session.name)
        for entry in timeline.TABLE
    ]
    notes = [callout(note.text, note.source) for note in timeline.queries(context)]
    inside = body([clock_view(session.clock_offset), *notes, stack(rows, t.GAP)])
    return frame(ui, at, "Times", inside, back=back, under=label(incident))


def clock_view(offset: timedelta | None) -> ft.Control:
    """How far this phone's clock is from the centre's. It is kept with every change."""
    if offset is None:
        return hint("This phone’s clock has not been compared with the centre’s yet.")
    seconds = round(abs(offset).total_seconds())
    way = "behind" if offset > timedelta(0) else "ahead of"
    return hint(f"This phone’s clock is {seconds} s {way} the centre’s." if seconds else "This phone’s clock is right.")


def where_from(given: Given, at: datetime, name_of: NameOf) -> str:
    """Tapped, entered later or from CAD; when and by whom it was entered."""
    value, entered = given.value, moment(given.at)
    source = value.get("source") if isinstance(value, dict) else None
    origin = next((known.label for known in Source if known == source), "")
    if source in (None, Source.TAPPED) and entered - at > LATER:
        origin = Source.TYPED.label
    written = clock(entered) if entered.date() == at.date() else day_and_clock(entered)
    by = name_of(given.author)
    by = "you" if by == "You" else by
    if origin == Source.TYPED.label:
        return f"{origin}: {written}, by {by}"
    return f"{origin}, entered {written} by {by}" if origin else f"Entered {written} by {by}"


def entry_view(
    incident: Incident,
    entry: TimelineEvent,
    at: datetime | None,
    kept: KeptTime | None,
    jump: Callable[[str, str], None],
    name_of: NameOf,
) -> ft.Control:
    """One event with its time and where that comes from, or when it is wanted. It leads to the question."""
    only_if = f"Only if: {entry.mandatory[:1].lower()}{entry.mandatory[1:].replace(':', ',')}"
    wanted = WANTED.get(entry.mandatory, only_if)
    under = where_from(where_kept(incident, kept)[1], at, name_of) if kept and at else wanted
    time = words(day_and_clock(at) if at else "No time yet", 16, color=t.TEXT if at else t.QUIET)
    text = stack([words(entry.label, 16, bold=bool(at)), time, hint(under) if under else None], 2, expand=True)
    icon = ft.Icons.CHECK_CIRCLE if at else ft.Icons.RADIO_BUTTON_UNCHECKED
    line = row([ft.Icon(icon, size=20, color=t.GO if at else t.EDGE), text], 12, top=True)
    name = f"all-times-{entry.event}"
    if not entry.places:
        return marked(name, ft.Container(line, padding=12))
    path, key = answer_of(incident, entry, kept)
    return tappable(name, line, lambda _: jump(path, key), pad=12)


def answer_of(incident: Incident, entry: TimelineEvent, kept: KeptTime | None) -> tuple[str, str]:
    """The record's path and the answer's key: where the time is kept, else where it would be entered."""
    if kept:
        return f"{kept.kind}/{where_kept(incident, kept)[0].record_id}", kept.key
    place = entry.places[0]
    record = incident.one(place.kind)
    return f"{place.kind}/{record.record_id}" if record else place.kind, place.question
