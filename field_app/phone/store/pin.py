"""The PIN: which are too easy to guess, and how long the next try has to wait after wrong ones.

A try is counted, durably, before it is made. The count carries a MAC under the device's secret (HMAC, RFC 2104), and
its wait is measured by the clock that nobody can set: a phone's time of day lengthens no wait and shortens none. After
a restart of the phone the wait counts from the start of the app again.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from hmac import compare_digest
from hmac import digest as hmac_digest
from itertools import pairwise

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from field_app.phone.store.disk import Clock
from sync.core.errors import AlongsideError

LENGTH = 6  # digits, at least
WAITS_S = (0, 0, 0, 0, 0, 30, 60, 300, 900, 900)  # after so many wrong PINs
FIRST_TO_WAIT, MOST_WRONG = 5, len(WAITS_S)  # after so many no PIN opens the vault any more
WARN_BELOW = 4  # tries left
OWN_LENGTH = 4  # digits from which a number of the nurse's own counts
YEAR = re.compile("19[2-9][0-9]|20[0-3][0-9]")  # one that somebody may remember, or look forward to
KEYPAD = ["123", "456", "789", "147", "258", "369", "159", "357", "2580"]
_LINES = "|".join([*KEYPAD, *(line[::-1] for line in KEYPAD)])
LINES = re.compile(f"(?:{_LINES})+.{{0,2}}|.{{0,2}}(?:{_LINES})+")
LARGEST_STEP = 11  # of numbers that count up or down: 10 20 30, 11 22 33


class PinWrong(AlongsideError):
    code = "pin_wrong"
    advice = "Try again."

    @classmethod
    def after(cls, tries: "Tries") -> "PinWrong":
        """The error, which says how many tries are left when there are few."""
        left = MOST_WRONG - tries.wrong
        few = f" After {left} more wrong {'PIN' if left == 1 else 'PINs'} only your password helps, with a new PIN."
        return cls("wrong PIN", advice=cls.advice + (few if left < WARN_BELOW else ""))


class PinLocked(AlongsideError):
    code = "pin_locked"
    advice = (
        "This PIN opens nothing any more. Tap Forgotten PIN, sign in with your password and choose a new PIN. What "
        "you had saved is sent to the centre by itself, and comes back from there."
    )


class PinWait(AlongsideError):
    code = "pin_wait"


class PinWeak(AlongsideError):
    code = "pin_weak"
    advice = (
        "Choose at least 6 digits that mean nothing: no date or year, no run, no repeat, no line on the keypad, no "
        "number of your own. Let chance choose: open any book six times, and take the last digit of each page number."
    )


@dataclass(frozen=True)
class Tries:
    """How many wrong PINs there have been since the last right one, and when the last was: in which boot, how late."""

    wrong: int = 0
    boot_id: str = ""
    monotonic_ms: int = 0

    @property
    def wait_s(self) -> int:
        return WAITS_S[self.wrong]

    @property
    def is_over(self) -> bool:
        """Whether no PIN opens the vault any more."""
        return self.wrong >= MOST_WRONG


class TryCounter:
    """Reads and writes tries for one device, whose secret vouches for them."""

    def __init__(self, secret: bytes, clock: Clock):
        self._clock, self._started_ms = clock, clock.monotonic_ms()
        self._key = HKDF(SHA256(), 32, None, b"alongside/tries/1").derive(secret)

    def one_more(self, tries: Tries) -> Tries:
        return Tries(tries.wrong + 1, self._clock.boot_id, self._clock.monotonic_ms())

    def left_s(self, tries: Tries) -> int:
        """Seconds until the next try; never more than the whole wait."""
        since_ms = tries.monotonic_ms if tries.boot_id == self._clock.boot_id else self._started_ms
        gone_s = max(0, self._clock.monotonic_ms() - since_ms) // 1000
        return max(0, tries.wait_s - gone_s)

    def mac(self, vault_id: bytes, tries: Tries) -> bytes:
        return hmac_digest(self._key, json.dumps([vault_id.hex(), *astuple(tries)]).encode(), "sha256")

    def vouched(self, vault_id: bytes, tries: Tries, mac: bytes) -> Tries:
        """The tries, if this device wrote them. Any others count as the most."""
        good = compare_digest(mac, self.mac(vault_id, tries))
        return tries if good else Tries(MOST_WRONG)


def weak(pin: str, own: Iterable[str] = ()) -> bool:
    """Whether a PIN is among the first that somebody would try. About a tenth of all are.

    `own`: what is known of the nurse, such as the collar number; its digits are no PIN.
    """
    if len(pin) < LENGTH or len(set(pin)) < 3 or not (pin.isascii() and pin.isdigit()):
        return True
    numbers = ["".join(re.findall("[0-9]", text)) for text in own]
    return (
        any(len(number) >= OWN_LENGTH and (number in pin or pin in number) for number in numbers)
        or YEAR.search(pin) is not None
        or LINES.fullmatch(pin) is not None
        or pin == pin[::-1]
        or _is_day(pin)
        or _repeats(pin)
        or _counts(pin)
    )


def _is_day(pin: str) -> bool:
    """True for a day such as 020390 or 900302. One with all figures of its year has a year inside."""
    first, month, last = pin[:2], pin[2:4], pin[4:]
    return len(pin) == 6 and 1 <= int(month) <= 12 and any(1 <= int(day) <= 31 for day in (first, last))


def _repeats(pin: str) -> bool:
    """True for two equal halves, and for doubled digits: 204204, 114477."""
    return pin[: len(pin) // 2] == pin[len(pin) // 2 :] or pin[::2] == pin[1::2]


def _counts(pin: str) -> bool:
    """True for numbers that go up or down in equal steps: 123456, 890123, 246810, 121314, 112233, 121212."""
    digits = [int(digit) for digit in pin]
    if len({(after - before) % 10 for before, after in pairwise(digits)}) == 1:
        return True
    pairs = [int(pin[at : at + 2]) for at in range(0, len(pin) - 1, 2)]
    steps = {after - before for before, after in pairwise(pairs)}
    if len(steps) == 1 and abs(steps.pop()) <= LARGEST_STEP:
        return True
    step = digits[1] - digits[0]
    return "".join(str(digits[0] + step * place) for place in range(len(pin))).startswith(pin)
