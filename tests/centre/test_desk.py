"""What the desk reads: lists, search, pages, one incident, handovers, devices; and that each read is put down."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from sync.api.accounts.people import NewPractitioner, make_person, make_team
from sync.api.storage.schema import incident_view, read_log
from sync.core.times import instant
from tests.steps.centre.running import PASSWORD, Running, new_id, problem


def lay(phone, count: int) -> list[str]:
    """Incidents of one phone, a minute apart, oldest first."""
    made = []
    for number in range(count):
        phone.running.clock.forward(minutes=1)
        nature = ["mh_primary", "unclear"][number % 2]
        change = phone.record({"location": f"Place {number}", "cad_ref": f"CP-{number:04}", "nature": nature})
        made.append(change.incident_id)
    assert phone.sync().code == ""
    return made


def listed(phone, **asked) -> list[str]:
    return [line["incident_id"] for line in phone.client.incidents(**asked)["incidents"]]


@pytest.mark.parametrize("sort", ["-opened", "opened", "-updated", "signed", "label", "standing"])
def test_pages_together_are_the_whole_list_without_hole_or_repeat(running: Running, phone, desk, sort) -> None:
    made = lay(phone, 11)
    found, after = [], None
    while True:
        page = desk.client.incidents(limit=4, sort=sort, after=after)
        assert page["total"] == 11
        found += [line["incident_id"] for line in page["incidents"]]
        if not page["next"]:
            break
        after = page["next"]
    assert sorted(found) == sorted(made)
    assert len(found) == 11
    if sort in ("opened", "-opened"):
        assert found == (made if sort == "opened" else made[::-1])


def test_a_page_stays_right_while_new_incidents_come_in(running: Running, phone, desk) -> None:
    made = lay(phone, 6)
    first = desk.client.incidents(limit=3)
    lay(phone, 2)
    second = desk.client.incidents(limit=3, after=first["next"])
    assert [line["incident_id"] for line in first["incidents"] + second["incidents"]] == made[::-1]


def test_search_and_filters_are_done_by_the_centre(running: Running, phone, desk) -> None:
    made = lay(phone, 4)
    phone.record(
        {"given_name": "Ida", "family_name": "Müller-Öz", "nhs_number": "9990000018"}, incident=made[2], kind="person"
    )
    phone.sync()
    assert listed(desk, q="ida müller") == [made[2]]
    assert listed(desk, q="IDA MÜLLER-ÖZ") == [made[2]]
    assert listed(desk, q="9990000018") == [made[2]]
    assert listed(desk, q="cp-0001 place") == [made[1]]
    assert len(listed(desk, q="amina")) == 4
    assert listed(desk, q="ida place 3") == []
    assert listed(desk, nature="unclear") == [made[3], made[1]]
    assert desk.client.incidents(q="ida")["incidents"][0]["label"] == "Ida Müller-Öz"
    middle = desk.client.incidents(q="cp-0002")["incidents"][0]["opened_at"]
    assert set(listed(desk, since=middle)) == set(made[2:])
    assert set(listed(desk, until=middle)) == set(made[:2])


def test_both_values_of_a_clash_are_found(running: Running, phone, desk) -> None:
    other = running.device("tom.ellery")
    incident = lay(phone, 1)[0]
    other.sync()
    phone.record({"location": "Upper Lock"}, incident=incident)
    other.record({"location": "Lower Lock"}, incident=incident)
    phone.sync()
    other.sync()
    assert listed(desk, q="upper lock") == listed(desk, q="lower lock") == [incident]


def test_the_views_of_the_desk(running: Running, phone, desk) -> None:
    open_one, signed, returned = lay(phone, 3)
    for incident in (signed, returned):
        phone.record({"cleared": {"at": instant(running.clock()), "source": "tapped"}}, incident=incident)
        phone.sign(incident)
    phone.sync()
    desk.sync()
    desk.review(returned, "return", comments=[])
    desk.sync()
    assert listed(desk, view="open") == [open_one]
    assert listed(desk, view="review") == [signed]
    assert listed(desk, view="returned") == [returned]
    assert len(listed(desk)) == 3
    assert listed(desk, standing="returned") == [returned]
    line = desk.client.incidents(view="review")["incidents"][0]
    assert line["signed_at"]
    assert line["cleared_at"] == line["ribbon"]["cleared"]
    assert line["author_name"] == "Amina Yusuf"


def test_a_mark_of_another_list_is_refused(running: Running, phone, desk) -> None:
    lay(phone, 3)
    mark = desk.client.incidents(limit=1)["next"]
    problem(desk.search(after=mark, sort="label"), 400, "bad_query")
    for wrong in ("x", "!!", "W10=", mark[:-6], "WyItb3BlbmVkIiwxLCJ4Il0=", "é", "\0"):
        problem(desk.search(after=wrong), 400, "bad_query")


def test_an_incident_comes_whole_with_the_names_of_all_who_had_a_part(running: Running, phone, desk) -> None:
    incident = phone.record({"location": "Old Bridge"}).incident_id
    phone.record({"location": "New Bridge"}, incident=incident, role="supervisor")
    phone.sync()
    desk.sync()
    desk.device.seal(incident, incident, "incident", {"nature": "unclear"})
    desk.sync()
    whole = phone.client.incident(incident)
    assert [(one["verdict"], one["void"]) for one in whole["entries"]] == [
        ("accepted", False), ("quarantined", True), ("accepted", False),
    ]  # fmt: skip
    assert [one["body"] for one in whole["entries"]] == [
        *(change.body for change in phone.device.changes), desk.device.changes[0].body,
    ]  # fmt: skip
    assert whole["people"]["ruth.okoro"]["name"] == "Ruth Okoro"
    assert len(whole["people"]) == 2
    assert whole["entries"][0]["seq"] == phone.device.receipts[phone.device.changes[0].change_id].seq


def test_another_teams_incident_is_not_there(running: Running, phone) -> None:
    incident = phone.record({"location": "Old Bridge"}).incident_id
    phone.sync()
    with running.db.write() as conn:
        make_team(conn, running.centre.org, "suffolk", "Suffolk")
        make_person(
            conn, running.centre.org, NewPractitioner("eve.long", "Eve Long", "supervisor", ("suffolk",)), PASSWORD
        )
    stranger = running.device("eve.long")
    problem(stranger.get(f"/v1/incidents/{incident}"), 404, "not_found")
    assert stranger.client.incidents()["total"] == 0
    assert len(stranger.client.devices()["devices"]) == 1
    change = stranger.record({"location": "Elsewhere"}, incident=incident, parents=[phone.device.changes[0].change_id])
    stranger.sync()
    assert (running.row(change).scope, running.row(change).code) == ("team:suffolk", "")
    assert [one["label"] for one in stranger.client.incidents()["incidents"]] == ["Elsewhere"]
    assert [one["change_id"] for one in phone.client.incident(incident)["entries"]] == [
        phone.device.changes[0].change_id
    ]


def test_an_officer_reads_the_sheets_they_co_signed_and_nothing_else(running: Running, phone) -> None:
    incident, other, declined = lay(phone, 3)
    phone.record(
        {"assessment": "Not for the police", "situation": "For the officer"}, incident=incident, kind="handover"
    )
    phone.cosign(incident)
    phone.cosign(other, collar="9999")
    phone.device.seal(declined, declined, "incident", {
        "reason": "left", "officer": {"force": "Cambridgeshire", "collar_number": "2417", "name": "Dan Hart"},
    }, op="decline")  # fmt: skip
    assert phone.sync().verdicts == []
    officer = running.device("dan.hart")
    sheets = officer.client.handovers()["handovers"]
    assert [sheet["incident_id"] for sheet in sheets] == [incident]
    assert ["Situation", "For the officer"] in sheets[0]["lines"]
    assert "Not for the police" not in str(sheets)
    assert sheets[0]["unchanged"]
    assert sheets[0]["label"] == "CP-0000"
    phone.record({"location": "Elsewhere"}, incident=incident)
    phone.sync()
    assert officer.client.handovers()["handovers"][0]["unchanged"] is False


def test_an_officer_reads_all_sheets_page_by_page(running: Running, phone, monkeypatch) -> None:
    monkeypatch.setattr("sync.api.desk.handovers.MAX_PAGE", 2)
    made = lay(phone, 5)
    for incident in made:
        phone.cosign(incident)
    assert phone.sync().verdicts == []
    officer, found, after = running.device("dan.hart"), [], 0
    while after is not None:
        page = officer.client.handovers(after)
        found += [sheet["incident_id"] for sheet in page["handovers"]]
        after = page["next"]
    assert found == made[::-1]


@pytest.mark.parametrize("after", ["x", "-1", str(2**53)])
def test_a_place_among_the_sheets_that_is_none_is_refused(running: Running, after) -> None:
    token = running.device("dan.hart").client.token
    with running.http() as http:
        answer = http.get("/v1/handovers", params={"after": after}, headers={"authorization": f"Bearer {token}"})
    problem(answer, 422, "request_invalid")


def test_what_is_open_or_waits_comes_in_the_order_of_arrival_whatever_a_clock_said(running, phone, desk) -> None:
    """Under a clock of 2010 an incident is begun and signed: it is not the last of what is open."""
    early = lay(phone, 2)
    before, running.clock.moved = running.clock.moved, datetime(2010, 1, 1, tzinfo=UTC) - datetime.now(UTC)
    wrong = phone.record({"location": "Under the bridge"}).incident_id
    phone.sign(wrong)
    running.clock.moved = before
    assert phone.sync().code == ""
    last = lay(phone, 1)
    phone.sign(last[0])
    assert phone.sync().code == ""
    assert listed(desk, view="open") == [*last, wrong, *early[::-1]]
    assert listed(desk, view="review") == [wrong, *last]


def test_an_officer_without_a_collar_number_reads_nothing(running: Running, phone) -> None:
    incident = lay(phone, 1)[0]
    phone.cosign(incident)
    phone.sync()
    with running.db.write() as conn:
        make_person(conn, running.centre.org, NewPractitioner("no.collar", "No Collar", "officer"), PASSWORD)
    assert running.device("no.collar").client.handovers()["handovers"] == []


def test_every_read_is_put_down_before_it_is_answered(running: Running, phone, desk) -> None:
    incident = lay(phone, 1)[0]
    phone.cosign(incident)
    phone.sync()
    desk.client.incidents()
    desk.client.incident(incident)
    running.device("dan.hart").client.handovers()
    with running.db.read() as conn:
        rows = conn.execute(select(read_log).order_by(read_log.c.at_ms)).all()
    assert [(row.what, row.practitioner_id, row.incident_id) for row in rows] == [
        ("incidents", "ruth.okoro", ""), ("incident", "ruth.okoro", incident), ("handover", "dan.hart", incident),
    ]  # fmt: skip


def lists_noted(running: Running) -> int:
    with running.db.read() as conn:
        return len(conn.execute(select(read_log).where(read_log.c.what == "incidents")).all())


def test_a_board_that_asks_again_and_again_is_put_down_once_a_minute(running: Running, phone, desk) -> None:
    for view in ("open", "review", "open", "all"):
        desk.client.incidents(view=view)
    assert lists_noted(running) == 1
    phone.client.incidents()
    assert lists_noted(running) == 2  # somebody else
    running.clock.forward(minutes=1)
    desk.client.incidents()
    assert lists_noted(running) == 3


def test_a_line_says_when_the_running_section_136_ends(running: Running, phone, desk) -> None:
    def clock() -> tuple[str | None, str | None]:
        phone.sync()
        line = desk.client.incidents()["incidents"][0]
        return line["s136_starts_at"], line["s136_ends_at"]

    incident = lay(phone, 1)[0]
    first = phone.record({"power": "s136_1_a"}, incident=incident, kind="detention").record_id
    assert clock() == (None, None)
    at, later = "2026-11-22T21:00:00.000Z", "2026-11-23T20:00:00.000Z"
    held = phone.record({"power": "s136_1_a", "arrival_first_pos_at": at}, incident=incident, kind="detention")
    assert clock() == (at, "2026-11-23T21:00:00.000Z")
    extended = {"extension_authorised_at": later, "extension_hours": 6, "extension_reason": "condition"}
    phone.device.seal(incident, held.record_id, "detention", extended)
    assert clock() == (at, "2026-11-24T03:00:00.000Z")
    earlier = "2026-11-22T20:00:00.000Z"
    phone.device.seal(incident, first, "detention", {"arrival_first_pos_at": earlier})
    assert clock() == (earlier, later)  # the one that ends first
    phone.device.seal(incident, first, "detention", {"ended_at": at})
    assert clock()[0] == at
    phone.device.seal(incident, held.record_id, "detention", {"arrival_first_pos_at": "9999-12-31T23:00:00.000Z"})
    assert clock() == (None, None)  # no clock goes that far, and the list stands all the same


def test_overdue_acknowledgements_are_listed_with_their_incident_until_they_come(running: Running, phone, desk) -> None:
    def overdue() -> list[tuple[str, bool]]:
        phone.sync()
        page = desk.client.incidents(view="overdue")
        return [(late["to"], late["sent"]) for line in page["incidents"] for late in line["live"]["late"]]

    incident = lay(phone, 2)[0]
    at = instant(running.clock())
    referral = {"destination": "A02", "urgency": "4", "decided_at": at}
    made = phone.record(referral, incident=incident, kind="referral").record_id
    running.clock.forward(hours=3, minutes=59)
    assert overdue() == []
    running.clock.forward(minutes=1, seconds=1)
    assert overdue() == [("Crisis and home treatment team", False)]
    closed = {"cleared": {"at": at, "source": "tapped"}}
    phone.device.seal(incident, incident, "incident", closed)
    phone.device.seal(incident, made, "referral", {"sent_at": at, "service": "First Response"})
    assert overdue() == [("First Response", True)]  # also of an incident that is cleared
    phone.device.seal(incident, made, "referral", {"acknowledged_at": at})
    assert overdue() == []
    assert desk.client.incidents(view="overdue")["total"] == 0


def test_an_overdue_acknowledgement_is_counted_however_many_referrals_came_after_it(
    running: Running, phone, desk
) -> None:
    first, other, last = lay(phone, 3)
    at = instant(running.clock())
    late = {"destination": "A02", "urgency": "4", "decided_at": at}
    phone.record(late, incident=first, kind="referral")
    phone.record({**late, "acknowledged_at": at}, incident=last, kind="referral")
    error = phone.record(late, incident=last, kind="referral").record_id
    phone.device.seal(last, error, "referral", {"reason": "twice"}, op="retract")
    phone.record({**late, "decided_at": "9999-12-31T23:00:00.000-08:00"}, incident=last, kind="referral")
    running.clock.forward(hours=5)
    for _ in range(501):
        phone.record({"destination": "A02"}, incident=other, kind="referral")
    assert phone.sync().code == ""
    page = desk.client.incidents(view="overdue")
    assert ([line["incident_id"] for line in page["incidents"]], page["total"]) == ([first], 1)
    assert desk.client.incidents(view="open")["total"] == 3


def test_what_runs_is_told_only_in_the_lists_that_show_it(running: Running, phone, desk) -> None:
    lay(phone, 1)
    assert desk.client.incidents(view="all")["incidents"][0]["live"] is None
    assert desk.client.incidents(view="open")["incidents"][0]["live"]["handed_on"] is None


@pytest.mark.parametrize("kind", ["shift", "reading"])
def test_a_shift_and_a_log_of_what_was_read_are_no_incidents(running: Running, phone, desk, kind: str) -> None:
    phone.record({}, kind=kind)
    phone.sync()
    for view in ("open", "review", "all"):
        assert listed(desk, view=view) == []


def test_views_can_be_made_anew_from_the_log(running: Running, phone, desk) -> None:
    from sync.api.storage.projections import refresh

    made = lay(phone, 2)
    before = desk.client.incidents()["incidents"]
    with running.db.write() as conn:
        conn.execute(update(incident_view).values(label="", search="", standing="approved"))
        refresh(
            conn,
            running.centre.org,
            dict.fromkeys([("team:cambridgeshire", one) for one in made], ()),
            running.centre.packs,
            0,
        )
    after = desk.client.incidents()["incidents"]
    assert [{**line, "received_at": ""} for line in after] == [{**line, "received_at": ""} for line in before]


def test_a_supervisor_without_a_team_reads_nothing(running: Running, phone) -> None:
    incident = lay(phone, 1)[0]
    with running.db.write() as conn:
        make_person(conn, running.centre.org, NewPractitioner("no.team", "No Team", "supervisor"), PASSWORD)
    stranger = running.device("no.team")
    page = stranger.client.incidents()
    assert (page["incidents"], page["total"], page["next"]) == ([], 0, None)
    assert stranger.client.devices()["devices"] == []
    problem(stranger.get(f"/v1/incidents/{incident}"), 404, "not_found")


def test_a_supervisor_of_two_teams_reads_one_list_page_after_page(running: Running, phone, desk) -> None:
    org = running.centre.org
    with running.db.write() as conn:
        make_team(conn, org, "suffolk", "Suffolk")
        for who in (("eve.long", "Eve Long", "nurse", ("suffolk",)),
                    ("of.both", "Of Both", "supervisor", ("cambridgeshire", "suffolk"))):  # fmt: skip
            make_person(conn, org, NewPractitioner(*who), PASSWORD)
    other, both = running.device("eve.long"), running.device("of.both")
    made = []
    for _ in range(5):
        made += [*lay(phone, 1), *lay(other, 1)]
    for sort, cases in (("opened", made), ("-opened", made[::-1]), ("car", sorted(made)), ("standing", sorted(made))):
        for asked in ({}, {"standing": "in-progress"}, {"view": "open"}, {"since": "2020-01-01T00:00:00.000Z"}):
            found, after = [], None
            while after is not None or not found:
                page = both.client.incidents(limit=3, sort=sort, after=after, **asked)
                assert page["total"] == 10
                found += [line["incident_id"] for line in page["incidents"]]
                after = page["next"]
            assert found == cases, (sort, asked)
    assert set(listed(desk)) == set(made[::2])


def test_words_of_any_length_do_not_keep_an_incident_from_its_lists(running: Running, phone, desk) -> None:
    """An index of PostgreSQL takes 2,700 bytes; nobody but a broken client sends as much for a car."""
    words = "".join(chr(0x4E00 + 7 * place % 20_000) for place in range(3_000))
    phone.record({"car": words}, kind="shift", record_id=(shift := new_id()), incident=shift)
    incident = phone.record({"shift": shift, "location": words, "cad_ref": words}).incident_id
    other = phone.record({"shift": words}).incident_id
    phone.cosign(incident, collar=words)
    phone.sync()
    assert set(listed(desk, sort="car")) == {incident, other}
