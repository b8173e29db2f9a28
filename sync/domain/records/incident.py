"""The records of one incident together: who it is, where it stands, what is signed and reviewed, and its documents.

The unit that is signed and reviewed is the incident: a signature names the digest of the whole document shown.
A co-signature names the digest of the handover sheet alone, made of an explicit list of fields (security 3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sync.core.canonical import digest
from sync.core.times import local, moment
from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.clinical import timeline
from sync.domain.content.pack_set import PackSet
from sync.domain.content.rules import RulePack
from sync.domain.documents.police_words import POLICE_WORDS
from sync.domain.forms import (
    Context,
    Form,
    Missing,
    Question,
    in_words,
    missing,
    of_question,
    pages,
    question_of,
    questions,
    read,
    unread,
)
from sync.domain.records.fold import Act, Given, Record
from sync.domain.records.matching import unknown_label

OFFICER_STATEMENT = (
    "I have given the circumstances, use of force, search and property details to the person named "
    "and have read this handover sheet."
)
HEADING = 60  # characters a heading has room for; the answer itself is shown whole where it stands
NURSE_STATEMENT = "This is my record of what I saw, was told and did."


@dataclass(frozen=True)
class Incident:
    incident_id: str
    records: Mapping[str, Record]

    def of(self, kind: str) -> list[Record]:
        """The incident's records of one kind, oldest first; those entered in error left out."""
        found = [record for record in self.records.values() if record.kind == kind and not record.retracted]
        return sorted(found, key=lambda record: (record.first_at, record.record_id))

    def one(self, kind: str) -> Record | None:
        return next(iter(self.of(kind)), None)

    @property
    def times(self) -> dict[str, datetime]:
        """The ribbon: each event that has a time that can be read."""
        record = self.records.get(self.incident_id)
        if record is None:
            return {}
        return {
            name: at
            for name, value in record.values.items()
            if isinstance(value, dict) and (at := _read_moment(value.get("at"))) is not None
        }

    @property
    def opened_at(self) -> datetime:
        return moment(min((record.first_at for record in self.records.values()), default="1970-01-01T00:00:00.000Z"))

    def rule_pack(self, packs: PackSet) -> RulePack:
        """The law this incident is under: the pack it began with, also after another came into force.

        Without that pack at hand, the law of the day it was opened on.
        """
        record = self.records.get(self.incident_id)
        return packs.rule_pack(record.values.get("rule_pack") if record else None, local(self.opened_at).date())

    @property
    def acts(self) -> list[Act]:
        return [act for record in self.records.values() for act in record.acts]

    @property
    def clashes(self) -> list[tuple[Record, str]]:
        return [(record, name) for record in self.records.values() for name in record.clashes]

    @property
    def open(self) -> bool:
        return "cleared" not in self.times

    @cached_property
    def _forms(self) -> Mapping[str, tuple[Form, ...]]:
        """The records, read once: an incident as it is held does not change."""
        kinds = CATALOGUE.keys() & {record.kind for record in self.records.values()}
        return {kind: tuple(read(CATALOGUE[kind], record.values).form for record in self.of(kind)) for kind in kinds}

    @cached_property
    def _police_present(self) -> bool:
        """Whether officers are or were there: by the ribbon, by a contact that names them, or by one that says so."""
        named = any(of_question(record.values, "officers") for record in self.of("contact"))
        said = any(getattr(contact, "police_present", None) == "yes" for contact in self._forms.get("contact", ()))
        return "first_officer_arrived" in self.times or named or said

    def context(self, packs: PackSet, now: datetime | None = None) -> Context:
        """What the rules of its forms may look at: under its own law, with the services of the day."""
        directory = packs.directory_on(local(now).date() if now else date.max).book
        law = self.rule_pack(packs).rules
        return Context(self._forms, now, self._police_present, rules=law, directory=directory)


def where_kept(incident: Incident, time: timeline.KeptTime) -> tuple[Record, Given]:
    """The record that keeps this time of the incident's ribbon, and who gave it when."""
    record = incident.of(time.kind)[time.number]
    return record, record.answers[time.key]


