"""Which browser asks: hosts, origins and cookies, as they stand in the headers of a request."""

from typing import Any

import pytest

from field_app.ui.browsers import Browser, Door, device_name, origins

TOKEN, OTHER = "a" * 43, "b" * 43
HTTP, TLS = Door(origins("", "127.0.0.1", 8600), "phone"), Door(origins("https://phone.example", "", 1), "phone")
MINE = {"host": "127.0.0.1:8600", "origin": "http://127.0.0.1:8600", "cookie": f"alongside_phone={TOKEN}"}


def asked(*headers: tuple[str, str], client: tuple[str, int] | None = ("192.0.2.7", 5)) -> dict[str, Any]:
    """A request with these headers."""
    return {"headers": [(name.encode(), value.encode()) for name, value in headers], "client": client}


def given(door: Door, *headers: tuple[str, str]) -> dict[str, str]:
    """The cookies a page gives: each name with all the rest."""
    lines = [value.decode() for _, value in door.cookies(asked(*headers))]
    return {name: rest for name, _, rest in (line.partition("=") for line in lines)}


def test_the_origins_are_those_of_this_machine_or_those_named() -> None:
    loopback = {"http://127.0.0.1:8600", "http://localhost:8600", "http://[::1]:8600"}
    assert origins("", "127.0.0.1", 8600) == origins("", "0.0.0.0", 8600) == loopback
    assert origins("", "192.0.2.4", 80) == {"http://192.0.2.4"}
    assert origins("https://A.example, http://b.example:8600", "0.0.0.0", 8600) == {
        "https://a.example",
        "http://b.example:8600",
    }


@pytest.mark.parametrize("wrong", ["phone.example", "https://phone.example/", "*", "ftp://phone.example", "null"])
def test_what_is_no_origin_is_said_at_the_start(wrong: str) -> None:
    with pytest.raises(ValueError, match="is no origin"):
        origins(f"https://right.example {wrong}", "127.0.0.1", 8600)


def test_a_browser_is_known_by_its_cookie() -> None:
    assert HTTP.browser(asked(*MINE.items())) == Browser(device_name(TOKEN), "192.0.2.7")
    assert TOKEN not in device_name(TOKEN)


@pytest.mark.parametrize(
    "changed",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1:8601"},
        {"host": "127.0.0.1"},
        {"host": ""},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://127.0.0.1:8601"},
        {"origin": "https://127.0.0.1:8600"},
        {"origin": "http://localhost:8600"},  # ours, and not the one of this host
        {"cookie": ""},
        {"cookie": "alongside_phone=../../etc"},
        {"cookie": f"alongside_phone={TOKEN}a"},
        {"cookie": f"alongside_desk={TOKEN}"},
        {"cookie": f"alongside_phone={TOKEN}; alongside_phone={OTHER}"},
    ],
    ids=str,
)
def test_a_web_socket_from_elsewhere_is_nobodys(changed: dict[str, str]) -> None:
    headers = {**MINE, **changed}
    assert HTTP.browser(asked(*headers.items())) is None
    assert HTTP.browser(asked(*((name, value) for name, value in headers.items() if value))) is None


@pytest.mark.parametrize("name", ["host", "origin"])
@pytest.mark.parametrize("again", ["evil.example", None])
def test_a_header_that_stands_twice_counts_for_nothing(name: str, again: str | None) -> None:
    assert HTTP.browser(asked(*MINE.items(), (name.title(), again or MINE[name]))) is None


def test_cookies_of_other_programs_are_no_concern() -> None:
    others = f"bad name=\x01; =; {{}}; session=alongside_phone={OTHER}; alongside_phone={TOKEN}"
    assert HTTP.browser(asked(*{**MINE, "cookie": others}.items())) is not None


def test_a_new_browser_gets_a_device_that_only_this_host_is_told_of() -> None:
    new = given(HTTP, ("host", MINE["host"]))
    token, _, about = new["alongside_phone"].partition("; ")
    assert len(token) == 43
    assert about == "Path=/; HttpOnly; SameSite=Strict; Max-Age=34560000"
    assert given(HTTP, ("host", MINE["host"]))["alongside_phone"][:43] != token


def test_behind_tls_the_cookie_is_bound_to_the_host() -> None:
    new = given(TLS, ("host", "phone.example"))
    assert set(new) == {"__Host-alongside_phone", "__Host-alongside_phone_known"}
    assert all(about.endswith("; Secure") and "; Path=/;" in about for about in new.values())
    told = f"__Host-alongside_phone={TOKEN}"
    assert TLS.browser(asked(("host", "phone.example"), ("origin", "https://phone.example"), ("cookie", told)))


def test_a_browser_keeps_its_device_whenever_it_opens_the_page() -> None:
    again = given(HTTP, ("host", MINE["host"]), ("cookie", MINE["cookie"]))
    assert again["alongside_phone"].startswith(TOKEN + "; ")


def test_a_page_opened_from_another_site_gives_no_new_device() -> None:
    """Then the strict cookie stays at home, and only the one that says there is a device comes."""
    assert given(HTTP, ("host", MINE["host"]), ("cookie", "alongside_phone_known=1")) == {}


def test_what_says_that_there_is_a_device_never_outlives_it() -> None:
    new = given(HTTP, ("host", MINE["host"]))
    age = {name: int(about.partition("Max-Age=")[2]) for name, about in new.items()}
    assert age["alongside_phone_known"] < age["alongside_phone"]
    assert "SameSite=Lax" in new["alongside_phone_known"]
