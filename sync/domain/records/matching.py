"""Matching a person with one who was met before, and the answers that may be offered from the earlier record.

Sources, 22 Nov 2026: project specification 3(b) (last name, date of birth and one of postcode, NHS number or phone make
a suggestion; a person confirms it; nothing is merged here) and hazards 1 and 15 (the wrong person's record; a stale
assessment copied forward). NHS Data Dictionary, NHS NUMBER: it is never the only thing by which two people are matched.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sync.domain.catalogue import CATALOGUE
from sync.domain.catalogue.person.codes import GenderIdentity
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.forms import Answers, why_unavailable

_CARRIED = """
given_name family_name preferred_name aliases date_of_birth sex gender_identity gender_same_at_birth pronouns nhs_number
address postcode phone gp_practice gp_ods gp_name
ethnic_category ethnicity_source language interpreter_needed communication_needs what_helps autism_status
learning_disability_status next_of_kin nearest_relative ex_armed_forces
"""
CARRIED = frozenset(_CARRIED.split())
"""Answers about the person that may be offered from an earlier record: who they are, and what seldom changes."""

NEVER_COPIED = frozenset(
    {
        *(kind for kind in CATALOGUE if kind != PersonForm.kind),
        *(f"{PersonForm.kind}.{name}" for name in PersonForm.model_fields if name not in CARRIED),
    }
)
"""Kinds of record, and "kind.question" of the person, that are answered anew each time."""


@dataclass(frozen=True)
class Match:
    """An earlier person who may be the same; a nurse has to confirm it. `differs`: what speaks against it."""

    key: str
    agrees: tuple[str, ...]
    differs: tuple[str, ...] = ()


def suggestions(person: PersonForm, earlier: Iterable[tuple[str, PersonForm]]) -> list[Match]:
    """The earlier persons with the same last name, date of birth and one thing more; the best match first.

    `earlier`: each with its key.
    """
    matches = [match for key, other in earlier if (match := _match(key, person, other))]
    return sorted(matches, key=lambda match: (len(match.differs), -len(match.agrees), match.key))


def _match(key: str, person: PersonForm, other: PersonForm) -> Match | None:
    if not (name := _name(person.family_name)) or name != _name(other.family_name):
        return None
    if person.date_of_birth is None or person.date_of_birth != other.date_of_birth:
        return None
    pairs = {words: (plain(person), plain(other)) for words, plain in _THIRD.items()}
    same = tuple(words for words, (now, before) in pairs.items() if now and now == before)
    pairs = {"first name": (_name(person.given_name), _name(other.given_name)), **pairs}
    differs = tuple(words for words, (now, before) in pairs.items() if now and before and now != before)
    return Match(key, ("last name", "date of birth", *same), differs) if same else None


def _name(text: str | None) -> str:
    """A name's letters alone: case, accents, spaces, hyphens and apostrophes make no difference."""
    return "".join(filter(str.isalpha, unicodedata.normalize("NFKD", text or "").casefold()))


def _digits(text: str | None) -> str:
    """A phone number as it is dialled in the United Kingdom."""
    plain = re.sub(r"[^\d+]", "", text or "")
    return re.sub(r"^(\+44|0044)0?", "0", plain)


_THIRD = {
    "NHS number": lambda person: _digits(person.nhs_number),
    "postcode": lambda person: "".join((person.postcode or "").split()).upper(),
    "phone": lambda person: _digits(person.phone),
}


def carried(earlier: Answers) -> dict[str, Any]:
    """The answers of an earlier person record that a new one is offered, without those that could not be got."""
    offered = {name: raw for name, raw in earlier.items() if name in CARRIED and raw is not None}
    return {name: raw for name, raw in offered.items() if why_unavailable(raw) is None}


_SEX: Mapping[str, str] = {"1": "male", "2": "female"}
_LETTERS = "BCDFGHJKLMNPRSTVWXZ"  # no vowels: two letters make no word


def unknown_label(person: PersonForm, incident_id: str) -> str:
    """A label in place of a name: "Unknown male approx 30 – NB-0412". Its end differs from incident to incident."""
    unstated = person.gender_identity in (None, GenderIdentity.NOT_KNOWN, GenderIdentity.NOT_STATED)
    who = _SEX.get((person.sex if unstated else person.gender_identity) or "", "person")
    if person.date_of_birth:
        who += f" born {person.date_of_birth.year}"
    elif person.approx_age is not None:
        who += f" approx {person.approx_age}"
    rest, number = divmod(int.from_bytes(sha256(incident_id.encode()).digest()[:8]), 10_000)
    rest, first = divmod(rest, len(_LETTERS))
    return f"Unknown {who} – {_LETTERS[first]}{_LETTERS[rest % len(_LETTERS)]}-{number:04}"


def same_label(first: PersonForm, second: PersonForm) -> bool:
    """Whether two persons have the same name on a list, so that it has to show more than the name."""
    names = [_name(f"{person.given_name or ''}{person.family_name or ''}") for person in (first, second)]
    return bool(names[0]) and names[0] == names[1]
