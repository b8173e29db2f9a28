"""The desk decides by changes like any other, and calls nothing done without a verified receipt."""

from datetime import timedelta

import pytest

from demo import PASSWORD
from field_app.desk.desk import Desk, NotSent
from field_app.desk.desk_models import logged
from field_app.ui.console.board import read_board
from sync.core.errors import NotReachable, Problem, Untrusted
from sync.core.signing import Signer
from sync.core.times import instant
from sync.domain.records.clocks import running as running_clocks
from sync.domain.records.standing import open_comments, standing
from tests.steps.builders import PACKS
from tests.steps.ui.console import begin, clashing, signed


def test_it_knows_who_signed_in(desk: Desk) -> None:
    assert desk.who is not None
    assert (desk.who.name, desk.who.role) == ("Ruth Okoro", "supervisor")


def test_a_wrong_password_is_the_centres_answer(make_desk) -> None:
    with pytest.raises(Problem) as error:
        make_desk().sign_in("ruth.okoro", "wrong")
    assert error.value.code == "sign_in_wrong"


def test_an_approval_is_received_and_the_record_leaves_the_queue(desk: Desk, phone) -> None:
    incident_id = signed(phone)
    assert [one.incident_id for one in desk.incidents("review").lines] == [incident_id]
    receipt = desk.approve(desk.incident(incident_id).incident)
    assert receipt.number == desk.incident(incident_id).log[-1].seq
    assert standing(desk.incident(incident_id).incident) == "approved"
    assert desk.incidents("review").lines == ()
    assert desk.waiting() == {}


def test_a_list_is_read_whole_and_not_its_first_page(desk: Desk, phone, monkeypatch) -> None:
    monkeypatch.setattr("field_app.desk.desk.LONG_PAGE", 2)
    made = [signed(phone, name) for name in ("Ada", "Ben", "Cai", "Dee", "Eve")]
    assert [line.incident_id for line in desk.whole("review").lines] == made, "the oldest first"
    board = read_board(desk, desk.clock())
    assert {incident.line.incident_id for incident in board.open} == {*made}
    assert board.total == 5


def test_a_return_reaches_the_nurse_with_its_comment_on_the_answer(desk: Desk, phone) -> None:
    incident_id = signed(phone)
    comment = {"kind": "incident", "record_id": incident_id, "name": "cad_ref", "comment": "Of which day?"}
    desk.send_back(desk.incident(incident_id).incident, [comment])
    phone.sync()
    assert open_comments(phone.device.incident(incident_id)) == [comment]
    phone.record({"cad_ref": "CC-0412 of 22 Nov"}, incident=incident_id, record_id=incident_id)
    phone.sign(incident_id)
    phone.sync()
    desk.approve(desk.incident(incident_id).incident)
    assert standing(desk.incident(incident_id).incident) == "approved"


def test_a_clash_is_settled_for_everybody(desk: Desk, phone, running) -> None:
    incident_id = signed(phone)
    clashing(phone, running.device("tom.ellery"), incident_id)
    record = desk.incident(incident_id).incident.records[incident_id]
    assert {given.value for given in record.clashes["location"]} == {"North side", "South steps"}
    desk.resolve(record, "location", "North side")
    phone.sync()
    assert phone.device.record(incident_id).values["location"] == "North side"


def test_what_cannot_be_sent_is_kept_and_sent_once(desk: Desk, phone, line) -> None:
    incident_id = signed(phone)
    incident = desk.incident(incident_id).incident
    line.cut = True
    for _ in range(2):  # pressed twice
        with pytest.raises(NotSent) as error:
            desk.approve(incident)
    assert error.value.code == "not_reachable"
    assert list(desk.waiting()) == [incident_id]
    assert not desk.send_waiting()
    line.cut = False
    assert desk.send_waiting()
    reviews = [entry for entry in desk.incident(incident_id).log if entry.change.op == "review"]
    assert len(reviews) == 1


def test_the_next_decision_follows_on_the_same_chain(desk: Desk, phone, line) -> None:
    first, second = signed(phone, "Ada"), signed(phone, "Ben")
    shown = desk.incident(first).incident
    line.cut = True
    with pytest.raises(NotSent):
        desk.approve(shown)
    line.cut = False
    desk.approve(desk.incident(second).incident)
    assert desk.waiting() == {}
    assert [standing(desk.incident(one).incident) for one in (first, second)] == ["approved", "approved"]


def test_a_receipt_of_somebody_else_is_not_believed(desk: Desk, phone) -> None:
    incident_id = signed(phone)
    desk._device.trusted = Signer(bytes(32)).public
    with pytest.raises(NotSent) as error:
        desk.approve(desk.incident(incident_id).incident)
    assert error.value.code == "untrusted"
    assert list(desk.waiting()) == [incident_id]


