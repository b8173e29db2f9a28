"""Whether a person can make one decision, now. One record for each decision; never for a person as a whole.

First whether they can decide: understand, retain, use or weigh, communicate. Then whether there is an impairment. Then
whether the one is because of the other. The app draws no conclusion; it says what is not yet recorded.

Sources, read 22 Nov 2026: MCA 2005 ss1 to 4; A Local Authority v JB [2021] UKSC 52 (the order of the questions); R
(Sessay) v SLaM [2011] EWHC 2617 (QB) (what police may not do under ss5 and 6). From 16: MCA s2(5), the age of the rule
pack; under it what a child understands, and parental responsibility. That a “No” needs 20 characters of evidence is
this project's own: project specification 3(d), 22 Nov 2026. Unconfirmed, for a named person to check: all practicable
help (s1(3)), unwise decisions (s1(4)), best interests (s4), restraint (s6), Gillick: general knowledge; that an
estimated age may be too high and both sets of questions may be needed.
"""

from collections.abc import Iterable
from typing import Any

from sync.domain.catalogue.assessment.form import AssessmentForm
from sync.domain.catalogue.person.age import age_of_person, may_be_under
from sync.domain.catalogue.person.codes import KnownToServices
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.forms import Choice, Context, Form, Moment, Note, Rule, YesNo, ask

LEAST_EVIDENCE = 20  # characters that say how somebody cannot do it
ABILITIES = {
    "understand": "understand",
    "retain": "retain",
    "use_or_weigh": "use or weigh",
    "communicate": "communicate",
}


class Functional(Choice):
    ABLE = "able", "Can make this decision"
    UNABLE = "unable", "Cannot make this decision"
    OPEN = "open", "Not yet answered"


class Conclusion(Choice):
    HAS = "has", "Has capacity for this decision"
    LACKS = "lacks", "Lacks capacity for this decision"
    UNABLE = "unable_to_assess", "Could not be assessed"


def functional_result(form: "CapacityForm") -> Functional:
    """What the four abilities come to: unable with one “No”, able with four “Yes”, else open."""
    answers = [getattr(form, name) for name in ABILITIES]
    if YesNo.NO in answers:
        return Functional.UNABLE
    return Functional.ABLE if all(answer == YesNo.YES for answer in answers) else Functional.OPEN


def may_conclude_lacking(form: "CapacityForm") -> bool:
    """Whether all three parts of “lacks capacity” are recorded: unable, an impairment, and the causal link."""
    return not wanting(form)


def wanting(form: "CapacityForm") -> tuple[str, ...]:
    """The parts of “lacks capacity” that are not recorded, in words and in the order of the law."""
    parts = (
        (functional_result(form) == Functional.UNABLE, "that they cannot make this decision"),
        (form.impairment_present == YesNo.YES, "an impairment"),
        (bool(form.causal_link), "that the one is because of the other"),
    )
    return tuple(words for recorded, words in parts if not recorded)


def is_child(context: Context) -> bool:
    """Whether the person is known or thought to be under the age from which the Act applies."""
    years = age_of_person(context)
    return years is not None and years < context.rules.capacity_age


def _act(form: "CapacityForm", context: Context) -> bool:
    return not is_child(context)


def _gillick(form: "CapacityForm", context: Context) -> bool:
    return is_child(context)


def _cannot(name: str) -> Rule:
    return lambda form, context: _act(form, context) and getattr(form, name) == YesNo.NO


def _unable(form: "CapacityForm", context: Context) -> bool:
    return _act(form, context) and functional_result(form) == Functional.UNABLE


def _impaired(form: "CapacityForm", context: Context) -> bool:
    return _unable(form, context) and form.impairment_present == YesNo.YES


def _lacks(form: "CapacityForm", context: Context) -> bool:
    return form.conclusion == Conclusion.LACKS


def _not_assessed(form: "CapacityForm", context: Context) -> bool:
    return form.conclusion == Conclusion.UNABLE


def _waits(form: "CapacityForm", context: Context) -> bool:
    return form.can_it_wait == YesNo.YES


def _restrained(form: "CapacityForm", context: Context) -> bool:
    return form.restraint_used == YesNo.YES


