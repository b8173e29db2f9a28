"""How often a password may be tried: strangers are slowed, and never shut anybody out."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from sync.api.accounts import passwords, sign_in_limits
from sync.api.accounts.sign_in_limits import Addresses
from sync.api.app import THREADS
from sync.api.storage.schema import sign_in_failure
from sync.client.memory_device import Device
from tests.steps.centre.running import PASSWORD, Clock, Phone, Running, serving

Command = Callable[..., int]
HERE, THERE = "192.0.2.1", "198.51.100.7"
RIGHT, WRONG, SLOWED = 200, 401, 429


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer failures, so that fewer passwords have to be checked."""
    monkeypatch.setattr(sign_in_limits, "ACCOUNT", 4)
    monkeypatch.setattr(sign_in_limits, "HERE", 3)


@pytest.fixture
def behind(url: str, tmp_path: Path) -> Iterator[Running]:
    """A centre behind a proxy on this machine, with a desk server elsewhere."""
    with serving(url, tmp_path / "data", Clock(), proxies=("127.0.0.1",), desks=("203.0.113.0/28",)) as it:
        yield it


def tries(
    running: Running, password: str = "wrong", *, name: str = "ruth.okoro", device: Device | None = None, of: str = HERE
) -> httpx.Response:
    """One sign-in from this address, on a new device unless one is given."""
    device = device or Device("Stranger", running.clock)
    claim = {
        "device_id": device.device_id, "public_key": device.key.public, "user_public_key": device.user.public,
        "username": name,
    }  # fmt: skip
    body: dict[str, Any] = {
        "username": name, "password": password, "user_public_key": device.user.public,
        "device": {"device_id": device.device_id, "name": device.name, "public_key": device.key.public},
        "proof": device.key.sign("enrol", claim), "training": running.centre.settings.training,
    }  # fmt: skip
    with running.http() as http:
        return http.post("/v1/sign-in", json=body, headers={"x-forwarded-for": of})


def guess(running: Running, count: int, **who: Any) -> list[int]:
    return [tries(running, **who).status_code for _ in range(count)]


# --- an account ---------------------------------------------------------------------------------------------------


def test_what_strangers_try_never_reaches_a_device_that_has_signed_in(running: Running, desk: Phone) -> None:
    assert guess(running, 7) == [WRONG] * 5 + [SLOWED] * 2  # the fifth is the one try of this minute
    assert tries(running, PASSWORD, device=desk.device).status_code == RIGHT
    assert desk.search().status_code == 200
    others = {name: tries(running, PASSWORD, name=name).status_code for name in ("tom.ellery", "amina.yusuf")}
    assert set(others.values()) == {RIGHT}


def test_a_right_password_from_an_unknown_device_gets_in_within_its_minute(behind: Running) -> None:
    """Though somebody elsewhere goes on trying."""
    guess(behind, 6)
    assert tries(behind, PASSWORD, of=THERE).status_code == RIGHT
    own = Device("New desk", behind.clock)
    slowed = tries(behind, PASSWORD, device=own)
    assert (slowed.status_code, slowed.json()["code"]) == (SLOWED, "too_many_tries")
    assert slowed.json()["advice"] == "Wait a minute and try again."
    behind.clock.forward(seconds=int(slowed.headers["retry-after"]))
    assert 0 < int(slowed.headers["retry-after"]) <= 60
    assert tries(behind, PASSWORD, device=own).status_code == RIGHT


def test_slowed_is_one_try_a_minute(running: Running) -> None:
    guess(running, 6)
    for _ in range(3):
        running.clock.forward(seconds=59)
        assert guess(running, 2) == [SLOWED] * 2
        running.clock.forward(seconds=2)
        assert guess(running, 3) == [WRONG, SLOWED, SLOWED]


