"""What follows from the section 136 record: its clock, where it cannot be used, police stations, and what is said back.

Sources, read 22 Nov 2026: MHA 1983 s136(1A), (1C) and s136C, as amended by the Policing and Crime Act 2017; the clock:
`sync.domain.clinical.s136_clock`; police stations and consents: `sync.domain.clinical.places_of_safety`. Numbers, and
rules that a named person has to confirm, come from the rule pack; what is not confirmed is shown with that word.

Each is a note, and none blocks: what is against the law can be recorded when it has happened.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sync.core.times import day_and_clock, span
from sync.domain.catalogue.detention import conditions
from sync.domain.catalogue.detention.codes import S136, TIMED, Consulted, DetentionOutcome, Extent, Power, Rank
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person.age import under_18
from sync.domain.clinical import places_of_safety, s136_clock
from sync.domain.clinical.places_of_safety import PlaceAgreement, PlaceOfSafety, Station
from sync.domain.content.rules import Rules
from sync.domain.forms import Context, Note, YesNo

if TYPE_CHECKING:
    from sync.domain.catalogue.detention.form import DetentionForm

DWELLING_WARNING = (
    "Section 136 cannot be used in a house, flat or room where anyone lives, or in its yard, garden, garage or "
    "outhouse unless that is shared with other homes. Record what happened."
)
HAPPENED = "If it has happened, record it, report it as an incident, and tell the inspector and your supervisor now."


def notes(form: "DetentionForm", context: Context) -> Iterable[Note]:
    """Every note on the record, the most pressing first."""
    if in_a_dwelling(form, context):
        yield Note(DWELLING_WARNING, grave=True, source="MHA 1983 s136(1A)")
    if conditions.dwelling(form, context):
        yield from context.law("dwelling_warrant")
        yield from context.law("dwelling_emergency")
    if conditions.station(form, context):
        yield from _station_notes(form, context)
    yield from _power_notes(form, context)
    yield from _place_notes(form, context)
    yield from _force_notes(form, context)
    yield from _clock_notes(form, context)
    yield from _end_notes(form, context)


# --- for other parts --------------------------------------------------------------------------------------------


def in_a_dwelling(form: "DetentionForm", context: Context) -> bool:
    """Whether section 136 is recorded, or about to be, for a dwelling: by this form, else by the incident's answer."""
    incident = context.one(IncidentForm)
    dwelling = form.dwelling or (incident.dwelling if incident else None)
    return dwelling == YesNo.YES and (form.power is None or form.power in S136)


def station_for_a_child(form: "DetentionForm", context: Context) -> bool:
    """Whether somebody who is, or may be, under 18 is at a police station, at first or after a transfer."""
    return conditions.station(form, context) and bool(under_18(context))


def clock_of(form: "DetentionForm", rules: Rules) -> s136_clock.DetentionClock | None:
    """The clock of this detention under these rules; None while it has not started. A transfer does not change it."""
    kept_at = form.kept_at if form.power in (Power.KEEP, Power.WARRANT) else None
    arrivals = [form.arrival_first_pos_at] if form.arrival_first_pos_at else []
    starts_at = s136_clock.start(kept_at=kept_at, arrivals=arrivals) if form.power in TIMED else None
    if starts_at is None:
        return None
    extension = None
    if form.extension_authorised_at and form.extension_reason and form.extension_hours:
        at_station = conditions.current_place(form) == PlaceOfSafety.POLICE_STATION
        extension = s136_clock.Extension(
            form.extension_authorised_at,
            form.extension_reason.value,
            timedelta(hours=form.extension_hours),
            approved=not at_station or bool(form.extension_superintendent),
        )
    return s136_clock.clock(starts_at, rules, extension)


# --- notes ------------------------------------------------------------------------------------------------------


def _station_notes(form: "DetentionForm", context: Context) -> Iterable[Note]:
    """A police station is never for a child, and for an adult as the rule pack has it."""
    allowed = places_of_safety.station(under_18(context), context.rules)
    code = "station_child" if allowed == Station.NOT_UNDER_18 else "station_adult"
    law = next((provision for provision in context.rules.provisions if provision.code == code), None)
    source, unsure = (law.source if law else ""), (" (unconfirmed)" if law and not law.confirmed else "")
    if allowed in (Station.NEVER, Station.NOT_UNDER_18):
        yield Note(f"{allowed.label}{unsure}. {HAPPENED}", grave=True, source=source)
        return
    if allowed == Station.AGE_UNKNOWN:
        yield Note(f"{allowed.label}.", source="MHA 1983 s136A(1)")
    if lacking := places_of_safety.conditions_lacking(form.station_conditions or (), context.rules):
        words = "; ".join(condition.label for condition in lacking)
        yield Note(f"Not recorded as met: {words}.", source="SI 2017/1036 regs 2 and 4")
    if form.station_authorised_rank == Rank.SERGEANT:
        yield Note("An officer of at least the rank of inspector authorises it.", source="SI 2017/1036 reg 2")
    if late := _check_overdue(form, context):
        words = f"one is due every {context.rules.police_station_check_minutes} minutes"
        yield Note(f"No check recorded for {span(late)}: {words}.", source="SI 2017/1036 reg 4")
    yield from context.law("station_reviews")


