"""A nurse at a phone, with a real centre that comes and goes."""

import socket
from datetime import timedelta

import pytest
from sqlalchemy import select

from demo import PASSWORD
from field_app.phone.background import Background
from field_app.phone.phone import Phone
from sync.api.storage.schema import device
from sync.client.http import Client
from sync.core.canonical import digest
from sync.core.errors import AlongsideError, NotReachable, Problem
from sync.domain.documents.handover_sheet import sheet_digest
from sync.domain.records.standing import document, standing
from tests.steps.at_a_phone import arrived, sealed, until
from tests.steps.builders import PIN, SHIPPED


def test_the_first_sign_in_needs_the_centre_and_later_ones_do_not(phone, amina, running):
    incident_id = sealed(amina, location="Mill Road")
    assert arrived(amina)
    again = phone.unlock("amina.yusuf", PIN)
    assert again.store.incident(incident_id).records[incident_id].values["location"] == "Mill Road"
    with pytest.raises(AlongsideError) as wrong:
        phone.unlock("amina.yusuf", "482913")
    assert wrong.value.code == "pin_wrong"


@pytest.mark.parametrize(
    ("username", "password", "pin", "code"),
    [
        ("amina.yusuf", "wrong", PIN, "sign_in_wrong"),
        ("nobody.here", PASSWORD, PIN, "sign_in_wrong"),
        ("amina.yusuf", PASSWORD, "111111", "pin_weak"),
        ("dan.hart", PASSWORD, PIN, "not_for_phone"),
    ],
)
def test_a_sign_in_that_fails_says_why_and_leaves_nothing(phone, username, password, pin, code):
    with pytest.raises(AlongsideError) as caught:
        phone.sign_in(username, password, pin)
    assert caught.value.code == code
    assert caught.value.advice
    assert phone.people() == []


def test_a_pin_that_is_the_nurses_own_number_is_refused_and_the_next_one_sets_up_the_same_device(phone, running):
    with pytest.raises(AlongsideError) as caught:
        phone.sign_in("amina.yusuf", PASSWORD, "182417")  # of her registration 18A2417E
    assert caught.value.code == "pin_weak"
    assert phone.people() == []
    phone.sign_in("amina.yusuf", PASSWORD, PIN)
    assert len(devices(running)) == 1


def devices(running):
    with running.db.read() as conn:
        return conn.execute(select(device.c.device_id)).all()


