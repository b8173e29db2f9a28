"""NHS numbers: their check digit (modulus 11), one spelling, and in words what is wrong with one.

Sources: NHS Data Dictionary, NHS NUMBER (10 digits; modulus 11, weights 10 to 2, remainder from 11; 11 counts as 0,
10 is never valid), read 22 Nov 2026; NHS service manual, "NHS numbers" pattern (accept spaces and dashes; show
3-3-4), commit of 20 Aug 2026. Refusing ten equal digits, which pass the modulus, is this project's own rule
(22 Nov 2026). Unconfirmed: that a number opening with a day and month (01-31, 01-12) may be a Scottish CHI number,
and the shape of a National Insurance number.

A number is never the only thing by which two people are matched.
"""

import re

SEPARATORS = re.compile(r"[\s\-‐‑–—.]+")
NATIONAL_INSURANCE = re.compile(r"^[A-Za-z]{2}\d{6}[A-Da-d]?$")
WEIGHTS = range(10, 1, -1)


def normalise(text: str) -> str:
    """The number without spaces and dashes."""
    return SEPARATORS.sub("", text)


def problem(text: str) -> str | None:
    """What is wrong with the number, in words; None when nothing is."""
    number = normalise(text)
    if NATIONAL_INSURANCE.match(number):
        return "This looks like a National Insurance number. An NHS number is 10 digits."
    if not (number.isascii() and number.isdigit()):
        return "An NHS number has only digits. Check it."
    if len(number) != 10:
        return f"An NHS number has 10 digits. This has {len(number)}."
    if len(set(number)) == 1:
        return "This is not a real NHS number: all its digits are the same."
    if check_digit(number[:9]) != int(number[9]):
        return "This is not a valid NHS number. Check each digit."
    return None


def check_digit(nine: str) -> int:
    """The tenth digit that belongs to these nine; 10 when no valid number has these nine."""
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(WEIGHTS, nine, strict=True)) % 11
    return 0 if rest == 11 else rest


def valid(text: str) -> bool:
    return problem(text) is None


def spaced(text: str) -> str:
    """The number as it is shown: "943 476 5919". Text that is not ten digits comes back unchanged."""
    number = normalise(text)
    return f"{number[:3]} {number[3:6]} {number[6:]}" if len(number) == 10 and number.isdigit() else text


def may_be_chi(text: str) -> bool:
    """Whether this valid number opens with a day and a month, as a Scottish CHI number does (unconfirmed)."""
    number = normalise(text)
    return valid(number) and 1 <= int(number[:2]) <= 31 and 1 <= int(number[2:4]) <= 12
