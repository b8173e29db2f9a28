"""What was sealed counts by what was true when it was sealed: leaving, another role or team, a device shut out."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from sync.api.accounts.grants import WITHIN_MS, EndedGrant
from sync.api.storage.schema import device, ended_grant, session
from sync.protocol.messages import Change
from tests.steps.centre.running import Phone, Running, answered, problem

Command = Callable[..., int]
COUNTS, LATE = ("accepted", ""), ("quarantined", "sealed_after_leaving")


def judged(running: Running, change: Change) -> tuple[str, str]:
    """Verdict and code; what is sealed after leaving is void, and nothing else is."""
    row = running.row(change)
    assert row.void == (row.code != "")
    return row.verdict, row.code


def listed(desk: Phone) -> list[str]:
    return [line["incident_id"] for line in desk.client.incidents()["incidents"]]


def deposited(phone: Phone) -> None:
    """Everything is sent without a sign-in, and each change has its receipt."""
    phone.client.token, phone.device.scope = None, None
    while True:
        report = phone.sync()
        assert report.code in ("", "device_revoked"), report
        if not report.more:
            break
    assert phone.device.receipts.keys() >= {change.change_id for change in phone.device.changes}


# --- a leaver -----------------------------------------------------------------------------------------------------


def test_what_a_leaver_sealed_before_counts_when_it_arrives(
    running: Running, phone: Phone, desk: Phone, people_command: Command
) -> None:
    before = phone.record({"location": "Old Bridge"})
    running.clock.forward(hours=1)
    assert people_command("leaver", "amina.yusuf") == 0
    running.clock.forward(days=30)
    desk.sign_in("ruth.okoro")
    deposited(phone)
    assert judged(running, before) == COUNTS
    assert listed(desk) == [before.incident_id]
    running.check_chain()


def test_what_a_leaver_sealed_afterwards_is_received_and_does_not_count(
    running: Running, phone: Phone, desk: Phone, people_command: Command
) -> None:
    before = phone.record({"location": "Old Bridge"})
    running.clock.forward(hours=1)
    people_command("leaver", "amina.yusuf")
    running.clock.forward(hours=1)
    after = phone.record({"cad_ref": "CC-1"}, incident=before.incident_id)
    alone = phone.record({"location": "New Bridge"})
    deposited(phone)
    assert [judged(running, change) for change in (before, after, alone)] == [COUNTS, LATE, LATE]
    assert phone.device.verdicts[after.device_seq].advice
    assert listed(desk) == [before.incident_id]
    assert phone.device.record(before.record_id).values == {"location": "Old Bridge"}


def test_many_requests_do_not_bring_the_last_contact_nearer(
    running: Running, phone: Phone, people_command: Command
) -> None:
    """A leaver's phone says in the first request how much it holds: that proves nothing of when it was sealed."""
    people_command("leaver", "amina.yusuf")
    running.clock.forward(hours=1)
    late = [phone.record({"location": "Old Bridge"}) for _ in range(3)]
    phone.client.token, phone.device.scope = None, None
    for change in late:
        with running.http():
            phone.post(phone.lines(phone.batch([change])), token=None)
    assert [judged(running, change) for change in late] == [LATE] * 3


@pytest.mark.parametrize(("days", "expected"), [(6.9, COUNTS), (7.1, LATE)])
def test_seven_days_after_its_last_contact_a_phone_is_not_simply_believed(
    running: Running, phone: Phone, people_command: Command, days: float, expected: tuple[str, str]
) -> None:
    phone.sync()
    running.clock.forward(days=days)
    change = phone.record({"location": "Old Bridge"})
    running.clock.forward(days=1)
    people_command("leaver", "amina.yusuf")
    deposited(phone)
    assert judged(running, change) == expected


def test_what_a_phone_named_at_its_last_contact_was_sealed_by_then(
    running: Running, phone: Phone, people_command: Command
) -> None:
    """Its clock says next year; but the centre heard of the change before its author left."""
    change = phone.record({"location": "Old Bridge"}, recorded_at="2031-01-01T10:00:00.000Z")
    phone.sync(push=False)
    people_command("leaver", "amina.yusuf")
    deposited(phone)
    assert judged(running, change) == COUNTS


@pytest.mark.parametrize("known", ["in the change", "at the centre"])
def test_a_clock_that_is_wrong_is_put_right_first(
    running: Running, phone: Phone, people_command: Command, known: str
) -> None:
    """The phone is two days fast, then two days slow: what counts is the centre's time."""
    two_days, changes = 2 * 86_400_000, []
    for at, offset in (("2031-01-01T12:00:00.000Z", -two_days), ("2030-12-28T12:00:00.000Z", two_days)):
        said = offset if known == "in the change" else None
        changes.append(phone.record({"location": "Old Bridge"}, recorded_at=at, clock_offset_ms=said))
    grant = EndedGrant("nurse", "team:cambridgeshire", 1_924_862_400_000, 1_924_516_800_000, 0)  # 30 and 26 December
    fast, slow = changes
    kept = {"in the change": (None, None), "at the centre": (-two_days, two_days)}[known]
    ends = [EndedGrant(**{**vars(grant), "clock_offset_ms": offset}) for offset in kept]
    assert [ends[0].counts(fast), ends[1].counts(slow)] == [False, False]  # at the moment of leaving itself
    sooner = [EndedGrant(**{**vars(end), "ended_ms": end.ended_ms + 1}) for end in ends]
    assert [sooner[0].counts(fast), sooner[1].counts(slow)] == [True, True]


