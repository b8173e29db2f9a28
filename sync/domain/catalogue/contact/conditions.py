"""When each question of a contact is asked, what a value may be, and what is offered from the record.

Sources: those of `sync.domain.catalogue.contact.form`, read 22 Nov 2026 (project specification 2.4 and 3(a); Right Care
Right Person: National Partnership Agreement, 17 Apr 2024).
"""

from datetime import datetime
from typing import TYPE_CHECKING

from sync.domain.catalogue.contact.codes import Agency, Limb, RcrpDecision
from sync.domain.catalogue.contact.officers import contacts, wait
from sync.domain.catalogue.incident import IncidentForm, is_mental_health
from sync.domain.clinical import waiting
from sync.domain.clinical.modes import ADVICE, WITHOUT_PERSON, Mode
from sync.domain.forms import Context, Rule, YesNo

if TYPE_CHECKING:
    from sync.domain.catalogue.contact.form import ContactForm


def if_mental_health(rule: Rule) -> Rule:
    """Required by this rule, if the incident is about mental health."""
    return lambda form, context: is_mental_health(context) and rule(form, context)


def always(form: "ContactForm", context: Context) -> bool:
    return True


def with_person(form: "ContactForm", context: Context) -> bool:
    return form.person_present == YesNo.YES or (
        form.contact_mode is not None and form.contact_mode not in WITHOUT_PERSON
    )


def advice(form: "ContactForm", context: Context) -> bool:
    return form.contact_mode in ADVICE


def call(form: "ContactForm", context: Context) -> bool:
    return form.contact_mode in ADVICE | {Mode.CONTROL_ROOM, Mode.THIRD_PARTY}


def officers(form: "ContactForm", context: Context) -> bool:
    return form.police_present == YesNo.YES or context.police_present or form.contact_mode in ADVICE


def officers_unnamed(form: "ContactForm", context: Context) -> bool:
    """An officer has to be named: in each contact that gives advice, else once in the incident."""
    named = any(contact.officers for contact in contacts(context))
    return advice(form, context) or (officers(form, context) and not named)


def delayed(form: "ContactForm", context: Context) -> bool:
    explained = any(contact.delay_reasons for contact in contacts(context))
    return not explained and waiting.reason_due(wait(context), context.rules)


def advisable(form: "ContactForm", context: Context) -> bool:
    return officers(form, context) and form.contact_mode not in (Mode.CONTROL_ROOM, Mode.THIRD_PARTY)


def intention_unknown(form: "ContactForm", context: Context) -> bool:
    known = any(contact.officer_intended_action for contact in contacts(context))
    return advice(form, context) or (advisable(form, context) and not known)


def intended(form: "ContactForm", context: Context) -> bool:
    return form.officer_intended_action is not None


def advised(form: "ContactForm", context: Context) -> bool:
    return bool(form.advice_given)


def why_advised(form: "ContactForm", context: Context) -> bool:
    return bool(form.advice_given) and advice(form, context)


def when_advised(form: "ContactForm", context: Context) -> bool:
    return why_advised(form, context) and tapped_advice(form, context) is None


def not_taken(form: "ContactForm", context: Context) -> bool:
    return form.advice_accepted == YesNo.NO


def control_room(form: "ContactForm", context: Context) -> bool:
    return form.contact_mode == Mode.CONTROL_ROOM


def relevant(form: "ContactForm", context: Context) -> bool:
    return control_room(form, context) and form.rcrp_relevant != YesNo.NO


def redirected(form: "ContactForm", context: Context) -> bool:
    return form.rcrp_decision == RcrpDecision.REDIRECT


def to_accept(form: "ContactForm", context: Context) -> bool:
    return redirected(form, context) and form.rcrp_agency_type != Agency.NONE


def nobody_sent(form: "ContactForm", context: Context) -> bool:
    return form.rcrp_decision in (RcrpDecision.NOT_DEPLOY, RcrpDecision.REDIRECT, RcrpDecision.ADVICE)


def caller_told(form: "ContactForm", context: Context) -> bool:
    return form.rcrp_caller_told == YesNo.YES


def disputed(form: "ContactForm", context: Context) -> bool:
    return form.rcrp_disputed == YesNo.YES


def only_none_of_these(limbs: tuple[Limb, ...]) -> str | None:
    alone = Limb.NOT_MET not in limbs or len(limbs) == 1
    return None if alone else "Choose “None of these” alone, or the reasons that apply."


def request(form: "ContactForm", context: Context) -> datetime | None:
    """The time of the ribbon's “Mental-health input asked for”: the incident's first request."""
    incident = context.one(IncidentForm)
    return incident.mh_requested.at if incident and incident.mh_requested else None


def tapped_advice(form: "ContactForm", context: Context) -> datetime | None:
    """The time of the ribbon's “Advice given”."""
    incident = context.one(IncidentForm)
    return incident.advice_given.at if incident and incident.advice_given else None
