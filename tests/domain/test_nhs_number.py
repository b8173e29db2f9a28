"""NHS numbers: the modulus, the spellings that are taken, and the look-alikes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.catalogue.person.form import PersonForm
from sync.domain.clinical.nhs_number import check_digit, may_be_chi, normalise, problem, spaced, valid
from sync.domain.forms import check


@pytest.mark.parametrize(
    "number", ["943 476 5919", "9434765919", "943-476-5919", " 943–476 5919 ", "4010232137", "999 000 0018"]
)
def test_valid_in_any_spelling(number: str):
    assert problem(number) is None


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("999 123 4567", "valid"),  # the service manual's example fails the modulus
        ("9434765918", "valid"),
        ("943476591", "10 digits"),
        ("94347659190", "10 digits"),
        ("943476591O", "digits"),
        ("٩٤٣٤٧٦٥٩١٩", "digits"),
        ("", "digits"),
        ("QQ123456C", "National Insurance"),
        ("qq 12 34 56 c", "National Insurance"),
    ],
)
def test_what_is_wrong_is_said_in_words(number: str, word: str):
    assert word in (problem(number) or "")


@pytest.mark.parametrize("digit", "0123456789")
def test_ten_equal_digits_pass_the_modulus_and_are_refused(digit: str):
    assert check_digit(digit * 9) == int(digit)
    assert "same" in (problem(digit * 10) or "")


def test_a_remainder_of_one_has_no_check_digit():
    nine = next(f"{n:09}" for n in range(400_000_000, 400_000_100) if check_digit(f"{n:09}") == 10)
    assert not any(valid(f"{nine}{digit}") for digit in range(10))


def test_a_remainder_of_none_has_check_digit_0():
    nine = next(f"{n:09}" for n in range(400_000_000, 400_000_100) if check_digit(f"{n:09}") == 0)
    assert valid(nine + "0")


@given(st.integers(10**8, 10**9 - 1), st.integers(0, 9))
def test_one_check_digit_at_most_is_right(nine: int, digit: int):
    expected = 11 - sum(weight * int(d) for weight, d in zip(range(10, 1, -1), str(nine), strict=True)) % 11
    number = f"{nine}{digit}"
    assert valid(number) == (expected % 11 == digit and expected != 10 and len(set(number)) > 1)


@given(st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_caught(place: int, shift: int):
    digits = list("9434765919")
    digits[place] = str((int(digits[place]) + shift) % 10)
    assert not valid("".join(digits))


def test_shown_three_three_four():
    assert spaced("9434765919") == "943 476 5919"
    assert spaced("94347") == "94347"
    assert normalise("943 476-5919") == "9434765919"


@pytest.mark.parametrize(("number", "chi"), [("0101010010", False), ("9434765919", False), ("3212990002", False)])
def test_chi_numbers_are_only_suspected_when_valid_and_dated(number: str, chi: bool):
    assert may_be_chi(number) is chi


def test_a_valid_number_that_opens_with_a_date_may_be_a_chi_number():
    number = next(f"{n}{check_digit(str(n))}" for n in range(311299000, 311299100) if check_digit(str(n)) < 10)
    assert may_be_chi(number)


def test_the_form_keeps_one_spelling_and_loses_nothing_that_is_wrong():
    assert check(PersonForm, "nhs_number", " 943 476 5919").value == "9434765919"
    wrong = check(PersonForm, "nhs_number", "999 123 4567")
    assert (wrong.value, bool(wrong.problem)) == ("999 123 4567", True)
