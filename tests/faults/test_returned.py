"""After a restore devices return what the centre once signed: what counted counts, what was void is void, for good."""

import pytest
from sqlalchemy import delete, insert, update

from field_app.phone.store.disk import Intent
from sync.api.accounts import employment
from sync.api.ingest.request_reader import Ingest
from sync.api.pull import log_pages
from sync.api.storage.schema import enrolment, membership, practitioner
from sync.core.canonical import canonical
from sync.core.errors import Problem
from sync.core.times import to_millis
from sync.protocol.codec import request_lines
from sync.protocol.messages import Change
from sync.protocol.send_window import MIN_FLUSH_BYTES, SendWindow
from tests.faults.rig import Rig
from tests.steps.builders import PACKS, Pocket, uid

ORDERS = pytest.mark.parametrize("by", ["its own phone", "a colleague's"])


def two_phones(rig: Rig) -> tuple[Pocket, Pocket]:
    first, second = rig.phone(), rig.phone("tom.ellery")
    rig.seal(first, 1, {"location": "Mill Road"})
    for pocket in (first, second, first):
        rig.sync(pocket)
    return first, second


def sealed_as(rig: Rig, pocket: Pocket, author: str, role: str, op: str = "set", **patch) -> Change:
    """A change of the first incident that this phone signs, in somebody's name."""
    heads = pocket.store.incident(uid(1)).records[uid(1)].heads
    [change] = pocket.store.seal(author, role, [Intent(uid(1), uid(1), "incident", op, patch, heads)])
    rig.sealed[change.change_id] = change
    return change


def come_back(rig: Rig, first: Pocket, second: Pocket, by: str) -> None:
    for pocket in (first, second) if by == "its own phone" else (second, first):
        for _ in range(3):
            rig.sync(pocket)


def judged(rig: Rig) -> list[tuple[str, bool]]:
    return [(row.code, row.void) for row in rig.centre.log()]


@ORDERS
def test_what_did_not_count_does_not_count_afterwards_whoever_brings_it(rig, by):
    first, second = two_phones(rig)
    backup = rig.back_up()
    sealed_as(rig, first, "tom.ellery", "nurse", cad_ref="CC-22112026-0147")  # he has never signed in on this phone
    sealed_as(rig, first, "ruth.okoro", "supervisor", "review", digest="7" * 64)
    for pocket in (first, second):
        rig.sync(pocket)
    assert judged(rig)[1:] == [("author_not_enrolled", True)] * 2
    rig.restore(backup)
    come_back(rig, first, second, by)
    rig.check()
    assert judged(rig) == [("", False), ("author_not_enrolled", True), ("author_not_enrolled", True)]
    assert "cad_ref" not in second.store.incident(uid(1)).records[uid(1)].values


def test_what_did_not_count_is_void_although_the_backup_would_have_it_count(rig):
    first, second = two_phones(rig)
    with rig.centre.db.write() as conn:
        conn.execute(update(practitioner).where(practitioner.c.username == "amina.yusuf").values(role="supervisor"))
    backup = rig.back_up()
    with rig.centre.db.write() as conn:
        conn.execute(update(practitioner).where(practitioner.c.username == "amina.yusuf").values(role="nurse"))
    approval = sealed_as(rig, first, "amina.yusuf", "supervisor", "review", digest="7" * 64)
    for pocket in (first, second):
        rig.sync(pocket)
    assert judged(rig)[1:] == [("role_not_held", True)]
    rig.restore(backup)
    come_back(rig, first, second, "a colleague's")
    rig.check()
    assert judged(rig) == [("", False), ("void_before", True)]
    assert not second.store.incident(uid(1)).acts
    delivery = next(line for line in first.store.deliveries() if line.record_id == approval.record_id)
    assert delivery.state == "quarantined"


AMINA = practitioner.c.username == "amina.yusuf"
ENROLLED = enrolment.c.practitioner_id == "amina.yusuf"
LESS = {  # what the backup knows of her, and what her supervisor then does about it
    "another role": (
        update(practitioner).where(AMINA).values(role="officer"),
        update(practitioner).where(AMINA).values(role="nurse"),
    ),
    "gone": (
        update(practitioner).where(AMINA).values(active=False),
        update(practitioner).where(AMINA).values(active=True),
    ),
    "in no team": (
        delete(membership).where(membership.c.practitioner_id == "amina.yusuf"),
        insert(membership).values(org="alongside", practitioner_id="amina.yusuf", team_id="cambridgeshire"),
    ),
    "not enrolled": (delete(enrolment).where(ENROLLED), None),
    "another key": (update(enrolment).where(ENROLLED).values(user_public_key="x"), None),
}


