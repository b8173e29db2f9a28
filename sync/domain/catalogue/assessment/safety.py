"""The assessment's third part: how the person, and others, stay safe. Needs and a plan, never a number or a level.

Sources, read 22 Nov 2026: NICE NG225 (Sept 2022) and NHS England, Staying safe from suicide (2025): no tool or level
predicts suicide or decides on care; needs, formulation and a safety plan made together. Safeguarding adults: Care Act
2014 s42. Unconfirmed, for a named person to check: the seven headings of the safety plan (after Stanley and Brown); the
list of harms from others; that a firearm or shotgun certificate is told to the police; telling somebody who is
threatened. The DASH questions are the police's: only their reference is kept.
"""

from collections.abc import Iterable

from sync.domain.catalogue.assessment.codes import (
    SELF_HARM,
    SUICIDAL,
    CopyGiven,
    Danger,
    Dash,
    HarmFromOthers,
    HeldBy,
    Means,
    PlanMade,
)
from sync.domain.catalogue.assessment.mental_state import MentalState
from sync.domain.catalogue.assessment.physical import PhysicalHealth
from sync.domain.catalogue.person.codes import DependantKind, none_alone
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.forms import Context, Moment, Note, YesNo, ask, questions


def _suicidal(form: "Safety", context: Context) -> bool:
    return bool(SUICIDAL.intersection(form.presenting_themes or ()))


def _self_harm(form: "Safety", context: Context) -> bool:
    return bool(SELF_HARM.intersection(form.presenting_themes or ()))


def _means(form: "Safety", context: Context) -> bool:
    return bool(form.means and set(form.means) != {Means.NONE})


def _together(form: "Safety", context: Context) -> bool:
    return form.plan_made == PlanMade.TOGETHER


def _victim(form: "Safety", context: Context) -> bool:
    return form.named_person_threatened == YesNo.YES


def _domestic_abuse(form: "Safety", context: Context) -> bool:
    return HarmFromOthers.DOMESTIC in (form.harm_from_others or ())


def _dash(form: "Safety", context: Context) -> bool:
    return form.da_dash == Dash.DONE


def _adult(form: "Safety", context: Context) -> bool:
    return form.safeguarding_adult == YesNo.YES


def _child(form: "Safety", context: Context) -> bool:
    return form.safeguarding_child == YesNo.YES


def _restrained(form: "Safety", context: Context) -> bool:
    return form.restraint_used == YesNo.YES


def _detained(context: Context) -> bool:
    return any(getattr(detention, "used_at", None) for detention in context.forms.get("detention", ()))


def _restrained_here(form: "Safety", context: Context) -> bool:
    """Restrained, and no section 135 or 136 record that has the details of force."""
    return _restrained(form, context) and not _detained(context)


def _force_recorded(form: "Safety", context: Context) -> YesNo | None:
    """Whether a section 135 or 136 record has force of a kind that holds the person."""
    detentions = context.forms.get("detention", ())
    used = {code for detention in detentions for code in getattr(detention, "use_of_force", None) or ()}
    if used & {"hold", "handcuffs_front", "handcuffs_back", "limb_restraints", "prone", "nhs_restraint"}:
        return YesNo.YES
    return YesNo.NO if used == {"none"} else None


def _children(form: "Safety", context: Context) -> str | None:
    """The children of the person record, a line each: name, age, where they are and with whom."""
    person = context.one(PersonForm)
    lines = [
        ", ".join(part for part in (child.name, child.born, child.where, child.cared_for_by) if part)
        for child in (person.dependants.values() if person else ())
        if child.kind == DependantKind.CHILD
    ]
    return "\n".join(line for line in lines if line) or None


def _safe_phone(form: "Safety", context: Context) -> str | None:
    person = context.one(PersonForm)
    return person.phone if person and person.safe_to_contact == YesNo.YES else None


_ABOUT_THE_PLAN = ("plan_made", "plan_shared_with", "plan_copy")


