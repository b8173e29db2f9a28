"""Two teams may have an incident under one id: each has its own, and neither sees nor spoils the other's."""

from collections.abc import Callable

import pytest

from sync.protocol.messages import Change
from tests.steps.centre.running import Phone, Running, new_id, problem

OURS, THEIRS = "team:cambridgeshire", "team:suffolk"
PASSWORD = "a long enough password"
Command = Callable[..., int]


@pytest.fixture
def eve(running: Running, people_command: Command) -> Phone:
    """A nurse's phone of another team."""
    return signed_in(running, people_command, "eve.long", "nurse", "suffolk")


def signed_in(running: Running, people_command: Command, username: str, role: str, *teams: str) -> Phone:
    people_command("team", "suffolk", "Suffolk")
    named = [part for team in teams for part in ("--team", team)]
    assert people_command("person", username, "Somebody Else", role, *named) == 0
    return running.device(username, password=PASSWORD)


def squatted(phone: Phone, incident: str, location: str = "Ipswich") -> Change:
    """A change under this incident's id by whoever has this phone, not on top of anything."""
    return phone.device.seal(incident, incident, "incident", {"location": location})


def at_the_centre(running: Running, change: Change) -> tuple[str, bool, str]:
    row = running.row(change)
    return row.scope, row.void, row.code


def location(phone: Phone, incident: str) -> str:
    return phone.device.incident(incident).records[incident].values["location"]


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_each_team_has_its_own_incident_whoever_came_first(
    running: Running, phone: Phone, desk: Phone, eve: Phone, people_command: Command, first: str
) -> None:
    incident = new_id()
    ours = squatted(phone, incident, "Mill Road")
    theirs = squatted(eve, incident, "Ipswich")
    for one in (phone, eve) if first == "ours" else (eve, phone):
        assert one.sync().code == ""
    more = phone.record({"cad_ref": "CC-1"}, incident=incident)
    phone.sync()
    assert at_the_centre(running, ours) == at_the_centre(running, more) == (OURS, False, "")
    assert at_the_centre(running, theirs) == (THEIRS, False, "")
    tom = running.device("tom.ellery")
    for one in (phone, eve, tom):
        assert one.sync().code == ""
    assert (location(tom, incident), location(eve, incident)) == ("Mill Road", "Ipswich")
    assert {entry.change.device_id for entry in tom.device.log.values()} == {phone.device.device_id}
    their_desk = signed_in(running, people_command, "sue.green", "supervisor", "suffolk")
    for one, place, team in ((desk, "Mill Road", "cambridgeshire"), (their_desk, "Ipswich", "suffolk")):
        [line] = one.client.incidents()["incidents"]
        assert (line["incident_id"], line["team_id"]) == (incident, team)
        assert place in line["label"]
        entries = one.client.incident(incident)["entries"]
        assert {entry["body"]["patch"].get("location") for entry in entries} - {None} == {place}
    running.check_chain()


def test_what_is_made_on_top_of_anothers_record_stays_apart(
    running: Running, phone: Phone, desk: Phone, eve: Phone
) -> None:
    """She has learned the ids, and builds on our record: nothing of it is shown to us, void or not."""
    ours = phone.record({"location": "Mill Road"})
    phone.sync()
    forged = eve.device.seal(
        ours.incident_id, ours.record_id, "incident", {"location": "Ipswich"}, parents=[ours.change_id]
    )
    eve.sync()
    assert at_the_centre(running, forged)[0] == THEIRS
    phone.sync()
    assert location(phone, ours.incident_id) == "Mill Road"
    whole = desk.client.incident(ours.incident_id)
    assert [entry["change_id"] for entry in whole["entries"]] == [ours.change_id]
    assert whole["people"].keys() == {"amina.yusuf"}
    [line] = desk.client.incidents(view="open")["incidents"]
    assert "Mill Road" in line["label"]
    assert line["changes"] == 1


def test_somebody_of_two_teams_writes_where_the_incident_is(
    running: Running, phone: Phone, eve: Phone, people_command: Command
) -> None:
    both = signed_in(running, people_command, "bo.both", "supervisor", "suffolk", "cambridgeshire")
    for one, scope in ((phone, OURS), (eve, THEIRS)):
        incident = one.record({"location": "Mill Road"}).incident_id
        one.sync()
        added = both.record({"cad_ref": "CC-1"}, incident=incident)
        both.sync()
        assert at_the_centre(running, added) == (scope, False, "")


def test_somebody_of_two_teams_writes_on_top_of_what_they_saw(
    running: Running, phone: Phone, eve: Phone, people_command: Command
) -> None:
    """Both teams have the id: a review goes to the record that was reviewed."""
    incident = new_id()
    mine, theirs = squatted(phone, incident, "Mill Road"), squatted(eve, incident)
    for one in (phone, eve):
        one.sync()
    both = signed_in(running, people_command, "bo.both", "supervisor", "suffolk", "cambridgeshire")
    for parent, scope in ((mine, OURS), (theirs, THEIRS)):
        added = both.device.seal(incident, incident, "incident", {"car": "CJ21"}, parents=[parent.change_id])
        both.sync()
        assert at_the_centre(running, added) == (scope, False, "")


def test_a_supervisor_accepts_nothing_of_another_team(
    running: Running, phone: Phone, desk: Phone, people_command: Command
) -> None:
    first = phone.record({"location": "Mill Road"})
    phone.sync()
    running.clock.forward(hours=1)
    people_command("leaver", "amina.yusuf")
    running.clock.forward(hours=1)
    late = phone.record({"cad_ref": "CC-1"}, incident=first.incident_id)
    phone.client.token, phone.device.scope = None, None
    phone.sync()
    assert at_the_centre(running, late) == (OURS, True, "sealed_after_leaving")
    sue = signed_in(running, people_command, "sue.green", "supervisor", "suffolk")
    acceptance = sue.device.seal(
        first.incident_id, first.record_id, "incident", {"changes": [late.change_id]}, op="accept"
    )
    sue.sync()
    assert at_the_centre(running, acceptance)[0::2] == (THEIRS, "nothing_to_accept")
    assert running.row(late).verdict == "quarantined"


def test_a_shift_of_another_team_names_no_car_of_ours(running: Running, phone: Phone, desk: Phone, eve: Phone) -> None:
    shift = new_id()
    phone.device.seal(shift, shift, "shift", {"car": "CJ21"})
    phone.record({"location": "Mill Road", "shift": shift})
    phone.sync()
    eve.device.seal(shift, shift, "shift", {"car": "XX99"})
    eve.sync()
    [line] = desk.client.incidents()["incidents"]
    assert line["car"] == "CJ21"


def test_an_officer_reads_the_sheet_of_the_incident_they_signed(running: Running, phone: Phone, eve: Phone) -> None:
    officer = running.device("dan.hart")
    incident = phone.record({"location": "Mill Road"}).incident_id
    phone.cosign(incident)
    phone.sync()
    squatted(eve, incident)
    eve.sync()
    [sheet] = officer.client.handovers()["handovers"]
    assert (sheet["incident_id"], sheet["unchanged"]) == (incident, True)
    assert "Ipswich" not in str(sheet)


def test_another_teams_incident_is_not_there(running: Running, phone: Phone, eve: Phone) -> None:
    incident = phone.record({"location": "Mill Road"}).incident_id
    phone.sync()
    problem(eve.get(f"/v1/incidents/{incident}"), 404, "not_found")
