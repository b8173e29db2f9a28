"""A supervisor clears a lost phone: a real desk, a real centre, a real phone. What is on it arrives first."""

import time
from dataclasses import replace

import pytest

from demo import PASSWORD
from field_app.desk.desk import Desk
from field_app.packs import FetchedPacks
from field_app.phone.phone import Phone
from field_app.phone.session import Session
from field_app.ui.phone.start import open_app
from sync.api.accounts import employment
from sync.client.http import Client
from sync.core.errors import AlongsideError, NotReachable, Problem
from tests.steps.at_a_phone import arrived, at_the_desk, sealed, until
from tests.steps.builders import PIN, SHIPPED, TRUST
from tests.steps.centre.running import Running
from tests.steps.ui.harness import App


def device_id(session: Session) -> str:
    return session._vault.device_id


def begin(session: Session) -> str:
    """One sealed incident, with a person whose name was begun and not sealed."""
    incident_id = sealed(session, location="Mill Road")
    draft = session.edit(incident_id, "person")
    session.keep(replace(draft, answers={"given_name": "Marigold"}))
    return incident_id


def test_sealed_work_and_an_unfinished_draft_arrive_first_and_then_nothing_is_left(
    phone: Phone, amina: Session, desk: Desk
) -> None:  # fmt: skip
    assert arrived(amina)
    phone.set_work_offline(True)
    incident_id = begin(amina)
    device = device_id(amina)
    desk.clear(device)
    ordered = at_the_desk(desk, device)
    assert ordered.wipe_commanded_at
    assert ordered.wiped_at is None
    phone.set_work_offline(False)
    assert until(amina, lambda: amina.is_gone)
    assert phone.people() == []
    found = desk.incident(incident_id).incident
    assert found.records[incident_id].values["location"] == "Mill Road"
    assert [person.values for person in found.of("person")] == [{"given_name": "Marigold"}]
    for table in ("change", "outbox", "incident", "draft", "vault", "day_key", "segment", "entry", "command", "pulled"):
        assert phone._disk.db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    assert at_the_desk(desk, device).wiped_at


def test_a_phone_that_is_shut_out_still_sends_what_it_holds_and_clears_itself(
    phone: Phone, amina: Session, desk: Desk, running: Running
) -> None:
    """What was sealed before counts; the draft, sealed when it clears itself, waits for a supervisor."""
    assert arrived(amina)
    phone.set_work_offline(True)
    incident_id, device = begin(amina), device_id(amina)
    running.clock.forward(minutes=1)
    with running.db.write() as conn:
        employment.revoke(conn, running.centre.org, device, running.centre.now_ms())
    desk.clear(device)
    phone.set_work_offline(False)
    assert until(amina, lambda: amina.is_gone)
    assert phone.people() == []
    assert at_the_desk(desk, device).wiped_at
    opened = desk.incident(incident_id)
    assert opened.incident.records[incident_id].values["location"] == "Mill Road"
    assert [entry.change.patch for entry in opened.undecided] == [{"given_name": "Marigold"}]


def test_another_nurse_on_the_same_phone_keeps_everything(phone: Phone, amina: Session, desk: Desk) -> None:
    tom = phone.sign_in("tom.ellery", PASSWORD, "735192")
    phone.set_work_offline(True)
    kept = begin(tom)
    desk.clear(device_id(amina))
    phone.set_work_offline(False)
    assert until(amina, lambda: amina.is_gone)
    assert phone.people() == ["tom.ellery"]
    incident = tom.store.incident(kept)
    assert incident
    assert incident.records[kept].values["location"] == "Mill Road"
    assert [draft.answers for draft in tom.store.drafts(kept)] == [{"given_name": "Marigold"}]
    assert arrived(tom)


def test_a_phone_that_is_never_heard_of_is_only_ordered(phone: Phone, amina: Session, desk: Desk) -> None:
    assert arrived(amina)
    phone.set_work_offline(True)
    begin(amina)
    desk.clear(device_id(amina))
    assert not until(amina, lambda: amina.is_gone, seconds=1)
    said = at_the_desk(desk, device_id(amina))
    assert said.wipe_commanded_at
    assert said.wiped_at is None
    assert desk.clear(device_id(amina)) is None, "ordered once, however often it is pressed"
    assert at_the_desk(desk, device_id(amina)) == said


