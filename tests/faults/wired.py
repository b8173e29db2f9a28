"""Real stores, the real client and a real centre, with the proxy between them: what a nurse's phone has outdoors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import demo
from sync.client.http import Client
from sync.client.memory_device import Device
from sync.protocol.exchange import SET_ASIDE, Report, sync_once
from sync.protocol.messages import Change
from sync.protocol.send_window import SendWindow
from tests.faults import checker
from tests.faults.proxy import Proxy, Way, between
from tests.steps.builders import Pocket
from tests.steps.centre.running import Clock, Running, serving

TIMEOUT_S = 3.0


@dataclass
class Wired:
    folder: Path
    running: Running
    proxy: Proxy
    phones: list[Pocket] = field(default_factory=list)
    sealed: dict[str, Change] = field(default_factory=dict)
    received: set[str] = field(default_factory=set)
    clients: dict[str, Client] = field(default_factory=dict)
    windows: dict[str, SendWindow] = field(default_factory=dict)
    idle: list[tuple[int, int]] = field(default_factory=list)

    def phone(self, username: str = "amina.yusuf") -> Pocket:
        pocket = Pocket(self.folder / f"phone{len(self.phones) + 1}", len(self.phones) + 1, username)
        client = Client(self.proxy.address, own=pocket.store.sync.own, timeout=TIMEOUT_S)
        answer = client.sign_in(
            username, demo.PASSWORD, device=pocket.vault.device, device_id=pocket.device_id, device_name="Phone",
            user_public_key=pocket.vault.user.public, training=True,
        )  # fmt: skip
        pocket.vaults.save_profile(pocket.vault, answer)
        self.clients[pocket.device_id], self.windows[pocket.device_id] = client, SendWindow()
        self.phones.append(pocket)
        return pocket

    def seal(self, pocket: Pocket, record: int, patch: dict) -> None:
        change = pocket.seal(record, patch)
        self.sealed[change.change_id] = change

    def sync(self, pocket: Pocket, way: Way | None = None) -> Report:
        """One exchange, over a fresh connection, to which this is done."""
        client = self.clients[pocket.device_id]
        client.close()
        self.proxy.way = way or Way()
        report = sync_once(pocket.store.sync, client, window=self.windows[pocket.device_id])
        client.close()
        self.proxy.way = Way()
        rows = pocket.db.execute("SELECT change_id FROM outbox WHERE received_ms IS NOT NULL").fetchall()
        self.received |= {row[0].hex() for row in rows}
        checker.acknowledged(self.received, self.running.rows())
        return report

    def check(self) -> None:
        for pocket in self.phones:
            pocket.store.outbox.release((SET_ASIDE.code,))
        for _ in range(12):
            reports = [self.sync(pocket) for pocket in self.phones]
            if not any(one.code or one.sent or one.received or one.pulled or one.more for one in reports):
                break
        else:
            raise AssertionError(f"I8: the phones do not come to rest: {[one.code for one in reports]}")
        reader = Device("Reader", self.running.clock)
        client = Client(self.running.url, own=reader.own)
        reader.sign_in(partial(client.sign_in, training=True), "ruth.okoro", demo.PASSWORD)
        while sync_once(reader, client).more:
            pass
        client.close()
        checker.check(checker.World(self.running.rows(), self.phones, self.sealed, self.received, reader.log))

    def close(self) -> None:
        for client in self.clients.values():
            client.close()
        for pocket in self.phones:
            pocket.db.conn.close()


@contextmanager
def wired(folder: Path, url: str) -> Iterator[Wired]:
    with serving(url, folder / "data", Clock()) as running, between(running.url) as proxy:
        made = Wired(folder, running, proxy)
        try:
            yield made
        finally:
            made.close()
