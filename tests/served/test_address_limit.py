"""How many wrong passwords may come from one address."""

import time
from threading import Barrier, Thread

import pytest

from field_app.address_limit import MOST, WINDOW_S, AddressLimit, AddressWaits, network_of
from sync.core.errors import NotReachable, Problem

HERE, THERE = "192.0.2.7", "192.0.2.8"


def wrong(limit: AddressLimit, address: str = HERE) -> None:
    with pytest.raises(Problem), limit.counted(address):
        raise Problem(401, "sign_in_wrong", "", "")


def refused(limit: AddressLimit, address: str = HERE) -> bool:
    try:
        with limit.counted(address):
            return False
    except AddressWaits:
        return True


def test_after_so_many_wrong_passwords_an_address_waits_and_no_other():
    limit = AddressLimit()
    for _ in range(MOST):
        assert not refused(limit)
        wrong(limit)
    assert refused(limit)
    assert not refused(limit, THERE)


def test_the_wait_ends_as_each_try_grows_old(monkeypatch: pytest.MonkeyPatch):
    limit, now = AddressLimit(), time.time()
    for _ in range(MOST):
        wrong(limit)
    monkeypatch.setattr("time.time", lambda: now + WINDOW_S - 2)
    assert refused(limit)
    monkeypatch.setattr("time.time", lambda: now + WINDOW_S + 2)
    assert not refused(limit)


@pytest.mark.parametrize("error", [NotReachable("cut"), Problem(429, "too_many_tries", "", ""), RuntimeError()])
def test_only_a_wrong_password_counts(error: Exception):
    limit = AddressLimit(most=1)
    for _ in range(3):
        with pytest.raises(type(error)), limit.counted(HERE):
            raise error
    for _ in range(3):
        with limit.counted(HERE):
            pass
    assert not refused(limit)


def test_tries_at_the_same_time_are_no_way_round_it():
    limit, together = AddressLimit(most=3), Barrier(8)
    made: list[bool] = []

    def attempt() -> None:
        together.wait()
        try:
            with limit.counted(HERE):
                made.append(True)
                time.sleep(0.2)
                raise Problem(401, "sign_in_wrong", "", "")
        except (Problem, AddressWaits):
            pass

    threads = [Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 3
    assert refused(limit)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_what_one_subscriber_has_counts_as_one(address: str, network: str):
    assert network_of(address) == network