def test_a_moment_before_the_last_contact_is_taken_as_that_contact(phone: Phone) -> None:
    change = phone.record({"location": "Old Bridge"}, recorded_at="2010-01-01T00:00:00.000Z")
    grant = EndedGrant("nurse", "team:cambridgeshire", 2_000, 1_900, 0)
    assert grant.counts(change.model_copy(update={"recorded_at": "1970-01-01T00:00:00.000Z"}))
    assert not EndedGrant("nurse", "team:cambridgeshire", 2_000, 2_000, 0).counts(
        change.model_copy(update={"recorded_at": "1970-01-01T00:00:00.000Z"})
    )
    at_the_end = change.model_copy(update={"recorded_at": "1970-01-08T00:00:01.900Z"})
    assert EndedGrant("nurse", "x", WITHIN_MS * 2, 1_900, 0).counts(at_the_end)
    assert not EndedGrant("nurse", "x", WITHIN_MS * 2, 1_899, 0).counts(at_the_end)


def test_what_is_not_the_authors_stays_void_for_that_reason(
    running: Running, phone: Phone, people_command: Command
) -> None:
    """Having left opens no way: no role that was never held, no other author, no signature that does not verify."""
    first = phone.record({"location": "Old Bridge"})
    never_held = phone.record({"location": "x"}, incident=first.incident_id, role="supervisor")
    not_here = phone.record({"location": "x"}, incident=first.incident_id, author="tom.ellery")
    unsigned = phone.sign(first.incident_id, signature="A" * 86)
    no_time = phone.record({"location": "x"}, incident=first.incident_id, recorded_at="2026-02-30T10:00:00.000Z")
    people_command("leaver", "amina.yusuf")
    deposited(phone)
    codes = [judged(running, change)[1] for change in (never_held, not_here, unsigned, no_time)]
    assert codes == ["role_not_held", "author_not_enrolled", "own_signature_wrong", "time_impossible"]


def test_whoever_comes_back_is_as_before(running: Running, phone: Phone, desk: Phone, people_command: Command) -> None:
    people_command("leaver", "amina.yusuf")
    assert people_command("back", "amina.yusuf") == 0
    change = phone.record({"location": "Old Bridge"})
    phone.sign_in("amina.yusuf")
    assert phone.sync().code == ""
    assert judged(running, change) == COUNTS
    running.clock.forward(hours=1)
    before = phone.record({"location": "New Bridge"})
    running.clock.forward(hours=1)
    people_command("leaver", "amina.yusuf")
    running.clock.forward(hours=1)
    after = phone.record({"location": "New Bridge"})
    deposited(phone)
    assert [judged(running, one) for one in (before, after)] == [COUNTS, LATE]


# --- another role, another team -----------------------------------------------------------------------------------


def test_what_was_sealed_under_an_earlier_role_counts(running: Running, phone: Phone, people_command: Command) -> None:
    """A nurse becomes a supervisor: her signature from before counts, one she gives afterwards does not."""
    first = phone.record({"location": "Old Bridge"})
    before = phone.sign(first.incident_id)
    running.clock.forward(hours=1)
    assert people_command("role", "amina.yusuf", "supervisor") == 0
    running.clock.forward(hours=1)
    knows_nothing_of_it = phone.record({"cad_ref": "CC-1"}, incident=first.incident_id)
    after = phone.sign(first.incident_id)
    deposited(phone)
    assert [judged(running, change) for change in (first, before, knows_nothing_of_it, after)] == [
        COUNTS, COUNTS, COUNTS, LATE,
    ]  # fmt: skip


def test_a_role_is_taken_up_at_the_next_sign_in(running: Running, phone: Phone, people_command: Command) -> None:
    people_command("role", "amina.yusuf", "liaison")
    problem(phone.search(), 401, "sign_in_needed")
    assert phone.sign_in("amina.yusuf")["practitioner"]["role"] == "liaison"
    change = phone.record({"location": "Old Bridge"})
    assert phone.sync().code == ""
    assert judged(running, change) == COUNTS


def test_whoever_moves_leaves_what_was_sealed_with_the_team_of_that_time(
    running: Running, phone: Phone, desk: Phone, people_command: Command
) -> None:
    old = phone.record({"location": "Old Bridge"})
    phone.sync()
    unsent = phone.record({"location": "Mill Road"})
    running.clock.forward(hours=1)
    people_command("team", "suffolk", "Suffolk")
    assert people_command("move", "amina.yusuf", "--team", "suffolk") == 0
    running.clock.forward(hours=1)
    too_late = phone.record({"cad_ref": "CC-1"}, incident=old.incident_id)
    new = phone.record({"location": "Ipswich"})
    deposited(phone)
    assert [judged(running, change) for change in (unsent, too_late, new)] == [COUNTS, LATE, COUNTS]
    scopes = [running.row(change).scope for change in (old, unsent, too_late, new)]
    assert scopes == ["team:cambridgeshire"] * 3 + ["team:suffolk"]
    assert set(listed(desk)) == {old.incident_id, unsent.incident_id}
    answer = phone.sign_in("amina.yusuf")
    assert (answer["scope"], phone.search().json()["total"]) == ("team:suffolk", 1)


