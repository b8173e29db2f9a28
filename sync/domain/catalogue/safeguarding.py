"""A safeguarding referral to the local authority: the concern, who was told, and consent or why without it.

Sources: that a concern found in an assessment asks for a referral with local authority, time and reference: project
specification 3(g), 22 Nov 2026; basis for sharing: NHS information governance, 20 May 2025; children are safeguarded by
law of their own and not by the guidance on sharing with police: the same.

Unconfirmed, for a named person to check: the reasons for going on without consent; that parents or carers are told
unless that puts the child in danger; that an adult's own wishes are always asked (Care Act 2014).
"""

from collections.abc import Callable, Iterable
from typing import Any

from sync.domain.catalogue.assessment.codes import HarmFromOthers
from sync.domain.catalogue.assessment.form import AssessmentForm
from sync.domain.catalogue.person.codes import DependantKind
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.catalogue.referral import Destination, Method, ReferralForm
from sync.domain.forms import Choice, Context, Form, Moment, Note, YesNo, ask


class Whom(Choice):
    ADULT = "adult", "An adult"
    CHILD = "child", "A child"


class Decision(Choice):
    REFER = "refer", "Refer"
    KNOWN = "known", "Somebody else has referred this already"
    NOT = "not_referred", "Not referred"


def concerns(context: Context) -> tuple[Whom, ...]:
    """Whom the assessments have a safeguarding concern about."""
    assessments = context.every(AssessmentForm)
    adult = any(assessment.safeguarding_adult == YesNo.YES for assessment in assessments)
    child = any(assessment.safeguarding_child == YesNo.YES for assessment in assessments)
    return (*((Whom.ADULT,) if adult else ()), *((Whom.CHILD,) if child else ()))


def _referral(context: Context) -> ReferralForm | None:
    """The latest referral to safeguarding. Its answers are offered, so that nothing is typed twice."""
    referrals = [record for record in context.every(ReferralForm) if record.destination == Destination.SAFEGUARDING]
    return referrals[-1] if referrals else None


def _same(name: str) -> Callable[["SafeguardingForm", Context], Any]:
    """An offer of this answer of the referral to safeguarding."""
    return lambda form, context: getattr(_referral(context), name, None)


def _who(form: "SafeguardingForm", context: Context) -> str:
    person = context.one(PersonForm)
    whom = form.concern_for or concerns(context)
    if person is None:
        return ""
    adult = " ".join(part for part in (person.given_name, person.family_name) if part) if Whom.ADULT in whom else ""
    children = [
        ", ".join(part for part in (child.name, child.born, child.where) if part)
        for child in person.dependants.values()
        if child.kind == DependantKind.CHILD and Whom.CHILD in whom
    ]
    return "\n".join(line for line in (adult, *children) if line)


def _concern(form: "SafeguardingForm", context: Context) -> str:
    """What the assessments record of harm from others, and of the concerns."""
    lines = []
    for record in context.every(AssessmentForm):
        harms = [harm.label for harm in record.harm_from_others or () if harm != HarmFromOthers.NONE]
        lines += [f"Harm from others: {', '.join(harms)}."] if harms else []
        lines += [f"Seen for: {record.presenting_situation}"] if record.presenting_situation and lines else []
        lines += [concern for concern in (record.adult_concern, record.child_concern) if concern]
    return "\n".join(lines)


def _refer(form: "SafeguardingForm", context: Context) -> bool:
    return form.decision == Decision.REFER


def _not(form: "SafeguardingForm", context: Context) -> bool:
    return form.decision in (Decision.NOT, Decision.KNOWN)


def _sent_on(form: "SafeguardingForm", context: Context) -> bool:
    return form.decision in (Decision.REFER, Decision.KNOWN)


def _without(form: "SafeguardingForm", context: Context) -> bool:
    return _refer(form, context) and form.consent in (YesNo.NO, YesNo.NOT_KNOWN)


def _adult(form: "SafeguardingForm", context: Context) -> bool:
    return Whom.ADULT in (form.concern_for or ())


def _child(form: "SafeguardingForm", context: Context) -> bool:
    return Whom.CHILD in (form.concern_for or ())


class SafeguardingForm(Form):
    kind, title = "safeguarding", "Safeguarding referral"
    repeats = True

    concern_for: tuple[Whom, ...] | None = ask(
        "Who is the concern about?", page="The concern", required=True, suggest=lambda form, context: concerns(context)
    )
    subject: str | None = ask("Names, ages, where they are now", required=True, long=True, suggest=_who)
    concern: str | None = ask(
        "What is the concern?", required=True, long=True, suggest=_concern, hint="What was seen and said, by whom"
    )
    danger_now: YesNo | None = ask("Is anyone in danger now?", required=True)
    made_safe: str | None = ask(
        "What was done to make them safe?", required=lambda form, context: form.danger_now == YesNo.YES, long=True
    )
    wishes: str | None = ask("What does the adult want to happen?", needed=_adult, long=True)
    parents_told: str | None = ask(
        "Do the parents or carers know?",
        needed=_child,
        long=True,
        hint="If not told: why. Not if it puts the child in danger",
    )
    decision: Decision | None = ask("What is done?", required=True)
    not_referred: str | None = ask("Why, and who has it?", needed=_not, long=True)

    consent: YesNo | None = ask(
        "Does the person agree to this referral?",
        page="The referral",
        needed=_refer,
        suggest=_same("person_aware"),
        hint="Ask, unless asking brings danger",
    )
    without_consent: str | None = ask(
        "Why without agreement?",
        needed=_without,
        long=True,
        suggest=_same("shared_without"),
        phrases=(
            "A child is at risk. ",
            "Others are at risk. ",
            "Lacks capacity for this decision. ",
            "Somebody puts pressure on them. ",
            "Not safe to ask. ",
        ),
    )
    local_authority: str | None = ask(
        "Which local authority?", needed=_sent_on, hint="Of where they live", suggest=_same("service")
    )
    referred_at: Moment | None = ask("Referred at", needed=_refer, suggest=_same("sent_at"))
    method: Method | None = ask("How?", needed=_refer, suggest=_same("method"))
    received_by: str | None = ask("Who has it?", needed=_refer, hint="Name and role", suggest=_same("acknowledged_by"))
    acknowledged_at: Moment | None = ask("When did they say so?", needed=_refer, suggest=_same("acknowledged_at"))
    reference: str | None = ask("Their reference", when=_sent_on, required=_refer)
    what_next: str | None = ask("What did they say happens next?", when=_sent_on, long=True)

    @classmethod
    def expected(cls, context: Context) -> bool:
        return bool(concerns(context))

    @classmethod
    def due(cls, context: Context) -> str:
        whom = " and ".join(whom.label.lower() for whom in concerns(context))
        return f"A safeguarding concern is recorded: {whom}" if whom else ""

    @classmethod
    def notes(cls, form: "SafeguardingForm", context: Context) -> Iterable[Note]:
        if form.danger_now == YesNo.YES and not form.made_safe:
            yield Note("Somebody is in danger now: call 999, and record what was done.", grave=True)
        lacking = [whom.label.lower() for whom in concerns(context) if whom not in (form.concern_for or ())]
        if form.concern_for and lacking:
            yield Note(f"The assessment has a concern about {' and '.join(lacking)} too.")
        if form.referred_at and not form.acknowledged_at:
            yield Note("Not yet acknowledged: it stays open.")
