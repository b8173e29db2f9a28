"""The three things that interrupt a nurse, and no others: each when an answer just given brings it about.

Every other note of a form is quiet. None of the three blocks: what happened can always be recorded.

Sources, read 22 Nov 2026:
- At most three interruptions, and which: project specification, 22 Nov 2026 (screens; hazards 3, 5 and 16: a red flag
  stands open until what was done has its time).
- A physical emergency comes first: NICE NG225 (2022), NEWS2 (RCP 2017); the flags are those of the assessment form.
- Never a police station under 18: MHA 1983 s136A(1). Perhaps under 18 is treated as under 18: project specification.
- Section 136 not in a dwelling: MHA 1983 s136(1A), as amended by the Policing and Crime Act 2017 s80.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sync.domain.catalogue.assessment.form import AssessmentForm, acted, red_flags
from sync.domain.catalogue.detention.codes import S136, PlaceOfSafety
from sync.domain.catalogue.detention.form import DetentionForm
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person.age import may_be_under_18
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.forms import Context, Form, YesNo

RED_FLAG, CHILD, DWELLING = "red-flag", "child", "dwelling"
KINDS = (RED_FLAG, CHILD, DWELLING)


@dataclass(frozen=True)
class Interruption:
    """What interrupts, what to do, its source, and the question of this form whose answer settles it."""

    kind: str
    title: str
    advice: str
    source: str
    settles: str
    settle: str  # words on the button that leads to that answer


def interruptions(kind: str, form: Form, context: Context) -> tuple[Interruption, ...]:
    """What interrupts on this form, with its answers as they are: at most one of each kind."""
    return tuple(_raised(form, context)) if kind == form.kind else ()


def _raised(form: Form, context: Context) -> Iterator[Interruption]:
    if isinstance(form, AssessmentForm) and (flags := red_flags(form)) and not acted(form):
        yield Interruption(
            RED_FLAG,
            f"Physical emergency: {', '.join(flags)}",
            "Call 999 or go to ED now. Physical health comes first. Then record what was done and when.",
            "NICE NG225; RCP NEWS2",
            "red_flag_action_at" if form.red_flag_action else "red_flag_action",
            "Record when it was done" if form.red_flag_action else "Record what was done",
        )
    if under_18_at_a_station(form, context):
        yield Interruption(
            CHILD,
            "This person is, or may be, under 18",
            "A police station is never a place of safety for anyone under 18. Ask for a health-based place of safety. "
            "If they are already there, tell the inspector, the place of safety and your supervisor now.",
            "MHA 1983 s136A(1)",
            "date_of_birth" if isinstance(form, PersonForm) else "pos_type",
            "Check the age" if isinstance(form, PersonForm) else "Choose another place",
        )
    if s136_in_a_dwelling(form, context):
        yield Interruption(
            DWELLING,
            "Section 136 cannot be used in a dwelling",
            "It cannot be used in a house, flat or room where anyone lives, or in its yard, garden, garage or outhouse "
            "unless that is shared with other homes. Ask an AMHP about a Mental Health Act assessment or a section "
            "135(1) warrant. If it has been used, record what happened.",
            "MHA 1983 s136(1A)",
            "dwelling",
            "Check the place",
        )


def under_18_at_a_station(form: Form, context: Context) -> bool:
    """Whether a police station is the place of safety of a person who is, or by an estimate may be, under 18."""
    if context.now is None:
        return False
    if isinstance(form, PersonForm):
        person, places = form, context.every(DetentionForm)
    elif isinstance(form, DetentionForm):
        person, places = context.one(PersonForm), (form,)
    else:
        return False
    child = person is not None and bool(may_be_under_18(person, context.now, context.rules))
    return child and any(place.pos_type == PlaceOfSafety.POLICE_STATION for place in places)


def s136_in_a_dwelling(form: Form, context: Context) -> bool:
    """Whether section 136 is recorded, or about to be, for a dwelling: by its own answer, else by the incident's."""
    if isinstance(form, DetentionForm):
        incident = context.one(IncidentForm)
        dwelling = form.dwelling or (incident.dwelling if incident else None)
        chosen = form.power in S136 or (form.power is None and form.dwelling is not None)
        return dwelling == YesNo.YES and chosen
    if isinstance(form, IncidentForm):
        detentions = context.every(DetentionForm)
        used = any(detention.power in S136 and detention.dwelling is None for detention in detentions)
        return form.dwelling == YesNo.YES and used
    return False