def _read_moment(raw: Any) -> datetime | None:
    """An aware time, or None for what is none: one unreadable answer must not hide the incident."""
    try:
        at = moment(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None


def gather(records: Iterable[Record]) -> dict[str, Incident]:
    """Records by the incident they belong to."""
    sorted_out: dict[str, dict[str, Record]] = {}
    for record in records:
        sorted_out.setdefault(record.incident_id, {})[record.record_id] = record
    return {incident_id: Incident(incident_id, found) for incident_id, found in sorted_out.items()}


# --- the task list ----------------------------------------------------------------------------------------------


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
    """The sections in order. One nobody began is missing only when what is recorded asks for it (`Form.due`)."""
    context = incident.context(packs, now)
    pinned = {comment.get("kind") for comment in open_comments(incident)}
    made = []
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
        made.append(Task(kind, form.title, state, records, lacking, form.expected(context)))
    return made


def unreadable(form: type[Form], record: Record) -> bool:
    """Whether an answer to a question of this form is kept as it was typed because it cannot be read."""
    return any(question_of(form, key) for key in unread(form, record.values))


# --- signing and review -----------------------------------------------------------------------------------------


def document(incident: Incident) -> dict[str, Any]:
    """Exactly what a signature covers: every answer of every record, clashing values included."""
    return {
        "incident": incident.incident_id,
        "records": [
            {
                "record": record.record_id,
                "kind": record.kind,
                "version": record.form_version,
                "answers": record.values,
                "clashes": {name: [given.value for given in both] for name, both in record.clashes.items()},
            }
            for record in sorted(incident.records.values(), key=lambda record: record.record_id)
            if not record.retracted
        ],
    }


def last_act(acts: Iterable[Act], *ops: str) -> Act | None:
    """The last of these acts: the one that has most before it; a tie goes to the later recorded."""
    found = [act for act in acts if act.op in ops]
    return max(found, key=lambda act: (len(act.after), act.at, act.change_id), default=None)


def signature(incident: Incident) -> Act | None:
    """The nurse's latest signature."""
    return last_act(incident.acts, "sign")


def cosignature(incident: Incident) -> Act | None:
    """The officer's latest co-signature, or that they declined."""
    return last_act(incident.acts, "cosign", "decline")


def standing(incident: Incident) -> str:
    """in-progress, signed (waiting for review), changed (since signature), returned or approved."""
    signed = signature(incident)
    judged = last_act(incident.acts, "review", "return")
    if judged and judged.op == "return" and not (signed and judged.change_id in signed.after):
        return "returned"
    if signed is None:
        return "in-progress"
    if signed.detail.get("digest") != digest(document(incident)):
        return "changed"
    if judged and judged.op == "review" and judged.detail.get("digest") == signed.detail.get("digest"):
        return "approved"
    return "signed"


def open_comments(incident: Incident) -> list[dict[str, Any]]:
    """What a supervisor asked for in a return that has not been answered by a new signature: kind, name, comment."""
    if standing(incident) != "returned":
        return []
    judged = last_act(incident.acts, "review", "return")
    comments = judged.detail.get("comments") if judged else None
    return [comment for comment in comments if isinstance(comment, dict)] if isinstance(comments, list) else []


# --- documents --------------------------------------------------------------------------------------------------


Line = tuple[str, str]  # a question and its answer in words; a heading has no answer


def handover_sheet(incident: Incident) -> list[Line]:
    """The officer's copy, line by line, under headings: only questions marked for the police, the rest stays outside."""
    lines: list[Line] = []
    for kind in SECTIONS:
        records = incident.of(kind)
        for number, record in enumerate(records, start=1):
            title = CATALOGUE[kind].title + (f" {number}" if len(records) > 1 else "")
            for page in pages(CATALOGUE[kind]):
                of_page = [line for question in _for_police(kind, page) for line in _answered(record, question)]
                heading = title if page == CATALOGUE[kind].title else f"{title}: {page}"
                lines += [(heading, ""), *of_page] if of_page else []
    return lines


def _for_police(kind: str, page: str) -> list[Question]:
    return [question for question in questions(CATALOGUE[kind]).values() if question.police and question.page == page]


def _answered(record: Record, question: Question) -> list[Line]:
    """The lines of one question in the officers' words; several items of a group are counted."""
    asked = POLICE_WORDS.get(record.kind, {}).get(question.name, question.text)
    said = [each for each in _said(record, question) if each]
    count = len(said)
    return [(f"{asked} ({number} of {count})" if count > 1 else asked, each) for number, each in enumerate(said, 1)]


def _said(record: Record, question: Question) -> list[str]:
    """An answer, or each item of a group, in words; both values of a clash, and that it is one."""
    plain = [in_words(question, raw) for _, raw in sorted(of_question(record.values, question.name).items())]
    for _, both in sorted(of_question(record.clashes, question.name).items()):
        values = (in_words(question, given.value) if given.value is not None else "no answer" for given in both)
        plain.append(f"Two answers, not yet settled: {' / '.join(values)}")
    return plain


def sheet_digest(incident: Incident) -> str:
    """The digest an officer's co-signature names: of the lines shown, headings too, and of the statement."""
    return digest({"sheet": [list(line) for line in handover_sheet(incident)], "statement": OFFICER_STATEMENT})


def sheet_as_signed(incident: Incident, signed: Act) -> bool:
    """Whether the sheet still says what this act co-signed."""
    return signed.detail.get("digest") == sheet_digest(incident)


def label(incident: Incident) -> str:
    """What a card is headed with: the person, what stands for an unknown one, or where, or that nothing is known yet."""
    person = incident.one("person")
    values = person.values if person else {}
    name = " ".join(str(values[part]) for part in ("given_name", "family_name") if isinstance(values.get(part), str))
    record = incident.records.get(incident.incident_id)
    where = record.values.get("location") if record else None
    if person and not name:
        name = unknown_label(read(CATALOGUE["person"], values).form, incident.incident_id)
    said = name or (where if isinstance(where, str) else "") or "Person not yet known"
    return said if len(said) <= HEADING else said[: HEADING - 1].rstrip() + "…"
