"""The nurse's assessment: what is seen and said, physical health first, and how the person stays safe.

Sources, read 22 Nov 2026: NICE NG225 (Sept 2022) and NHS England, Staying safe from suicide (2025): no tool or level
predicts suicide or decides on care; needs, formulation and a safety plan made together. Physical emergencies: RCEM,
Acute Behavioural Disturbance (June 2024); NICE NG232 on head injury (May 2023). NEWS2: see `sync.domain.news2`.
ACVPU and scales: RCP 2017.

Unconfirmed, for a named person to check: the ten headings of the mental state examination and their phrases; the seven
headings of the safety plan (after Stanley and Brown); that every overdose goes to ED; the list of harms from others;
that a firearm or shotgun certificate is told to the police. No answer here is added up, except NEWS2.
"""

from collections.abc import Iterable
from decimal import Decimal

from sync.domain import news2
from sync.domain.catalogue.assessment_codes import (
    RED_FLAGS,
    SAFETY_PLAN,
    SUICIDAL,
    HarmFromOthers,
    HeadInjury,
    Means,
    Taken,
    Theme,
)
from sync.domain.catalogue.detention import DetentionForm
from sync.domain.catalogue.person import PersonForm, age
from sync.domain.forms import Choice, Context, Form, Moment, Note, YesNo, ask


def red_flags(form: "AssessmentForm") -> list[str]:
    """The red flags answered yes, in words."""
    return [words for name, words in RED_FLAGS.items() if getattr(form, name) == YesNo.YES]


def observed(form: "AssessmentForm") -> news2.Score:
    """NEWS2 of the observations. Scale 2 counts only with the name of whoever confirmed the need for it."""
    return news2.score(
        news2.Observations(
            form.respiration_rate, form.spo2, form.oxygen, form.systolic_bp, form.pulse, form.consciousness,
            form.temperature, scale_2=_scale_2(form) and bool(form.spo2_scale_confirmed_by),
        )
    )  # fmt: skip


def _scale_2(form: "AssessmentForm") -> bool:
    return form.spo2_scale == news2.SpO2Scale.TWO


def _asked_scale_2(form: "AssessmentForm", context: Context) -> bool:
    return _scale_2(form)


def _head_injury(form: "AssessmentForm", context: Context) -> bool:
    return form.head_injury == YesNo.YES


def _overdose(form: "AssessmentForm", context: Context) -> bool:
    return form.overdose == YesNo.YES


def _flagged(form: "AssessmentForm", context: Context) -> bool:
    return bool(red_flags(form))


def _taken(form: "AssessmentForm", context: Context) -> bool:
    return any(taken in (Taken.SUSPECTED, Taken.CONFIRMED) for taken in (form.alcohol, form.drugs))


def _measured(form: "AssessmentForm", context: Context) -> bool:
    """Observations are asked for with a red flag, or when a section 135 or 136 power was used."""
    return bool(red_flags(form)) or any(detention.used_at for detention in context.every(DetentionForm))


def _suicidal(form: "AssessmentForm", context: Context) -> bool:
    return bool(SUICIDAL.intersection(form.presenting_themes or ()))


def _means(form: "AssessmentForm", context: Context) -> bool:
    return bool(form.means and set(form.means) != {Means.NONE})


def _concern(form: "AssessmentForm", context: Context) -> bool:
    return YesNo.YES in (form.safeguarding_adult, form.safeguarding_child)


def _range(least: int | Decimal, most: int | Decimal):
    """A check that stops a slip of the finger and no measurement, however bad."""
    return lambda value: None if least <= value <= most else f"This is outside {least} to {most}. Check it."


def _temperature(value: Decimal) -> str | None:
    if value.as_tuple().exponent not in (0, -1):
        return "Give one decimal, for example 36.8."
    return _range(10, 46)(value)


def _none_alone(chosen: tuple[Choice, ...]) -> str | None:
    return None if len(chosen) == 1 or "none" not in chosen else "Choose “none” alone, or what applies."


