"""The first frame of the phone app waits for nothing but Flet."""

import subprocess
import sys

HEAVY = {
    "pydantic",
    "httpx",
    "sqlite_utils",
    "keyring",
    "cryptography",
    "field_app.phone.store",
    "sync.domain.catalogue",
}


def test_the_first_frame_is_drawn_before_anything_heavy_is_imported() -> None:
    code = "import sys, field_app.main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "flet" in loaded
    assert not HEAVY & set(loaded)


def test_what_comes_after_it_is_all_the_rest() -> None:
    from field_app.main import the_rest

    begin = the_rest()
    assert callable(begin.make_phone)
    assert callable(begin.open_app)