def test_without_a_centre_the_first_sign_in_says_so(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    phone = Phone(
        tmp_path, lambda: Client(f"http://127.0.0.1:{port}", timeout=1), SHIPPED, training=True, scrypt_n=2**10
    )
    with pytest.raises(NotReachable):
        phone.sign_in("amina.yusuf", PASSWORD, PIN)
    phone.close()


def test_an_expired_sign_in_stops_no_record_and_a_fresh_one_is_taken_up_everywhere(phone, amina, running):
    assert arrived(amina)
    running.clock.forward(hours=13)
    other_window = phone.unlock("amina.yusuf", PIN)
    sealed(amina, location="Mill Road")
    assert arrived(amina), "what is sealed reaches the centre all the same"
    assert until(amina, lambda: amina.store.problem in ("sign_in_expired", "sign_in_needed"))
    other_window.renew(PASSWORD)
    assert until(amina, lambda: amina.store.problem == "")
    with pytest.raises(Problem):
        amina.renew("wrong")


def test_working_offline_is_kept_over_a_restart(phone, amina, tmp_path):
    phone.set_work_offline(True)
    assert until(amina, lambda: amina.store.problem == "work_offline")
    sealed(amina, location="x")
    assert not arrived(amina, seconds=1)
    assert until(amina, lambda: amina.store.strip().problem == "work_offline")
    phone.close()
    again = Phone(tmp_path / "phone", lambda: Client("http://127.0.0.1:9"), SHIPPED, training=True, scrypt_n=2**10)
    assert again.work_offline
    again.close()


def test_a_shift_is_started_joined_and_ended(amina):
    now = amina.now()
    shift_id = amina.start_shift("Car 1", "PC Dan Hart 2417", now.date(), now, now + timedelta(hours=8))
    assert amina.shift().record_id == shift_id
    incident_id = amina.new_incident()
    assert amina.store.incident(incident_id).records[incident_id].values["shift"] == shift_id
    amina.end_shift()
    assert amina.shift() is None
    assert amina.shifts() == []


def test_a_draft_that_was_kept_is_found_again_and_sealed_once(amina):
    incident_id = amina.new_incident()
    draft = amina.edit(incident_id, "person")
    amina.keep(type(draft)(**{**vars(draft), "answers": {"given_name": "Marigold"}}))
    found = amina.edit(incident_id, "person")
    assert found.answers == {"given_name": "Marigold"}
    amina.seal(found)
    assert amina.store.drafts() == []
    person = amina.store.incident(incident_id).one("person")
    assert person.changes == 1
    amina.seal(amina.edit(incident_id, "person"))
    assert amina.store.incident(incident_id).one("person").changes == 1, "nothing changed, nothing sealed"


def test_a_typed_time_is_marked_as_entered_later(amina):
    incident_id = amina.new_incident()
    amina.stamp(incident_id, "arrived")
    amina.stamp(incident_id, "mh_engaged", amina.now() - timedelta(minutes=20))
    values = amina.store.incident(incident_id).records[incident_id].values
    assert (values["arrived"]["source"], values["mh_engaged"]["source"]) == ("tapped", "typed")
    assert amina.store.history(incident_id)[-1].occurred_at or any(
        c.occurred_at for c in amina.store.history(incident_id)
    )


def test_only_what_was_shown_can_be_signed_and_only_with_the_pin(amina):
    incident_id = sealed(amina, location="Mill Road")
    shown = digest(document(amina.store.incident(incident_id)))
    with pytest.raises(AlongsideError, match="wrong PIN"):
        amina.sign(incident_id, shown, "482913")
    amina.stamp(incident_id, "arrived")
    with pytest.raises(AlongsideError) as caught:
        amina.sign(incident_id, shown, PIN)
    assert caught.value.code == "changed_meanwhile"
    sheet = sheet_digest(amina.store.incident(incident_id))
    officer = {"force": "Cambridgeshire", "collar_number": "2417", "name": "Dan Hart"}
    amina.cosign(incident_id, sheet, officer, [[[n, n, n] for n in range(30)]])
    amina.sign(incident_id, digest(document(amina.store.incident(incident_id))), PIN)
    assert standing(amina.store.incident(incident_id)) == "signed"
    assert arrived(amina)
    assert {one.state for one in amina.store.deliveries()} == {"received"}, "the centre takes both signatures"
    with pytest.raises(AlongsideError):
        amina.cosign(incident_id, "0" * 64, officer, [])


def test_an_officer_who_does_not_sign_is_recorded_with_the_reason(amina):
    incident_id = amina.new_incident()
    amina.decline(incident_id, {"force": "", "collar_number": "2417", "name": ""}, "Called away")
    (act,) = amina.store.incident(incident_id).acts
    assert (act.op, act.detail["reason"]) == ("decline", "Called away")


def test_a_record_entered_in_error_is_hidden_and_kept(amina):
    incident_id = sealed(amina, "person", given_name="Wrong")
    person = amina.store.incident(incident_id).one("person")
    amina.retract(person, "Another person")
    incident = amina.store.incident(incident_id)
    assert incident.one("person") is None
    assert incident.records[person.record_id].values == {"given_name": "Wrong"}
    assert arrived(amina)


def test_two_nurses_share_a_phone_and_see_only_what_reaches_them(phone, amina):
    phone.set_work_offline(True)
    incident_id = sealed(amina, location="Mill Road")
    tom = phone.sign_in("tom.ellery", PASSWORD, "735192")
    assert tom.store.incident(incident_id) is None
    phone.set_work_offline(False)
    assert arrived(amina)
    assert until(tom, lambda: location(tom, incident_id) == "Mill Road")


def location(session, incident_id):
    incident = session.store.incident(incident_id)
    return incident and incident.records[incident_id].values.get("location")


class Silence:
    """A line on which nobody answers."""

    token = own = None

    def sync(self, *_, **__):
        raise NotReachable("no answer")

    def close(self): ...


def test_the_wait_after_failures_grows_and_stays_bounded(phone, amina):
    background = Background(amina.store, phone._disk, Silence(), lambda: False, jitter=lambda: 1.0)
    waits = [background.step() for _ in range(1200)]
    assert waits[0] < waits[2] < waits[4]
    assert max(waits) <= 905


def test_what_a_colleague_recorded_bears_their_name(amina):
    assert amina.name("tom.ellery") == "Tom Ellery"
    assert amina.name("amina.yusuf") == "You"
    assert amina.name("somebody.new") == "somebody.new"