def test_what_the_centre_refuses_is_told_once_and_nothing_hangs_on_it(desk: Desk, phone, line, monkeypatch) -> None:
    first, second = signed(phone, "Ada"), signed(phone, "Ben")
    shown = desk.incident(first).incident
    line.cut = True
    with pytest.raises(NotSent):
        desk.approve(shown)
    line.cut = False
    monkeypatch.setattr("sync.api.ingest.change_log.validate", lambda *_: 1 / 0)
    with pytest.raises(Problem) as error:
        desk.send_waiting()
    assert error.value.code == "not_stored"
    monkeypatch.undo()
    assert desk.waiting() == {}
    assert desk.send_waiting()
    desk.approve(desk.incident(second).incident)
    desk.approve(shown)
    assert [standing(desk.incident(one).incident) for one in (first, second)] == ["approved", "approved"]
    assert [one.name for one in desk.phones()] == ["Phone"]  # no number is missing


def test_a_void_decision_that_waited_is_not_called_received(make_desk, phone, line) -> None:
    incident_id = signed(phone)
    nurse = make_desk()
    nurse.sign_in("tom.ellery", PASSWORD)
    shown = nurse.incident(incident_id).incident
    line.cut = True
    with pytest.raises(NotSent):
        nurse.approve(shown)
    line.cut = False
    with pytest.raises(Problem) as error:
        nurse.send_waiting()
    assert error.value.code == "role_not_held"


def test_the_board_has_the_clocks_of_the_whole_incident_without_opening_it(
    desk: Desk, phone, running, monkeypatch
) -> None:
    now = running.clock()
    incident_id = begin(phone, handover_offered={"at": instant(now - timedelta(minutes=50)), "source": "tapped"})
    phone.record(
        {"power": "s136_1_a", "arrival_first_pos_at": instant(now - timedelta(hours=22))}, incident=incident_id,
        kind="detention",
    )  # fmt: skip
    phone.sync()
    whole = desk.incident(incident_id).incident
    monkeypatch.setattr(desk, "incident", None)
    for at in (now, now + timedelta(hours=3)):
        (one,) = read_board(desk, at).open
        assert list(one.clocks) == running_clocks(whole, PACKS, at)
        assert len(one.clocks) == 3


def test_the_board_shows_officers_and_a_section_136_that_has_no_clock_yet(desk: Desk, phone, running) -> None:
    now = running.clock()
    incident_id = begin(phone, first_officer_arrived={"at": instant(now - timedelta(hours=3)), "source": "tapped"})
    officers = {"officers.one": {"name": "Dan Hart", "arrived": instant(now - timedelta(hours=4))}}
    phone.record(officers, incident=incident_id, kind="contact")
    used = {"power": "s136_1_a", "used_at": instant(now - timedelta(hours=1))}
    phone.record(used, incident=incident_id, kind="detention")
    phone.sync()
    (one,) = read_board(desk, now).open
    assert list(one.clocks) == running_clocks(desk.incident(incident_id).incident, PACKS, now)
    held, waits = one.clock("Section 136"), one.clock("Officers waiting")
    assert held is not None
    assert held.figure.startswith("used")
    assert waits is not None
    assert (waits.figure, waits.text) == ("4 h 00 min", "4 hours reached")


def test_a_nurse_cannot_approve(make_desk, phone) -> None:
    incident_id = signed(phone)
    nurse = make_desk()
    nurse.sign_in("tom.ellery", PASSWORD)
    with pytest.raises(Problem) as error:
        nurse.approve(nurse.incident(incident_id).incident)
    assert error.value.code == "role_not_held"
    assert standing(nurse.incident(incident_id).incident) == "signed"  # the void change takes no part


def test_what_does_not_have_its_name_is_refused(desk: Desk, phone) -> None:
    entry = desk.client.incident(signed(phone))["entries"][0]
    assert logged(entry).seq
    with pytest.raises(Untrusted):
        logged({**entry, "body": {**entry["body"], "patch": {"location": "elsewhere"}}})


def test_an_incident_is_asked_for_again_only_when_it_has_grown(desk: Desk, phone, line) -> None:
    incident_id = signed(phone)
    seen = desk.incident(incident_id)
    line.cut = True
    assert desk.incident(incident_id, seen.log[-1].seq) is seen
    with pytest.raises(NotReachable):
        desk.incident(incident_id, seen.log[-1].seq + 1)


def test_phones_with_unsent_work_are_known_and_browsers_are_not_phones(desk: Desk, phone) -> None:
    signed(phone)
    phone.record({"location": "Not sent"})
    phone.sync(push=False)
    found = desk.phones()
    assert [(one.device_id, one.unsent) for one in found] == [(phone.device.device_id, 1)]


def test_an_officer_reads_the_sheet_they_signed_and_nothing_else(make_desk, phone) -> None:
    incident_id = begin(phone)
    phone.cosign(incident_id)
    phone.sync()
    signed(phone, "Ben")
    officer = make_desk()
    who = officer.sign_in("dan.hart", PASSWORD)
    assert who.role == "officer"
    sheet = officer.sheets()
    assert [one.incident_id for one in sheet] == [incident_id]
    assert ("First name", "Ada") in sheet[0].lines
    with pytest.raises(Problem) as error:
        officer.incidents()
    assert error.value.code == "not_allowed"


def test_nothing_it_shows_in_a_trace_is_clinical(desk: Desk, phone) -> None:
    opened = desk.incident(signed(phone))
    assert "Ada" not in repr(opened)
