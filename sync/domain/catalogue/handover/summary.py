"""The words of a handover, made from the record. They are offered; a person reads, changes and takes them.

Sources: SBAR, and that the police copy holds only what is needed: NHS information governance, Sharing information with
the police, 20 May 2025; nothing recorded once is typed again: project specification, 22 Nov 2026, 3(f). Communication
needs: Accessible Information Standard, NHS England. NEWS2 is only shown where it may be used:
`sync.domain.clinical.news2`.

`situation`, `recommendation`, `clock_shown` and `needs` stand on the officer's copy: they take nothing from the
assessment. Emergencies that were not all asked about are reported so, and never as "none".
"""

from collections.abc import Iterable

from sync.core.times import clock, day_and_clock
from sync.domain.catalogue.assessment.codes import RED_FLAGS
from sync.domain.catalogue.assessment.form import AssessmentForm
from sync.domain.catalogue.assessment.physical import no_score, observed, red_flags
from sync.domain.catalogue.detention.codes import S136, TIMED, PlaceReason
from sync.domain.catalogue.detention.conditions import last_transfer
from sync.domain.catalogue.detention.form import DetentionForm, clock_of
from sync.domain.catalogue.detention.notes import clock_words
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person.age import age_of_person, under_18
from sync.domain.catalogue.person.codes import DependantKind, MhaStatus, Need
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.clinical import news2
from sync.domain.forms import Context, YesNo


def used(context: Context) -> DetentionForm | None:
    """The latest record of a power that was used and has not ended."""
    running = [record for record in context.every(DetentionForm) if record.power in TIMED and record.ended_at is None]
    return running[-1] if running else None


def _lines(parts: Iterable[str | None]) -> str:
    return "\n".join(part for part in parts if part)


# --- for the officer's copy -------------------------------------------------------------------------------------


def situation(context: Context) -> str:
    """Who, where, and under which power since when. Nothing of the assessment."""
    incident, detention = context.one(IncidentForm), used(context)
    parts = [_who(context), f"Found at: {incident.location}." if incident and incident.location else ""]
    if detention and detention.power:
        when = f" {day_and_clock(detention.used_at)}" if detention.used_at else ""
        parts += [f"{detention.power.label},{when or ' time not recorded'}.", clock_shown(context)]
        arrived = f", arrived {clock(detention.arrival_first_pos_at)}" if detention.arrival_first_pos_at else ""
        parts.append(f"First place of safety: {detention.pos_name}{arrived}." if detention.pos_name else "")
    return _lines(parts)


def _who(context: Context) -> str:
    person = context.one(PersonForm)
    if person is None:
        return ""
    name = " ".join(part for part in (person.given_name, person.family_name) if part)
    years = age_of_person(context)
    about = "about " if person.date_of_birth is None else ""
    old = f", {about}{years} years old" if years is not None else ""
    return f"{name or person.unknown_person_descriptor or 'Name not known'}{old}."


def recommendation(context: Context) -> str:
    """What is to happen next by law and by what was agreed. Nothing of the assessment."""
    detention = used(context)
    parts = []
    if detention:
        running, informed_at = clock_of(detention, context.rules), detention.amhp_informed_at
        by = f", before {day_and_clock(running.ends_at)}" if running else ""
        parts.append(f"Assessment by a doctor and an AMHP{by}.")
        parts.append(f"AMHP told at {clock(informed_at)}." if informed_at else "The AMHP is still to be told.")
        parts.append("Medical care first." if detention.pos_reason == PlaceReason.CLINICAL else "")
    if under_18(context):
        parts.append(f"Is, or may be, under {context.rules.adult_age}: the rules for children apply.")
    return _lines(parts)


def clock_shown(context: Context) -> str:
    """When the time allowed began and ends. Paper does not say how much is left."""
    detention = used(context)
    running = clock_of(detention, context.rules) if detention else None
    return f"{clock_words(running)}." if running else ""


def needs(context: Context) -> str:
    """How to talk with this person: language, interpreter, needs and what helps."""
    person = context.one(PersonForm)
    if person is None:
        return ""
    wanted = [need.label for need in person.communication_needs or () if need != Need.NONE]
    language = person.language if person.language and person.language != "English" else ""
    return _lines(
        [
            f"Language: {language}." if language else "",
            "Interpreter needed." if person.interpreter_needed == YesNo.YES else "",
            f"Needs: {', '.join(wanted)}." if wanted else "",
            f"What helps: {person.what_helps}" if person.what_helps else "",
        ]
    )


