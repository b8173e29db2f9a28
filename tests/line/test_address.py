"""Plain HTTP stays on this machine; beyond it only in training, by a switch of its own."""

import threading
from contextlib import closing, suppress
from socket import create_server

import pytest

from sync.client.address import Address, stays_here
from sync.client.http import Client
from sync.core.errors import AlongsideError, NotEncrypted
from sync.protocol.exchange import sync_once
from tests.line.stand_in import page, standing_in
from tests.steps.builders import Pocket

HERE = ["http://127.0.0.1:1", "http://127.8.9.10:1", "http://localhost:1", "HTTP://LOCALHOST:1", "http://[::1]:1"]
BEYOND = [
    "http://192.0.2.7", "http://centre.example", "http://0.0.0.0:1", "http://127.0.0.1.example",
    "http://localhost.evil", "http://[::ffff:192.0.2.7]",
    "http://user:127.0.0.1@192.0.2.7/", "http://2130706433", "http://127.1",
    "ftp://127.0.0.1", "centre.example", "", "http://", "//127.0.0.1", "ws://127.0.0.1", "http://[",
]  # fmt: skip


def said_by(address: str | Address) -> str:
    with closing(Client(address, timeout=1)) as client, pytest.raises(AlongsideError) as caught:
        client.devices()
    assert caught.value.advice
    return caught.value.code


@pytest.mark.parametrize("url", HERE)
def test_this_machine_may_be_asked_in_clear(url: str):
    assert said_by(url) == "not_reachable"


@pytest.mark.parametrize("url", BEYOND)
def test_nothing_is_sent_in_clear_beyond_this_machine(url: str):
    assert said_by(url) == "not_encrypted"


def test_the_phone_says_so_and_keeps_everything(pocket: Pocket):
    pocket.seal(1, {"location": "Mill Road"})
    report = sync_once(pocket.store.sync, Client("http://centre.example", "token", own=pocket.store.sync.own))
    assert report.code == NotEncrypted.code
    assert "https" in report.advice
    assert pocket.store.strip().waiting == 1


def test_training_may_do_so_by_a_switch_of_its_own():
    switch = {"ALONGSIDE_PLAIN_HTTP": "1", "ALONGSIDE_CA": "/authority.pem"}
    assert Address.given("http://192.0.2.7", switch, training=True) == Address(
        "http://192.0.2.7", "/authority.pem", True
    )
    assert not Address.given("http://192.0.2.7", switch, training=False).plain_http
    assert not Address.given("http://192.0.2.7", {}, training=True).plain_http
    with standing_in(lambda _: page()) as at:
        elsewhere = at.url.replace("127.0.0.1", "0.0.0.0")  # this machine too, but not by its name
        assert said_by(elsewhere) == "not_encrypted"
        assert said_by(Address(elsewhere, plain_http=True)) == "captive_portal"


def test_what_stays_on_this_machine_goes_by_way_of_no_proxy(monkeypatch):
    asked: list[bytes] = []
    with closing(create_server(("127.0.0.1", 0))) as proxy, standing_in(lambda _: page()) as at:

        def listen() -> None:
            with suppress(OSError), proxy.accept()[0] as line:
                asked.append(line.recv(100))

        threading.Thread(target=listen, daemon=True).start()
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        assert said_by(at.url) == "captive_portal"
        assert len(at.asked) == 1
    assert asked == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("407 Proxy Authentication Required", "network_blocks"),
        ("403 Forbidden", "network_blocks"),
        ("502 Bad Gateway", "centre_away"),
    ],
)
def test_a_proxy_that_makes_no_way_is_named(monkeypatch, status: str, code: str):
    with closing(create_server(("127.0.0.1", 0))) as proxy:

        def refuse() -> None:
            with suppress(OSError), proxy.accept()[0] as line:
                line.recv(1000)
                line.sendall(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode())

        thread = threading.Thread(target=refuse, daemon=True)
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        assert said_by("https://centre.invalid") == code
        thread.join(5)


def test_what_is_this_machine():
    assert [host for host in ("localhost", "127.0.0.1", "127.255.0.1", "::1") if not stays_here(host)] == []
    assert [host for host in ("", "0.0.0.0", "::", "10.0.0.1", "localhost.", "xlocalhost") if stays_here(host)] == []
