"""The assessment's second part: what happened, and the mental state as it is seen and heard.

Sources, read 22 Nov 2026: what happened, why now and what the person wants, NHS England, Staying safe from suicide
(2025); primary reason for referral, Mental Health Services Data Set v6.0. Unconfirmed, for a named person to check: the
ten headings of the mental state examination and their phrases; which themes suggest which primary reason. Nothing of
this part is ever copied from an earlier assessment.
"""

from collections.abc import Iterable

from pydantic import Field

from sync.domain.catalogue.assessment.codes import SELF_HARM, PrimaryReason, Theme
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person.codes import KnownToServices
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.forms import Choice, Context, Form, Item, Note, YesNo, ask, group


class Words(Choice):
    QUOTE = "quote", "Their own words"
    SUMMARY = "summary", "In your words"


class Account(Item):
    """What somebody told the nurse."""

    name: str = Field("", title="Name")
    relation: str = Field("", title="Relation")
    said: str = Field("", title="What they said")
    words: Words | None = Field(None, title="Whose words are these?")


def primary_reason(form: "MentalState", context: Context) -> PrimaryReason | None:
    """The national code that the themes suggest. The nurse takes it or chooses another."""
    themes = set(form.presenting_themes or ())
    person = context.one(PersonForm)
    if themes & SELF_HARM:
        return PrimaryReason.SELF_HARM
    if Theme.SUICIDAL in themes:
        return PrimaryReason.CRISIS
    if Theme.PSYCHOSIS in themes and person and person.known_to_services == KnownToServices.NO:
        return PrimaryReason.FIRST_EPISODE
    return PrimaryReason.OTHER if themes else None


def _place(form: "MentalState", context: Context) -> str | None:
    incident = context.one(IncidentForm)
    return incident.location if incident else None


class MentalState(Form):
    setting: str | None = ask("Where were they seen?", page="Presentation", required=True, suggest=_place)
    others_present: str | None = ask("Who else was there?", required=True, hint="Say if police stayed throughout")
    seen_alone: YesNo | None = ask("Were they seen alone?", required=True)
    accounts: dict[str, Account] = group("Who told you what?", hint="Family, officers, professionals")
    presenting_situation: str | None = ask(
        "What happened, why now, and what does the person want?", required=True, long=True
    )
    presenting_themes: tuple[Theme, ...] | None = ask("What is this about?", required=True)
    mhsds_primary_reason: PrimaryReason | None = ask(
        "Main reason, for the national data set", required=True, suggest=primary_reason
    )
    psychiatric_history: str | None = ask("Mental health history", long=True)
    forensic_history: str | None = ask("Forensic history: facts, with their source", long=True)
    social_circumstances: str | None = ask("Home, work, money, relationships", long=True)

    mse_appearance: str | None = ask(
        "Appearance and behaviour",
        page="Mental state examination",
        required=True,
        long=True,
        phrases=("Dressed for the weather. ", "Calm. ", "Restless. ", "Tearful. ", "Eye contact kept. "),
    )
    mse_speech: str | None = ask(
        "Speech", required=True, long=True, phrases=("Normal rate and volume. ", "Quiet. ", "Fast. ", "Says little. ")
    )
    mse_mood: str | None = ask("Mood, in the person's words", required=True, long=True, phrases=("Says: “”. ",))
    mse_affect: str | None = ask(
        "Affect, as you see it", required=True, long=True, phrases=("Reactive. ", "Flat. ", "Labile. ", "Anxious. ")
    )
    mse_thought_form: str | None = ask(
        "Form of thought",
        required=True,
        long=True,
        phrases=("Easy to follow. ", "Hard to follow. ", "Jumps between topics. "),
    )
    mse_thought_content: str | None = ask(
        "Content of thought",
        required=True,
        long=True,
        hint="Beliefs, thoughts of suicide or of harming others",
        phrases=("No delusions heard. ", "Preoccupied with ", "Believes that "),
    )
    mse_perception: str | None = ask(
        "Perception",
        required=True,
        long=True,
        phrases=("No hallucinations reported or seen. ", "Hears voices: ", "Seems to respond to "),
    )
    mse_cognition: str | None = ask(
        "Orientation and attention",
        required=True,
        long=True,
        phrases=("Knows time, place and person. ", "Attention kept. ", "Easily distracted. "),
    )
    mse_insight: str | None = ask(
        "Insight and judgement",
        required=True,
        long=True,
        phrases=("Wants help with ", "Does not see a need for help. "),
    )
    mse_rapport: str | None = ask("Rapport", required=True, long=True, phrases=("Easy. ", "Guarded. ", "Took time. "))


def notes(form: MentalState, context: Context) -> Iterable[Note]:
    if form.seen_alone == YesNo.NO and context.police_present:
        yield Note("Not seen alone, and police are there: could the person speak freely? Offer a private word.")
