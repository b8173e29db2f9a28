"""A supervisor accepts what was sealed after leaving: from then on it counts, everywhere the same."""

from collections.abc import Callable
from typing import Any

import pytest

from sync.protocol.messages import Change
from tests.steps.centre.running import Phone, Running, problem

Command = Callable[..., int]


@pytest.fixture
def late(running: Running, phone: Phone, people_command: Command) -> list[Change]:
    """What Amina sealed after she had left: two records of a new incident, all of it received and void."""
    people_command("leaver", "amina.yusuf")
    running.clock.forward(hours=1)
    first = phone.record({"location": "Old Bridge"})
    person = phone.record({"given_name": "Sam", "family_name": "Reed"}, incident=first.incident_id, kind="person")
    second = phone.record({"cad_ref": "CC-1"}, incident=first.incident_id)
    phone.client.token, phone.device.scope = None, None
    phone.sync()
    return [first, person, second]


def accept(who: Phone, changes: list[Change], after: list[Change] | None = None, **more: Any) -> Change:
    """Seal an acceptance of these changes of one record, with those it comes `after` before it, and send it."""
    first, named = changes[0], [change.change_id for change in changes]
    more = {"patch": {"changes": named}, "incident_id": first.incident_id, **more}
    parents = sorted(change.change_id for change in after or changes)
    change = who.device.seal(record_id=first.record_id, kind=first.kind, op="accept", parents=parents, **more)
    who.sync()
    return change


def test_it_is_listed_for_a_supervisor_and_for_nobody_else(running: Running, desk: Phone, late: list[Change]) -> None:
    first = late[0]
    assert desk.client.incidents()["total"] == 0
    page = desk.client.undecided()
    assert page["total"] == 1
    line = page["incidents"][0]
    assert (line["incident_id"], line["label"], line["authors"]) == (first.incident_id, "Sam Reed", ["Amina Yusuf"])
    assert (line["changes"], line["recorded_from"]) == (3, first.recorded_at)
    assert line["recorded_from"] < line["received_at"]
    problem(running.device("tom.ellery").get("/v1/undecided"), 403, "not_allowed")


def test_another_teams_supervisor_sees_nothing_of_it(
    running: Running, late: list[Change], people_command: Command
) -> None:
    people_command("team", "suffolk", "Suffolk")
    people_command("person", "lead.2", "Lead", "supervisor", "--team", "suffolk", password="along-the-river")
    assert running.device("lead.2").client.undecided()["incidents"] == []


def test_what_is_accepted_counts_at_the_desk_and_on_phones(
    running: Running, phone: Phone, desk: Phone, late: list[Change]
) -> None:
    first, person, second = late
    tom = running.device("tom.ellery")
    tom.sync()
    assert tom.device.records() == {}
    for changes in ([first, second], [person]):
        accept(desk, changes)
    assert desk.client.undecided()["incidents"] == []
    lines = desk.client.incidents()["incidents"]
    assert [(line["label"], line["cad_ref"]) for line in lines] == [("Sam Reed", "CC-1")]
    tom.sync()
    assert tom.device.incident(first.incident_id).records[first.record_id].values == {
        "location": "Old Bridge",
        "cad_ref": "CC-1",
    }
    phone.record({"nature": "unclear"}, incident=first.incident_id)
    phone.sync()
    assert phone.device.verdicts[first.device_seq].verdict == "accepted"
    assert [running.row(change).void for change in late] == [True] * 3  # under the chain it stays what it was
    running.check_chain()


def test_only_what_is_named_is_accepted(desk: Phone, late: list[Change]) -> None:
    first, _, second = late
    accept(desk, [second], after=[first, second])
    entries = {entry["change_id"]: entry for entry in desk.client.incident(first.incident_id)["entries"]}
    assert (entries[first.change_id]["verdict"], entries[second.change_id]["verdict"]) == ("quarantined", "accepted")
    assert desk.client.undecided()["incidents"][0]["changes"] == 2
    assert desk.client.incidents()["incidents"][0]["cad_ref"] == "CC-1"


def test_accepting_twice_is_accepting_once(running: Running, desk: Phone, late: list[Change]) -> None:
    first, _, second = late
    other = running.device("ruth.okoro", "Another desk")
    accept(desk, [first, second])
    again = accept(other, [first, second])
    assert not running.row(again).void
    assert desk.client.incidents()["incidents"][0]["cad_ref"] == "CC-1"


