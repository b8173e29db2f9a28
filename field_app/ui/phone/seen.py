"""A person who may have been met before: a quiet card. A person says whether it is the same one; nothing is merged.

What was recorded then is offered as suggestions, and only who they are and what seldom changes (`matching.CARRIED`). Of
earlier contacts the dates are shown, and nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui.forms.draft_editor import MISSING, DraftEditor
from field_app.ui.kit.widgets import card, flat_link, hint, marked, part, row, secondary, use_pad, use_value, words
from sync.core.times import day_and_clock
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.forms import read
from sync.domain.records.incident import Incident, label
from sync.domain.records.matching import Match, carried, suggestions

SAME = "same_person_as"
DATES = 5  # earlier contacts named


@dataclass(frozen=True)
class Earlier:
    """The person of an earlier incident on this phone."""

    at: datetime
    name: str
    answers: dict[str, Any]
    person: PersonForm

    def __repr__(self) -> str:
        return f"Earlier({self.at})"


def earlier_persons(incidents: Iterable[Incident], but: str) -> dict[str, Earlier]:
    """Who was met in the other incidents on this phone, by incident."""
    found = {}
    for incident in incidents:
        if incident.incident_id != but and (person := incident.one("person")):
            form = read(PersonForm, person.values).form
            found[incident.incident_id] = Earlier(incident.opened_at, label(incident), person.values, form)
    return found


@part
def seen_before(pad: DraftEditor, earlier: dict[str, Earlier], first: bool) -> ft.Control:
    """Asks on any page of the person; once answered it stands on the first."""
    use_pad(pad, MISSING)
    no, set_no = use_value(False)
    found = suggestions(read(PersonForm, pad.answers).form, ((key, each.person) for key, each in earlier.items()))
    same = pad.answers.get(SAME)
    pad.carried = carried(earlier[same].answers) if same in earlier else {}
    if same in earlier and first:
        return linked_view(pad, same, earlier, found)
    if no or same or not found:
        return ft.Container(height=0)
    return asking_view(pad, found, earlier, lambda _: set_no(True))


def asking_view(pad: DraftEditor, found: list[Match], earlier: dict[str, Earlier], no: Any) -> ft.Control:
    best, first = found[0], earlier[found[0].key]
    count = f"{len(found)} {'incident' if len(found) == 1 else 'incidents'}"
    told = [f"The same: {', '.join(best.agrees)}."]
    told += [f"But not the same: {', '.join(best.differs)}."] if best.differs else []

    def yes(_: Any) -> None:
        pad.carried = carried(first.answers)
        pad.give(SAME, best.key)

    return marked(
        "seen-before",
        card(
            [
                words(f"Seen before: {first.name}, {day_and_clock(first.at)} ({count})", 17, bold=True),
                hint(" ".join(told)),
                row(
                    [secondary("same-person", "Yes, the same person", yes), secondary("not-same-person", "No", no)],
                    wrap=True,
                ),
            ]
        ),
    )


def linked_view(pad: DraftEditor, same: str, earlier: dict[str, Earlier], found: list[Match]) -> ft.Control:
    """Said to be the same person. The dates of earlier contacts; it can be taken back."""
    keys = {same, *(match.key for match in found)}
    dates = sorted((earlier[key].at for key in keys), reverse=True)[:DATES]

    def back(_: Any) -> None:
        pad.carried = {}
        pad.give(SAME, None)

    return marked(
        "seen-before",
        card(
            [
                words(f"The same person as {earlier[same].name}", 17, bold=True),
                hint(f"Seen before: {', '.join(day_and_clock(at) for at in dates)}"),
                row([flat_link("not-same-person", "Not the same person after all", back)]),
            ]
        ),
    )
