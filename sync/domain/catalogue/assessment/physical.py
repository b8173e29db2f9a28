"""The assessment's first part: physical health. An emergency here goes before everything else.

Sources, read 22 Nov 2026: physical emergencies, RCEM, Acute Behavioural Disturbance (June 2024); head injury, NICE
NG232 (May 2023); NEWS2, see `sync.domain.clinical.news2`; ACVPU and scales, RCP 2017. Intoxication is no reason to
refuse an assessment. Unconfirmed, for a named person to check: that every overdose goes to ED, and that the ambulance
or ED asks the poisons service.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

from sync.domain.catalogue.assessment.codes import RED_FLAGS, HeadInjury, SubstanceRoute, SubstanceTaken
from sync.domain.catalogue.person.age import age_of_person
from sync.domain.catalogue.person.codes import none_alone
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.clinical import news2
from sync.domain.forms import Context, Form, Moment, Note, YesNo, ask


def red_flags(form: "PhysicalHealth") -> list[str]:
    """The red flags answered yes, in words."""
    return [words for name, words in RED_FLAGS.items() if getattr(form, name) == YesNo.YES]


def observed(form: "PhysicalHealth") -> news2.Score:
    """NEWS2 of the observations. Scale 2 counts only with the name of whoever confirmed the need for it."""
    return news2.score(
        news2.Observations(
            form.respiration_rate,
            form.spo2,
            form.oxygen,
            form.systolic_bp,
            form.pulse,
            form.consciousness,
            form.temperature,
            scale_2=_scale_2(form) and bool(form.spo2_scale_confirmed_by),
        )
    )


def acted(form: "PhysicalHealth") -> bool:
    """Whether it is recorded what was done about the emergency, and when."""
    return bool(form.red_flag_action) and form.red_flag_action_at is not None


def _scale_2(form: "PhysicalHealth") -> bool:
    return form.spo2_scale == news2.SpO2Scale.TWO


def _asked_scale_2(form: "PhysicalHealth", context: Context) -> bool:
    return _scale_2(form)


def _head_injury(form: "PhysicalHealth", context: Context) -> bool:
    return form.head_injury == YesNo.YES


def _overdose(form: "PhysicalHealth", context: Context) -> bool:
    return form.overdose == YesNo.YES


def _flagged(form: "PhysicalHealth", context: Context) -> bool:
    return bool(red_flags(form))


def _acute(form: "PhysicalHealth", context: Context) -> bool:
    return bool(red_flags(form)) or observed(form).trigger in _URGENT


def _drugs(form: "PhysicalHealth", context: Context) -> bool:
    return form.drugs in (SubstanceTaken.SUSPECTED, SubstanceTaken.CONFIRMED)


def _taken(form: "PhysicalHealth", context: Context) -> bool:
    return _drugs(form, context) or form.alcohol in (SubstanceTaken.SUSPECTED, SubstanceTaken.CONFIRMED)


def _measured(form: "PhysicalHealth", context: Context) -> bool:
    """Observations are asked for with a red flag, or when a section 135 or 136 power was used."""
    return bool(red_flags(form)) or any(
        getattr(detention, "used_at", None) for detention in context.forms.get("detention", ())
    )


def _range(least: int, most: int) -> Callable[[int | Decimal], str | None]:
    """A check that catches a slip of the finger and lets every possible measurement pass."""
    return lambda value: None if least <= value <= most else f"This is outside {least} to {most}. Check it."


def _temperature(value: Decimal) -> str | None:
    if value.as_tuple().exponent not in (0, -1):
        return "Give one decimal, for example 36.8."
    return _range(10, 46)(value)


class PhysicalHealth(Form):
    abd: YesNo | None = ask(
        "Acute behavioural disturbance?",
        page="Physical health",
        required=True,
        hint="Extreme agitation, hot, sweating, very strong, no response to pain",
    )
    consciousness_reduced: YesNo | None = ask("Reduced consciousness?", required=True)
    breathing_difficulty: YesNo | None = ask("Breathing difficulty?", required=True)
    chest_pain: YesNo | None = ask("Chest pain?", required=True)
    seizure: YesNo | None = ask("Seizure?", required=True)
    asphyxia: YesNo | None = ask("Hanging, ligature or near-drowning?", required=True)
    bleeding: YesNo | None = ask("Bleeding or wounds?", required=True)
    sepsis: YesNo | None = ask("Fever or signs of sepsis?", required=True)
    diabetes: YesNo | None = ask("Diabetes or low blood sugar?", required=True)
    burns: YesNo | None = ask("Burns?", required=True)
    hypothermia: YesNo | None = ask("Hypothermia?", required=True)
    delirium: YesNo | None = ask("Delirium?", required=True, hint="New confusion that comes and goes")

    pregnancy_problem: YesNo | None = ask("Problem in pregnancy?", page="Physical health, continued", required=True)
    head_injury: YesNo | None = ask("Head injury?", required=True)
    head_injury_detail: tuple[HeadInjury, ...] | None = ask(
        "Which of these?", needed=_head_injury, hint="Any: ED", check=none_alone
    )
    overdose: YesNo | None = ask("Overdose or poisoning?", required=True)
    overdose_substance: str | None = ask("What was taken?", needed=_overdose)
    overdose_quantity: str | None = ask("How much?", needed=_overdose, hint="Tablets, strength")
    overdose_at: Moment | None = ask("When was it taken?", needed=_overdose)
    overdose_alcohol: YesNo | None = ask("With alcohol?", needed=_overdose)
    overdose_vomited: YesNo | None = ask("Vomited since?", needed=_overdose)
    overdose_intent: str | None = ask("What did the person want to happen?", needed=_overdose, hint="In their words")
    red_flag_action: str | None = ask(
        "What was done about the emergency?",
        when=_acute,
        required=_flagged,
        long=True,
        hint="999 or ED, and who took over",
        phrases=("999 called. ", "Taken to ED. ", "Ambulance crew took over. "),
    )
    red_flag_action_at: Moment | None = ask("When was that done?", when=_acute, required=_flagged)

    alcohol: SubstanceTaken | None = ask(
        "Alcohol now?", page="Alcohol and drugs", required=True, hint="Not a reason to refuse an assessment"
    )
    drugs: SubstanceTaken | None = ask("Drugs now?", required=True)
    substances: str | None = ask("What, and how much?", needed=_taken, long=True)
    substance_last_use: Moment | None = ask("When last?", needed=_taken)
    substance_route: tuple[SubstanceRoute, ...] | None = ask("How was it taken?", needed=_drugs)
    substance_effect: str | None = ask(
        "How does it affect this assessment?",
        needed=_taken,
        long=True,
        hint="What could be assessed, and what is to be assessed again later",
    )
    dependence: YesNo | None = ask("Signs of dependence?", needed=_taken)
    withdrawal: YesNo | None = ask("Signs of withdrawal?", required=True)
    breath_alcohol: str | None = ask("Breath alcohol, if offered", when=_taken, hint="Reading, unit and time")

    observed_at: Moment | None = ask(
        "Observations taken at",
        page="NEWS2 observations",
        required=lambda form, context: bool(observed(form).subscores),
    )
    respiration_rate: int | None = ask("Respiration rate", unit="breaths/min", required=_measured, check=_range(0, 100))
    spo2: int | None = ask("Oxygen saturation (SpO₂)", unit="%", required=_measured, check=_range(1, 100))
    spo2_scale: news2.SpO2Scale | None = ask(
        "SpO₂ scale", hint="Scale 1 unless a clinician has confirmed the need for 2"
    )
    spo2_scale_confirmed_by: str | None = ask("Who confirmed scale 2?", needed=_asked_scale_2, hint="Name and role")
    oxygen: news2.Breathing | None = ask("Air or oxygen?", required=_measured)
    systolic_bp: int | None = ask("Systolic blood pressure", unit="mmHg", required=_measured, check=_range(0, 350))
    pulse: int | None = ask("Pulse", unit="beats/min", required=_measured, check=_range(0, 350))
    consciousness: news2.Acvpu | None = ask("Consciousness", required=_measured)
    temperature: Decimal | None = ask("Temperature", unit="°C", required=_measured, check=_temperature)


def notes(form: PhysicalHealth, context: Context) -> Iterable[Note]:
    """The emergency card while nothing was done, what a head injury or an overdose needs, and NEWS2."""
    if (flags := red_flags(form)) and not acted(form):
        yield Note(
            f"Physical emergency: {', '.join(flags)}. Call 999 or go to ED now. Record what was done, and when.",
            grave=True,
        )
    if signs := [sign.label for sign in form.head_injury_detail or () if sign != HeadInjury.NONE]:
        yield Note(f"Head injury with: {', '.join(signs).lower()}. Go to ED.", source="NICE NG232, May 2023")
    if form.overdose == YesNo.YES:
        yield Note("Any overdose goes to ED, even if the person seems well. (Unconfirmed: check local policy.)")
    if _taken(form, context):
        yield Note("Alcohol or drugs are no reason to refuse an assessment. Say what has to be assessed again.")
    yield from _news2_notes(form, context)


_URGENT = (news2.Trigger.EMERGENCY, news2.Trigger.URGENT, news2.Trigger.SINGLE)


def _news2_notes(form: PhysicalHealth, context: Context) -> Iterable[Note]:
    """The score with its parts, or what is missing, and what it calls for in the field."""
    score = observed(form)
    if not score.subscores:
        return
    if why := no_score(context):
        yield Note(why, source=news2.ACKNOWLEDGEMENT)
        return
    parts = ", ".join(f"{news2.PARAMETERS[name]} {points}" for name, points in score.subscores.items())
    if score.total is not None:
        yield Note(f"NEWS2 {score.total}: {parts}. SpO₂ {score.scale.label.lower()}.", source=news2.ACKNOWLEDGEMENT)
    else:
        missing = ", ".join(news2.PARAMETERS[name] for name in score.missing)
        yield Note(f"NEWS2 incomplete. Missing: {missing}. So far: {parts}.", source=news2.ACKNOWLEDGEMENT)
    if _scale_2(form) and not form.spo2_scale_confirmed_by:
        yield Note("Scale 1 is used until it is recorded who confirmed scale 2.", source=news2.ACKNOWLEDGEMENT)
    if age_of_person(context) is None:
        years = context.rules.news2_age
        yield Note(f"NEWS2 is for people of {years} and over. The age is not recorded.", source=news2.ACKNOWLEDGEMENT)
    if score.trigger:
        grave = score.trigger in _URGENT and not acted(form)
        yield Note(score.trigger.label, grave=grave, source=news2.ACKNOWLEDGEMENT)


def no_score(context: Context) -> str:
    """Why NEWS2 is not to be used for this person, in words; "" when it may be."""
    person = context.one(PersonForm)
    if person is None:
        return ""
    pregnant, estimated = person.pregnant == YesNo.YES, person.date_of_birth is None
    return news2.unsuitable(age_of_person(context), pregnant, context.rules, estimated)
