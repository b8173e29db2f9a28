"""What a handover says, made from what is already recorded: it is offered, read, changed and taken by a person.

Sources: SBAR, and that the police copy holds only what is needed: NHS information governance, Sharing information with
the police, 20 May 2025; nothing recorded once is typed again: project specification, 22 Nov 2026, 3(f). Communication
needs: Accessible Information Standard, NHS England. NEWS2 is only shown where it may be used: see `sync.domain.clinical.news2`.

`situation`, `recommendation`, `clock_shown` and `needs` stand on the officer's copy: they take nothing from the
assessment. A list of emergencies that was not gone through is said to be so, and never read as "none".
"""

from collections.abc import Iterable

from sync.core.times import clock, day_and_clock
from sync.domain.catalogue.assessment.codes import RED_FLAGS
from sync.domain.catalogue.assessment.form import AssessmentForm
from sync.domain.catalogue.assessment.physical import observed, red_flags
from sync.domain.catalogue.detention.codes import S136, TIMED, PlaceReason
from sync.domain.catalogue.detention.conditions import last_transfer, under_18
from sync.domain.catalogue.detention.form import DetentionForm, clock_of
from sync.domain.catalogue.detention.notes import clock_words
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person.codes import DependantKind, MhaStatus, Need
from sync.domain.catalogue.person.form import PersonForm, age
from sync.domain.clinical import news2
from sync.domain.forms import Context, YesNo


def used(context: Context) -> DetentionForm | None:
    """The latest record of a power that was used and has not ended."""
    found = [each for each in context.every(DetentionForm) if each.power in TIMED and each.ended_at is None]
    return found[-1] if found else None


def _lines(parts: Iterable[str | None]) -> str:
    return "\n".join(part for part in parts if part)


# --- for the officer's copy -------------------------------------------------------------------------------------


def situation(context: Context) -> str:
    """Who, where, and under which power since when. Nothing of the assessment."""
    incident, held = context.one(IncidentForm), used(context)
    parts = [_who(context), f"Found at: {incident.location}." if incident and incident.location else ""]
    if held and held.power:
        when = f" {day_and_clock(held.used_at)}" if held.used_at else ""
        parts += [f"{held.power.label},{when or ' time not recorded'}.", clock_shown(context)]
        came = f", arrived {clock(held.arrival_first_pos_at)}" if held.arrival_first_pos_at else ""
        parts.append(f"First place of safety: {held.pos_name}{came}." if held.pos_name else "")
    return _lines(parts)


def _who(context: Context) -> str:
    person = context.one(PersonForm)
    if person is None:
        return ""
    name = " ".join(part for part in (person.given_name, person.family_name) if part)
    years = age(person, context.now) if context.now else None
    about = "about " if person.date_of_birth is None else ""
    said = ", ".join(
        part
        for part in (
            name or person.unknown_person_descriptor or "Name not known",
            f"{about}{years} years old" if years is not None else "",
        )
        if part
    )
    return f"{said}."


def recommendation(context: Context) -> str:
    """What is to happen next by law and by what was agreed. Nothing of the assessment."""
    held = used(context)
    parts = []
    if held:
        running = clock_of(held, context.rules)
        by = f", before {day_and_clock(running.ends_at)}" if running else ""
        parts.append(f"Assessment by a doctor and an AMHP{by}.")
        told = (
            f"AMHP told at {clock(held.amhp_informed_at)}."
            if held.amhp_informed_at
            else "The AMHP is still to be told."
        )
        parts.append(told)
        parts.append("Medical care first." if held.pos_reason == PlaceReason.CLINICAL else "")
    if under_18(context):
        parts.append(f"Is, or may be, under {context.rules.adult_age}: the rules for children apply.")
    return _lines(parts)