class AssessmentForm(Form):
    kind, title = "assessment", "Assessment"

    setting: str | None = ask("Where were they seen?", page="Presentation", required=True)
    others_present: str | None = ask("Who else was there?", required=True, hint="Say if police stayed throughout")
    seen_alone: YesNo | None = ask("Were they seen alone?", required=True)
    informants: str | None = ask("Who told you what?", long=True, hint="Name, relation. Mark what is a quote")
    presenting_situation: str | None = ask(
        "What happened, why now, and what does the person want?", required=True, long=True
    )
    presenting_themes: tuple[Theme, ...] | None = ask("What is this about?", required=True)
    psychiatric_history: str | None = ask("Mental health history", long=True)
    forensic_history: str | None = ask("Forensic history: facts, with their source", long=True)
    social_circumstances: str | None = ask("Home, work, money, relationships", long=True)

    mse_appearance: str | None = ask(
        "Appearance and behaviour", page="Mental state examination", required=True, long=True,
        phrases=("Dressed for the weather. ", "Calm. ", "Restless. ", "Tearful. ", "Eye contact kept. "),
    )  # fmt: skip
    mse_speech: str | None = ask(
        "Speech", required=True, long=True, phrases=("Normal rate and volume. ", "Quiet. ", "Fast. ", "Says little. ")
    )
    mse_mood: str | None = ask("Mood, in the person's words", required=True, long=True, phrases=("Says: “”. ",))
    mse_affect: str | None = ask(
        "Affect, as you see it", required=True, long=True, phrases=("Reactive. ", "Flat. ", "Labile. ", "Anxious. ")
    )
    mse_thought_form: str | None = ask(
        "Form of thought", required=True, long=True,
        phrases=("Easy to follow. ", "Hard to follow. ", "Jumps between topics. "),
    )  # fmt: skip
    mse_thought_content: str | None = ask(
        "Content of thought", required=True, long=True, hint="Beliefs, thoughts of suicide or of harming others",
        phrases=("No delusions heard. ", "Preoccupied with ", "Believes that "),
    )  # fmt: skip
    mse_perception: str | None = ask(
        "Perception", required=True, long=True,
        phrases=("No hallucinations reported or seen. ", "Hears voices: ", "Seems to respond to "),
    )  # fmt: skip
    mse_cognition: str | None = ask(
        "Orientation and attention", required=True, long=True,
        phrases=("Knows time, place and person. ", "Attention kept. ", "Easily distracted. "),
    )  # fmt: skip
    mse_insight: str | None = ask(
        "Insight and judgement", required=True, long=True,
        phrases=("Wants help with ", "Does not see a need for help. "),
    )  # fmt: skip
    mse_rapport: str | None = ask("Rapport", required=True, long=True, phrases=("Easy. ", "Guarded. ", "Took time. "))

    abd: YesNo | None = ask(
        "Acute behavioural disturbance?", page="Physical health", required=True,
        hint="Extreme agitation, hot, sweating, very strong, no response to pain",
    )  # fmt: skip
    consciousness_reduced: YesNo | None = ask("Reduced consciousness?", required=True)
    breathing_difficulty: YesNo | None = ask("Breathing difficulty?", required=True)
    chest_pain: YesNo | None = ask("Chest pain?", required=True)
    seizure: YesNo | None = ask("Seizure?", required=True)
    head_injury: YesNo | None = ask("Head injury?", required=True)
    head_injury_detail: tuple[HeadInjury, ...] | None = ask(
        "Which of these?", when=_head_injury, required=_head_injury, hint="Any: ED", check=_none_alone
    )
    overdose: YesNo | None = ask("Overdose or poisoning?", required=True)
    overdose_detail: str | None = ask(
        "What, how much, when?", when=_overdose, required=_overdose, long=True,
        hint="With alcohol? Vomited? ED even if well",
    )  # fmt: skip
    asphyxia: YesNo | None = ask("Hanging, ligature or near-drowning?", required=True)
    bleeding: YesNo | None = ask("Bleeding or wounds?", required=True)
    red_flag_action: str | None = ask(
        "What was done about it?", required=_flagged, long=True, hint="999 or ED: time, and who took over",
        phrases=("999 called at ", "Taken to ED at ", "Ambulance crew took over at "),
    )  # fmt: skip

    sepsis: YesNo | None = ask("Fever or signs of sepsis?", page="Physical health, continued", required=True)
    diabetes: YesNo | None = ask("Diabetes or low blood sugar?", required=True)
    burns: YesNo | None = ask("Burns?", required=True)
    hypothermia: YesNo | None = ask("Hypothermia?", required=True)
    pregnancy_problem: YesNo | None = ask("Problem in pregnancy?", required=True)
    delirium: YesNo | None = ask("Delirium?", required=True, hint="New confusion that comes and goes")
    alcohol: Taken | None = ask("Alcohol now?", required=True, hint="Not a reason to refuse an assessment")
    drugs: Taken | None = ask("Drugs now?", required=True)
    substances: str | None = ask(
        "What, how much, when, and its effect on the assessment", when=_taken, required=_taken, long=True
    )
    withdrawal: YesNo | None = ask("Signs of withdrawal?", required=True)

    observed_at: Moment | None = ask("Observations taken at", page="NEWS2 observations")
    respiration_rate: int | None = ask("Respiration rate", unit="breaths/min", required=_measured, check=_range(0, 100))
    spo2: int | None = ask("Oxygen saturation (SpO₂)", unit="%", required=_measured, check=_range(1, 100))
    spo2_scale: news2.SpO2Scale | None = ask(
        "SpO₂ scale", hint="Scale 1 unless a clinician has confirmed the need for 2"
    )
    spo2_scale_confirmed_by: str | None = ask("Who confirmed scale 2?", when=_asked_scale_2, hint="Name and role")
    oxygen: news2.Breathing | None = ask("Air or oxygen?", required=_measured)
    systolic_bp: int | None = ask("Systolic blood pressure", unit="mmHg", required=_measured, check=_range(0, 350))
    pulse: int | None = ask("Pulse", unit="beats/min", required=_measured, check=_range(0, 350))
    consciousness: news2.Acvpu | None = ask("Consciousness", required=_measured)
    temperature: Decimal | None = ask("Temperature", unit="°C", required=_measured, check=_temperature)

    suicidal_thinking: str | None = ask(
        "Suicidal thinking", page="Safety", when=_suicidal, required=_suicidal, long=True,
        hint="Thoughts, plan, preparation, timing, past attempts, what changes it",
        phrases=("Thoughts: ", "Plan: ", "Preparation: ", "When: ", "Past attempts: ", "What changes it: "),
    )  # fmt: skip
    self_harm: str | None = ask(
        "Self-harm", when=_suicidal, long=True, hint="Method, time, injury, what it meant to the person"
    )
    means: tuple[Means, ...] | None = ask("Means within reach", when=_suicidal, required=_suicidal, check=_none_alone)
    means_action: str | None = ask("What was done about the means?", when=_means, required=_means, long=True)
    strengths: str | None = ask(
        "Strengths, people and reasons for living", required=True, long=True, hint="Also plans, faith, pets, skills"
    )
    safety_formulation: str | None = ask(
        "What is happening, why now, and what does the person need to be safe?", required=True, long=True,
        phrases=("Makes it worse: ", "Makes it better: ", "Can change: ", "Needs now: ", "Needs later: "),
    )  # fmt: skip
    safety_plan: str | None = ask(
        "Safety plan, made with the person", required=True, long=True, phrases=SAFETY_PLAN,
        hint="Say how a copy was given",
    )  # fmt: skip
    harm_to_others: str | None = ask(
        "Harm to others: who, what, when, past", required=True, long=True, phrases=("None found. ", "Named person: ")
    )
    harm_from_others: tuple[HarmFromOthers, ...] | None = ask("Harm from others", required=True, check=_none_alone)
    safeguarding_adult: YesNo | None = ask("Is there a safeguarding concern for an adult?", required=True)
    safeguarding_child: YesNo | None = ask("And for a child?", required=True)
    safeguarding_action: str | None = ask(
        "What was done?", when=_concern, required=_concern, long=True,
        hint="Referred to, time, reference, consent or why without",
    )  # fmt: skip
    responder_danger: str | None = ask(
        "Dangers to staff: facts only", long=True, police=True,
        hint="Goes on the officer's copy: weapons, dogs, infection",
    )  # fmt: skip

    impression: str | None = ask(
        "Impression", page="Impression and plan", required=True, long=True,
        hint="A working formulation, not a diagnosis",
    )  # fmt: skip
    plan: str | None = ask("Plan", required=True, long=True)
    consulted_senior: str | None = ask("Senior colleague consulted", hint="Name, role")
    consulted_senior_at: Moment | None = ask("When?", when=lambda form, context: bool(form.consulted_senior))

    @classmethod
    def notes(cls, form: "AssessmentForm", context: Context) -> Iterable[Note]:
        for words in red_flags(form):
            if not form.red_flag_action:
                yield Note(
                    f"Physical emergency: {words}. Call 999 or go to ED now, and record what was done.", grave=True
                )
        yield from _news2_notes(form, context)
        if form.means and Means.FIREARM in form.means:
            yield Note("Tell the police about the firearm or certificate. (Unconfirmed: check local policy.)")
        if not _concern(form, context) and set(form.harm_from_others or ()) - {HarmFromOthers.NONE}:
            yield Note("Harm from others is recorded: is there a safeguarding concern?")