class Safety(MentalState, PhysicalHealth):
    self_harm_method: str | None = ask(
        "Self-harm: how?",
        page="Self-harm and suicidal thoughts",
        needed=_self_harm,
        suggest=lambda form, context: form.overdose_substance,
    )
    self_harm_at: Moment | None = ask(
        "Self-harm: when?", needed=_self_harm, suggest=lambda form, context: form.overdose_at
    )
    self_harm_injury: str | None = ask("What harm did it do to the body?", needed=_self_harm, long=True)
    self_harm_intent: str | None = ask(
        "What did it mean to the person? In their words",
        needed=_self_harm,
        long=True,
        suggest=lambda form, context: form.overdose_intent,
    )
    self_harm_circumstances: str | None = ask(
        "Circumstances", needed=_self_harm, long=True, hint="Alone? Found by whom? Notes left?"
    )
    self_harm_precipitants: str | None = ask("What led up to it?", needed=_self_harm, long=True)
    self_harm_help: str | None = ask("What help did they seek?", needed=_self_harm)
    suicidal_thinking: str | None = ask(
        "Suicidal thinking",
        needed=_suicidal,
        long=True,
        hint="Thoughts, plan, means, access, preparation, timing, past attempts, what changes it",
        phrases=(
            "Thoughts: ",
            "Plan: ",
            "Access to means: ",
            "Preparation: ",
            "When: ",
            "Past attempts: ",
            "What changes it: ",
        ),
    )
    means: tuple[Means, ...] | None = ask("Means within reach", needed=_suicidal, check=none_alone)
    means_action: str | None = ask("What was done about the means?", needed=_means, long=True)
    strengths: str | None = ask(
        "Strengths, people and reasons for living", required=True, long=True, hint="Also plans, faith, pets, skills"
    )
    safety_formulation: str | None = ask(
        "What is happening, why now, and what does the person need to be safe?",
        required=True,
        long=True,
        phrases=("Makes it worse: ", "Makes it better: ", "Can change: ", "Needs now: ", "Needs later: "),
    )

    plan_made: PlanMade | None = ask("Safety plan", page="Safety plan", required=True)
    plan_warning_signs: str | None = ask("1. Warning signs", needed=_together, long=True)
    plan_own_steps: str | None = ask("2. Things I can do", needed=_together, long=True)
    plan_distraction: str | None = ask("3. People and places that take my mind off it", needed=_together, long=True)
    plan_people: str | None = ask("4. People I can ask for help", needed=_together, long=True)
    plan_professionals: str | None = ask(
        "5. Professionals and crisis lines",
        needed=_together,
        long=True,
        phrases=("111, mental health option", "999", "Samaritans 116 123"),
    )
    plan_safe_place: str | None = ask(
        "6. Making the place safe", needed=_together, long=True, suggest=lambda form, context: form.means_action
    )
    plan_reasons: str | None = ask("7. Reasons for living", needed=_together, long=True)
    plan_shared_with: str | None = ask(
        "Who has been given the plan?", when=_together, hint="With the person's agreement"
    )
    plan_copy: tuple[CopyGiven, ...] | None = ask(
        "How was the person given a copy?", needed=_together, check=none_alone
    )

    harm_to_others: str | None = ask(
        "Harm to others: who, what, when, past",
        page="Harm to and from others",
        required=True,
        long=True,
        phrases=("None found. ",),
    )
    named_person_threatened: YesNo | None = ask("Is a particular person threatened?", required=True)
    named_person: str | None = ask("Who, and were they or the police told?", needed=_victim, long=True)
    harm_from_others: tuple[HarmFromOthers, ...] | None = ask("Harm from others", required=True, check=none_alone)
    da_dash: Dash | None = ask("DASH questions, by the police", needed=_domestic_abuse)
    da_dash_ref: str | None = ask("Police reference of the DASH", needed=_dash, hint="No result, no number")
    da_children: str | None = ask("Children: who and where", needed=_domestic_abuse, long=True, suggest=_children)
    da_safe_contact: str | None = ask("How can they be reached safely?", needed=_domestic_abuse, suggest=_safe_phone)

    safeguarding_adult: YesNo | None = ask(
        "Is there a safeguarding concern for an adult?", page="Safeguarding", required=True
    )
    adult_concern: str | None = ask("What is the concern?", needed=_adult, long=True)
    adult_s42: YesNo | None = ask(
        "In your view, does section 42 of the Care Act apply?",
        needed=_adult,
        hint="Needs care, may be abused or neglected, cannot protect themselves because of those needs",
    )
    safeguarding_child: YesNo | None = ask("And for a child?", required=True)
    child_concern: str | None = ask("What is the concern, and for which child?", needed=_child, long=True)

    danger_kinds: tuple[Danger, ...] | None = ask(
        "Dangers to staff",
        page="Those who respond",
        required=True,
        check=none_alone,
        police=True,
        hint="From the person, as facts. Goes on the officer's copy",
    )
    responder_danger: str | None = ask(
        "More about the dangers: facts only",
        long=True,
        police=True,
        hint="What the incident does not say already. Goes on the officer's copy",
    )
    restraint_used: YesNo | None = ask("Was the person held or restrained?", required=True, suggest=_force_recorded)
    restraint_by: tuple[HeldBy, ...] | None = ask("By whom?", needed=_restrained_here)
    restraint_position: str | None = ask(
        "How, and in what position?", needed=_restrained_here, long=True, hint="Face down? For how long?"
    )
    restraint_from: Moment | None = ask("From", needed=_restrained_here)
    restraint_until: Moment | None = ask("Until", needed=_restrained_here)


PLAN = tuple(name for name in Safety.model_fields if name.startswith("plan_") and name not in _ABOUT_THE_PLAN)


def plan_in_words(form: Safety) -> str:
    """The safety plan for a letter or a handover: its headings with what was written; "" when there is none."""
    headings = {name: question.text for name, question in questions(Safety).items()}
    return "\n".join(f"{headings[name]}: {getattr(form, name)}" for name in PLAN if getattr(form, name))


def notes(form: Safety, context: Context) -> Iterable[Note]:
    if Means.FIREARM in (form.means or ()) or Danger.FIREARMS in (form.danger_kinds or ()):
        yield Note("Tell the police about the firearm or certificate. (Unconfirmed: check local policy.)")
    if form.named_person_threatened == YesNo.YES:
        yield Note(
            "Somebody is threatened by name: decide who must be told, them or the police, and record the basis for "
            "sharing. (Unconfirmed: check local policy.)"
        )
    if _domestic_abuse(form, context) and form.seen_alone != YesNo.YES:
        yield Note("Domestic abuse: see the person alone before asking more. Never ask in front of a partner.")
    if set(form.harm_from_others or ()) - {HarmFromOthers.NONE} and YesNo.YES not in (
        form.safeguarding_adult,
        form.safeguarding_child,
    ):
        yield Note("Harm from others is recorded: is there a safeguarding concern?")
    if YesNo.YES in (form.safeguarding_adult, form.safeguarding_child):
        yield Note("A safeguarding concern: make the referral, with time, reference and consent or why without it.")
    if _restrained(form, context) and _detained(context):
        yield Note("Record who held the person, how and how long with section 136.")
