"""Whether a person may be one who was met before, and what of an earlier record may be offered again.

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

CARRIED = frozenset(
    {
        "given_name",
        "family_name",
        "preferred_name",
        "aliases",
        "date_of_birth",
        "sex",
        "gender_identity",
        "gender_same_at_birth",
        "pronouns",
        "nhs_number",
        "address",
        "postcode",
        "phone",
        "gp_practice",
        "gp_ods",
        "gp_name",
        "ethnic_category",
        "ethnicity_source",
        "language",
        "interpreter_needed",
        "communication_needs",
        "what_helps",
        "autism_status",
        "learning_disability_status",
        "next_of_kin",
        "nearest_relative",
        "ex_armed_forces",
    }
)
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
    """An earlier person who may be the same. Somebody confirms it. `differs`: what speaks against it."""

    key: str
    agrees: tuple[str, ...]
    differs: tuple[str, ...] = ()


def suggestions(person: PersonForm, earlier: Iterable[tuple[str, PersonForm]]) -> list[Match]:
    """Those of the earlier persons, by key, with the same last name, date of birth and one more; the best first."""
    found = [match for key, other in earlier if (match := _match(key, person, other))]
    return sorted(found, key=lambda match: (len(match.differs), -len(match.agrees), match.key))


def _match(key: str, person: PersonForm, other: PersonForm) -> Match | None:
    if not (name := _name(person.family_name)) or name != _name(other.family_name):
        return None
    if person.date_of_birth is None or person.date_of_birth != other.date_of_birth:
        return None
    pairs = {words: (plain(person), plain(other)) for words, plain in _THIRD.items()}
    same = tuple(words for words, (here, there) in pairs.items() if here and here == there)
    other_words = {"first name": (_name(person.given_name), _name(other.given_name)), **pairs}
    differs = tuple(words for words, (here, there) in other_words.items() if here and there and here != there)
    return Match(key, ("last name", "date of birth", *same), differs) if same else None


def _name(text: str | None) -> str:
    """Letters alone: case, accents, spaces, hyphens and apostrophes make no difference."""
    return "".join(each for each in unicodedata.normalize("NFKD", text or "").casefold() if each.isalpha())


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
    """What an earlier person record offers to a new one. An answer that could not be got then is asked for again."""
    return {
        name: raw
        for name, raw in earlier.items()
        if name in CARRIED and raw is not None and why_unavailable(raw) is None
    }


_SEX: Mapping[str, str] = {"1": "male", "2": "female"}
_LETTERS = "BCDFGHJKLMNPRSTVWXZ"  # no vowels: two letters make no word


def unknown_label(person: PersonForm, incident_id: str) -> str:
    """What stands for a name: "Unknown male approx 30 – NB-0412". Its end tells two such people apart."""
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
    """Whether two persons read the same on a list, so that more than the name has to tell them apart."""
    names = [_name(f"{person.given_name or ''}{person.family_name or ''}") for person in (first, second)]
    return bool(names[0]) and names[0] == names[1]