@ORDERS
def test_what_was_accepted_stays_accepted_and_what_was_not_still_can_be(rig, by):
    """The backup does not know that Amina left: what she sealed afterwards is as it was before the restore."""
    first, second = two_phones(rig)
    lead = rig.phone("ruth.okoro")
    rig.sync(lead)
    backup = rig.back_up()
    with rig.centre.db.write() as conn:
        employment.leaves(conn, rig.centre.org, "amina.yusuf", to_millis(rig.clock.now()))
    first.clock.forward(hours=1)
    accepted, waiting = (rig.seal(first, 1, {name: "x"}) for name in ("cad_ref", "location"))
    for pocket in (first, lead, second):
        rig.sync(pocket)
    assert judged(rig)[1:] == [("sealed_after_leaving", True)] * 2
    acceptance = sealed_as(rig, lead, "ruth.okoro", "supervisor", "accept", changes=[accepted.change_id])
    for pocket in (lead, second):
        rig.sync(pocket)
    rig.restore(backup)
    come_back(rig, first, second, by)
    rig.sync(lead)
    rig.sync(second)
    values = {"location": "Mill Road", "cad_ref": "x"}
    assert second.store.incident(uid(1)).records[uid(1)].values == values
    rows = {row.change_id: (row.void, row.code, row.verdict) for row in rig.centre.log()}
    assert not rows[acceptance.change_id][0]
    if by == "a colleague's":  # the log as it was; her own phone sends what she may do again
        assert rows[accepted.change_id] == (True, "void_before", "accepted")
        assert rows[waiting.change_id] == (True, "void_before", "quarantined")
        then = sealed_as(rig, lead, "ruth.okoro", "supervisor", "accept", changes=[waiting.change_id])
        rig.sync(lead)
        rig.sync(second)
        assert then.change_id in {row.change_id for row in rig.centre.log() if not row.void}
        assert second.store.incident(uid(1)).records[uid(1)].values == {**values, "location": "x"}
    rig.check()


@ORDERS
@pytest.mark.parametrize("known", LESS)
def test_what_counted_goes_on_counting_whatever_the_backup_knows_of_its_author(rig, known, by):
    first, second = two_phones(rig)
    backup = rig.back_up()
    sealed_as(rig, first, "amina.yusuf", "nurse", cad_ref="CC-22112026-0147")
    for pocket in (first, second):
        rig.sync(pocket)
    rig.restore(backup)
    spoilt, mended = LESS[known]
    with rig.centre.db.write() as conn:
        conn.execute(spoilt)
    come_back(rig, first, second, by)
    assert judged(rig) == [("", False)] * 2
    with rig.centre.db.write() as conn:
        if mended is not None:
            conn.execute(mended)
    rig.check()
    assert [list(pocket.store.sync.segments_to_return()) for pocket in (first, second)] == [[], []]
    assert second.store.incident(uid(1)).records[uid(1)].values["cad_ref"] == "CC-22112026-0147"


def test_a_signature_that_counted_counts_though_the_backup_has_another_key(rig):
    first, second = two_phones(rig)
    backup = rig.back_up()
    claim = {"digest": "7" * 64, "statement": "s", "author": "amina.yusuf", "incident_id": uid(1), "nonce": "n" * 16}
    patch = {"digest": "7" * 64, "statement": "s", "signature": first.vault.user.sign("sign", claim)}
    heads = first.store.incident(uid(1)).records[uid(1)].heads
    intent = Intent(uid(1), uid(1), "incident", "sign", patch, heads, nonce="n" * 16)
    [signed] = first.store.seal("amina.yusuf", "nurse", [intent])
    rig.sealed[signed.change_id] = signed
    for pocket in (first, second):
        rig.sync(pocket)
    assert judged(rig)[-1] == ("", False)
    rig.restore(backup)
    with rig.centre.db.write() as conn:
        conn.execute(LESS["another key"][0])
    come_back(rig, first, second, "its own phone")
    rig.check()
    assert judged(rig)[-1] == ("", False)


