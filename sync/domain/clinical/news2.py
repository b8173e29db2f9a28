"""The National Early Warning Score 2, in the field.

Sources: Royal College of Physicians, National Early Warning Score (NEWS) 2, London: RCP, December 2017: Chart 1
(the scoring system) and Table 2 (thresholds and triggers), read 22 Nov 2026. Reproduced with acknowledgement.
Not for people under 16: RCP 2017; the age, and the years by which an estimate may be too high, stand in the rule pack.
Not validated in pregnancy, and SpO2 scale 2 only when a competent clinician has confirmed hypercapnic respiratory
failure: unconfirmed wording, 22 Nov 2026. This project's own rules (22 Nov 2026): a missing parameter gives no total
and never counts as 0; a total already reached by what is known may trigger; triggers are worded for the field, where
there is no ward to call.

NEWS2 is about acute physical illness. It says nothing about mental health, and the app decides nothing from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sync.domain.content.rules import Rules
from sync.domain.forms import Choice

ACKNOWLEDGEMENT = "NEWS2: Royal College of Physicians 2017"
EMERGENCY_AT, URGENT_AT, SINGLE = 7, 5, 3


class SpO2Scale(Choice):
    ONE = "1", "Scale 1"
    TWO = "2", "Scale 2: confirmed hypercapnic respiratory failure"


class Breathing(Choice):
    AIR = "air", "Air"
    OXYGEN = "oxygen", "Oxygen"


class Acvpu(Choice):
    ALERT = "A", "Alert"
    CONFUSION = "C", "New confusion"
    VOICE = "V", "Responds to voice"
    PAIN = "P", "Responds to pain"
    UNRESPONSIVE = "U", "Unresponsive"


class Trigger(Choice):
    """How soon physical help is needed. Never a statement about the person's mental health."""

    EMERGENCY = "emergency", "Call 999 now, or go to ED at once if that is quicker."
    URGENT = "urgent", "Urgent: call 999 or go to ED for a clinical assessment."
    SINGLE = "single", "One measurement scores 3: urgent. Call 999 or go to ED for a clinical assessment."
    NURSE = "nurse", "You decide: repeat the observations, or ask a GP, 111 or ED."
    NONE = "none", "Repeat if anything changes."


PARAMETERS = {
    "respiration_rate": "respiration rate",
    "spo2": "oxygen saturation",
    "oxygen": "air or oxygen",
    "systolic_bp": "systolic blood pressure",
    "pulse": "pulse",
    "consciousness": "consciousness",
    "temperature": "temperature",
}


@dataclass(frozen=True)
class Observations:
    """One set of observations. `scale_2`: whether a clinician confirmed SpO2 scale 2; otherwise scale 1 is used."""

    respiration_rate: int | None = None  # breaths a minute
    spo2: int | None = None  # %
    oxygen: Breathing | None = None
    systolic_bp: int | None = None  # mmHg
    pulse: int | None = None  # beats a minute
    consciousness: Acvpu | None = None
    temperature: Decimal | None = None  # °C
    scale_2: bool = False


@dataclass(frozen=True)
class Score:
    """`subscores`: of what was measured. `known`: their sum. `total`: the same, and None while anything is missing."""

    subscores: Mapping[str, int]
    missing: tuple[str, ...]
    scale: SpO2Scale

    @property
    def known(self) -> int:
        return sum(self.subscores.values())

    @property
    def total(self) -> int | None:
        return None if self.missing else self.known

    @property
    def trigger(self) -> Trigger | None:
        """What the score calls for. An incomplete set triggers only what it has already reached."""
        if self.known >= EMERGENCY_AT:
            return Trigger.EMERGENCY
        if self.known >= URGENT_AT:
            return Trigger.URGENT
        if SINGLE in self.subscores.values():
            return Trigger.SINGLE
        if self.missing:
            return None
        return Trigger.NURSE if self.known else Trigger.NONE


def unsuitable(age: int | None, pregnant: bool, rules: Rules, estimated: bool = False) -> str:
    """Why NEWS2 is not to be used for this person, in words; "" when it may be. Observations are always recorded."""
    years = rules.news2_age
    if age is not None and age < years:
        return f"NEWS2 is not for people under {years}. Use the observations themselves, and a children's chart."
    if age is not None and estimated and age < years + rules.estimate_margin_years:
        return f"This person may be under {years}, and NEWS2 is not for children. Use the observations themselves."
    if pregnant:
        words = "Use the observations themselves, and a maternity chart. (Unconfirmed.)"
        return f"NEWS2 is not for use in pregnancy. {words}"
    return ""


def score(seen: Observations) -> Score:
    """The sub-scores of what was measured, and the parameters that are missing."""
    subscores = {
        "respiration_rate": _band(seen.respiration_rate, _RESPIRATION),
        "spo2": _spo2(seen),
        "oxygen": None if seen.oxygen is None else 2 if seen.oxygen == Breathing.OXYGEN else 0,
        "systolic_bp": _band(seen.systolic_bp, _SYSTOLIC),
        "pulse": _band(seen.pulse, _PULSE),
        "consciousness": None if seen.consciousness is None else 0 if seen.consciousness == Acvpu.ALERT else 3,
        "temperature": _band(seen.temperature, _TEMPERATURE),
    }
    return Score(
        {name: points for name, points in subscores.items() if points is not None},
        tuple(name for name in PARAMETERS if getattr(seen, name) is None),
        SpO2Scale.TWO if seen.scale_2 else SpO2Scale.ONE,
    )


_Bands = tuple[tuple[int | Decimal | None, int], ...]  # (up to and including, points); the last has no upper end

_RESPIRATION: _Bands = ((8, 3), (11, 1), (20, 0), (24, 2), (None, 3))
_SPO2_1: _Bands = ((91, 3), (93, 2), (95, 1), (None, 0))
_SPO2_2_AIR: _Bands = ((83, 3), (85, 2), (87, 1), (None, 0))
_SPO2_2_OXYGEN: _Bands = ((83, 3), (85, 2), (87, 1), (92, 0), (94, 1), (96, 2), (None, 3))
_SYSTOLIC: _Bands = ((90, 3), (100, 2), (110, 1), (219, 0), (None, 3))
_PULSE: _Bands = ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (None, 3))
_TEMPERATURE: _Bands = (
    (Decimal("35.0"), 3),
    (Decimal("36.0"), 1),
    (Decimal("38.0"), 0),
    (Decimal("39.0"), 1),
    (None, 2),
)


def _band(value: int | Decimal | None, bands: _Bands) -> int | None:
    """The points of the band that the value falls into; None when it was not measured."""
    if value is None:
        return None
    return next(points for upper, points in bands if upper is None or value <= upper)


def _spo2(seen: Observations) -> int | None:
    if not seen.scale_2:
        return _band(seen.spo2, _SPO2_1)
    if seen.oxygen is None and seen.spo2 is not None and seen.spo2 > 92:
        return None  # on scale 2 the same reading scores differently on air and on oxygen
    return _band(seen.spo2, _SPO2_2_OXYGEN if seen.oxygen == Breathing.OXYGEN else _SPO2_2_AIR)
