"""NEWS2: every band on both sides, the published examples, and what is missing never counting as 0."""

from decimal import Decimal

import pytest

from sync.domain.clinical import nhs_number
from sync.domain.clinical.news2 import Acvpu, Breathing, Observations, SpO2Scale, Trigger, score, unsuitable
from tests.steps.builders import LAW
from tests.steps.observations import seen

WELL = {
    "respiration_rate": 16, "spo2": 98, "oxygen": Breathing.AIR, "systolic_bp": 125, "pulse": 75,
    "consciousness": Acvpu.ALERT, "temperature": Decimal("36.8"),
}  # fmt: skip
AIR, OXYGEN = Breathing.AIR, Breathing.OXYGEN


@pytest.mark.parametrize(
    ("observations", "scale_2", "total"),
    [
        ("16/98/air/125/75/A/36.8", False, 0),
        ("21/93/air/120/95/A/37.5", False, 5),
        ("26/94/air/150/132/C/39.2", False, 12),
        ("20/96/air/111/90/A/38.0", False, 0),
        ("21/95/air/110/91/A/38.1", False, 6),
        ("18/93/air/120/80/A/36.5", True, 0),
        ("18/97/oxygen/120/80/A/36.5", True, 5),
        ("8/88/oxygen/90/40/U/35.0", False, 20),
        ("14/99/air/220/60/A/36.0", False, 4),
    ],
)
def test_the_agreed_examples(observations: str, scale_2: bool, total: int):
    assert score(seen(observations, scale_2)).total == total


def test_the_last_example_has_a_single_three():
    assert score(seen("14/99/air/220/60/A/36.0")).trigger == Trigger.SINGLE


@pytest.mark.parametrize(
    ("name", "value", "points"),
    [
        *[("respiration_rate", value, points) for value, points in
          [(8, 3), (9, 1), (11, 1), (12, 0), (20, 0), (21, 2), (24, 2), (25, 3)]],
        *[("spo2", value, points)
          for value, points in [(91, 3), (92, 2), (93, 2), (94, 1), (95, 1), (96, 0), (100, 0)]],
        *[("systolic_bp", value, points) for value, points in
          [(90, 3), (91, 2), (100, 2), (101, 1), (110, 1), (111, 0), (219, 0), (220, 3)]],
        *[("pulse", value, points) for value, points in
          [(40, 3), (41, 1), (50, 1), (51, 0), (90, 0), (91, 1), (110, 1), (111, 2), (130, 2), (131, 3)]],
        *[("temperature", Decimal(value), points) for value, points in
          [("35.0", 3), ("35.1", 1), ("36.0", 1), ("36.1", 0), ("38.0", 0), ("38.1", 1), ("39.0", 1), ("39.1", 2)]],
        *[("consciousness", value, 0 if value == "A" else 3) for value in Acvpu],
        ("oxygen", AIR, 0),
        ("oxygen", OXYGEN, 2),
    ],
)  # fmt: skip
def test_each_band_on_both_sides(name: str, value: object, points: int):
    found = score(Observations(**{**WELL, name: value}))
    assert found.subscores[name] == points
    assert found.total == points


@pytest.mark.parametrize(
    ("spo2", "oxygen", "points"),
    [
        *[(spo2, oxygen, points) for oxygen in (AIR, OXYGEN) for spo2, points in
          [(83, 3), (84, 2), (85, 2), (86, 1), (87, 1), (88, 0), (92, 0)]],
        (93, AIR, 0), (97, AIR, 0), (100, AIR, 0),
        (93, OXYGEN, 1), (94, OXYGEN, 1), (95, OXYGEN, 2), (96, OXYGEN, 2), (97, OXYGEN, 3), (100, OXYGEN, 3),
    ],
)  # fmt: skip
def test_scale_2_on_both_sides(spo2: int, oxygen: Breathing, points: int):
    found = score(Observations(**{**WELL, "spo2": spo2, "oxygen": oxygen, "scale_2": True}))
    assert (found.subscores["spo2"], found.scale) == (points, SpO2Scale.TWO)


