"""A record in words: what is answered, missing, clashing, changed since the signature, and by whom."""

from field_app.desk.desk import Desk
from field_app.desk.desk_models import OpenedIncident
from field_app.ui.console.history import history
from field_app.ui.console.reading import Answer, points, sections
from field_app.ui.console.who_signed import as_signed, cosigned, signed
from tests.steps.ui.console import begin, clashing
from tests.steps.ui.console import signed as lay


def answers(desk: Desk, opened: OpenedIncident) -> dict[tuple[str, str], Answer]:
    return {
        (one.kind, one.name): one
        for section in sections(opened, desk.clock()) for part in section.parts for one in part.answers
    }  # fmt: skip


def test_answers_are_in_words_and_in_the_order_of_the_forms(desk: Desk, phone) -> None:
    opened = desk.incident(lay(phone))
    read = sections(opened, desk.clock())
    assert [section.title for section in read] == ["Incident", "Person"]
    found = answers(desk, opened)
    assert found["incident", "nature"].text == "Mental health – main reason"
    assert found["incident", "location"].who == "Amina Yusuf"
    assert "shift" not in {name for _, name in found}  # set by the app, never drawn


def test_a_required_question_without_an_answer_stands_there_as_missing(desk: Desk, phone) -> None:
    found = answers(desk, desk.incident(lay(phone)))
    assert found["incident", "mh_engaged"].state == "missing"
    assert ("incident", "dispatched") not in found  # not required, not answered


def test_what_could_not_be_got_is_told_apart(desk: Desk, phone) -> None:
    found = answers(desk, desk.incident(lay(phone, dwelling={"unavailable": "declined"})))
    assert (found["incident", "dwelling"].state, found["incident", "dwelling"].text) == (
        "unavailable",
        "Asked – declined",
    )


def test_a_clash_holds_both_values_with_who_said_them(desk: Desk, phone, running) -> None:
    incident_id = lay(phone)
    clashing(phone, running.device("tom.ellery"), incident_id)
    found = answers(desk, desk.incident(incident_id))["incident", "location"]
    assert found.state == "clash"
    assert {(one.text, one.who) for one in found.options} == {
        ("North side", "Amina Yusuf"),
        ("South steps", "Tom Ellery"),
    }


def test_what_changed_since_the_signature_shows_what_it_was(desk: Desk, phone) -> None:
    incident_id = lay(phone)
    opened = desk.incident(incident_id)
    assert (nurse := signed(opened))
    assert (nurse.who, nurse.current) == ("Amina Yusuf", True)
    assert not any(one.changed for one in answers(desk, opened).values())
    phone.record(
        {"location": "Elsewhere", "source_of_contact": "999", "cad_ref": None},
        incident=incident_id,
        record_id=incident_id,
    )
    phone.sync()
    opened = desk.incident(incident_id)
    assert (after := signed(opened))
    assert not after.current
    assert as_signed(opened) is not None
    changed = {one.name: one.was for one in answers(desk, opened).values() if one.changed}
    assert changed == {"location": "Elizabeth Way bridge", "source_of_contact": "", "cad_ref": "CC-0412"}


def test_an_officers_signature_has_its_strokes_and_says_when_the_sheet_changed(desk: Desk, phone) -> None:
    incident_id = begin(phone)
    phone.cosign(incident_id)
    phone.sync()
    assert (officer := cosigned(desk.incident(incident_id)))
    assert (officer.name, officer.current, officer.declined) == ("Dan Hart, 2417, Cambridgeshire", True, False)
    assert officer.strokes[0][:2] == ((0, 0), (10, 5))
    phone.record({"location": "Elsewhere"}, incident=incident_id, record_id=incident_id)
    phone.sync()
    assert (officer := cosigned(desk.incident(incident_id)))
    assert not officer.current


def test_an_officer_who_did_not_sign_is_named_with_the_reason(desk: Desk, phone) -> None:
    incident_id = begin(phone)
    declined = {"officer": {"name": "Dan Hart"}, "reason": "had left"}
    phone.device.seal(incident_id, incident_id, "incident", declined, op="decline")
    phone.sync()
    assert (officer := cosigned(desk.incident(incident_id)))
    assert (officer.declined, officer.reason, officer.name) == (True, "had left", "Dan Hart")


def test_the_history_says_who_did_what_and_under_which_number(desk: Desk, phone) -> None:
    incident_id = lay(phone)
    comment = {"kind": "incident", "record_id": incident_id, "name": "cad_ref", "comment": "Which?"}
    desk.send_back(desk.incident(incident_id).incident, [comment])
    steps = history(desk.incident(incident_id), incident_id)
    assert [(step.who, step.text) for step in steps[:2]] == [
        ("Ruth Okoro", "Returned with 1 comment"),
        ("Amina Yusuf", "Signed the record"),
    ]
    assert steps[0].number > steps[1].number > steps[-1].number
    assert "Where is it?" in steps[-1].text


def test_a_change_that_does_not_count_is_in_the_history_and_not_in_the_record(desk: Desk, phone) -> None:
    incident_id = lay(phone)
    phone.device.seal(incident_id, incident_id, "incident", {"digest": "0" * 64}, op="review")  # a nurse may not
    phone.sync()
    opened = desk.incident(incident_id)
    assert history(opened, incident_id)[0].mark == "Does not count"
    assert not any(act.op == "review" for act in opened.incident.acts)


def test_a_record_entered_in_error_comes_last_with_its_reason(desk: Desk, phone) -> None:
    incident_id = begin(phone)
    contact = phone.record({"contact_mode": "face_to_face"}, incident=incident_id, kind="contact")
    phone.device.seal(incident_id, contact.record_id, "contact", {"reason": "wrong person"}, op="retract")
    phone.sync()
    last = sections(desk.incident(incident_id), desk.clock())[-1]
    assert (last.kind, last.retracted) == ("contact", "wrong person")


def test_the_warnings_of_the_forms_come_first(desk: Desk, phone) -> None:
    incident_id = begin(phone, dwelling="yes")
    phone.record({"power": "s136_1_a", "necessary": "no"}, incident=incident_id, kind="detention")
    phone.sync()
    found = points(desk.incident(incident_id), desk.clock())
    assert found[0].grave
    assert "Section 136 cannot be used" in found[0].text
