"""The phone app and the console as processes: who may come in, what a browser is told, and what it leaves."""

import signal
import socket
import time
from pathlib import Path

import pytest

from demo import PASSWORD
from field_app.ui.browsers import device_name
from tests.steps.centre.running import Running
from tests.steps.flet_client import WRONG_PASSWORD, Browser
from tests.steps.waiting import within
from tools.world import Process

PIN, OTHER_PIN = "739164", "846205"
PROGRAMS = ("phone", "console")


@pytest.fixture(params=PROGRAMS)
def program(request: pytest.FixtureRequest) -> Process:
    return request.getfixturevalue(request.param)


@pytest.fixture
def browser(phone: Process) -> Browser:
    made = Browser(phone.port)
    made.open()
    return made


def folders(phone: Process) -> set[str]:
    """The devices this program has."""
    devices = phone.folder / "devices"
    return {each.name for each in devices.iterdir()} if devices.exists() else set()


def folder(phone: Process, browser: Browser) -> Path:
    return phone.folder / "devices" / device_name(browser.token())


# --- Who may come in -------------------------------------------------------------------------------------------------


def test_a_page_of_the_program_opens_its_web_socket(program: Process):
    browser = Browser(program.port)
    browser.open()
    assert browser.status() == 101


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": None},
        {"cookie": "alongside_phone=../../etc; alongside_desk=../../etc"},
        {"origin": None},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"host": "evil.example"},
        {"host": "evil.example", "origin": "http://evil.example"},
        {"host": "evil.example", "origin": "https://evil.example"},
    ],
    ids=str,
)
def test_nobody_else_opens_one(program: Process, headers: dict[str, str | None]):
    browser = Browser(program.port)
    browser.open()
    assert browser.status(**headers) == 403


def test_the_page_of_the_one_program_opens_none_of_the_other(phone: Process, console: Process):
    browser = Browser(phone.port)
    browser.open()
    Browser(console.port)
    other = Browser(console.port)
    other.http.cookies = browser.http.cookies
    other.open()
    assert browser.status(origin=other.origin, cookie=other.cookies) == 403


