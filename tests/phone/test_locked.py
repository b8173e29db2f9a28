"""Send while locked: what is sealed leaves a phone that nobody unlocks, or can, and nothing else does."""

import bz2
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from demo import PASSWORD
from field_app.phone.devices import BrowserDevices
from field_app.phone.phone import Phone
from field_app.phone.store.pin import PinLocked, PinWrong
from sync.client.http import Client
from sync.core.canonical import canonical
from sync.core.errors import AlongsideError, NotReachable, Untrusted
from sync.protocol.codec import request_lines
from tests.steps.at_a_phone import arrived, at_the_desk, sealed
from tests.steps.builders import CANARIES, PIN, SHIPPED, FakeClock
from tests.steps.centre.running import Running
from tests.steps.waiting import within

NEW_PIN = "739164"


class Overheard(Client):
    """The centre, over a line that is overheard."""

    sent: list[dict[str, Any]]

    def __init__(self, url: str):
        super().__init__(url, timeout=5)
        self.sent = []

    def sync(self, hello: Any, batches: Any, **how: Any) -> Any:
        batches = list(batches)
        self.sent += request_lines(hello, batches, how.get("full", False))
        return super().sync(hello, batches, **how)


@dataclass
class Starts:
    """Starts the app on the phone in this folder, as after a kill."""

    folder: Path
    url: str
    clock: FakeClock = field(default_factory=FakeClock)
    phones: list[Phone] = field(default_factory=list)

    def __call__(self, make: Callable[[], Client] | None = None) -> Phone:
        self.stop()
        centre = make or (lambda: Client(self.url, timeout=5))
        self.phones.append(Phone(self.folder, centre, SHIPPED, training=True, clock=self.clock, scrypt_n=2**10))
        return self.phones[0]

    def without_a_line(self) -> Phone:
        return self(lambda: Client("http://127.0.0.1:9", timeout=1))

    def stop(self) -> None:
        while self.phones:
            self.phones.pop().close()


@pytest.fixture
def start(running: Running, tmp_path: Path) -> Iterator[Starts]:
    made = Starts(tmp_path / "phone", running.url)
    yield made
    made.stop()


@pytest.fixture
def unsent(start: Starts) -> str:
    """Tom sealed an incident without a connection, and the phone was switched off. The incident's id."""
    phone = start()
    tom = phone.sign_in("tom.ellery", PASSWORD, PIN)
    tom._background.stop()
    incident_id = sealed(tom, location=f"Mill Road, {CANARIES[3]}")
    start.stop()
    return incident_id


def at_centre(running: Running, incident_id: str) -> list[Any]:
    return [row for row in running.rows() if row.incident_id == incident_id]


def devices(phone: Phone) -> list[tuple[str, int]]:
    return phone._disk.db.execute("SELECT username, retired FROM vault ORDER BY rowid").fetchall()


def test_after_a_restart_it_is_sent_though_nobody_unlocks(running: Running, start, unsent):
    phone = start()
    assert within(15, lambda: at_centre(running, unsent))
    rows = at_centre(running, unsent)
    assert {(row.verdict, row.void, row.author) for row in rows} == {("accepted", False, "tom.ellery")}
    assert within(15, lambda: not phone.deposits())
    tom = phone.unlock("tom.ellery", PIN)
    assert tom.store.strip().waiting == 0
    assert {change.change_id for change in tom.store.history(unsent)} == {row.change_id for row in rows}
    assert [one.state for one in tom.store.deliveries()] == ["received"]
    running.check_chain()


def test_until_there_is_a_connection_it_says_what_waits(running: Running, start, unsent):
    class Silent(Client):
        def sync(self, *_: Any, **__: Any) -> Any:
            raise NotReachable("no answer")

    phone = start(lambda: Silent(running.url))
    assert within(15, lambda: [one.problem for one in phone.deposits()] == ["not_reachable"])
    (deposit,) = phone.deposits()
    assert (deposit.username, deposit.waiting) == ("tom.ellery", 1)
    assert at_centre(running, unsent) == []


def test_work_offline_is_kept_to_and_can_be_ended_without_a_pin(running: Running, start, unsent):
    offline = start.without_a_line()
    offline.set_work_offline(True)
    phone = start()
    assert within(15, lambda: [one.problem for one in phone.deposits()] == ["work_offline"])
    assert at_centre(running, unsent) == []
    phone.set_work_offline(False)
    assert within(15, lambda: at_centre(running, unsent))


