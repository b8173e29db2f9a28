"""Sealing to a public key, beside the RFC's own example and beside another implementation."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from sync.core import hpke
from sync.core.hpke import SealingKey, sealed_to
from sync.core.signing import unb64

A_1_1 = {  # RFC 9180, appendix A.1.1: base mode, the same key agreement and derivation, AES-128-GCM
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "sk_e": "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
    "enc": "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
    "sk_r": "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
    "pk_r": "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
    "key": "4531685d41d65f03dc48f6b8302c05b0",
    "base_nonce": "56d890e5accaaf011cff4b7d",
    "aad": "436f756e742d30",
    "pt": "4265617574792069732074727574682c20747275746820626561757479",
    "ct": "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
}
KEY = SealingKey(bytes(range(32)))


def test_the_worked_example_of_the_rfc_comes_out_on_both_sides():
    example = {name: bytes.fromhex(value) for name, value in A_1_1.items()}
    sender = X25519PrivateKey.from_private_bytes(example["sk_e"])
    receiver = X25519PrivateKey.from_private_bytes(example["sk_r"])
    assert sender.public_key().public_bytes_raw() == example["enc"]
    assert receiver.public_key().public_bytes_raw() == example["pk_r"]
    ends = (
        sender.exchange(receiver.public_key()),
        receiver.exchange(X25519PublicKey.from_public_bytes(example["enc"])),
    )
    for shared in ends:
        key, nonce = hpke._keys(shared, example["enc"], example["pk_r"], example["info"], cipher=1)
        assert (key, nonce) == (example["key"], example["base_nonce"])
        assert AESGCM(key).encrypt(nonce, example["pt"], example["aad"]) == example["ct"]


@given(st.binary(max_size=300), st.binary(max_size=100), st.binary(min_size=32, max_size=32))
def test_another_implementation_opens_what_is_sealed_here_and_the_other_way_round(plain, info, seed):
    other = pytest.importorskip("cryptography.hazmat.primitives.hpke")
    suite = other.Suite(other.KEM.X25519, other.KDF.HKDF_SHA256, other.AEAD.AES_256_GCM)
    key = SealingKey(seed)
    assert suite.decrypt(sealed_to(key.public, plain, info), key._key, info) == plain
    public = X25519PublicKey.from_public_bytes(unb64(key.public))
    assert key.open(suite.encrypt(plain, public, info), info) == plain


def test_what_is_sealed_opens_for_its_key_with_its_info_only():
    sealed = sealed_to(KEY.public, b"a day's key", b"info")
    assert KEY.open(sealed, b"info") == b"a day's key"
    assert sealed_to(KEY.public, b"a day's key", b"info") != sealed, "an ephemeral key is used once"
    for key, info in ((KEY, b"other"), (SealingKey(bytes(32)), b"info")):
        with pytest.raises(ValueError, match="not sealed to this key"):
            key.open(sealed, info)


@pytest.mark.parametrize("place", [0, 31, 32, -1])
def test_a_flipped_bit_opens_nothing(place):
    sealed = bytearray(sealed_to(KEY.public, b"a day's key", b"info"))
    sealed[place] ^= 1
    with pytest.raises(ValueError, match="not sealed to this key"):
        KEY.open(bytes(sealed), b"info")


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(32), bytes(80)])
def test_what_is_no_sealed_message_is_refused_with_a_value_error(sealed):
    with pytest.raises(ValueError, match=r"."):
        KEY.open(sealed, b"info")


@pytest.mark.parametrize("public", ["", "AA", "!" * 43])
def test_nothing_is_sealed_to_what_is_no_key(public):
    with pytest.raises(ValueError, match=r"."):
        sealed_to(public, b"x", b"info")


def test_a_key_shows_its_public_half_alone():
    assert repr(KEY) == f"SealingKey({KEY.public[:8]}…)"