def test_a_kill_after_the_order_was_taken_is_finished_at_the_next_start(
    phone: Phone, amina: Session, desk: Desk, running: Running, tmp_path
) -> None:  # fmt: skip
    tom = phone.sign_in("tom.ellery", PASSWORD, "735192")
    assert arrived(amina)
    assert arrived(tom)
    amina._background._wipe = lambda: True  # the app is killed just before it erases
    desk.clear(device_id(amina))
    assert until(amina, lambda: at_the_desk(desk, device_id(amina)).wiped_at)
    assert "amina.yusuf" in phone.people()
    phone.close()
    again = Phone(tmp_path / "phone", lambda: Client(running.url, timeout=5), SHIPPED, training=True, scrypt_n=2**10)
    end = time.monotonic() + 15
    while again.people() != ["tom.ellery"]:
        assert time.monotonic() < end, "it is not erased"
        time.sleep(0.05)
    again.close()


def test_a_draft_that_is_begun_while_the_order_is_carried_out_arrives_too(
    phone: Phone, amina: Session, desk: Desk
) -> None:
    """What the nurse types while the centre is being told is not erased unsent."""
    assert arrived(amina)
    incident_id = sealed(amina, location="Mill Road")
    wipe = amina._background._wipe

    def begun_meanwhile() -> bool:
        amina._background._wipe = wipe
        amina.keep(replace(amina.edit(incident_id, "person"), answers={"given_name": "Marigold"}))
        return wipe()

    amina._background._wipe = begun_meanwhile
    desk.clear(device_id(amina))
    assert until(amina, lambda: amina.is_gone)
    assert [person.values for person in desk.incident(incident_id).incident.of("person")] == [
        {"given_name": "Marigold"}
    ]


def test_a_phone_that_is_closed_after_it_was_cleared_ends_quietly(phone: Phone, amina: Session, desk: Desk) -> None:
    """The clearing may end while the phone closes and waits for that very thread."""
    assert arrived(amina)
    background, stop = amina._background, amina._background.stop
    background._wipe = lambda: True  # it comes to it only while the phone closes
    desk.clear(device_id(amina))
    assert until(amina, lambda: at_the_desk(desk, device_id(amina)).wiped_at)

    def cleared_meanwhile() -> None:
        background.stop = stop
        stop()
        assert phone.wipe("amina.yusuf")

    background.stop = cleared_meanwhile
    phone.close()


@pytest.mark.parametrize("when", ["_kek", "open"])
def test_a_phone_that_is_cleared_while_its_nurse_unlocks_it_says_so_and_keeps_nothing(
    phone: Phone, amina: Session, when, monkeypatch
) -> None:
    """What would be sealed in a vault that is gone could be opened by nobody."""
    assert arrived(amina)
    vaults, vault_id = phone._vaults, amina._vault.vault_id
    amina.lock()
    done = getattr(vaults, when)

    def cleared_meanwhile(*given: object):
        made = done(*given)
        vaults.erase(vault_id)
        return made

    monkeypatch.setattr(vaults, when, cleared_meanwhile)
    with pytest.raises(AlongsideError) as told:
        phone.unlock("amina.yusuf", PIN)
    assert told.value.code == "not_set_up"
    for table in ("vault", "day_key", "command"):
        assert phone._disk.db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


async def test_the_screen_shows_the_sign_in_and_says_why(phone: Phone, amina: Session, desk: Desk) -> None:
    async with App(lambda page: open_app(page, phone)) as app:
        app.made.enter(amina, "amina.yusuf")
        await app.until(lambda: app.has("new-incident"))
        desk.clear(device_id(amina))
        amina.sync_now()
        await app.until(lambda: app.has("sign-in"), seconds=15)
        assert app.says("Your service has cleared your records from this phone.")
        assert app.has("cleared"), "it stays on the screen until somebody signs in"
        assert app.made.session is None


def test_only_a_supervisor_orders_and_without_a_line_nothing_is_ordered(
    phone: Phone, amina: Session, desk: Desk, running: Running
) -> None:  # fmt: skip
    nurse = Desk(running.url, FetchedPacks(SHIPPED, TRUST), training=True)
    nurse.sign_in("tom.ellery", PASSWORD)
    with pytest.raises(Problem) as refused:
        nurse.clear(device_id(amina))
    assert refused.value.code == "not_allowed"
    nurse.client.close()
    assert at_the_desk(desk, device_id(amina)).wipe_commanded_at is None
    cut = Desk("http://127.0.0.1:9", FetchedPacks(SHIPPED, TRUST), training=True)
    with pytest.raises(NotReachable):
        cut.clear(device_id(amina))
