"""The verdict on one change whose bytes are verified. Pure: what the centre knows is an argument."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.api.accounts.access import Caller, authorise
from sync.api.accounts.grants import EndedGrant
from sync.core.canonical import digest
from sync.core.roles import may
from sync.core.signing import verified
from sync.core.times import moment
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import Choice, Form, question_of, unread
from sync.domain.records.fold import accepts
from sync.protocol.messages import Change, VerdictName

ANSWERING = ("set", "resolve", "acknowledge")
Place = tuple[str, str, str, str]  # scope, incident, record and id of a change


@dataclass(frozen=True)
class Judgement:
    """A verdict, whether the change counts, and what it waits for."""

    verdict: VerdictName = "accepted"
    code: str = ""
    field: str = ""
    advice: str = ""
    void: bool = False
    waits_for: tuple[str, ...] = ()


@dataclass
class ChangeFacts:
    """What the centre knows that bears on a batch of changes. Grows while the batch is judged."""

    authors: Mapping[str, Caller]
    keys: Mapping[str, Collection[str]]  # of each author enrolled on this device, their own keys
    numbers: dict[int, set[str]] = field(default_factory=dict)  # of this device: number -> the ids stored under it
    records: dict[str, str] = field(default_factory=dict)  # id of a change -> its record
    counted: bool | None = None  # what the centre signed of these before it was restored: whether they count
    revoked: bool = False  # the device is shut out: only what has ended on it was allowed
    ended: Mapping[str, Sequence[EndedGrant]] = field(default_factory=dict)  # on this device, by author
    undecided: Collection[Place] = ()  # of the changes named: what a supervisor may accept
    lies_in: dict[str, str] = field(default_factory=dict)  # id of a change -> the scope in whose log it is
    incidents: dict[str, list[str]] = field(default_factory=dict)  # id -> the scopes that have one, the first first

    def allows(self, change: Change, scope: str) -> bool:
        """Whether the author may do this now. A phone goes on under the role it knew, until its next sign-in."""
        author, ended = self.authors.get(change.author), self.ended.get(change.author, ())
        if author is None or self.revoked or not authorise(author, f"change.{change.op}", scope):
            return False
        held = change.role == author.role or change.role in {grant.role for grant in ended}
        return held and may(change.role, f"change.{change.op}")

    def allowed(self, change: Change, scope: str) -> list[EndedGrant]:
        """What has ended and allowed the author to do this."""
        return [grant for grant in self.ended.get(change.author, ()) if grant.allowed(change, scope)]

    def is_second(self, change: Change) -> bool:
        """Whether its device has given its number to another change that is stored."""
        return bool(self.numbers.get(change.device_seq, set()) - {change.change_id})

    def scope_of(self, change: Change, own: str) -> str:
        """The scope in whose log a change goes. `own`: that of its device's team, or the one that it comes back to.

        Only where its author may write: where that lies on which it was made; else in the own team's incident; else in
        another team's. Where there is none, it begins an incident of its own, though another team has one of that id.
        """
        if self.counted is not None:
            return own
        known, begun = self.incidents.get(change.incident_id, []), self.begun_in(change) or own
        parents = [self.lies_in[parent] for parent in change.parents if parent in self.lies_in]
        places = [*parents, *(scope for scope in (begun, own) if scope in known), *known]
        return next((scope for scope in places if self.allows(change, scope) or self.allowed(change, scope)), begun)

    def begun_in(self, change: Change) -> str | None:
        """The scope of an incident that begins with this change, where its author has left that team since."""
        ended, is_second = self.ended.get(change.author, ()), self.is_second(change)
        lasted = [grant for grant in ended if grant.lasted(change, is_second=is_second)]
        return min(lasted, key=lambda grant: (grant.ended_ms, grant.scope)).scope if lasted else None


ACCEPTED = Judgement()


def validate(change: Change, scope: str, known: ChangeFacts) -> Judgement:
    """The verdict on a change: the first rule that is broken decides; what is merely unknown is held.

    Whether it counts is not decided a second time. What counted is no longer asked for its author, whom a backup may
    know in another role; what did not count stays void, whatever the backup would say of it.
    """
    may_it_count = () if known.counted else (_author, _times, _own_signature, _acceptance, _left)
    for rule in (*may_it_count, _fork, _not_here_yet):
        if judgement := rule(change, scope, known):
            break
    else:
        judgement = judge_content(change)
    if known.counted is False and not judgement.void:
        return _void("void_before", "It did not count before the centre was restored, so it does not count now.")
    return judgement


def judge_content(change: Change) -> Judgement:
    """The verdict by its form alone: whether the centre knows the form, and can read the answers."""
    return _newer(change) or _unreadable(change) or ACCEPTED


def _author(change: Change, scope: str, known: ChangeFacts) -> Judgement | None:
    if change.author not in known.keys:
        return _void("author_not_enrolled", "The author has not signed in on this device.")
    return None if known.allows(change, scope) or known.allowed(change, scope) else _role_not_held()


def _times(change: Change, _scope: str, _known: ChangeFacts) -> Judgement | None:
    """A time that no calendar has ("30 February") would stop every program that reads it."""
    try:
        for text in (change.recorded_at, change.occurred_at):
            if text is not None:
                moment(text)
    except ValueError:
        return _void("time_impossible", "The device wrote a time that does not exist. Check its clock.")
    return None


def _own_signature(change: Change, _scope: str, known: ChangeFacts) -> Judgement | None:
    """A sign or cosign carries a signature by its author's own key, beside the device's over the whole batch."""
    if change.op not in ("sign", "cosign"):
        return None
    claim = signature_claim(change)
    given = change.patch.get("signature")
    if claim is None or not isinstance(given, str):
        return _void("own_signature_wrong", "The signature is incomplete. Sign again.", "signature")
    if not any(verified(public, change.op, claim, given) for public in known.keys[change.author]):
        return _void("own_signature_wrong", "The signature does not verify. Sign again.", "signature")
    return None


def signature_claim(change: Change) -> dict[str, Any] | None:
    """What the author's own key signed in a sign or cosign; None when the patch does not hold it."""
    patch, ends = change.patch, {"incident_id": change.incident_id, "nonce": change.nonce}
    if not (isinstance(patch.get("digest"), str) and isinstance(patch.get("statement"), str)):
        return None
    if change.op == "sign":
        return {"digest": patch["digest"], "statement": patch["statement"], "author": change.author, **ends}
    officer, strokes = patch.get("officer"), patch.get("strokes")
    if not isinstance(officer, dict) or not isinstance(strokes, list) or not strokes:
        return None
    return {
        "digest": patch["digest"],
        "statement": patch["statement"],
        "officer": officer,
        "strokes_sha256": digest(strokes),
        **ends,
    }


