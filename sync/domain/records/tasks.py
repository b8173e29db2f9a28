"""The task list of an incident: its sections, how far each is, and what is missing before a signature."""

from dataclasses import dataclass
from datetime import datetime

from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.content.pack_set import PackSet
from sync.domain.forms import Form, Missing, missing, question_of, unread
from sync.domain.records.fold import Record
from sync.domain.records.incident import Incident
from sync.domain.records.standing import open_comments


@dataclass(frozen=True)
class Task:
    """One section of the incident's task list. `state`: not-started, in-progress, done or needs-attention."""

    kind: str
    title: str
    state: str
    records: tuple[Record, ...]
    missing: tuple[Missing, ...] = ()
    expected: bool = True  # on the list as things are


def tasks(incident: Incident, packs: PackSet, now: datetime) -> list[Task]:
    """The sections in order. A section that nobody began is missing only when `Form.due` gives a reason."""
    context = incident.context(packs, now)
    pinned = {comment.get("kind") for comment in open_comments(incident)}
    sections = []
    for kind in SECTIONS:
        form, records = CATALOGUE[kind], tuple(incident.of(kind))
        lacking = tuple(lack for record in records for lack in missing(form, record.values, context))
        lacking = tuple(lack for lack in lacking if not any(lack.name in record.clashes for record in records))
        if not records and (why := form.due(context)):
            lacking = (Missing(kind, "", why, ""),)
        if any(record.clashes or unreadable(form, record) for record in records) or kind in pinned:
            state = "needs-attention"
        else:
            state = "not-started" if not records else "in-progress" if lacking else "done"
        sections.append(Task(kind, form.title, state, records, lacking, form.expected(context)))
    return sections


def unreadable(form: type[Form], record: Record) -> bool:
    """Whether the record has an answer to a question of this form that cannot be read; it is kept as typed."""
    return any(question_of(form, key) for key in unread(form, record.values))
