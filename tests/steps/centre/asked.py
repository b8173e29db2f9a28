"""What phones and desks ask of a centre: each route in each of its ways, on a centre with a history.

A way is prepared first, which may itself ask the centre; what it gives back is the asking that counts.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Row, func, select

from sync.api.app import prepare
from sync.api.desk.incidents import SORTS, VIEWS
from sync.api.ops.restore import new_epoch
from sync.api.pull.log_pages import PullQuery, page_before, receipts
from sync.api.storage.schema import change_log, incident_view
from sync.api.storage.schema import device as devices
from sync.client.http import Client
from sync.core.errors import Problem
from sync.core.times import instant
from sync.domain.catalogue import CATALOGUE
from sync.domain.records.fold import Record
from sync.protocol.anti_entropy import bucket_sums
from sync.protocol.codec import request_lines
from sync.protocol.messages import Hello, LogSegment
from tests.steps.centre.history import LEAD, History
from tests.steps.centre.running import SCOPE, Phone, answered, new_id

Asking = Callable[[], object]
Way = Callable[[History], Asking]
SMALL_PAGES = 2048  # bytes: an answer holds forty of them, however long the log is
FEW_DAYS = 7


# --- sync: what goes up ----------------------------------------------------------------------------------------------


def idle(at: History) -> Asking:
    return partial(synced, at.phone)


def push_of_one(at: History) -> Asking:
    at.phone.record({"location": "Old Bridge"})
    return partial(synced, at.phone)


def push_to_an_old_incident(at: History) -> Asking:
    at.phone.record({"given_name": "Ida"}, incident=old(at)[0], kind="person")
    return partial(synced, at.phone)


def push_of_fifty(at: History) -> Asking:
    """Five incidents of ten records."""
    for number in range(5):
        incident_id = at.phone.record({"location": f"Place {number}"}).incident_id
        for _ in range(9):
            at.phone.record({"given_name": "Ida"}, incident=incident_id, kind="person")
    return partial(synced, at.phone)


def push_to_fifty_old_incidents(at: History) -> Asking:
    for incident_id in old(at, 50):
        at.phone.record({"given_name": "Ida"}, incident=incident_id, kind="person")
    return partial(synced, at.phone)


def push_of_a_shift(at: History) -> Asking:
    """It is of an old shift, which several incidents name: the car in all their rows follows it."""
    views = incident_view.c
    of_shift = select(views.shift).where(views.incident_id.in_(old(at, 50)), views.shift != "").limit(1)
    with at.db.read() as conn:
        shift = conn.execute(of_shift).scalar_one()
    on = Record(shift, shift, "shift", CATALOGUE["shift"].version)
    at.phone.device.seal(shift, shift, "shift", {"car": "Car 1"}, on=on)
    return partial(synced, at.phone)


def deposit(at: History) -> Asking:
    """Without a sign-in: it is stored, and nothing is pulled."""
    change = at.phone.record({"location": "Old Bridge"})
    lines = at.phone.lines(at.phone.batch([change]), hello=replace(at.phone.device.hello(), scope=None))
    return partial(at.phone.post, lines, token=None)


def push_of_what_was_waited_for(at: History) -> Asking:
    """What goes on from a change that is not there is held, judged again when that comes, and then told."""
    other = at.running.device("tom.ellery")
    first = at.phone.record({"location": "Old Bridge"})
    blank = Record(first.record_id, first.incident_id, "incident", CATALOGUE["incident"].version)
    other.record({"nature": "unclear"}, incident=first.incident_id, on=blank, parents=[first.change_id])

    def ask() -> None:
        for phone in (other, at.phone, other):
            spoken(phone, pull=False)

    return ask


def push_of_a_twin(at: History) -> Asking:
    """Two devices under one name: each number names two changes."""
    one = at.running.device("tom.ellery")
    alike = replace(one.device, changes=[], receipts={}, verdicts={}, nonces={})
    twin = Phone(at.running, alike, Client(at.running.url, one.client.token, own=alike.own))
    at.running.clients.append(twin.client)
    for phone, place in ((one, "Old Bridge"), (twin, "New Bridge")):
        phone.record({"location": place})
    spoken(one, pull=False)
    return partial(spoken, twin, pull=False)


# --- sync: what comes down -------------------------------------------------------------------------------------------


def new_phone(at: History) -> Asking:
    return asked(at.spare, small(at.spare.device.hello(), newest=True))


def new_phone_from_the_beginning(at: History) -> Asking:
    return asked(at.spare, small(at.spare.device.hello()))


def phone_that_was_away(at: History) -> Asking:
    return asked(at.spare, small(at.spare.device.hello(), head=head_at(at, middle(at))))


def older_pages(at: History) -> Asking:
    below = middle(at)
    begins = {"seq": below.seq + 1, "chain": below.chain}
    hello = small(at.spare.device.hello(), head=at.phone.device.hello().head, verified_from=begins)
    return asked(at.spare, hello)


def pages_of_own_changes(at: History) -> Asking:
    """To the phone on which all of the history was made."""
    hello = replace(small(at.phone.device.hello()), head=head_at(at, before(at, 3)))
    return asked(at.phone, hello)


def receipts_before_a_pull(at: History) -> Asking:
    """To the phone on which all of the history was made, when it begins its pull anew.

    The centre's own function: asked over the line, the pull that follows it sends all of the phone's own entries.
    """
    centre, device = at.running.centre, at.phone.device
    query = PullQuery(
        at.db,
        centre.org,
        epoch="",
        signer=centre.signer,
        device_id=device.device_id,
        acked=len(device.changes) - 1,
        scope=SCOPE,
        head=None,
        newest=True,
    )
    page = page_before(replace(query, page_bytes=SMALL_PAGES), None)
    return lambda: list(receipts(query, page))


def wanted(at: History) -> Asking:
    with at.db.read() as conn:
        changes = select(change_log.c.change_id).where(change_log.c.incident_id.in_(old(at, 10))).limit(50)
        ids = tuple(conn.execute(changes).scalars())
    hello = replace(at.spare.device.hello(), head=at.phone.device.hello().head, want=ids)
    return asked(at.spare, hello)


def gaps(at: History) -> Asking:
    """A device that has made more than it sends."""
    hello = at.phone.device.hello()
    return asked(at.phone, replace(hello, device_seq=hello.device_seq + 60))


def restored(at: History) -> Asking:
    """The phone has seen more of an epoch than the centre still has, and returns it."""
    device = at.spare.device
    parts = list(at.spare.client.sync(device.sign_hello(small(device.hello(), newest=True)), []))
    back = [part for part in parts if isinstance(part, LogSegment)][:1]
    head = at.phone.device.hello().head
    assert head
    with at.db.write() as conn:
        new_epoch(conn, at.running.centre.org, at.running.centre.now_ms(), "restored")
        count = conn.execute(select(func.max(devices.c.hello_count))).scalar_one()
    device.count_on_from(count)
    hello = replace(device.hello(), head={**head, "seq": head["seq"] + 1000, "chain": "ab" * 32})
    return asked(at.spare, hello, back)


def commanded(at: History) -> Asking:
    device = at.running.device("tom.ellery")
    done = at.desk.client.command(device.device.device_id)
    hello = replace(device.device.hello(), scope=None)
    told, carried_out = asked(device, hello), asked(device, replace(hello, commands_done=(done,)))
    return lambda: (told(), carried_out())


def state(at: History, place: Callable[[History], int]) -> Asking:
    """A stretch of two hundred numbers: its length is what it costs."""
    first = place(at)
    return partial(at.phone.client.state, SCOPE, first, first + 199, bucket_sums([]))


# --- the desk --------------------------------------------------------------------------------------------------------


def search(at: History, **query: Any) -> Asking:
    if query.pop("since", ""):
        query["since"] = instant(at.running.clock() - timedelta(days=FEW_DAYS))
    return partial(at.desk.client.incidents, **query)


def search_of_one_team(at: History, **query: Any) -> Asking:
    return partial(at.lead.client.incidents, **query)


def following_page(at: History, **query: Any) -> Asking:
    after = at.desk.client.incidents(**query)["next"]
    assert after
    return search(at, **query, after=after)


def incident(at: History, which: Callable[[History], str]) -> Asking:
    return partial(at.desk.client.incident, which(at))


def not_an_incident(at: History) -> Asking:
    return refused(partial(at.desk.client.incident, new_id()), "not_found")


def handed_on(at: History) -> str:
    """The id of an incident under way that was handed on."""
    incident_id = at.desk.client.incidents(view="open", sort="opened")["incidents"][0]["incident_id"]
    offer = {"to_kind": "shift", "to": "Car 2", "note": "", "at": instant(at.running.clock())}
    on = Record(incident_id, incident_id, "incident", CATALOGUE["incident"].version)
    at.phone.device.seal(incident_id, incident_id, "incident", offer, op="transfer", on=on)
    synced(at.phone)
    return incident_id


def board(at: History) -> Asking:
    handed_on(at)
    return search(at, view="open", limit=100)


def command(at: History) -> Asking:
    return partial(at.desk.client.command, at.running.device("tom.ellery").device.device_id)


def pack(at: History) -> Asking:
    return partial(at.phone.client.pack, at.phone.client.packs()["packs"][0]["pack_id"])


# --- who asks --------------------------------------------------------------------------------------------------------


def sign_in_again(at: History) -> Asking:
    return partial(at.desk.sign_in, LEAD)


def sign_in_anew(at: History) -> Asking:
    return partial(at.running.device, "tom.ellery")


def wrong_password(at: History) -> Asking:
    return refused(partial(at.phone.sign_in, "amina.yusuf", "wrong"), "sign_in_wrong")


def sign_out(at: History) -> Asking:
    return at.running.device("tom.ellery").client.sign_out


def plain(at: History, path: str) -> Asking:
    def ask() -> None:
        with at.running.http() as http:
            assert http.get(path).status_code == 200

    return ask


# --- all of it -------------------------------------------------------------------------------------------------------

FILTERS: dict[str, dict[str, Any]] = {
    "all": {},
    "approved": {"standing": "approved"},
    "waiting for review": {"standing": "signed"},
    "of a nature": {"nature": "mh_primary"},
    "of a car": {"car": "Car 2"},
    "approved, of a car and a nature": {"standing": "approved", "car": "Car 2", "nature": "mh_primary"},
    "of this week": {"since": "week"},
    "of this week, of a car": {"since": "week", "car": "Car 1"},
    "until a day long ago": {"until": "2025-12-31T00:00:00.000Z"},
}
UNDER_WAY = [view for view in VIEWS if view != "all"]
SEARCHES: dict[str, Way] = {
    **{f"{name}, by {sort}": partial(search, sort=sort, **query) for name, query in FILTERS.items() for sort in SORTS},
    **{f"{view}, by {sort}": partial(search, view=view, sort=sort) for view in UNDER_WAY for sort in SORTS},
    **{f"{view}, as it comes": partial(search, view=view) for view in VIEWS},
    **{f"{view}, of one team": partial(search_of_one_team, view=view) for view in VIEWS},
    **{
        f"{name}, by {sort}, second page": partial(following_page, sort=sort, limit=20, **FILTERS[name])
        for name in ("all", "approved", "of a nature", "of a car")
        for sort in SORTS
    },
    "second page of the open ones": partial(following_page, view="open", limit=1),
    "second page of those to review": partial(following_page, view="review", limit=1),
    "those to review, counted": partial(search, view="review", limit=1),
    "by words that are everywhere": partial(search, q="amina"),
    "by words that are nowhere": partial(search, q="xyzzy"),
    "by words that few have": partial(search, q="sheila brandreth", sort="-signed"),
}
WAYS: dict[str, Way] = {
    "idle": idle,
    "push of one": push_of_one,
    "push to an old incident": push_to_an_old_incident,
    "push of fifty": push_of_fifty,
    "push to fifty old incidents": push_to_fifty_old_incidents,
    "push of a shift": push_of_a_shift,
    "deposit": deposit,
    "push of what was waited for": push_of_what_was_waited_for,
    "push of a twin": push_of_a_twin,
    "new phone": new_phone,
    "new phone, from the beginning": new_phone_from_the_beginning,
    "phone that was away": phone_that_was_away,
    "older pages": older_pages,
    "pages of own changes": pages_of_own_changes,
    "receipts before a pull": receipts_before_a_pull,
    "wanted": wanted,
    "gaps": gaps,
    "restored": restored,
    "commanded": commanded,
    "state, new entries": partial(state, place=lambda at: at.first),
    "state, old entries": partial(state, place=lambda at: middle(at).seq),
    "incident under way": partial(incident, which=handed_on),
    "old incident": partial(incident, which=lambda at: old(at)[0]),
    "old incident, by a lead of one team": lambda at: partial(at.lead.client.incident, old(at)[0]),
    "not an incident": not_an_incident,
    "board": board,
    "handovers": lambda at: at.officer.client.handovers,
    "devices": lambda at: at.desk.client.devices,
    "undecided": lambda at: at.desk.client.undecided,
    "command": command,
    "packs": lambda at: at.phone.client.packs,
    "pack": pack,
    "sign in again": sign_in_again,
    "sign in anew": sign_in_anew,
    "wrong password": wrong_password,
    "sign out": sign_out,
    "health": partial(plain, path="/health"),
    "ready": partial(plain, path="/ready"),
    "start": lambda at: partial(prepare, at.running.centre),
    **{f"search: {name}": way for name, way in SEARCHES.items()},
}


# --- what they have in common ----------------------------------------------------------------------------------------


def synced(phone: Phone) -> None:
    """One exchange after which nothing waits any more and nothing was queried."""
    report = phone.sync()
    assert (report.code, report.verdicts, phone.device.waiting) == ("", [], []), (report.code, report.verdicts)


def spoken(phone: Phone, *, pull: bool) -> None:
    """One exchange, whatever becomes of it. Without a pull: of what is its own alone."""
    phone.device.scope = SCOPE if pull else None
    assert phone.sync().code in ("", "bad_answer")
    phone.device.scope = SCOPE


def asked(phone: Phone, hello: Hello, returned: Iterable[LogSegment] = (), token: str | None = "") -> Asking:
    """The asking with this hello. The answer is read to its end and not verified: what was cloned would not be."""

    def ask() -> None:
        lines = list(request_lines(phone.device.sign_hello(hello), (), returned=returned))
        assert answered(phone.post(lines, token))["end"]

    return ask


def small(hello: Hello, **more: Any) -> Hello:
    return replace(hello, flush_bytes=SMALL_PAGES, **more)


def refused(ask: Asking, code: str) -> Asking:
    def ask_in_vain() -> None:
        with pytest.raises(Problem) as told:
            ask()
        assert told.value.code == code

    return ask_in_vain


def old(at: History, count: int = 1) -> list[str]:
    """Incidents of the history in the phone's team, of the first copy."""
    views = incident_view.c
    clones = [at.clone_of(incident_id) for incident_id in at.finished]
    of_team = select(views.incident_id).where(views.incident_id.in_(clones), views.scope == SCOPE).limit(count)
    with at.db.read() as conn:
        return list(conn.execute(of_team).scalars())


def middle(at: History) -> Row:
    """An entry of the team in the middle of what was cloned."""
    return before(at, at.copies // 2 + 1)


def before(at: History, copies: int) -> Row:
    """An entry of the team so many copies back."""
    log = change_log.c
    back = at.first - (at.last - at.first + 1) * copies
    row = select(log.seq, log.chain).where(log.scope == SCOPE, log.seq >= back).order_by(log.seq).limit(1)
    with at.db.read() as conn:
        return conn.execute(row).one()


def head_at(at: History, place: Row) -> dict[str, Any]:
    now = at.phone.device.hello().head
    assert now
    return {**now, "seq": place.seq, "chain": place.chain}
