"""The records of one incident together: who it is, its times, the law it is under, what its rules may look at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sync.core.times import as_moment, local, moment
from sync.domain.catalogue import CATALOGUE
from sync.domain.clinical import timeline
from sync.domain.content.pack_set import PackSet
from sync.domain.content.rules import RulePack
from sync.domain.forms import Context, Form, of_question, read
from sync.domain.records.fold import Act, Given, Record
from sync.domain.records.matching import unknown_label

HEADING = 60  # characters a heading has room for; the answer itself is shown whole where it stands


@dataclass(frozen=True)
class Incident:
    incident_id: str
    records: Mapping[str, Record]

    def of(self, kind: str) -> list[Record]:
        """The incident's records of one kind, oldest first, without those entered in error."""
        valid = [record for record in self.records.values() if record.kind == kind and not record.retracted]
        return sorted(valid, key=lambda record: (record.first_at, record.record_id))

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
            if isinstance(value, dict) and (at := as_moment(value.get("at"))) is not None
        }

    @property
    def opened_at(self) -> datetime:
        return moment(min((record.first_at for record in self.records.values()), default="1970-01-01T00:00:00.000Z"))

    def rule_pack(self, packs: PackSet) -> RulePack:
        """The law this incident is under: the pack it began with, even after another came into force.

        Where that pack is not at hand, the law in force on the day the incident was opened.
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
        """The records as forms, by kind. They are read once, since an incident never changes."""
        kinds = CATALOGUE.keys() & {record.kind for record in self.records.values()}
        return {kind: tuple(read(CATALOGUE[kind], record.values).form for record in self.of(kind)) for kind in kinds}

    @cached_property
    def _police_present(self) -> bool:
        """Whether officers are or were there: by the ribbon, or by a contact that names them or says yes."""
        named = any(of_question(record.values, "officers") for record in self.of("contact"))
        confirmed = any(getattr(contact, "police_present", None) == "yes" for contact in self._forms.get("contact", ()))
        return "first_officer_arrived" in self.times or named or confirmed

    def context(self, packs: PackSet, now: datetime | None = None) -> Context:
        """What the rules of its forms read: its records, its own law, and the services of the day."""
        directory = packs.directory_on(local(now).date() if now else date.max).book
        law = self.rule_pack(packs).rules
        return Context(self._forms, now, self._police_present, rules=law, directory=directory)


def where_kept(incident: Incident, time: timeline.KeptTime) -> tuple[Record, Given]:
    """The record that keeps this time of the incident's ribbon, and who gave it when."""
    record = incident.of(time.kind)[time.number]
    return record, record.answers[time.key]


def gather(records: Iterable[Record]) -> dict[str, Incident]:
    """The incidents that these records belong to, by id."""
    by_incident: dict[str, dict[str, Record]] = {}
    for record in records:
        by_incident.setdefault(record.incident_id, {})[record.record_id] = record
    return {incident_id: Incident(incident_id, records) for incident_id, records in by_incident.items()}


def label(incident: Incident) -> str:
    """The heading of a card: the person or a label for an unknown one, else the place; at most `HEADING` characters."""
    person = incident.one("person")
    values = person.values if person else {}
    name = " ".join(str(values[part]) for part in ("given_name", "family_name") if isinstance(values.get(part), str))
    record = incident.records.get(incident.incident_id)
    where = record.values.get("location") if record else None
    if person and not name:
        name = unknown_label(read(CATALOGUE["person"], values).form, incident.incident_id)
    heading = name or (where if isinstance(where, str) else "") or "Person not yet known"
    return heading if len(heading) <= HEADING else heading[: HEADING - 1].rstrip() + "…"