def _news2_notes(form: AssessmentForm, context: Context) -> Iterable[Note]:
    """The score with its parts, or what is missing, and what it calls for in the field."""
    found = observed(form)
    if not found.subscores:
        return
    person = context.one(PersonForm)
    years = age(person, context.now) if person and context.now else None
    if why := news2.unsuitable(years, person is not None and person.pregnant == YesNo.YES):
        yield Note(why, source=news2.ACKNOWLEDGEMENT)
        return
    parts = ", ".join(f"{news2.PARAMETERS[name]} {points}" for name, points in found.subscores.items())
    if found.total is not None:
        yield Note(f"NEWS2 {found.total}: {parts}. SpO₂ {found.scale.label.lower()}.", source=news2.ACKNOWLEDGEMENT)
    else:
        missing = ", ".join(news2.PARAMETERS[name] for name in found.missing)
        yield Note(f"NEWS2 incomplete. Missing: {missing}. So far: {parts}.", source=news2.ACKNOWLEDGEMENT)
    if _scale_2(form) and not form.spo2_scale_confirmed_by:
        yield Note("Scale 1 is used until it is recorded who confirmed scale 2.", source=news2.ACKNOWLEDGEMENT)
    if years is None:
        yield Note("NEWS2 is for people of 16 and over. The age is not recorded.", source=news2.ACKNOWLEDGEMENT)
    if found.trigger:
        urgent = found.trigger in (news2.Trigger.EMERGENCY, news2.Trigger.URGENT, news2.Trigger.SINGLE)
        yield Note(found.trigger.label, grave=urgent and not form.red_flag_action, source=news2.ACKNOWLEDGEMENT)
