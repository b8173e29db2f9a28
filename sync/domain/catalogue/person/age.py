"""How old the person is, and whether the rules for children apply.

Source: project specification, 22 Nov 2026: a person whose age is only estimated, and who may be under age, is treated
as under age until the age is known. The ages and the margin, in years, stand in the rule pack. Unconfirmed: that a
person born on 29 February comes of age on 1 March.
"""

from datetime import datetime
from typing import TYPE_CHECKING, cast

from sync.core.times import local
from sync.domain.content.rules import Rules
from sync.domain.forms import Context

if TYPE_CHECKING:
    from sync.domain.catalogue.person.form import PersonForm


def age(form: "PersonForm", now: datetime) -> int | None:
    """In whole years, by the date of birth, else as estimated; None when neither is known."""
    born = form.date_of_birth
    if born is None:
        return form.approx_age
    today = local(now).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def may_be_under(form: "PersonForm", now: datetime, years: int, rules: Rules) -> bool | None:
    """Whether the person is under this age, or by an estimate may be; None when nothing is known of the age."""
    known = age(form, now)
    if known is None:
        return None
    return known < (years if form.date_of_birth else years + rules.estimate_margin_years)


def may_be_under_18(form: "PersonForm", now: datetime, rules: Rules) -> bool | None:
    """Whether the person is under the adult age of the rules, or may be; None when nothing is known of the age."""
    return may_be_under(form, now, rules.adult_age, rules)


def age_of_person(context: Context) -> int | None:
    """The age of the incident's person; None when it is not known, or there is no record of a person."""
    person = _person(context)
    return age(person, context.now) if person and context.now else None


def under_18(context: Context) -> bool | None:
    """Whether the incident's person is, or may be, under 18; None when nothing is known of the age."""
    person = _person(context)
    return may_be_under_18(person, context.now, context.rules) if person and context.now else None


def _person(context: Context) -> "PersonForm | None":
    return cast("PersonForm | None", next(iter(context.forms.get("person", ())), None))
