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
from field_app.ui.kit.buttons import flat_link, secondary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_draft_editor, use_value
from field_app.ui.kit.widgets import Handler, card, hint, marked, row, words
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
    earlier = {}
    for incident in incidents:
        if incident.incident_id != but and (person := incident.one("person")):
            form = read(PersonForm, person.values).form
            earlier[incident.incident_id] = Earlier(incident.opened_at, label(incident), person.values, form)
    return earlier


@part
def seen_before(editor: DraftEditor, earlier: dict[str, Earlier], first: bool) -> ft.Control:
    """Asks on any page of the person; once answered it stands on the first."""
    use_draft_editor(editor, MISSING)
    no, set_no = use_value(False)
    persons = ((key, known.person) for key, known in earlier.items())
    matches = suggestions(read(PersonForm, editor.answers).form, persons)
    same = editor.answers.get(SAME)
    editor.carried = carried(earlier[same].answers) if same in earlier else {}
    if same in earlier and first:
        return linked_view(editor, same, earlier, matches)
    if no or same or not matches:
        return ft.Container(height=0)
    return asking_view(editor, matches, earlier, lambda _: set_no(True))


def asking_view(editor: DraftEditor, matches: list[Match], earlier: dict[str, Earlier], no: Handler) -> ft.Control:
    best, first = matches[0], earlier[matches[0].key]
    count = f"{len(matches)} {'incident' if len(matches) == 1 else 'incidents'}"
    compared = f"The same: {', '.join(best.agrees)}."
    if best.differs:
        compared += f" But not the same: {', '.join(best.differs)}."

    def yes(_: ft.Event) -> None:
        editor.carried = carried(first.answers)
        editor.give(SAME, best.key)

    title = f"Seen before: {first.name}, {day_and_clock(first.at)} ({count})"
    buttons = [secondary("same-person", "Yes, the same person", yes), secondary("not-same-person", "No", no)]
    return marked("seen-before", card([words(title, 17, bold=True), hint(compared), row(buttons, wrap=True)]))


def linked_view(editor: DraftEditor, same: str, earlier: dict[str, Earlier], matches: list[Match]) -> ft.Control:
    """Said to be the same person. The dates of earlier contacts; it can be taken back."""
    keys = {same, *(match.key for match in matches)}
    dates = sorted((earlier[key].at for key in keys), reverse=True)
    more = f" and {len(dates) - DATES} times before" if len(dates) > DATES else ""

    def back(_: ft.Event) -> None:
        editor.carried = {}
        editor.give(SAME, None)

    title = f"The same person as {earlier[same].name}"
    seen = hint(f"Seen before: {', '.join(day_and_clock(at) for at in dates[:DATES])}{more}")
    undo = row([flat_link("not-same-person", "Not the same person after all", back)])
    return marked("seen-before", card([words(title, 17, bold=True), seen, undo]))