def _parents(form: "CapacityForm", context: Context) -> str | None:
    person = context.one(PersonForm)
    return person.parental_responsibility if person else None


def _restraint_recorded(form: "CapacityForm", context: Context) -> YesNo | None:
    answers = (assessment.restraint_used for assessment in context.every(AssessmentForm))
    return next(filter(None, answers), None)


def _able(form: "CapacityForm", context: Context) -> Conclusion | None:
    return Conclusion.HAS if functional_result(form) == Functional.ABLE else None


def _ability(text: str, hint: str = "", page: str = "") -> Any:
    return ask(text, page=page, needed=_act, hint=hint)


def _evidence(name: str, what: str) -> Any:
    return ask(
        f"{what}: how do you know?", when=_act, required=_cannot(name), long=True, hint="What you asked, what they said"
    )


class CapacityForm(Form):
    kind, title = "capacity", "Mental capacity"
    repeats = True

    decision: str | None = ask(
        "Which decision, at this time?",
        page="The decision",
        required=True,
        long=True,
        hint="One decision. Not “everything”",
        phrases=(
            "Go to ED for wound care now. ",
            "Go to ED after an overdose now. ",
            "Stay at home tonight. ",
            "Accept a referral to the crisis team. ",
        ),
    )
    assessed_at: Moment | None = ask("Assessed at", required=True)
    information_given: str | None = ask(
        "What were they told about it?",
        required=True,
        long=True,
        hint="In plain language: choices, what follows from each",
    )
    how_supported: str | None = ask(
        "How were they helped to decide?",
        required=True,
        long=True,
        hint="Interpreter, place, time, somebody they trust",
    )
    unwise_decision_note: str | None = ask(
        "Does the decision seem unwise? Say how", when=_act, long=True, hint="Unwise does not mean unable"
    )

    understand: YesNo | None = _ability(
        "Can they understand what it is about?", "Ask this first, before any diagnosis", page="Can they decide?"
    )
    understand_evidence: str | None = _evidence("understand", "Understands")
    retain: YesNo | None = _ability("Can they keep it in mind long enough to decide?")
    retain_evidence: str | None = _evidence("retain", "Keeps it in mind")
    use_or_weigh: YesNo | None = _ability("Can they use or weigh it?")
    use_or_weigh_evidence: str | None = _evidence("use_or_weigh", "Uses or weighs it")
    communicate: YesNo | None = _ability("Can they say what they decide, by any means?")
    communicate_evidence: str | None = _evidence("communicate", "Says what they decide")
    gillick_understands: YesNo | None = ask(
        "Can the child understand this decision well enough to make it?", needed=_gillick
    )
    gillick_evidence: str | None = ask("The child understands: how do you know?", needed=_gillick, long=True)
    parental_responsibility: str | None = ask(
        "Who has parental responsibility?", needed=_gillick, long=True, suggest=_parents
    )
    parents_view: str | None = ask(
        "What do they say, and do they consent?", needed=_gillick, long=True, hint="If they were not asked: why"
    )

    impairment_present: YesNo | None = ask(
        "Is there an impairment of mind or brain?",
        page="Because of what, and your conclusion",
        needed=_unable,
        hint="No diagnosis is needed. Alcohol, drugs, infection, injury, psychosis or panic may count",
    )
    impairment_what: str | None = ask("What is it?", needed=_impaired)
    causal_link: str | None = ask(
        "How is it because of this that they cannot decide?",
        needed=_impaired,
        long=True,
        hint="No link: they have capacity in law",
    )
    conclusion: Conclusion | None = ask("Your conclusion", needed=_act, suggest=_able)
    conclusion_reason: str | None = ask("Why could it not be assessed?", needed=_not_assessed, long=True)
    fluctuating: YesNo | None = ask("Does it come and go?", needed=_lacks)
    can_it_wait: YesNo | None = ask("Can the decision wait?", needed=_lacks)
    reassess_at: Moment | None = ask("Ask again at", needed=_waits)

    wishes: str | None = ask("What does the person wish and feel?", needed=_lacks, long=True)
    people_consulted: str | None = ask("Who was asked, and what did they say?", needed=_lacks, long=True)
    authority_checked: KnownToServices | None = ask(
        "Is there a power of attorney, a deputy or an advance decision?", needed=_lacks
    )
    authority_detail: str | None = ask(
        "Who or what, and what does it say?",
        when=_lacks,
        long=True,
        required=lambda form, context: _lacks(form, context) and form.authority_checked == KnownToServices.YES,
    )
    assessed_by: str | None = ask(
        "Assessed by", page="What was decided, and by whom", hint="If it was not you: name and role"
    )
    options: str | None = ask("Which options were there?", needed=_lacks, long=True)
    least_restrictive: str | None = ask("Why is this the least restrictive?", needed=_lacks, long=True)
    best_interests_decision: str | None = ask("What was decided?", needed=_lacks, long=True)
    decision_maker: str | None = ask("Who decided?", needed=_lacks, hint="Name and role")
    restraint_used: YesNo | None = ask("Was restraint used for this?", needed=_lacks, suggest=_restraint_recorded)
    restraint_belief: str | None = ask("What was the reasonable belief?", needed=_restrained, long=True)
    restraint_necessary: str | None = ask("Why was it necessary, to prevent which harm?", needed=_restrained, long=True)
    restraint_proportionate: str | None = ask(
        "How was it in proportion?", needed=_restrained, long=True, hint="Who, how, how long"
    )

    @classmethod
    def expected(cls, context: Context) -> bool:
        """With an assessment, or for a person of an age at which the Act applies."""
        years = age_of_person(context)
        return bool(context.every(AssessmentForm)) or (years is not None and years >= context.rules.capacity_age)

    @classmethod
    def notes(cls, form: "CapacityForm", context: Context) -> Iterable[Note]:
        if is_child(context):
            yield from context.law("gillick")
            if form.conclusion:
                yield Note("A conclusion under the Mental Capacity Act is recorded for a child. Check the age.")
            return
        yield from _age_note(context)
        yield from _order_notes(form)
        yield from _conclusion_notes(form)
        if form.unwise_decision_note or functional_result(form) == Functional.UNABLE or _lacks(form, context):
            yield from context.law("unwise")
        if _lacks(form, context):
            yield from context.law("capacity_police")
        if _restrained(form, context):
            yield from context.law("restraint_s6")


