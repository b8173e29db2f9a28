"""The history of a record in words: who did what, when, on a phone whose clock was right or not. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from field_app.desk.desk_models import LoggedChange, OpenedIncident
from sync.core.times import clock, moment, to_millis
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import Question, Source, in_words, question_of
from sync.domain.records import handing_on
from sync.domain.records.delivery import CLOCK_WRONG_MS
from sync.domain.records.fold import ANSWERING, accepts, fold

MARKS = {"held": "Waiting", "quarantined": "Needs a look"}


@dataclass(frozen=True)
class HistoryStep:
    """One change in the history of a record, in words. `about`: what to know of its times."""

    number: int
    who: str
    role: str
    at: datetime
    received_at: datetime
    text: str
    mark: str = ""
    about: str = ""


def history(opened: OpenedIncident, record_id: str) -> list[HistoryStep]:
    """The record's changes, the newest first."""
    return history_of(opened, reversed(opened.history(record_id)))


def history_of(opened: OpenedIncident, entries: Iterable[LoggedChange]) -> list[HistoryStep]:
    """These changes in words, in their order."""
    return [_step(opened, entry) for entry in entries]


def clock_wrong(offset_ms: int | None) -> str:
    """How far a device's clock was out, "14 min fast"; "" when it was right to 2 minutes, or nobody knows.

    The offset is the centre's time less the device's.
    """
    if offset_ms is None or abs(offset_ms) < CLOCK_WRONG_MS:
        return ""
    return f"{round(abs(offset_ms) / 60_000)} min {'slow' if offset_ms > 0 else 'fast'}"


def _step(opened: OpenedIncident, entry: LoggedChange) -> HistoryStep:
    change = entry.change
    wrong = clock_wrong(change.clock_offset_ms) or _ahead(change.recorded_at, entry.received_at)
    about = ["entered later"] if _typed(change.patch) else []
    about += [f"phone clock {wrong}"] if wrong else []
    return HistoryStep(
        entry.seq,
        opened.name(change.author),
        change.role,
        moment(change.recorded_at),
        entry.received_at,
        _what(opened, entry),
        _mark(opened, entry),
        ", ".join(about),
    )


def _mark(opened: OpenedIncident, entry: LoggedChange) -> str:
    if entry.is_undecided:
        return "Sealed after leaving"
    if not entry.void:
        return MARKS.get(entry.verdict, "")
    accepted = entry.change.change_id in opened.accepted(entry.change.record_id)
    return "Sealed after leaving, accepted" if accepted else "Does not count"


def _ahead(recorded_at: str, received_at: datetime) -> str:
    """A phone that did not know the centre's time yet cannot have recorded after the centre received."""
    ahead = to_millis(moment(recorded_at)) - to_millis(received_at)
    return f"at least {clock_wrong(-ahead)}" if ahead > 0 and clock_wrong(-ahead) else ""


def _typed(patch: Mapping[str, Any]) -> bool:
    """Whether it holds a time that was typed in, not tapped as it happened."""
    return any(isinstance(value, Mapping) and value.get("source") == Source.TYPED for value in patch.values())


def _what(opened: OpenedIncident, entry: LoggedChange) -> str:
    change, patch = entry.change, entry.change.patch
    match change.op:
        case "sign":
            return "Signed the record"
        case "cosign":
            return f"Officer signed the handover sheet{_by(patch.get('officer'))}"
        case "decline":
            return f"Officer did not sign{_by(patch.get('officer'))}: {patch.get('reason') or 'no reason given'}"
        case "review":
            return "Approved"
        case "return":
            count = len(patch.get("comments") or ())
            return f"Returned with {count} comment{'' if count == 1 else 's'}"
        case "retract":
            return f"Marked as entered in error: {patch.get('reason') or 'no reason given'}"
        case "resolve":
            return " · ".join(_settled(opened, entry, name) for name in patch)
        case "accept":
            count = len(accepts(patch))
            return f"Accepted {count} change{'' if count == 1 else 's'} sealed after leaving"
        case "transfer":
            return _handed(opened, change.change_id, patch)
    return _named(change.kind, patch) if change.op in ANSWERING else change.op


def _settled(opened: OpenedIncident, entry: LoggedChange, name: str) -> str:
    """Which answer stands since then, and which does not: that one can still be read here."""
    change, form = entry.change, CATALOGUE.get(entry.change.kind)
    question = question_of(form, name) if form else None
    if question is None:
        return f"Settled: {name}"
    log = {logged.change.change_id: logged for logged in opened.history(change.record_id)}
    earlier, more = set[str](), [*change.parents]
    while more:
        if (parent := more.pop()) in log and parent not in earlier:
            earlier.add(parent)
            more += log[parent].change.parents
    void = {change_id for change_id in earlier if log[change_id].void}
    before = fold([log[change_id].change for change_id in earlier], void) if earlier - void else None
    both = before.clashes.get(name, ()) if before else ()
    stands = change.patch[name]
    others = dict.fromkeys(_in_words(question, given.value) for given in both if given.value != stands)
    aside = f"; not {', '.join(others)}" if others else ""
    return f"Settled: {question.text} {_in_words(question, stands)}{aside}"


def _in_words(question: Question, value: Any) -> str:
    return "No answer" if value is None else in_words(question, value)


def _handed(opened: OpenedIncident, change_id: str, patch: Mapping[str, Any]) -> str:
    """Handing on, or its acceptance."""
    offers = handing_on.offers(opened.incident)
    if offer := offers.get(change_id):
        note = f" – {offer.note.strip().rstrip('.')}" if offer.note.strip() else ""
        return f"Handed on, not theirs before somebody accepts it. {offer.words}{note}."
    by = ", ".join(str(patch[part]) for part in ("by", "role") if patch.get(part)) or "somebody not named"
    offer = offers.get(str(patch.get("accepts")))
    whose = f"what {opened.name(offer.author)} handed on {clock(offer.at)}" if offer else "it"
    return f"{by} accepted {whose}"


def _by(officer: object) -> str:
    name = officer.get("name") or officer.get("collar_number") if isinstance(officer, Mapping) else ""
    return f" ({name})" if name else ""


def _named(kind: str, patch: Mapping[str, Any], most: int = 4) -> str:
    """The questions a change answers, by their words."""
    form = CATALOGUE.get(kind)
    asked = {name: question_of(form, name) if form else None for name in patch}
    shown = ((name, question) for name, question in asked.items() if not (question and question.hidden))
    names = list(dict.fromkeys(question.text if question else name for name, question in shown))
    if not names:
        return "Began the record"
    more = len(names) - most
    return " · ".join(names[:most]) + (f" · {more} more" if more > 0 else "")