@pytest.mark.parametrize("what", ["void = 1 - void", "received_ms = received_ms + 1", "seq = seq + 1"])
def test_what_a_disk_has_damaged_is_left_out_and_stops_nothing(rig, monkeypatch, what):
    """Whether an entry counts is under the chain's hash, as its number and its time are."""
    monkeypatch.setattr(log_pages, "PAGE_ENTRIES", 1)
    first, second = two_phones(rig)
    backup = rig.back_up()
    lost = [rig.seal(first, 1, {"cad_ref": f"CC-22112026-014{n}"}) for n in range(3)]
    for pocket in (first, second):
        rig.sync(pocket)
    with second.db.atomic():
        second.db.execute(f"UPDATE entry SET {what} WHERE change_id = ?", (bytes.fromhex(lost[1].change_id),))
    rig.restore(backup)
    assert [rig.sync(second).code for _ in range(3)] == ["", "", ""]
    assert [row.change_id for row in rig.centre.log()][1:] == [lost[0].change_id, lost[2].change_id]
    rig.check()
    assert len(rig.centre.log()) == 4


def returned_by_hand(rig: Rig, pocket: Pocket, lines: list[dict], compressed: bool = False) -> Ingest:
    hello = pocket.store.sync.sign_hello(pocket.store.sync.hello())
    now = lambda: to_millis(rig.clock.now())  # noqa: E731
    ingest = Ingest(rig.centre.db, rig.centre.org, now, PACKS, compressed, rig.centre.signer.public)
    ingest.feed(b"".join(canonical(line) + b"\n" for line in [*request_lines(hello, ()), *lines]))
    ingest.close()
    return ingest


def lost_segments(rig: Rig) -> tuple[Pocket, list[list[dict]]]:
    """A phone, and the lines of two segments of one entry each that the centre has lost."""
    first, second = two_phones(rig)
    backup = rig.back_up()
    for number in range(2):
        rig.seal(first, 1, {"cad_ref": f"CC-22112026-014{number}"})
        for pocket in (first, second):
            rig.sync(pocket)
    rig.restore(backup)
    rig.sync(second)
    hello = second.store.sync.sign_hello(second.store.sync.hello())
    segments: list[list[dict]] = []
    for line in list(request_lines(hello, (), returned=second.store.sync.segments_to_return()))[1:]:
        if line["t"] == "segment":
            segments.append([])
        segments[-1].append(line)
    assert len(segments) == 2
    return second, segments


@pytest.mark.parametrize(
    "wrong",
    [
        lambda lines: [{**lines[0], "before": "x"}, *lines[1:]],
        lambda lines: [{"t": "segment"}, *lines[1:]],
        lambda lines: [lines[0], {"t": "c", "seq": 1}, lines[-1]],
        lambda lines: [lines[0], {"t": "own", "first": 1, "n": 1, "seq": 1, "at": 1}, lines[-1]],
        lambda lines: [lines[0], {"t": "later"}, lines[-1]],
        lambda lines: [*lines[:-1], {**lines[-1], "signature": "A" * 86}],
        lambda lines: [*lines[:-1], {**lines[-1], "scope": "team:else"}],
        lambda lines: [*lines[:-1], {"t": "head"}],
        lambda lines: [lines[0], {**lines[1], "void": True}, lines[-1]],
    ],
)
def test_one_that_does_not_verify_is_passed_over_and_the_next_is_taken(rig, wrong):
    pocket, segments = lost_segments(rig)
    before = len(rig.centre.log())
    returned_by_hand(rig, pocket, [*wrong(segments[0]), *segments[1]])
    assert len(rig.centre.log()) == before + 1
    rig.check()


@pytest.mark.parametrize("lines", [[{"t": "segment", "before": "0" * 64}] * 2, [{"t": "segment"}, {"t": "c"}]])
def test_one_that_has_no_end_is_not_of_the_protocol(rig, lines):
    with pytest.raises(Problem) as caught:
        returned_by_hand(rig, rig.phone(), lines)
    assert caught.value.code in ("bad_batch", "cut_short")
    assert rig.centre.log() == []


def test_on_a_line_that_is_cut_they_go_in_portions_and_changes_wait_for_them(rig, monkeypatch):
    monkeypatch.setattr(log_pages, "PAGE_ENTRIES", 1)
    first, second = two_phones(rig)
    backup = rig.back_up()
    for number in range(6):
        rig.seal(first, 1, {"officer_safety_note": f"{number}" * MIN_FLUSH_BYTES})
    for pocket in (first, second):
        rig.sync(pocket)
    rig.restore(backup)
    rig.sync(second)
    rig.windows[second.folder.name] = SendWindow(flush_bytes=MIN_FLUSH_BYTES)
    mine = rig.seal(second, 2, {"location": "Old Bridge"})
    grown = []
    while second.store.sync.pending(0):
        assert rig.sync(second).code == ""
        grown.append(len(rig.centre.log()))
    assert grown[0] == 3
    assert rig.centre.log()[-1].change_id == mine.change_id
    assert len(grown) > 2
    rig.check()
