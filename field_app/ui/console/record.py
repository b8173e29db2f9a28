"""One record, whole: where it stands, who signed, what to look at first, and its sections."""

from datetime import datetime

import flet as ft

from field_app.desk.desk_models import OpenedIncident
from field_app.ui.console import widgets as w
from field_app.ui.console.header_facts import Fact, header_facts
from field_app.ui.console.reading import Point, ReadingSection, points, sections
from field_app.ui.console.section import ReaderActions, section_view
from field_app.ui.console.signatures import signatures
from field_app.ui.console.who_signed import cosigned, signed
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.widgets import filling, marked, row, stack, words
from sync.core.times import day_and_clock
from sync.domain.records.incident import label
from sync.domain.records.standing import standing


@part
def record_view(
    opened: OpenedIncident, now: datetime, around: ReaderActions, pins: frozenset[tuple[str, str]]
) -> ft.Control:
    """The record in its column. Drawn anew only when it, or what is pinned to it, changes."""
    read, first = ft.use_memo(lambda: (sections(opened, now), points(opened, now)), [id(opened)])

    def view(section: ReadingSection) -> ft.Control:
        pinned = frozenset(name for record, name in pins if record == section.record_id)
        return section_view(opened, section, around, pinned, key=section.record_id)

    shown = [
        record_head(opened, read, header_facts(opened, now)),
        signatures(signed(opened), cosigned(opened), around.tight),
        points_view(first) if first else None,
        *map(view, read),
        ft.Container(height=8),
    ]
    return filling(shown, 14, scroll=ft.ScrollMode.AUTO, key="record-" + opened.incident.incident_id)


def record_head(opened: OpenedIncident, read: list[ReadingSection], facts: list[Fact]) -> ft.Control:
    incident = opened.incident
    record = incident.records.get(incident.incident_id)
    values = record.values if record else {}
    texts = [values.get("cad_ref"), values.get("location"), f"opened {day_and_clock(incident.opened_at)}"]
    lacking = sum(section.missing for section in read)
    not_answered = w.chip(f"{lacking} not answered", t.QUIET, w.FAINT, ft.Icons.HELP_OUTLINE) if lacking else None
    clashes = w.clash_chip(sum(section.clashes for section in read))
    chips = row([w.standing_chip(standing(incident)), clashes, not_answered], 6, wrap=True, run_spacing=4)
    under = " · ".join(text for text in texts if isinstance(text, str) and text)
    return stack([w.title(label(incident)), chips, w.quiet(under), *map(_fact, facts)], 4)


def _fact(fact: Fact) -> ft.Control:
    """One line on where it stands; what waits for somebody has its own sign."""
    if not fact.grave:
        return marked(fact.name, w.quiet(fact.text, size=12))
    sign = ft.Icon(ft.Icons.ERROR_OUTLINE, size=16, color=t.ALERT)
    return marked(fact.name, row([sign, words(fact.text, 13, bold=True, color=t.ALERT, expand=True)], 6, top=True))


def points_view(first: list[Point]) -> ft.Control:
    """What to look at first: warnings of the forms, in their own words, with their source."""
    head = words("Worth a look", 12, bold=True, color=t.QUIET)
    inside = stack([head, *map(_point, first)], 4)
    return marked("points", w.panel(inside, pad=ft.Padding.symmetric(horizontal=14, vertical=10)))


def _point(point: Point) -> ft.Control:
    icon, edge = (ft.Icons.ERROR_OUTLINE, t.ALERT) if point.grave else (ft.Icons.ARROW_RIGHT, t.QUIET)
    text = words(point.text, 13, bold=point.grave, color=t.ALERT if point.grave else t.TEXT)
    lines = stack([text, w.quiet(point.source, size=12) if point.source else None], 0, expand=True)
    return row([ft.Icon(icon, size=16, color=edge), lines], 6, top=True)