# --- for those who take over ------------------------------------------------------------------------------------


def background(context: Context) -> str:
    """What health staff need of the time before."""
    person = context.one(PersonForm)
    if person is None:
        return ""
    status = [status.label for status in person.mha_status or () if status != MhaStatus.NONE]
    known = person.known_to_services
    return _lines(
        [
            f"Known to mental health services: {known.label.lower()}." if known else "",
            person.services_detail,
            f"Under the Mental Health Act: {', '.join(status)}." if status else "",
            f"Medicines: {person.medicines}" if person.medicines else "",
            f"Allergies: {person.allergies}" if person.allergies else "",
            "Pregnant." if person.pregnant == YesNo.YES else "",
        ]
    )


def assessment(context: Context) -> str:
    """What was found, and what is thought of it."""
    parts: list[str | None] = []
    for record in context.every(AssessmentForm):
        parts += [record.presenting_situation, record.impression, record.safety_formulation]
    return _lines(parts)


def physical_summary(context: Context) -> str:
    """Emergencies, NEWS2 with its time, and what was done; and whether every emergency was asked about."""
    return _lines(line for record in context.every(AssessmentForm) for line in _physical(record, context))


def _physical(record: AssessmentForm, context: Context) -> Iterable[str | None]:
    flags = red_flags(record)
    asked_all = all(getattr(record, name) is not None for name in RED_FLAGS)
    none = all(getattr(record, name) == YesNo.NO for name in RED_FLAGS)
    yield f"Red flags: {', '.join(flags)}." if flags else "No red flags." if none else ""
    yield "" if none else "Not known of some red flags." if asked_all and not flags else ""
    yield "" if asked_all else "Not every red flag was asked about."
    yield f"Done: {record.red_flag_action}" if record.red_flag_action else ""
    yield _news2(record, context)


def _news2(record: AssessmentForm, context: Context) -> str:
    score = observed(record)
    if not score.subscores:
        return "NEWS2: no observations."
    if why := no_score(context):
        return why
    when = f" at {day_and_clock(record.observed_at)}" if record.observed_at else ", time not recorded"
    if score.total is None:
        return f"NEWS2 incomplete{when}: missing {', '.join(news2.PARAMETERS[name] for name in score.missing)}."
    return f"NEWS2 {score.total}{when}."


# --- who and what goes with them --------------------------------------------------------------------------------


def legal_basis(context: Context) -> str | None:
    """The code of the legal basis: of the power in use; None when none is."""
    detention = used(context)
    return None if detention is None else "s136" if detention.power in S136 else "s135"


def unit(context: Context) -> str | None:
    """Where they are: the last place moved to, else the first place of safety."""
    detention = used(context)
    moved = last_transfer(detention) if detention else None
    return (moved.to_place if moved else None) or (detention.pos_name if detention else None)


def property_found(context: Context) -> str:
    """What a search under a power found, and who keeps it."""
    detention = used(context)
    if detention is None or not detention.search_found:
        return ""
    keeper = detention.search_kept_by
    return _lines([detention.search_found, f"Kept by: {keeper}." if keeper else ""])


def people_told(context: Context) -> str:
    """Who was told where the person is, and the family or carer when they were."""
    detention, person = used(context), context.one(PersonForm)
    informed = detention.someone_informed if detention else None
    at = detention.someone_informed_at if detention else None
    when = f" ({clock(at)})" if at else ""
    family = person.next_of_kin if person and person.carer_informed == YesNo.YES else None
    return _lines(
        [
            f"Told where they are: {informed}{when}" if informed else "",
            f"Family or carer told: {family}" if family and family != informed else "",
        ]
    )


def dependants(context: Context) -> str:
    """Who relies on the person, and who has them now."""
    person = context.one(PersonForm)
    lines = []
    for dependant in person.dependants.values() if person else ():
        kind, name = dependant.kind.label if dependant.kind else "Relies on them", dependant.name
        who = f"{kind} {name}".strip() if dependant.kind == DependantKind.PET else f"{kind}: {name}".rstrip(": ")
        where = f"; where: {dependant.where}" if dependant.where else ""
        carer = f"; with: {dependant.cared_for_by}" if dependant.cared_for_by else ""
        lines.append(f"{who}{where}{carer}.")
    return _lines(lines)