def clock_shown(context: Context) -> str:
    """When the time allowed began and ends. What is left of it is for a clock that runs, not for paper."""
    held = used(context)
    running = clock_of(held, context.rules) if held else None
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
    status = [each.label for each in person.mha_status or () if each != MhaStatus.NONE]
    return _lines(
        [
            f"Known to mental health services: {person.known_to_services.label.lower()}."
            if person.known_to_services
            else "",
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
    for found in context.every(AssessmentForm):
        parts += [found.presenting_situation, found.impression, found.safety_formulation]
    return _lines(parts)


def physical_summary(context: Context) -> str:
    """Emergencies, NEWS2 with its time, and what was done. What was not asked is said to be not asked."""
    return _lines(line for found in context.every(AssessmentForm) for line in _physical(found, context))


def _physical(found: AssessmentForm, context: Context) -> Iterable[str | None]:
    flags = red_flags(found)
    asked_all = all(getattr(found, name) is not None for name in RED_FLAGS)
    none = all(getattr(found, name) == YesNo.NO for name in RED_FLAGS)
    yield f"Red flags: {', '.join(flags)}." if flags else "No red flags." if none else ""
    yield "" if none else "Not known of some red flags." if asked_all and not flags else ""
    yield "" if asked_all else "Not every red flag was asked about."
    yield f"Done: {found.red_flag_action}" if found.red_flag_action else ""
    yield _news2(found, context)


def _news2(found: AssessmentForm, context: Context) -> str:
    score = observed(found)
    if not score.subscores:
        return "NEWS2: no observations."
    person = context.one(PersonForm)
    years = age(person, context.now) if person and context.now else None
    pregnant = person is not None and person.pregnant == YesNo.YES
    estimated = person is not None and person.date_of_birth is None
    if why := news2.unsuitable(years, pregnant, context.rules, estimated):
        return why
    when = f" at {day_and_clock(found.observed_at)}" if found.observed_at else ", time not recorded"
    if score.total is None:
        return f"NEWS2 incomplete{when}: missing {', '.join(news2.PARAMETERS[name] for name in score.missing)}."
    return f"NEWS2 {score.total}{when}."


# --- who and what goes with them --------------------------------------------------------------------------------


def legal_basis(context: Context) -> str | None:
    """The code of the basis, when a power is in use."""
    held = used(context)
    return None if held is None else "s136" if held.power in S136 else "s135"


def unit(context: Context) -> str | None:
    """Where they are: the last place moved to, else the first place of safety."""
    held = used(context)
    moved = last_transfer(held) if held else None
    return (moved.to_place if moved else None) or (held.pos_name if held else None)


def property_found(context: Context) -> str:
    """What a search under a power found, and who keeps it."""
    held = used(context)
    if held is None or not held.search_found:
        return ""
    return _lines([held.search_found, f"Kept by: {held.search_kept_by}." if held.search_kept_by else ""])


def people_told(context: Context) -> str:
    """Who was told where the person is, and the family or carer when they were."""
    held, person = used(context), context.one(PersonForm)
    told = f"Told where they are: {held.someone_informed}" if held and held.someone_informed else ""
    when = f" ({clock(held.someone_informed_at)})" if held and told and held.someone_informed_at else ""
    family = person.next_of_kin if person and person.carer_informed == YesNo.YES else None
    known = held.someone_informed if held else None
    return _lines([told + when, f"Family or carer told: {family}" if family and family != known else ""])


def dependants(context: Context) -> str:
    """Who relies on the person, and who has them now."""
    person = context.one(PersonForm)
    lines = []
    for each in person.dependants.values() if person else ():
        kind = each.kind.label if each.kind else "Relies on them"
        what = f"{kind}: {each.name}".rstrip(": ") if each.kind != DependantKind.PET else f"{kind} {each.name}".strip()
        where = f"; where: {each.where}" if each.where else ""
        carer = f"; with: {each.cared_for_by}" if each.cared_for_by else ""
        lines.append(f"{what}{where}{carer}.")
    return _lines(lines)
