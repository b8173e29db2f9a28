"""The people of synthetic incidents: somebody who does not exist, the same wherever their number comes up in a year."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.synthetic.settings import Spread, pick
from demo.synthetic.words import FAMILY, GIVEN
from sync.domain.clinical.nhs_number import check_digit

TRAITS = ("personality", "learning_disability")  # themes that go with the person and not with the day
NUMBERS = 1_000_000  # in the 999 range: enough for sixteen teams over five years, then they come again


@dataclass(frozen=True, repr=False)
class InventedPerson:
    """Somebody who does not exist."""

    given: str
    family: str
    male: bool
    born: date
    ethnicity: str
    known: str
    nhs_number: str | None  # None: not traced
    traits: tuple[str, ...]


def person(seed: int, number: int, about: date, settings: Spread) -> InventedPerson:
    """The same person for a seed and a number within a calendar year."""
    rng = Random(f"{seed}/person/{number}/{about.year}")
    tail, age = rng.random(), 0.0
    if tail < settings.under_18:
        age = rng.triangular(settings.youngest + 0.6, 18, 17)
    elif tail < settings.under_18 + settings.from_65:
        age = rng.triangular(66, 93, 67)
    while not age:
        drawn = rng.gauss(settings.age_mean, settings.age_spread)
        age = drawn if 18.5 <= drawn < 64 else 0.0
    digits = f"999{(number * 7919 + seed) % NUMBERS:06}"
    tenth = check_digit(digits)
    return InventedPerson(
        rng.choice(GIVEN),
        "".join(rng.choice(part) for part in FAMILY),
        rng.random() < settings.male,
        date(about.year, 7, 1) - timedelta(days=round(age * 365.25)),
        pick(rng, settings.ethnic_groups),
        pick(rng, settings.known),
        f"{digits}{tenth}" if tenth < 10 else None,
        tuple(theme for theme, share in settings.themes if theme in TRAITS and rng.random() < share),
    )