def _check_overdue(form: "DetentionForm", context: Context) -> timedelta | None:
    if context.now is None or form.ended_at or conditions.current_place(form) != PlaceOfSafety.POLICE_STATION:
        return None
    moved = conditions.last_transfer(form)
    since = moved.arrived if moved else form.arrival_first_pos_at or form.kept_at
    checks = [check.at for check in form.station_checks.values() if check.at]
    return places_of_safety.check_overdue(checks, since, context.now, context.rules)


def _power_notes(form: "DetentionForm", context: Context) -> Iterable[Note]:
    if form.power in S136 and YesNo.NO in (form.appears_disordered, form.needs_care_now, form.necessary):
        yield Note("All three grounds are needed for section 136.", source="MHA 1983 s136(1)")
    if form.consulted_at and form.used_at and form.consulted_at > form.used_at:
        yield Note("The consultation is after the power was used. It will be shown so.", source="MHA 1983 s136(1C)")
    if form.consulted_role and form.consulted_role not in context.rules.may_be_consulted:
        yield Note(
            f"{form.consulted_role.label}: not among those to be consulted by this rule pack. Record what happened.",
            source="MHA 1983 s136(1C)",
        )
    elif form.consulted_role in (Consulted.THERAPIST, Consulted.PARAMEDIC):
        yield from context.law("consulted_others")
    if conditions.used(form, context) and form.rights_given == YesNo.NO:
        yield from context.law("rights")
    if conditions.maybe_child(form, context):
        yield from context.law("under_18")


def _place_notes(form: "DetentionForm", context: Context) -> Iterable[Note]:
    needed = places_of_safety.consents_needed(form.pos_type, form.home_occupancy)
    agreed = form.pos_consents or ()
    lacking = [consent.label for consent in PlaceAgreement if consent in needed and consent not in agreed]
    if lacking:
        yield Note(f"Not recorded as agreeing: {'; '.join(lacking)}. All have to agree.", source="MHA 1983 s135(7)")


def _force_notes(form: "DetentionForm", context: Context) -> Iterable[Note]:
    if conditions.searched(form, context) and YesNo.NO in (form.search_danger, form.search_item):
        yield Note("A search under this power needs both grounds. Say which power was used.", source="MHA 1983 s136C")
    if Extent.FURTHER in (form.search_extent or ()):
        yield Note("It goes no further than outer coat, jacket, gloves and mouth.", source="MHA 1983 s136C")
    if form.prone_started_at and not form.prone_ended_at:
        yield Note("Prone, and no end recorded: turn them as soon as it is safe, and watch their breathing.")
    elif form.prone_started_at and form.prone_ended_at:
        yield Note(f"Prone for {span(form.prone_ended_at - form.prone_started_at)}.")


def _clock_notes(form: "DetentionForm", context: Context) -> Iterable[Note]:
    """Start, end and time left in words, and whatever is due."""
    running = clock_of(form, context.rules)
    if running is None:
        return
    if running.refusal:
        why = f" “{form.extension_reason.label}”." if form.extension_reason else ""
        yield Note(f"The extension does not count:{why} {running.refusal.label}", source="MHA 1983 s136B")
    source = "MHA 1983 s136B" if running.expires_extended_at else "MHA 1983 s136(2A)"
    ends = clock_words(running)
    if context.now is None:
        yield Note(f"{ends}.", source=source)
    elif running.breach(context.now, form.ended_at):
        yield Note(f"{ends}. The time was exceeded: tell the unit and your supervisor.", source=source)
    elif form.ended_at:
        yield Note(f"{ends}. Ended {day_and_clock(form.ended_at)}, in time.", source=source)
    else:
        yield Note(f"{ends}: {span(running.left(context.now))} left.", source=source)
        yield from _alerts(form, running, context.now, source)


def clock_words(running: s136_clock.DetentionClock) -> str:
    """Start and end, and that it is extended: "Started 24 Oct 2026 18:00. Ends 25 Oct 2026 17:00"."""
    extended = ", extended" if running.expires_extended_at else ""
    return f"Started {day_and_clock(running.starts_at)}. Ends {day_and_clock(running.ends_at)}{extended}"


def _alerts(form: "DetentionForm", running: s136_clock.DetentionClock, now: datetime, source: str) -> Iterable[Note]:
    due = running.alerts_due(now, form.amhp_informed_at)
    if any(alert.amhp for alert in due):
        yield Note(f"{running.rules.amhp_alert_hours} hours and no AMHP told. Tell the AMHP now.", source=source)
    for alert in [alert for alert in due if not alert.amhp][-1:]:
        hours, allowed = alert.after // timedelta(hours=1), running.rules.permitted_hours
        yield Note(f"{hours} of the {allowed} hours have gone.", source=source)


def _end_notes(form: "DetentionForm", context: Context) -> Iterable[Note]:
    if form.outcome == DetentionOutcome.LAPSED:
        yield Note("The time ran out. Report it as an incident and tell your supervisor.", source="MHA 1983 s136(2)")
    if conditions.absconded(form, context):
        yield from context.law("absconded")
    if form.mental_disorder_found == YesNo.NO and not form.ended_at:
        yield from context.law("no_disorder")