def raw(port: int, *lines: str) -> bytes:
    """The answer to a request, of which every line is given."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        said = b""
        while more := line.recv(65536):
            said += more
    return said


@pytest.mark.parametrize("hosts", [("evil.example",), ("127.0.0.1:{port}", "evil.example"), ("localhost",)], ids=str)
@pytest.mark.parametrize("path", ["/", "/main.dart.js", "/ws"])
def test_a_page_is_for_our_own_hosts(program: Process, hosts: tuple[str, ...], path: str):
    lines = [f"Host: {host.format(port=program.port)}" for host in hosts]
    assert raw(program.port, f"GET {path} HTTP/1.1", *lines).split(b"\r\n")[0].split()[1] in (b"421", b"400")


# --- What a browser is told ------------------------------------------------------------------------------------------


def test_pages_are_not_kept_and_say_nothing_of_the_server(program: Process):
    browser = Browser(program.port)
    answer = browser.open()
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert not {"server", "access-control-allow-origin"} & answer.headers.keys()
    for cookie in answer.headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie
    assert browser.open("/manifest.json").headers["cache-control"] == "no-store"


def test_what_flutter_is_made_of_is_asked_for_each_time(program: Process):
    browser = Browser(program.port)
    first = browser.open("/main.dart.js")
    assert first.headers["cache-control"] == "no-cache"
    assert "set-cookie" not in first.headers
    again = browser.open("/main.dart.js", **{"if-none-match": first.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["/docs", "/docs/", "/docs/oauth2-redirect", "/redoc", "/openapi.json", "/oauth_callback"]
)
def test_nothing_describes_the_program(program: Process, path: str):
    answer = Browser(program.port).open(path)
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


# --- Each browser its own device -------------------------------------------------------------------------------------


def test_visits_and_wrong_passwords_leave_nothing(phone: Process, browser: Browser):
    before = folders(phone)
    for _ in range(3):
        with browser.page() as page:
            page.until(lambda page=page: page.has("username"))
    with browser.page() as page:
        page.sign_in("amina.yusuf", "wrong", PIN)
        assert page.says(WRONG_PASSWORD)
    assert within(5, lambda: folders(phone) == before)


def test_two_browsers_are_two_phones(phone: Process, browser: Browser):
    other = Browser(phone.port)
    other.open()
    assert browser.token() != other.token()
    with browser.page() as page:
        page.sign_in("amina.yusuf", PASSWORD, PIN)
        assert page.has("new-incident")
        assert folder(phone, browser).stat().st_mode & 0o077 == 0
        assert (folder(phone, browser) / "phone.db").exists()
        with other.page() as elsewhere:
            elsewhere.until(lambda: elsewhere.has("username"))
            assert not elsewhere.says("amina.yusuf"), "nor who uses the other one"
            elsewhere.sign_in("amina.yusuf", PASSWORD, OTHER_PIN)
            assert elsewhere.has("new-incident")
    assert folder(phone, browser) != folder(phone, other)
    assert browser.token() not in str(list(phone.folder.rglob("*"))), "the cookie itself is nowhere on the disk"


def test_a_session_of_one_browser_is_nothing_in_another(phone: Process, browser: Browser):
    other = Browser(phone.port)
    other.open()
    with browser.page() as page:
        page.sign_in("tom.ellery", PASSWORD, PIN)
        session = page.session
    with other.page(session) as stolen:
        assert stolen.session != session
        stolen.until(lambda: stolen.has("username"))
        assert not stolen.says("new-incident")
    with browser.page(session) as again:
        assert again.session == session, "and its own browser goes on with it"
        again.until(lambda: again.has("new-incident"))


def test_wrong_pins_in_one_browser_are_counted_there(phone: Process, browser: Browser):
    other = Browser(phone.port)
    other.open()
    for each in (browser, other):
        with each.page() as page:
            page.sign_in("amina.yusuf", PASSWORD, PIN)
    for number in range(6):
        with other.page() as page:
            page.type("pin", f"51{number}827")
            page.texts.clear()
            page.press("sign-in")
            page.until(lambda page=page: page.says("That PIN is not right.") or page.says("Too many wrong PINs."))
    with browser.page() as page:
        page.type("pin", PIN)
        page.press("sign-in")
        page.until(lambda: page.has("new-incident"))


def test_a_browser_that_vanishes_can_take_its_session_up_again(phone: Process, browser: Browser):
    """Flet forgets the session of a client that goes while a frame is on its way, and keeps it for ever."""
    with browser.page() as page:
        page.until(lambda: page.has("username"))
        session = page.session
        for _ in range(50):
            page.press("theme")
        page.vanish()

    def taken_up() -> bool:
        with browser.page(session) as again:
            return again.session == session

    assert within(10, taken_up)


# --- What is written down, and how it ends ---------------------------------------------------------------------------


def test_no_log_holds_a_frame_or_a_session_however_loud_it_is(phone: Process, browser: Browser):
    with browser.page() as page:
        page.sign_in("amina.yusuf", "a password nobody has", PIN)
        session = page.session
        page.line.send(b"\0\xff no frame at all: Marigold Thistlewood")
    time.sleep(0.5)
    log = phone.log()
    for secret in (session, "a password nobody has", PIN, browser.token(), "Marigold", "Who are you", "Sign in"):
        assert secret not in log
    assert "amina" not in log


@pytest.mark.parametrize("module", ["field_app.main", "field_app.console"])
def test_a_program_ends_within_seconds_though_web_sockets_are_open(module: str, centre: Running, tmp_path: Path):
    process = Process(module, tmp_path / "data", "/", ALONGSIDE_CENTRE=centre.url, ALONGSIDE_TRAINING="1").start()
    assert process.child
    browser = Browser(process.port)
    browser.open()
    with browser.socket(), browser.socket() as garbage, browser.page() as page, browser.page() as gone:
        garbage.send(b"\0\xff")
        page.until(lambda: page.has("username"))
        gone.vanish()
        process.child.send_signal(signal.SIGTERM)
        began = time.monotonic()
        process.child.wait(15)
    assert time.monotonic() - began < 8
