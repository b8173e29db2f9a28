"""The drafts open in one window of a nurse. Another window may have the same ones open: what each gave is kept.

Technique: three-way merge (`sync.domain.forms.merge`). What both windows gave to the same answer is sealed as two
changes of which neither knows the other: a clash, which the form shows, and a person settles.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from field_app.phone.store.disk import Disk, Draft, Intent
from field_app.phone.store.store import Store
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import merge, patch


class OpenDrafts:
    """`seal` makes intents part of the record, and drops the draft of a record, in one transaction."""

    def __init__(self, disk: Disk, store: Store, seal: Callable[[list[Intent], str], None]):
        self._disk, self._store, self._seal = disk, store, seal
        self._seen: dict[str, Mapping[str, Any]] = {}  # by record, the kept draft's answers as this window knows them

    def edit(self, incident_id: str, kind: str, record_id: str | None = None) -> Draft:
        """The draft to be edited: the one that was kept, else one of the record as it stands, else a new record's."""
        incident = self._store.incident(incident_id)
        known = incident.of(kind) if incident else []
        kept = [draft for draft in self._store.drafts(incident_id) if draft.kind == kind]
        if record_id is None and not CATALOGUE[kind].repeats:
            record_id = known[0].record_id if known else None
        sealed = {record.record_id for record in known}
        for draft in kept:
            if draft.record_id == record_id or (record_id is None and draft.record_id not in sealed):
                self._seen[draft.record_id] = draft.answers
                return draft
        if record_id is None or record_id not in sealed:
            record_id = self._store.new_record_id(incident_id, kind)
        self._seen.pop(record_id, None)
        return self._of_record(Draft(record_id, incident_id, kind))

    def keep(self, draft: Draft) -> Draft:
        """Keep what this draft gives. Returns what is kept, from which the window goes on.

        An answer that it does not name stays as it was kept; None clears one.
        """
        with self._disk.lock:
            current = self._current(draft)
            answers, clashing = merge(self._known(draft), current.answers, draft.answers)
            if clashing:
                self._seal_both(draft, replace(current, answers=answers), clashing)
                return self.edit(draft.incident_id, draft.kind, draft.record_id)
            kept = replace(current, answers=answers)
            self._store.keep(kept)
            self._seen[kept.record_id] = kept.answers
            return kept

    def seal(self, draft: Draft) -> None:
        """Make what was changed part of the record; forget a draft in which nothing was.

        A draft to which another window gave the last, and this one nothing since, is left to the other.
        """
        with self._disk.lock:
            current, known = self._current(draft), self._known(draft)
            answers, clashing = merge(known, current.answers, draft.answers)
            if answers == current.answers != known and self._store.draft(draft.record_id) and not clashing:
                return
            self._seal_both(draft, replace(current, answers=answers), clashing)

    def _known(self, draft: Draft) -> Mapping[str, Any]:
        return self._seen.get(draft.record_id, draft.base)

    def _current(self, draft: Draft) -> Draft:
        """The draft as it is kept. One that another window has sealed goes on from the record; else it is this one."""
        if kept := self._store.draft(draft.record_id):
            return kept
        return self._of_record(draft) if draft.record_id in self._seen else draft

    def _of_record(self, draft: Draft) -> Draft:
        """A draft of the same record as it stands."""
        incident = self._store.incident(draft.incident_id)
        record = incident.records.get(draft.record_id) if incident else None
        if record is None:
            return Draft(draft.record_id, draft.incident_id, draft.kind)
        return replace(draft, parents=record.heads, base=record.values, answers=record.values)

    def _seal_both(self, draft: Draft, current: Draft, clashing: Mapping[str, Any]) -> None:
        """Seal the merged draft, and beside it what this window gave where another gave something else."""
        ids = (draft.record_id, draft.incident_id, draft.kind)
        changes = [(patch(current.base, current.answers), current.parents), (clashing, draft.parents)]
        intents = [Intent(*ids, "set", changed, parents) for changed, parents in changes if changed]
        if intents:
            self._seal(intents, draft.record_id)
        else:
            self._store.drop(draft.record_id)
        self._seen.pop(draft.record_id, None)