def _age_note(context: Context) -> Iterable[Note]:
    person = context.one(PersonForm)
    years = context.rules.capacity_age
    if person and context.now and may_be_under(person, context.now, years, context.rules):
        yield Note(
            f"May be under {years}: the Act applies from {years}. Find out the age. If younger, correct it first."
        )


def _order_notes(form: CapacityForm) -> Iterable[Note]:
    if form.impairment_present and functional_result(form) == Functional.OPEN:
        yield Note("First ask whether they can decide; then whether there is an impairment.", source="MCA 2005 ss2, 3")
    for name, words in ABILITIES.items():
        evidence = getattr(form, f"{name}_evidence") or ""
        if getattr(form, name) == YesNo.NO and len(evidence.strip()) < LEAST_EVIDENCE:
            yield Note(f"They cannot {words} it: how do you know? Say what you asked and what they said.")


def _conclusion_notes(form: CapacityForm) -> Iterable[Note]:
    lacking, result = wanting(form), functional_result(form)
    if form.conclusion == Conclusion.LACKS and lacking:
        yield Note(
            f"“Lacks capacity” also needs: {'; '.join(lacking)}. Without that they have capacity in law. Check it.",
            source="MCA 2005 ss2, 3",
        )
    if form.conclusion == Conclusion.HAS and not lacking:
        yield Note("All three parts of “lacks capacity” are recorded, and the conclusion is “has”. Which is right?")
    if form.conclusion is None and result == Functional.UNABLE and form.impairment_present == YesNo.NO:
        yield Note("No impairment: in law they have capacity for this decision.", source="MCA 2005 s2(1)")
    if form.decision and form.decision.strip().rstrip(".").casefold() in _WHOLE:
        yield Note("Capacity is about one decision at one time. Which one is this?")


_WHOLE = frozenset({"everything", "all", "all decisions", "capacity", "in general", "has capacity", "lacks capacity"})