def test_only_what_waits_leaves_and_only_sealed(running: Running, start, unsent):
    clients: list[Overheard] = []

    def listened() -> Overheard:
        clients.append(Overheard(running.url))
        return clients[-1]

    phone = start(listened)
    assert within(15, lambda: at_centre(running, unsent))
    phone.close()
    lines = [line for client in clients for line in client.sent]
    assert {line["t"] for line in lines} == {"hello", "batch", "day_key", "sealed", "sig"}
    assert {line["id"] for line in lines if line["t"] == "sealed"} == {
        row.change_id for row in at_centre(running, unsent)
    }
    assert all(line["scope"] is None and line["head"] is None for line in lines if line["t"] == "hello")
    for part in b"\n".join(map(canonical, lines)), bz2.compress(b"\n".join(map(canonical, lines))):
        assert not any(text.encode() in part for text in (*CANARIES, "Mill Road", "tom.ellery"))


def test_a_forgotten_pin_costs_nothing(running: Running, start, unsent):
    phone = start()
    old = phone._vaults.locked()[0].device_id
    with pytest.raises(PinWrong):
        phone.unlock("tom.ellery", "842915")
    with pytest.raises(PinWrong):
        phone.sign_in("tom.ellery", PASSWORD, "842915", known_pin=True)
    with pytest.raises(AlongsideError) as refused:
        phone.sign_in("tom.ellery", "wrong", NEW_PIN)
    assert refused.value.code == "sign_in_wrong"
    assert devices(phone) == [("tom.ellery", 0)], "whoever does not know the password changes nothing"
    tom = phone.sign_in("tom.ellery", PASSWORD, NEW_PIN)
    assert tom._vault.device_id != old
    assert within(15, lambda: at_centre(running, unsent))
    assert within(15, lambda: devices(phone) == [("tom.ellery", 0)])
    assert phone._disk.db.execute(
        "SELECT count(*) FROM change WHERE vault_id <> ?", (tom._vault.vault_id,)
    ).fetchone() == (0,)
    tom.sync_now()
    assert within(15, lambda: tom.store.incident(unsent)), "it comes back from the centre"
    assert phone.people() == ["tom.ellery"]
    phone = start()
    assert phone.unlock("tom.ellery", NEW_PIN).store.incident(unsent)


def test_the_old_vault_is_erased_only_once_all_has_been_received(running: Running, start, unsent):
    class Deaf(Client):
        """Signs in and takes nothing."""

        def sync(self, *_: Any, **__: Any) -> Any:
            raise NotReachable("no answer")

    phone = start(lambda: Deaf(running.url))
    phone.sign_in("tom.ellery", PASSWORD, NEW_PIN)
    assert devices(phone) == [("tom.ellery", 1), ("tom.ellery", 0)]
    phone = start(lambda: Deaf(running.url))
    assert devices(phone) == [("tom.ellery", 1), ("tom.ellery", 0)]
    phone.unlock("tom.ellery", NEW_PIN)
    phone = start()
    assert within(15, lambda: at_centre(running, unsent))
    assert within(15, lambda: devices(phone) == [("tom.ellery", 0)])


def test_after_ten_wrong_pins_it_is_sent_and_the_password_opens_a_new_vault(running: Running, start, unsent):
    phone = start.without_a_line()
    for _ in range(10):
        with pytest.raises((PinWrong, PinLocked)):
            phone.unlock("tom.ellery", "842915")
        phone._disk.clock.forward(minutes=15)
    for pin in ("842915", PIN):
        with pytest.raises(PinLocked):
            phone.unlock("tom.ellery", pin)
    phone = start()
    assert within(15, lambda: at_centre(running, unsent))
    with pytest.raises(PinLocked):
        phone.sign_in("tom.ellery", PASSWORD, PIN, known_pin=True)
    tom = phone.sign_in("tom.ellery", PASSWORD, NEW_PIN)
    tom.sync_now()
    assert within(15, lambda: tom.store.incident(unsent))