def _acceptance(change: Change, scope: str, known: ChangeFacts) -> Judgement | None:
    """A supervisor accepts what was sealed after leaving, of the same record, and nothing else.

    After a restore from a backup that does not know of the leaving, that is what was void before and would count now.
    """
    if change.op != "accept":
        return None
    named = accepts(change.patch)
    place = (scope, change.incident_id, change.record_id)
    if named and all((*place, change_id) in known.undecided for change_id in named):
        return None
    return _void("nothing_to_accept", "It names a change that needs no acceptance. Open the record again.", "changes")


def _left(change: Change, scope: str, known: ChangeFacts) -> Judgement | None:
    """Sealed after its author had left, or had another role or team, or after the device was shut out.

    It is the last of the rules by which a change is void: whatever a supervisor accepts is sound otherwise. An
    acceptance is not accepted: it is given anew.
    """
    ended, is_second = known.allowed(change, scope), known.is_second(change)
    if known.allows(change, scope) or any(grant.counts(change, is_second=is_second) for grant in ended):
        return None
    if change.op == "accept":
        return _role_not_held()
    advice = (
        "It was sealed after you had left, or after this phone was no longer allowed. A supervisor has to accept it."
    )
    return _void("sealed_after_leaving", advice)


def _fork(change: Change, _scope: str, known: ChangeFacts) -> Judgement | None:
    """Two changes under one number, or a chain that does not lead on: both are kept, and somebody has to look."""
    before = known.numbers.get(change.device_seq - 1, set())
    if known.is_second(change) or (before and change.device_prev not in before):
        advice = "This device numbered two different changes alike. Both are kept; tell your supervisor."
        return Judgement("quarantined", "fork", advice=advice)
    return None


def _not_here_yet(change: Change, _scope: str, known: ChangeFacts) -> Judgement | None:
    unknown = tuple(parent for parent in change.parents if parent not in known.records)
    if unknown:
        advice = "a change made before it that has not arrived yet"
        return Judgement("held", "parent_missing", unknown[0], advice, waits_for=unknown)
    if any(known.records[parent] != change.record_id for parent in change.parents):
        return Judgement("quarantined", "parent_elsewhere", advice="It goes on from another record. Look at it again.")
    return None


def _newer(change: Change) -> Judgement | None:
    if understood(change.kind, change.form_version):
        return None
    code = "form_newer" if change.kind in CATALOGUE else "kind_unknown"
    return Judgement("held", code, advice=f"the centre to know {change.kind} version {change.form_version}")


def understood(kind: str, form_version: int) -> bool:
    """Whether this centre knows this version of the form."""
    return kind in CATALOGUE and form_version <= CATALOGUE[kind].version


def _unreadable(change: Change) -> Judgement | None:
    if change.op not in ANSWERING:
        return None
    form = CATALOGUE[change.kind]
    for key in unread(form, change.patch):
        if not _kept_quietly(form, key, change.patch[key]):
            return Judgement("quarantined", "answer_unreadable", key, "This answer cannot be read. Look at it again.")
    return None


def _kept_quietly(form: type[Form], key: str, raw: Any) -> bool:
    """Whether a newer version may have recorded this: an unknown answer, or an unknown value of a known list.

    Such an answer is stored and passed on untouched.
    """
    question = question_of(form, key)
    if question is None:
        return True
    if not (isinstance(question.answer, type) and issubclass(question.answer, Choice)) or question.group:
        return False
    return all(isinstance(code, str) for code in (raw if isinstance(raw, list) else [raw]))


def _role_not_held() -> Judgement:
    return _void("role_not_held", "The author does not hold the role this needs in this team.")


def _void(code: str, advice: str, name: str = "") -> Judgement:
    return Judgement("quarantined", code, name, advice, void=True)