def test_a_restart_forgets_no_failure(url: str, tmp_path: Path) -> None:
    clock = Clock()
    with serving(url, tmp_path / "data", clock) as first:
        known = first.device("ruth.okoro", "Desk")
        assert guess(first, 3) == [WRONG] * 3
    with serving(url, tmp_path / "data", clock) as second:
        assert guess(second, 3) == [WRONG, WRONG, SLOWED]
        assert tries(second, PASSWORD, device=known.device).status_code == RIGHT
    with serving(url, tmp_path / "data", clock) as third:
        assert guess(third, 1) == [SLOWED]
        clock.forward(days=1, minutes=1)
        assert guess(third, 5) == [WRONG] * 5


def test_an_unknown_name_is_told_apart_by_nothing(running: Running) -> None:
    for name in ("ruth.okoro", "no.body"):
        assert guess(running, 6, name=name) == [WRONG] * 5 + [SLOWED]
    running.clock.forward(minutes=1)
    wrong = [tries(running, name=name) for name in ("ruth.okoro", "no.body")]
    slowed = [tries(running, name=name) for name in ("ruth.okoro", "no.body")]
    for answers in (wrong, slowed):
        assert len({(one.status_code, one.content) for one in answers}) == 1
        assert answers[0].headers.keys() == answers[1].headers.keys()


def test_tries_at_the_same_moment_are_counted_one_by_one(running: Running) -> None:
    with ThreadPoolExecutor(20) as together:
        statuses = sorted(answer.status_code for answer in together.map(lambda _: tries(running), range(20)))
    assert statuses == [WRONG] * 5 + [SLOWED] * 15


def test_a_new_password_forgets_what_strangers_tried(running: Running, people_command: Command) -> None:
    guess(running, 6)
    people_command("password", "ruth.okoro", password="another long one")
    assert tries(running, "another long one").status_code == RIGHT


# --- a device that has signed in ----------------------------------------------------------------------------------


def test_a_known_device_counts_for_itself(running: Running, desk: Phone) -> None:
    assert guess(running, 4, device=desk.device) == [WRONG] * 3 + [SLOWED]
    slowed = tries(running, PASSWORD, device=desk.device)
    assert slowed.json()["advice"] == "Wait 15 minutes and try again."
    assert tries(running, PASSWORD).status_code == RIGHT  # elsewhere nothing has been tried
    running.clock.forward(seconds=int(slowed.headers["retry-after"]))
    assert tries(running, PASSWORD, device=desk.device).status_code == RIGHT
    assert guess(running, 3, device=desk.device) == [WRONG] * 3


def test_naming_a_known_device_without_its_key_is_being_a_stranger(running: Running, desk: Phone) -> None:
    thief = Device("Thief", running.clock, device_id=desk.device.device_id)
    assert guess(running, 6, device=thief) == [WRONG] * 5 + [SLOWED]
    assert tries(running, PASSWORD, device=desk.device).status_code == RIGHT


def test_a_device_is_known_for_those_who_signed_in_on_it_only(running: Running, desk: Phone) -> None:
    """Whoever may sign in on ten devices does not thereby get ten times as many tries at a colleague's password."""
    assert guess(running, 6, name="tom.ellery", device=desk.device) == [WRONG] * 5 + [SLOWED]


# --- an address ---------------------------------------------------------------------------------------------------


def test_one_password_for_many_names_is_slowed_by_address(behind: Running) -> None:
    """An address is slowed after 30 failures, whatever the names; others, and devices that are known there, are not."""
    known = Device("Ward desk", behind.clock)
    assert tries(behind, PASSWORD, device=known).status_code == RIGHT
    sprayed = [tries(behind, name=f"user{number}").status_code for number in range(32)]
    assert sprayed == [WRONG] * 31 + [SLOWED]
    assert tries(behind, PASSWORD, name="tom.ellery").status_code == SLOWED
    assert tries(behind, PASSWORD, device=known).status_code == RIGHT
    assert tries(behind, PASSWORD, name="tom.ellery", of=THERE).status_code == RIGHT
    behind.clock.forward(minutes=1)
    assert tries(behind, PASSWORD, name="amina.yusuf").status_code == RIGHT