def test_a_weak_new_pin_is_refused_before_anything_changes(start, unsent):
    phone = start()
    with pytest.raises(AlongsideError) as refused:
        phone.sign_in("tom.ellery", PASSWORD, "112233")
    assert refused.value.code == "pin_weak"
    assert devices(phone) == [("tom.ellery", 0)]


def test_a_draft_under_a_forgotten_pin_is_kept_and_said(running: Running, start, unsent):
    phone = start()
    tom = phone.unlock("tom.ellery", PIN)
    draft = tom.edit(unsent, "person")
    tom.keep(replace(draft, answers={"given_name": CANARIES[0]}))
    phone = start()
    tom = phone.sign_in("tom.ellery", PASSWORD, NEW_PIN)
    assert within(15, lambda: at_centre(running, unsent))
    assert within(15, lambda: [(one.waiting, one.drafts) for one in phone.deposits()] == [(0, 1)])
    assert "old-pin" in tom.store.strip().notices(tom.now())
    assert devices(phone) == [("tom.ellery", 1), ("tom.ellery", 0)]
    assert all(CANARIES[0].encode() not in row.body for row in running.rows())
    assert draft_count(phone) == 1
    assert draft_count(start()) == 1


def draft_count(phone: Phone) -> int:
    return phone._disk.db.execute("SELECT count(*) FROM draft").fetchone()[0]


def test_one_that_does_not_open_is_refused_by_name_and_the_others_go_on(running: Running, start, unsent):
    phone = start.without_a_line()
    tom = phone.unlock("tom.ellery", PIN)
    more = [sealed(tom, location=f"x{number}") for number in range(4)]
    tom._background.stop()
    phone._disk.db.execute(
        """UPDATE change SET ct = zeroblob(300) WHERE change_id =
           (SELECT change_id FROM outbox WHERE incident_id = ? ORDER BY device_seq DESC LIMIT 1)""",
        (bytes.fromhex(more[1].replace("-", "")),),
    )
    phone = start()
    counts = [2, 1, 2, 2]
    assert within(15, lambda: phone.came_back() or [len(at_centre(running, one)) for one in more] == counts)
    assert within(15, lambda: [(one.waiting, one.kept) for one in phone.deposits()] == [(0, 1)])
    rows = phone._disk.db.execute("SELECT verdict, code FROM outbox WHERE received_ms IS NULL").fetchall()
    assert rows == [("refused", "not_opened")]
    phone.sign_in("tom.ellery", PASSWORD, NEW_PIN)
    assert within(15, lambda: [(one.waiting, one.kept) for one in phone.deposits()] == [(0, 1)])
    assert devices(phone) == [("tom.ellery", 1), ("tom.ellery", 0)], "nothing is erased that was not received"


def test_a_kill_in_the_middle_loses_and_doubles_nothing(running: Running, start, unsent, tmp_path):
    code = """
import os, signal, sys
from pathlib import Path
from threading import Event
from field_app.phone.phone import Phone
from sync.client.http import Client
from tests.steps.builders import SHIPPED

class Killing(Client):
    def sync(self, *given, **how):
        for part in super().sync(*given, **how):
            if type(part).__name__ == sys.argv[3]:
                os.kill(os.getpid(), signal.SIGKILL)
            yield part

Phone(Path(sys.argv[1]), lambda: Killing(sys.argv[2]), SHIPPED, training=True, scrypt_n=2**10)
Event().wait(20)
"""
    for part in ("Welcome", "LogSegment"):
        command = [sys.executable, "-c", code, str(tmp_path / "phone"), running.url, part]
        ended = subprocess.run(command, env={**os.environ, "PYTHONPATH": "."}, check=False, timeout=60)
        assert ended.returncode == -signal.SIGKILL
    phone = start()
    assert within(15, lambda: not phone.deposits())
    tom = phone.unlock("tom.ellery", PIN)
    assert tom.store.strip().waiting == 0
    assert len(at_centre(running, unsent)) == len(tom.store.history(unsent))


def test_a_nurse_who_unlocks_takes_over(running: Running, start, unsent):
    phone = start()
    tom = phone.unlock("tom.ellery", PIN)
    another = sealed(tom, location="Old Bridge")
    assert arrived(tom)
    assert at_centre(running, another)
    assert at_centre(running, unsent)
    assert len(running.rows()) == len({row.change_id for row in running.rows()})
    assert phone.deposits() == []