def test_a_new_name_ends_nothing(running: Running, phone: Phone, desk: Phone, people_command: Command) -> None:
    change = phone.record({"location": "Old Bridge"})
    assert people_command("name", "amina.yusuf", "Amina Khan") == 0
    assert phone.sync().code == ""
    assert judged(running, change) == COUNTS
    assert desk.client.incidents()["incidents"][0]["author_name"] == "Amina Khan"


# --- a device that is shut out ------------------------------------------------------------------------------------


def test_a_revoked_phone_deposits_and_is_judged_from_the_revoking_on(
    running: Running, phone: Phone, desk: Phone, people_command: Command
) -> None:
    desk.record({"location": "Not to be read"})
    desk.sync()
    before = phone.record({"location": "Old Bridge"})
    running.clock.forward(hours=1)
    assert people_command("revoke", phone.device.device_id) == 0
    running.clock.forward(hours=1)
    after = phone.record({"location": "New Bridge"})
    response = phone.post(phone.lines(phone.batch([before, after])))
    found = answered(response)
    assert b"Not to be read" not in response.content
    assert found["end"][0]["problem"]["code"] == "device_revoked"
    assert sum(own["n"] for own in found["own"]) == 2
    assert [judged(running, change) for change in (before, after)] == [COUNTS, LATE]
    report = phone.sync()
    assert (report.code, report.pulled) == ("device_revoked", 0)
    assert phone.device.receipts.keys() == {before.change_id, after.change_id}


def test_a_revoked_phone_is_still_told_to_clear_itself(
    running: Running, phone: Phone, desk: Phone, people_command: Command
) -> None:
    phone.record({"location": "Old Bridge"})
    people_command("revoke", phone.device.device_id)
    command_id = desk.client.command(phone.device.device_id)
    found = answered(phone.post(phone.lines(phone.batch(phone.device.changes)), token=None))
    assert [command["command_id"] for command in found["end"][0]["commands"]] == [command_id]


def test_a_phone_that_is_let_in_again_is_as_before(running: Running, phone: Phone, people_command: Command) -> None:
    people_command("revoke", phone.device.device_id)
    problem(phone.search(), 401, "sign_in_needed")
    assert people_command("unrevoke", phone.device.device_id) == 0
    change = phone.record({"location": "Old Bridge"})
    phone.sign_in("amina.yusuf")
    assert phone.sync().code == ""
    assert judged(running, change) == COUNTS
    assert phone.search().json()["total"] == 1


def test_other_devices_and_other_people_are_not_touched(
    running: Running, phone: Phone, people_command: Command
) -> None:
    second, tom = running.device("amina.yusuf", "Second"), running.device("tom.ellery")
    people_command("revoke", phone.device.device_id)
    changes = [one.record({"location": "Old Bridge"}) for one in (second, tom)]
    assert [one.sync().code for one in (second, tom)] == ["", ""]
    assert [judged(running, change) for change in changes] == [COUNTS, COUNTS]


# --- what is kept -------------------------------------------------------------------------------------------------


def test_what_ends_is_kept_with_the_last_contact_before(
    running: Running, phone: Phone, people_command: Command
) -> None:
    phone.record({"location": "Old Bridge"})
    phone.sync()
    with running.db.read() as conn:
        seen = conn.execute(
            select(device.c.last_seen_ms).where(device.c.device_id == phone.device.device_id)
        ).scalar_one()
    running.clock.forward(hours=2)
    people_command("leaver", "amina.yusuf")
    with running.db.read() as conn:
        row = conn.execute(select(ended_grant)).one()
        sessions = conn.execute(select(session).where(session.c.practitioner_id == "amina.yusuf")).all()
    assert (row.role, row.team_id, row.contact_ms, row.contact_seq) == ("nurse", "cambridgeshire", seen, 1)
    assert row.ended_ms >= seen + 2 * 3_600_000
    assert sessions == []


def test_a_leaver_has_nothing_left_to_end(running: Running, phone: Phone, people_command: Command) -> None:
    for what in (["leaver"], ["leaver"], ["role", "coordinator"], ["move", "cambridgeshire"]):
        argv = ["move", "amina.yusuf", "--team", what[1]] if what[0] == "move" else [what[0], "amina.yusuf", *what[1:]]
        assert people_command(*argv) == 0
    with running.db.write() as conn:
        assert len(conn.execute(select(ended_grant)).all()) == 1
        conn.execute(update(device).values(revoked=True))
    people_command("back", "amina.yusuf")
    people_command("leaver", "amina.yusuf")
    with running.db.read() as conn:
        assert len(conn.execute(select(ended_grant)).all()) == 1