def test_a_long_list_is_read_page_by_page_to_its_end(
    running: Running, phone: Phone, desk: Phone, late: list[Change], monkeypatch
) -> None:
    monkeypatch.setattr("sync.api.desk.undecided.MAX_PAGE", 2)
    others = [phone.record({"location": "Old Bridge"}) for _ in range(4)]
    phone.record({"cad_ref": "CC-2"}, incident=late[0].incident_id)
    phone.sync()
    pages, after = [], 0
    while True:
        page = desk.client.undecided(after)
        pages.append([line["incident_id"] for line in page["incidents"]])
        assert page["total"] == 5
        if not (after := page["next"]):
            break
    assert pages == [[late[0].incident_id, others[0].incident_id], [one.incident_id for one in others[1:3]],
                     [others[3].incident_id]]  # fmt: skip


# --- what is no acceptance ----------------------------------------------------------------------------------------


def test_a_nurse_accepts_nothing(running: Running, desk: Phone, late: list[Change]) -> None:
    tom = running.device("tom.ellery")
    change = accept(tom, [late[0]])
    assert (running.row(change).void, running.row(change).code) == (True, "role_not_held")
    assert desk.client.undecided()["incidents"][0]["changes"] == 3


def test_a_supervisor_of_another_team_accepts_nothing(
    running: Running, desk: Phone, late: list[Change], people_command: Command
) -> None:
    """Neither under the id of the incident, which is one of her own team's, nor in another that names its record."""
    people_command("team", "suffolk", "Suffolk")
    people_command("person", "lead.2", "Lead", "supervisor", "--team", "suffolk", password="along-the-river")
    lead = running.device("lead.2")
    own = lead.record({"location": "Ipswich"})
    there = accept(lead, [late[0]])
    smuggled = accept(lead, [late[0]], incident_id=own.incident_id)
    codes = [running.row(change).code for change in (there, smuggled)]
    assert codes == ["nothing_to_accept", "nothing_to_accept"]
    assert desk.client.undecided()["incidents"][0]["changes"] == 3


@pytest.mark.parametrize("what", ["void for another reason", "counting", "of another record", "unknown", "nothing"])
def test_nothing_else_can_be_accepted(
    running: Running, phone: Phone, desk: Phone, late: list[Change], what: str
) -> None:
    """A forgery does not become valid by being accepted."""
    first, person, _ = late
    forged = phone.record({"cad_ref": "CC-9"}, incident=first.incident_id, author="ruth.okoro", role="supervisor")
    phone.sync()
    counting = desk.record({"nature": "unclear"}, incident=first.incident_id)
    desk.sync()
    named = {
        "void for another reason": [first.change_id, forged.change_id], "counting": [counting.change_id],
        "of another record": [person.change_id], "unknown": ["0" * 64], "nothing": [],
    }[what]  # fmt: skip
    change = accept(desk, [first], patch={"changes": named})
    assert (running.row(change).void, running.row(change).code) == (True, "nothing_to_accept")
    assert (running.row(forged).verdict, running.row(forged).code) == ("quarantined", "author_not_enrolled")
    assert desk.client.undecided()["incidents"][0]["changes"] == 3
    assert "cad_ref" not in desk.device.record(first.record_id).values


@pytest.mark.parametrize("patch", [{}, {"changes": "x"}, {"changes": [1, None]}, {"changes": {"a": 1}}])
def test_an_acceptance_that_cannot_be_read_accepts_nothing(
    running: Running, desk: Phone, late: list[Change], patch: dict
) -> None:
    assert running.row(accept(desk, [late[0]], patch=patch)).void


def test_an_acceptance_sealed_after_its_supervisor_had_left_is_given_anew(
    running: Running, desk: Phone, late: list[Change], people_command: Command
) -> None:
    first = late[0]
    people_command("role", "ruth.okoro", "nurse")
    running.clock.forward(hours=1)
    desk.client.token = None
    change = accept(desk, [first])
    assert (running.row(change).void, running.row(change).code) == (True, "role_not_held")
    assert running.row(first).verdict == "quarantined"
    people_command(
        "person", "new.lead", "New Lead", "supervisor", "--team", "cambridgeshire", password="along-the-river"
    )
    lead = running.device("new.lead")
    assert running.row(accept(lead, [change])).void
    assert not running.row(accept(lead, [first], after=[change])).void
    assert lead.client.incidents()["total"] == 1