def test_a_desk_server_counts_for_itself(behind: Running) -> None:
    desk = "203.0.113.5"
    assert [tries(behind, name=f"user{number}", of=desk).status_code for number in range(33)] == [WRONG] * 33
    assert tries(behind, PASSWORD, name="tom.ellery", of=desk).status_code == RIGHT


def test_only_a_named_proxy_says_whose_address_it_is(running: Running, behind: Running) -> None:
    for number in range(31):
        assert tries(running, name=f"user{number}", of=f"198.51.100.{number}").status_code == WRONG
    assert tries(running, PASSWORD, name="tom.ellery", of=THERE).status_code == SLOWED
    for number in range(31):  # what a stranger wrote there himself stands before what the proxy added
        assert tries(behind, name=f"user{number}", of=f"198.51.100.{number}, {HERE}").status_code == WRONG
    assert tries(behind, PASSWORD, name="tom.ellery", of=f"{THERE}, {HERE}").status_code == SLOWED
    assert tries(behind, PASSWORD, name="tom.ellery", of=f"{HERE}, {THERE}").status_code == RIGHT


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"), ("203.0.113.9", ""), ("::ffff:203.0.113.9", ""),
        ("2001:db8:d:e::5", ""), ("2001:db8:d:e::6", "2001:db8:d:e::/64"), (None, "unknown"), ("", "unknown"),
        ("testclient", "testclient"),
    ],
)  # fmt: skip
def test_the_address_by_which_tries_are_counted(host: str | None, counted: str) -> None:
    assert Addresses(("203.0.113.0/24", "2001:db8:d:e::5")).counted_as(host) == counted


def test_no_name_and_no_address_is_kept_in_clear(behind: Running) -> None:
    guess(behind, 6)
    with behind.db.read() as conn:
        kept = conn.execute(select(sign_in_failure)).all()
    assert len(kept) == 2  # the account's count, and the turn of the address
    assert all(len(row.subject) == 64 for row in kept)


# --- many at once -------------------------------------------------------------------------------------------------


def test_a_known_device_does_not_wait_for_strangers(running: Running, desk: Phone, monkeypatch) -> None:
    """More strangers than there are threads are having their password checked, and that does not end."""
    end, is_right = threading.Event(), passwords.is_right

    def slowly(kept: str | None, given: str) -> bool:
        return is_right(kept, given) if given == PASSWORD else end.wait(20) and False

    monkeypatch.setattr(passwords, "is_right", slowly)
    with ThreadPoolExecutor(3 * THREADS) as together:
        strangers = [together.submit(tries, running, name=f"user{number}") for number in range(3 * THREADS)]
        assert tries(running, PASSWORD, device=desk.device).status_code == RIGHT
        assert desk.search().status_code == 200
        assert not any(stranger.done() for stranger in strangers)
        end.set()
        assert {stranger.result().status_code for stranger in strangers} == {WRONG}


def test_a_line_of_strangers_that_is_too_long_is_told_to_come_back(running: Running, desk: Phone, monkeypatch) -> None:
    end = threading.Event()
    monkeypatch.setattr(sign_in_limits, "IN_LINE", 2)
    monkeypatch.setattr(passwords, "is_right", lambda _kept, _given: end.wait(20) and False)
    with ThreadPoolExecutor(12) as together:
        strangers = [together.submit(tries, running, name=f"user{number}") for number in range(12)]
        while sum(stranger.done() for stranger in strangers) < 10:
            threading.Event().wait(0.01)
        end.set()
        answers = [stranger.result() for stranger in strangers]
    away = [answer for answer in answers if answer.status_code == SLOWED]
    assert len(away) == 10
    assert {answer.headers["retry-after"] for answer in away} == {"10"}
