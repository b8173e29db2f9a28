"""Passwords, by Argon2id: what is kept of one, and whether a given one is right."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP password storage, Argon2id
LONGEST = 1024  # characters


def hashed(password: str) -> str:
    """What is kept of a password. Raises ValueError for one with which nobody could sign in."""
    if not 1 <= len(password) <= LONGEST:
        raise ValueError(f"A password has 1 to {LONGEST:,} characters. Nothing was changed.")
    return HASHER.hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether it is the password of which this is kept. Takes as long where nothing is: nobody can tell."""
    try:
        HASHER.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobodys() -> str:
    return HASHER.hash(secrets.token_hex(16))
