"""When the questions about the person are asked.

Sources: those of `sync.domain.catalogue.person.form` (NHS Data Dictionary; project specification), read 22 Nov 2026.
"""

from typing import TYPE_CHECKING

from sync.domain.catalogue.person.age import may_be_under_18
from sync.domain.catalogue.person.codes import EthnicCategory, Identity, KnownToServices, Presence
from sync.domain.forms import Context, YesNo

if TYPE_CHECKING:
    from sync.domain.catalogue.person.form import PersonForm


def unknown(form: "PersonForm", context: Context) -> bool:
    return form.identity_status in (Identity.UNKNOWN, Identity.PARTLY)


def nameless(form: "PersonForm", context: Context) -> bool:
    return form.identity_status == Identity.UNKNOWN


def named(form: "PersonForm", context: Context) -> bool:
    return form.identity_status in (Identity.VERIFIED, Identity.STATED)


def without_birth_date(form: "PersonForm", context: Context) -> bool:
    return form.date_of_birth is None


def without_number(form: "PersonForm", context: Context) -> bool:
    return form.nhs_number is None


def housed(form: "PersonForm", context: Context) -> bool:
    return named(form, context) and form.no_fixed_abode != YesNo.YES


def phoned(form: "PersonForm", context: Context) -> bool:
    return bool(form.phone)


def ethnicity_given(form: "PersonForm", context: Context) -> bool:
    return form.ethnic_category not in (None, EthnicCategory.NOT_STATED, EthnicCategory.NOT_KNOWN)


def perhaps_a_child(form: "PersonForm", context: Context) -> bool:
    return context.now is not None and bool(may_be_under_18(form, context.now, context.rules))


def interpreted(form: "PersonForm", context: Context) -> bool:
    return form.interpreter_needed == YesNo.YES


def family_told(form: "PersonForm", context: Context) -> bool:
    return form.carer_informed == YesNo.YES


def told_without_consent(form: "PersonForm", context: Context) -> bool:
    return family_told(form, context) and form.family_contact_agreed in (YesNo.NO, YesNo.NOT_KNOWN)


def known_to_services(form: "PersonForm", context: Context) -> bool:
    return form.known_to_services == KnownToServices.YES


def has_dependants(form: "PersonForm", context: Context) -> bool:
    return form.dependants_present == Presence.YES
