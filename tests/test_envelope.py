"""A row opens for whoever has its day's key, in its own place, and its size tells little."""

import pytest

from sync.core.envelope import new_key, open_row, pad, seal_row, unpad

KEY, OWNER, WHAT = bytes(range(32)), b"v" * 16, b"change" + b"c" * 32


@pytest.mark.parametrize(("size", "padded"), [(0, 256), (252, 256), (253, 512), (4092, 4096), (4093, 8192)])
def test_sizes_tell_little(size, padded):
    assert len(pad(b"x" * size)) == padded
    assert unpad(pad(b"x" * size)) == b"x" * size


def test_a_row_opens_in_its_own_place_only():
    row = seal_row(KEY, OWNER, 20_000, WHAT, b"body")
    assert open_row(KEY, OWNER, 20_000, WHAT, *row) == b"body"
    for elsewhere in (
        (new_key(), OWNER, 20_000, WHAT),
        (KEY, b"w" * 16, 20_000, WHAT),
        (KEY, OWNER, 20_001, WHAT),
        (KEY, OWNER, 20_000, WHAT + b"x"),
    ):
        with pytest.raises(ValueError, match="does not open"):
            open_row(*elsewhere, *row)
    for place in (0, 1):
        damaged = [*row]
        damaged[place] = damaged[place][:-1] + bytes([damaged[place][-1] ^ 1])
        with pytest.raises(ValueError, match="does not open"):
            open_row(KEY, OWNER, 20_000, WHAT, *damaged)


@pytest.mark.parametrize("short", [b"", b"x" * 11, b"x" * 28])
def test_what_is_too_short_to_be_sealed_does_not_open(short):
    with pytest.raises(ValueError, match=r"."):
        open_row(KEY, OWNER, 20_000, WHAT, short, short)