def test_each_nurse_of_a_shared_phone_sends_locked(running: Running, start, unsent):
    phone = start()
    amina = phone.sign_in("amina.yusuf", PASSWORD, "604117")
    amina._background.stop()
    hers = sealed(amina, location="Old Bridge")
    phone = start()
    assert within(15, lambda: at_centre(running, hers) and at_centre(running, unsent))
    assert {row.author for row in at_centre(running, hers)} == {"amina.yusuf"}


def test_a_vault_whose_row_the_disk_has_damaged_is_mended_by_the_pin(running: Running, start, unsent):
    phone = start.without_a_line()
    phone._disk.db.execute("UPDATE vault SET locked = zeroblob(40)")
    phone = start.without_a_line()
    assert phone.deposits() == []
    phone.unlock("tom.ellery", PIN)
    start()
    assert within(15, lambda: at_centre(running, unsent))


# --- commands, and devices of browsers ------------------------------------------------------------------------------


def test_a_locked_phone_is_cleared_once_all_has_been_received(running: Running, start, unsent, desk):
    phone = start.without_a_line()
    device_id = phone._vaults.locked()[0].device_id
    desk.clear(device_id)
    phone = start()
    assert within(15, lambda: phone.came_back() or phone.people() == [])
    assert at_centre(running, unsent), "what waited was sent first"
    assert at_the_desk(desk, device_id).wiped_at
    for table in ("change", "outbox", "incident", "draft", "vault", "day_key", "command"):
        assert phone._disk.db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_a_draft_that_nobody_else_has_survives_the_clearing_and_it_is_not_called_done(
    running: Running, start, unsent, desk
):
    phone = start()
    tom = phone.unlock("tom.ellery", PIN)
    tom.keep(replace(tom.edit(unsent, "person"), answers={"given_name": CANARIES[0]}))
    assert arrived(tom)
    phone = start.without_a_line()
    device_id = phone._vaults.locked()[0].device_id
    desk.clear(device_id)
    phone = start()

    def rows(table: str) -> int:
        return phone._disk.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

    assert within(15, lambda: phone.came_back() or rows("change") == 0)
    assert [rows(table) for table in ("incident", "segment", "entry", "pulled")] == [0, 0, 0, 0]
    assert rows("draft") == 1
    assert at_the_desk(desk, device_id).wiped_at is None
    tom = phone.unlock("tom.ellery", PIN)
    assert within(15, lambda: tom.is_gone), "once it could be sealed, it is sent, and all is cleared"
    assert any(CANARIES[0].encode() in row.body for row in running.rows())
    assert at_the_desk(desk, device_id).wiped_at


def test_what_waits_on_the_device_of_a_browser_that_never_comes_back_is_sent(running: Running, tmp_path):
    def make(folder: Path, url: str = "http://127.0.0.1:9") -> Phone:
        return Phone(folder, lambda: Client(url, timeout=5), SHIPPED, training=True, scrypt_n=2**10)

    names = ["a" * 43, "b" * 43]
    for name in names:
        phone = make(tmp_path / "devices" / name, running.url)
        tom = phone.sign_in("tom.ellery", PASSWORD, PIN)
        tom._background.stop()
        if name == names[0]:
            waiting = sealed(tom, location="Old Bridge")
        phone.close()
    devices = BrowserDevices(tmp_path, lambda folder: make(folder, running.url), training=True)
    devices.send_waiting()
    assert within(15, lambda: at_centre(running, waiting))
    assert within(15, lambda: not any(phone.is_open for phone in devices._opened.values()))
    assert [devices.is_open(name) for name in names] == [True, False], "on the other nothing waited"
    devices.at(names[1])
    devices.leave(names[1])
    assert [devices.is_open(name) for name in names] == [False, False]
    devices.close()


def test_another_key_to_seal_to_is_another_centre(running: Running, start, unsent):
    phone = start()
    tom = phone.unlock("tom.ellery", PIN)
    tom._vault.profile["seal_key"] = "WNS9lRsJvtwOaIVh7e_8NFipKGlXajl7HsXh0HwgO3k"
    with pytest.raises(Untrusted) as caught:
        tom.renew(PASSWORD)
    assert caught.value.code == "other_centre"
