"""The app behind nginx with its defaults: TLS by a private authority, HTTP/2, gzip, buffering, bodies of 1 MB."""

import secrets
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from demo import PASSWORD
from field_app.desk.desk import Desk
from field_app.packs import FetchedPacks
from field_app.phone.phone import Phone as NursesPhone
from sync.client.address import Address
from sync.client.http import Client
from sync.protocol.exchange import sync_once
from sync.protocol.send_window import SendWindow
from tests.line.nginx import before, documented
from tests.steps.at_a_phone import arrived, sealed, until
from tests.steps.builders import PIN, SHIPPED, TRUST
from tests.steps.centre.running import Running
from tests.steps.certificates import Authority
from tests.steps.ui.console import signed

SIZE = 30_000  # characters that no compression makes smaller than 22 KB
OUTBOX = 60
WAYS = {
    "as it comes": {},
    "gzip for everything": {"more": "gzip_types *; gzip_proxied any; gzip_min_length 1;"},
    "as docs/deploy.md says": {"server": documented()},
}


@pytest.fixture(params=WAYS)
def address(request: pytest.FixtureRequest, running: Running, tmp_path: Path) -> Iterator[Address]:
    authority = Authority(tmp_path)
    with before(running.url, tmp_path / "nginx", authority.vouch(), **WAYS[request.param]) as url:
        yield Address(url, str(authority.pem))


@pytest.fixture
def client(address: Address) -> Iterator[Client]:
    made = Client(address, timeout=20)
    yield made
    made.close()


def note() -> str:
    return secrets.token_urlsafe(SIZE)[:SIZE]


def test_a_sign_in_a_small_push_and_a_pull(running: Running, client: Client):
    phone, other = running.device(), running.device("tom.ellery")
    other.record({"location": "South steps"})
    assert other.sync().code == ""
    phone.client = client
    client.own = phone.device.own
    phone.device.sign_in(partial(client.sign_in, training=True), "amina.yusuf", PASSWORD)
    phone.record({"location": "Mill Road"})
    report = phone.sync()
    assert (report.code, report.sent, report.pulled) == ("", 1, 1)
    assert not phone.device.waiting
    assert client.packs()["packs"]


def test_a_pull_of_much_comes_whole(running: Running, client: Client):
    phone, other = running.device(), running.device("tom.ellery")
    for _ in range(OUTBOX):
        other.record({"officer_safety_note": note()})
    assert other.sync().code == ""
    client.own, client.token = phone.device.own, phone.client.token
    while (report := sync_once(phone.device, client)).more:
        assert not report.code
    assert len(phone.device.log) == OUTBOX


def test_a_large_outbox_arrives_and_every_word_on_the_way_is_true(running: Running, client: Client, request):
    phone = running.device()
    client.own, client.token = phone.device.own, phone.client.token
    for _ in range(OUTBOX):
        phone.record({"officer_safety_note": note()})
    assert sum(change.size for change in phone.device.waiting) > 1_800_000
    window, codes = SendWindow(), []
    while phone.device.waiting and len(codes) < 12:
        codes.append(sync_once(phone.device, client, window=window).code)
    assert not phone.device.waiting
    has_room = "docs/deploy.md" in request.node.callspec.id
    assert codes == [""] if has_room else codes.count("gateway_limit") == 1
    assert set(codes) <= {"gateway_limit", ""}
    running.check_chain()


def test_a_nurses_phone_sends_it_by_itself(running: Running, address: Address, tmp_path: Path):
    line: Callable[[], Client] = lambda: Client(address, timeout=20)  # noqa: E731
    phone = NursesPhone(tmp_path / "phone", line, SHIPPED, training=True, scrypt_n=2**10)
    session = phone.sign_in("amina.yusuf", PASSWORD, PIN)
    assert until(session, lambda: session.store.sync.verified_range() is not None or not session.store.problem)
    problems: set[str] = set()
    session.store.on_change(lambda: problems.add(session.store.problem))
    phone.set_work_offline(True)
    for _ in range(OUTBOX):
        sealed(session, officer_safety_note=note())
    phone.set_work_offline(False)
    assert arrived(session, 60)
    phone.close()
    assert problems <= {"", "work_offline", "gateway_limit"}


def test_the_desk_reads_and_decides(running: Running, address: Address):
    incident_id = signed(running.device())
    desk = Desk(address, FetchedPacks(SHIPPED, TRUST), training=True)
    desk.sign_in("ruth.okoro", PASSWORD)
    assert [line.incident_id for line in desk.incidents("review").lines] == [incident_id]
    assert desk.approve(desk.incident(incident_id).incident).number
    assert desk.phones()
    desk.close()


def test_a_centre_that_is_away_behind_it_is_not_called_no_signal(tmp_path: Path, pocket):
    authority = Authority(tmp_path)
    pocket.seal(1, {"location": "Mill Road"})
    with before("http://127.0.0.1:1", tmp_path / "nginx", authority.vouch()) as url:
        client = Client(Address(url, str(authority.pem)), "token", own=pocket.store.sync.own, timeout=20)
        assert sync_once(pocket.store.sync, client).code == "centre_away"
        client.close()


def test_what_never_fits_is_set_aside_and_the_rest_arrives(running: Running, tmp_path: Path):
    authority = Authority(tmp_path)
    with before(running.url, tmp_path / "nginx", authority.vouch(), "client_max_body_size 16k;") as url:
        phone = running.device()
        client = Client(Address(url, str(authority.pem)), phone.client.token, own=phone.device.own, timeout=20)
        for number in range(1, 13):
            phone.record({"officer_safety_note": note() if number == 5 else "short"})
        window, codes = SendWindow(), []
        for _ in range(40):
            codes.append(sync_once(phone.device, client, window=window).code)
        client.close()
    assert set(codes) <= {"gateway_limit", ""}
    aside = [change.device_seq for change in phone.device.changes if change.change_id not in phone.device.receipts]
    assert (aside, phone.device.verdicts[5].code) == ([5], "will_not_go")
