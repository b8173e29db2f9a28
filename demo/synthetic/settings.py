"""How synthetic incidents are spread: one number or table for each line, and what it rests on.

Sources, read 22 Nov 2026: project specification 7.1 (22 Nov 2026) and the studies it names. The mark says where a line
comes from: T4 Jenkins et al., BJPsych Bulletin 2017;41; T8 a Scottish place-of-safety sample; T1 Home Office 2024/25;
T9, T12 published triage schemes; D: made up for this project; invented: any resemblance to a census is intended only
in shape. None of it is a statement about real people.

| line | mark |
|---|---|
| 50 incidents per car and month, Poisson | Cambridgeshire cars, as reported |
| control room and custody incidents, all mixes of contact | D; control room mostly by phone T9 |
| busy hours of a shift 18 to 22 | D |
| control room day: most 12 to 17, fewest 6 to 12 | T8 |
| age 36 ± 13.5 within 18 to 64, 4 % under 18, 6 % 65 and over | T4, T8; tails D |
| 52 % male | T4, T8 |
| shares of ethnic groups | invented; 8 % not stated, 5 % not known D; rate ratios are a parameter, 1 unless set |
| 78 % known to services; half of those under section 136 seen within two weeks | T8, T4 |
| themes, alerted by, location | T8; alerted by others D. In a home section 136 is not lawful: these are error cases |
| outcomes of a contact | D, bounded by T12 |
| outcomes of section 136 | T4 |
| place of safety, transport | T1 |
| officers' wait, time to assessment | D |
| people with 2 or more incidents a year | T8 |
| defects, intended action, returned records | D |

The wait is lognormal. A median of 95 minutes with 10 % over 5 hours needs a sigma of 0.90, with 1 % from 9 hours on one
of 0.75; 0.82 lies between: 8 % and 1.7 %.
"""

from dataclasses import dataclass
from random import Random

Table = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Spread:
    """Shares of a table are weights: they need not add up to 1."""

    car_month: float = 50.0
    control_room_month: float = 12.0
    custody_month: float = 6.0
    car_contacts: Table = (("face_to_face", 0.45), ("advice", 0.35), ("control_room_triage", 0.20))
    control_room_contacts: Table = (
        ("phone_with_person", 0.44),
        ("advice", 0.40),
        ("control_room_triage", 0.11),
        ("third_party_contact", 0.05),
    )
    custody_contacts: Table = (
        ("custody_ld_face_to_face", 0.70),
        ("custody_ld_remote", 0.20),
        ("voluntary_attender_ld", 0.10),
    )
    by_radio: float = 0.25  # of advice to officers; the rest by phone
    busy: tuple[int, int] = (18, 22)  # hours
    busy_weight: float = 2.0
    control_room_hours: Table = (("0-6", 0.22), ("6-12", 0.10), ("12-17", 0.36), ("17-24", 0.32))

    age_mean: float = 36.0
    age_spread: float = 13.5
    youngest: int = 10
    under_18: float = 0.04
    from_65: float = 0.06
    male: float = 0.52
    ethnic_groups: Table = (
        ("A", 0.78),
        ("B", 0.01),
        ("C", 0.08),
        ("D", 0.01),
        ("E", 0.005),
        ("F", 0.01),
        ("G", 0.01),
        ("H", 0.02),
        ("J", 0.015),
        ("K", 0.005),
        ("L", 0.01),
        ("M", 0.01),
        ("N", 0.015),
        ("P", 0.005),
        ("R", 0.01),
        ("S", 0.015),
    )
    s136_rate_ratio: Table = ()  # by ethnic group; a scenario may set 1.5 to 4.0
    ethnicity_not_stated: float = 0.08
    ethnicity_not_known: float = 0.05
    known: Table = (("yes", 0.78), ("no", 0.14), ("not_known", 0.05), ("offline", 0.03))
    seen_lately: float = 0.50

    themes: Table = (  # each by itself
        ("suicidal_thoughts", 0.70),
        ("gesture", 0.28),
        ("suicide_attempt", 0.07),
        ("self_harm", 0.07),
        ("intent", 0.10),
        ("psychosis", 0.15),
        ("agitated", 0.17),
        ("stressor", 0.12),
        ("substances", 0.50),
        ("personality", 0.34),
        ("low_mood", 0.06),
        ("learning_disability", 0.06),
    )
    alerted_by: Table = (
        ("family", 0.26),
        ("person", 0.22),
        ("officer", 0.16),
        ("999", 0.14),
        ("professional", 0.11),
        ("101", 0.07),
        ("ambulance", 0.04),
    )
    locations: Table = (
        ("street", 0.24),
        ("danger", 0.17),
        ("public_building", 0.13),
        ("outside_home", 0.09),
        ("home", 0.07),
        ("hospital", 0.02),
        ("rural", 0.03),
        ("unclear", 0.25),
    )
    outcomes: Table = (
        ("home_with_plan", 0.45),
        ("crisis_team", 0.15),
        ("gp", 0.10),
        ("ed", 0.08),
        ("s136", 0.09),
        ("cafe", 0.04),
        ("arrest", 0.03),
        ("ambulance", 0.04),
        ("nothing", 0.02),
    )
    s136_outcomes: Table = (  # a third admitted, three in four of the others offered follow-up
        ("informal", 0.13),
        ("s2", 0.17),
        ("s3", 0.03),
        ("follow_up", 0.50),
        ("discharged", 0.17),
    )
    no_disorder: float = 0.18
    s136_again: float = 0.10  # within 28 days
    places_of_safety: Table = (("ed", 0.48), ("hbpos", 0.44), ("police_station", 0.011), ("", 0.069))
    transport: Table = (("police", 0.49), ("ambulance", 0.39), ("other_health", 0.045), ("", 0.075))
    wait_median: float = 95.0  # minutes
    wait_sigma: float = 0.82
    assessed_median: float = 240.0  # minutes
    assessed_sigma: float = 0.60
    intended_s136: float = 0.30  # of incidents with police that did not end so

    again: float = 0.413  # of incidents: somebody from a small group; so 16 % of people have 2 or more a year
    again_group: float = 0.206  # that group's size, as a share of the incidents of a year
    unknown_person: float = 0.05
    late: float = 0.03
    no_signal: float = 0.02  # of shifts
    drift: float = 0.01  # of incidents: the phone's clock is 3 to 20 minutes wrong
    duplicate: float = 0.01
    conflict: float = 0.02


def pick(rng: Random, table: Table) -> str:
    """One of the table's values, by weight."""
    return rng.choices([value for value, _ in table], [weight for _, weight in table])[0]
