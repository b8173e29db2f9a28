"""All times of an incident: when, where each comes from, who entered it, and what is asked about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.frame import At, body, frame, use_now
from field_app.ui.kit.widgets import callout, hint, part, row, stack, tappable, use_reading, words
from field_app.ui.phone.state import Ui
from sync.core.times import clock, day_and_clock, moment
from sync.domain.clinical import timeline
from sync.domain.clinical.timeline import TimelineEvent
from sync.domain.forms import Source
from sync.domain.records.fold import Given, Record
from sync.domain.records.incident import Incident, label

WANTED = {"": "", "Known": "If known", "Always": "Always needed"}
LATER = timedelta(minutes=5)  # a time written down this long after it happened was entered later


@dataclass(frozen=True)
class KeptTime:
    """A time as it is kept: in which record, and who gave it when."""

    record: Record
    name: str
    given: Given


@part
def times_screen(ui: Ui, at: At, incident_id: str) -> ft.Control:
    session = ui.session
    assert session is not None
    incident = use_reading(lambda: session.store.incident(incident_id), session.store.on_change, front=at.front)
    now = use_now(ui, front=at.front)
    path = f"/incident/{incident_id}"
    back = lambda _: ui.go(path)  # noqa: E731
    if incident is None:
        return frame(ui, at, "Times", body([callout("This incident is not on this phone")]), back=back)

    def jump(record: str, name: str) -> None:
        ui.aim = name
        ui.go(f"{path}/{record}")

    context = incident.context(session.packs, now)
    found = timeline.times(context, incident.acts)
    rows = [entry_view(incident, entry, found.get(entry.event), jump, session.name) for entry in timeline.TABLE]
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


def kept(incident: Incident, entry: TimelineEvent) -> KeptTime | None:
    """Where this event's time is kept: the first place that has one."""
    for place in entry.places:
        kind, _, name = place.partition(".")
        for record in incident.of(kind):
            if name in record.answers:
                return KeptTime(record, name, record.answers[name])
    return None


def where_from(held: KeptTime, at: datetime, name_of: Any) -> str:
    """Tapped, entered later or from CAD; when and by whom it was entered."""
    value, entered = held.given.value, moment(held.given.at)
    source = value.get("source") if isinstance(value, dict) else None
    known = next((each.label for each in Source if each == source), "")
    if source in (None, Source.TAPPED) and entered - at > LATER:
        known = Source.TYPED.label
    written = clock(entered) if entered.date() == at.date() else day_and_clock(entered)
    by = name_of(held.given.author)
    by = "you" if by == "You" else by
    if known == Source.TYPED.label:
        return f"{known}: {written}, by {by}"
    return f"{known}, entered {written} by {by}" if known else f"Entered {written} by {by}"


def entry_view(incident: Incident, entry: TimelineEvent, at: datetime | None, jump: Any, name_of: Any) -> ft.Control:
    held = kept(incident, entry)
    said = day_and_clock(at) if at else "No time yet"
    wanted = WANTED.get(
        entry.mandatory, f"Only if: {entry.mandatory[:1].lower()}{entry.mandatory[1:].replace(':', ',')}"
    )
    under = where_from(held, at, name_of) if held and at else wanted
    told = stack(
        [
            words(entry.label, 16, bold=bool(at)),
            words(said, 16, color=t.TEXT if at else t.QUIET),
            hint(under) if under else None,
        ],
        2,
        expand=True,
    )
    icon = ft.Icons.CHECK_CIRCLE if at else ft.Icons.RADIO_BUTTON_UNCHECKED
    line = row(
        [ft.Icon(icon, size=20, color=t.GO if at else t.EDGE), told], 12, vertical_alignment=ft.CrossAxisAlignment.START
    )
    kind, _, name = entry.places[0].partition(".") if entry.places else ("", "", "")
    record = incident.of(kind) if kind else []
    target = (
        f"{held.record.kind}/{held.record.record_id}" if held else f"{kind}/{record[0].record_id}" if record else kind
    )
    if not entry.places:
        return ft.Semantics(identifier=f"all-times-{entry.event}", content=ft.Container(line, padding=12))
    return tappable(f"all-times-{entry.event}", line, lambda _: jump(target, held.name if held else name), pad=12)