def test_scale_1_unless_confirmed():
    assert score(Observations(**WELL)).scale == SpO2Scale.ONE


@pytest.mark.parametrize("name", list(WELL))
def test_a_missing_parameter_gives_no_total_and_is_named(name: str):
    found = score(Observations(**{**WELL, name: None}))
    assert found.total is None
    assert found.missing == (name,)
    assert name not in found.subscores
    assert found.trigger is None


def test_scale_2_does_not_guess_between_air_and_oxygen():
    assert "spo2" not in score(Observations(**{**WELL, "spo2": 95, "oxygen": None, "scale_2": True})).subscores
    assert score(Observations(spo2=84, scale_2=True)).subscores == {"spo2": 2}


def test_an_incomplete_set_triggers_only_what_it_has_reached():
    assert score(Observations(respiration_rate=30)).trigger == Trigger.SINGLE
    assert score(Observations(respiration_rate=30, pulse=111)).trigger == Trigger.URGENT
    assert score(Observations(respiration_rate=30, pulse=111, oxygen=OXYGEN)).trigger == Trigger.EMERGENCY
    assert score(Observations()).trigger is None


@pytest.mark.parametrize(
    ("changed", "total", "trigger"),
    [
        ({}, 0, Trigger.NONE),
        ({"pulse": 91}, 1, Trigger.NURSE),
        ({"pulse": 111, "oxygen": OXYGEN}, 4, Trigger.NURSE),
        ({"pulse": 40}, 3, Trigger.SINGLE),
        ({"pulse": 40, "spo2": 94}, 4, Trigger.SINGLE),
        ({"pulse": 40, "spo2": 93}, 5, Trigger.URGENT),
        ({"pulse": 40, "spo2": 91}, 6, Trigger.URGENT),
        ({"pulse": 40, "spo2": 91, "respiration_rate": 9}, 7, Trigger.EMERGENCY),
    ],
)
def test_triggers_on_both_sides(changed: dict, total: int, trigger: Trigger):
    found = score(Observations(**{**WELL, **changed}))
    assert (found.total, found.trigger) == (total, trigger)


def test_triggers_are_worded_for_the_field():
    for trigger in (Trigger.EMERGENCY, Trigger.URGENT, Trigger.SINGLE):
        assert "999" in trigger.label
        assert "ED" in trigger.label
    assert not any("ward" in trigger.label.lower() for trigger in Trigger)


@pytest.mark.parametrize(
    ("age", "estimated", "pregnant", "shown"),
    [
        (15, False, False, False), (16, False, False, True), (None, True, False, True), (30, False, True, False),
        (30, True, False, True), (15, True, False, False), (20, True, False, False), (21, True, False, True),
        (None, True, True, False),
    ],
)  # fmt: skip
def test_not_under_16_and_not_in_pregnancy(age: int | None, estimated: bool, pregnant: bool, shown: bool):
    assert (unsuitable(age, pregnant, LAW, estimated) == "") is shown


def test_the_age_comes_from_the_rules():
    later = LAW.model_copy(update={"news2_age": 18})
    assert "under 18" in unsuitable(17, False, later)
    assert unsuitable(18, False, later) == ""


def test_the_published_example_bundle_that_scores_1_for_37_5_degrees_is_not_followed():
    """By the RCP chart 37.5 °C is 0: its total is 5 and not 6."""
    found = score(seen("21/93/air/120/95/A/37.5"))
    assert found.subscores["temperature"] == 0
    assert found.total == 5


def test_the_example_number_of_the_service_manual_and_equal_digits_are_refused():
    """One fails the modulus though a manual shows it; the others pass it and are no numbers all the same."""
    assert not nhs_number.valid("999 123 4567")
    assert not [digit for digit in "0123456789" if nhs_number.valid(digit * 10)]
