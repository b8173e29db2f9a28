"""The nurse's assessment: physical health first, then what is seen and said, and how the person stays safe.

Its parts: `physical`, `mental_state`, `safety`; here how soon the person is to be seen, the impression and the plan.

Sources, read 22 Nov 2026: NICE NG225 (Sept 2022) and NHS England, Staying safe from suicide (2025): no tool or level
predicts suicide or decides on care. Response times: UK Mental Health Triage Scale 2015, in the rule pack; its own words
are not used. No answer here is added up, except NEWS2. Unconfirmed, for a named person to check: that a licence for the
triage scale is held, and its times D to G.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sync.core.times import day_and_clock
from sync.domain.catalogue.assessment import mental_state, physical, safety
from sync.domain.catalogue.assessment.codes import SeenWithin
from sync.domain.catalogue.assessment.physical import acted, observed, red_flags
from sync.domain.catalogue.assessment.safety import Safety
from sync.domain.catalogue.incident import is_mental_health
from sync.domain.clinical.events import modes
from sync.domain.clinical.modes import WITHOUT_PERSON, Mode
from sync.domain.content.rules import Rules
from sync.domain.forms import Context, Moment, Note, ask

__all__ = ["AssessmentForm", "acted", "observed", "red_flags", "target_at"]

SEEN = frozenset({Mode.FACE_TO_FACE, Mode.PHONE, Mode.VIDEO})
LICENCE = "triage_licence"  # the provision that says whether the triage scale may be used


def target_at(form: "AssessmentForm", rules: Rules) -> datetime | None:
    """By when the person is to be seen: the hours of the rules after the decision; None when they set no time."""
    hours = rules.triage_hours.get(form.ukmhts_category) if form.ukmhts_category else None
    return form.ukmhts_decided_at + timedelta(hours=hours) if form.ukmhts_decided_at and hours is not None else None


def _licensed(form: "AssessmentForm", context: Context) -> bool:
    """The triage question is required only where the scale's authors have agreed to its use."""
    return any(provision.code == LICENCE and provision.confirmed for provision in context.rules.provisions)


def _how_soon(form: "AssessmentForm", context: Context) -> bool:
    return form.ukmhts_category is not None


class AssessmentForm(Safety):
    kind, title = "assessment", "Assessment"

    ukmhts_category: SeenWithin | None = ask(
        "How soon do they need to be seen?",
        page="Impression and plan",
        required=_licensed,
        hint="How soon to respond, and nothing about what will happen. (Unconfirmed: licence needed)",
    )
    ukmhts_decided_at: Moment | None = ask("Decided at", needed=_how_soon, suggest=lambda form, context: context.now)
    impression: str | None = ask("Impression", required=True, long=True, hint="A working formulation, not a diagnosis")
    plan: str | None = ask("Plan", required=True, long=True)
    consulted_senior: str | None = ask("Senior colleague consulted", hint="Name, role")
    consulted_senior_at: Moment | None = ask("When?", when=lambda form, context: bool(form.consulted_senior))

    @classmethod
    def expected(cls, context: Context) -> bool:
        """Unless there was only advice, or the incident is not about mental health."""
        used = modes(context)
        return is_mental_health(context) and not (used and used <= WITHOUT_PERSON)

    @classmethod
    def due(cls, context: Context) -> str:
        met = is_mental_health(context) and bool(modes(context) & SEEN)
        return "You met or spoke with the person. Record the assessment." if met else ""

    @classmethod
    def notes(cls, form: "AssessmentForm", context: Context) -> Iterable[Note]:
        yield from physical.notes(form, context)
        yield from mental_state.notes(form, context)
        yield from safety.notes(form, context)
        if due := target_at(form, context.rules):
            yield Note(f"To be seen by {day_and_clock(due)}. (Unconfirmed: licence needed.)")
