"""A signature holds for one key, one purpose and one value, and has one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.signing import Signer, b64, unb64, verified

KEY = Signer(bytes(range(32)))
VALUE = {"digest": "ab", "n": 1}
GOOD = KEY.sign("sign", VALUE)


def test_what_was_signed_verifies():
    assert verified(KEY.public, "sign", VALUE, GOOD)


@pytest.mark.parametrize(
    ("public", "purpose", "value", "signature"),
    [
        (Signer(bytes(32)).public, "sign", VALUE, GOOD),
        (KEY.public, "cosign", VALUE, GOOD),
        (KEY.public, "sign", {**VALUE, "n": 2}, GOOD),
        (KEY.public, "sign", VALUE, GOOD + "="),
        (KEY.public, "sign", VALUE, ""),
        ("short", "sign", VALUE, GOOD),
    ],
)
def test_anything_else_does_not(public, purpose, value, signature):
    assert not verified(public, purpose, value, signature)


@given(st.integers(0, len(GOOD) - 1), st.sampled_from("ABab01-_"))
def test_one_changed_character_never_verifies(place, character):
    changed = GOOD[:place] + character + GOOD[place + 1 :]
    assert verified(KEY.public, "sign", VALUE, changed) == (changed == GOOD)


@given(st.binary(max_size=40))
def test_base64url_has_one_spelling(data):
    assert unb64(b64(data)) == data


def test_a_key_never_shows_itself():
    assert bytes(range(32)).hex() not in repr(KEY)
    assert "AAECAwQF" not in repr(KEY)
