"""What was sealed after leaving, at the desk: seen by a supervisor, accepted with one button, then in the record."""

from datetime import timedelta

import pytest

from demo import PASSWORD
from field_app.desk.desk import Desk, NotSent
from field_app.desk.desk_models import LateWork
from field_app.ui.console.attention import attention
from field_app.ui.console.board import Board
from field_app.ui.console.history import history
from field_app.ui.console.nav_rail import PLACES, places
from field_app.ui.console.state import Console
from sync.api.accounts import employment
from sync.core.errors import Problem
from sync.domain.records.standing import standing
from tests.steps.centre.running import Phone, Running
from tests.steps.ui.console import begin, enter, open_record, signed
from tests.steps.ui.harness import NOW, App


def leaves(running: Running, username: str = "amina.yusuf") -> None:
    with running.db.write() as conn:
        employment.leaves(conn, running.centre.org, username, running.centre.now_ms())
    running.clock.forward(hours=1)


def deposits(phone: Phone) -> None:
    phone.client.token, phone.device.scope = None, None
    assert phone.sync().code == ""


@pytest.fixture
def late(running: Running, phone: Phone) -> str:
    """An incident that Amina began and recorded a person in after she had left."""
    leaves(running)
    incident_id = begin(phone)
    deposits(phone)
    return incident_id


async def test_it_is_seen_from_the_board_read_and_accepted(app: App, running: Running, late: str) -> None:
    await enter(app)
    await app.until(lambda: app.has("accept-" + late))
    assert not app.has("open-" + late)
    assert app.says("Sealed after leaving")
    await app.tap("accept-" + late)
    await app.until(lambda: app.has("late-decision") and app.has("answer-person-given_name"))
    for words in ("Amina Yusuf", "Elizabeth Way bridge", "Accept 2 changes"):
        assert app.says(words), words
    await app.tap("accept")
    await app.until(lambda: app.has("late-empty"))
    assert not app.has("late-work-" + late)
    await app.tap("go-board")
    await app.until(lambda: app.has("open-" + late))
    await app.until(lambda: not app.has("go-late-work"))
    tom = running.device("tom.ellery")
    tom.sync()
    assert tom.device.incident(late).one("person").values["given_name"] == "Ada"


async def test_a_record_says_that_more_of_it_waits(app: App, running: Running, phone: Phone) -> None:
    incident_id = signed(phone)
    leaves(running)
    phone.record({"location": "South steps"}, incident=incident_id, record_id=incident_id)
    deposits(phone)
    await enter(app)
    await open_record(app, incident_id)
    await app.until(lambda: app.has("undecided"))
    assert app.says("1 change of Amina Yusuf sealed after leaving. A supervisor has to accept it.")
    assert app.says("Elizabeth Way bridge")
    await app.tap("go-late-work")
    await app.until(lambda: app.says("South steps"))
    await app.tap("accept")
    await app.until(lambda: app.has("late-empty"))
    await open_record(app, incident_id)
    await app.until(lambda: app.says("South steps"))
    assert not app.has("undecided")


async def test_nothing_is_called_accepted_before_it_is_received(app: App, line, late: str) -> None:
    await enter(app)
    await app.until(lambda: app.has("go-late-work"))
    await app.tap("go-late-work")
    await app.until(lambda: app.has("accept"))
    line.cut = True
    await app.tap("accept")
    await app.until(lambda: app.has("not-sent"))
    assert app.has("late-work-" + late)
    line.cut = False
    await app.until(lambda: app.has("late-empty"))


async def test_a_nurse_at_the_desk_is_not_led_there(app: App, late: str) -> None:
    await enter(app, "tom.ellery")
    await app.until(lambda: app.has("board-empty"))
    assert not app.has("go-late-work")
    assert not app.has("accept-" + late)


def test_only_a_supervisor_has_the_place() -> None:
    assert {place.screen for place in places("supervisor")} >= {"late-work", "board"}
    assert "late-work" in {place.screen for place in PLACES} - {place.screen for place in places("nurse")}


def test_the_board_names_whose_it_is_and_since_when() -> None:
    then = NOW - timedelta(hours=3)
    line = LateWork("i1", "Ada Example", ("Amina Yusuf", "Tom Ellery"), 3, then, then, then, 7)
    (listed,) = attention(Console.__new__(Console), Board(NOW, (), 0, 0, (), late_work=(line,)))
    texts = App(lambda _: None).texts(listed)
    assert texts[:3] == ["Sealed after leaving", "Ada Example", "Amina Yusuf, Tom Ellery"]
    assert "3 h" in " ".join(texts)


# --- the desk behind it -------------------------------------------------------------------------------------------


def test_every_record_of_it_is_accepted_with_one_press_also_over_a_cut_line(
    running: Running, desk: Desk, line, late: str
) -> None:
    opened = desk.incident(late)
    assert opened.incident.records == {}
    assert len(opened.if_accepted().incident.records) == 2
    line.cut = True
    for _ in range(2):  # pressed twice
        with pytest.raises(NotSent):
            desk.accept(opened)
    line.cut = False
    assert desk.send_waiting()
    after = desk.incident(late)
    assert [entry.change.op for entry in after.log] == ["set", "set", "accept", "accept"]
    assert after.undecided == []
    assert after.incident == after.if_accepted().incident
    assert desk.late_work() == []


def test_history_says_what_was_accepted_and_by_whom(desk: Desk, late: str) -> None:
    desk.accept(desk.incident(late))
    opened = desk.incident(late)
    newest, first = history(opened, late)[0], history(opened, late)[-1]
    assert (newest.who, newest.text) == ("Ruth Okoro", "Accepted 1 change sealed after leaving")
    assert (first.who, first.mark) == ("Amina Yusuf", "Sealed after leaving, accepted")


def test_a_nurses_signature_counts_once_it_is_accepted(running: Running, phone: Phone, desk: Desk) -> None:
    leaves(running)
    incident_id = begin(phone)
    phone.sign(incident_id)
    deposits(phone)
    desk.accept(desk.incident(incident_id))
    assert standing(desk.incident(incident_id).incident) == "signed"
    assert [line.incident_id for line in desk.incidents("review").lines] == [incident_id]


def test_a_nurse_at_the_desk_accepts_nothing(make_desk, late: str) -> None:
    nurse = make_desk()
    nurse.sign_in("tom.ellery", PASSWORD)
    with pytest.raises(Problem) as caught:
        nurse.late_work()
    assert caught.value.code == "not_allowed"
    with pytest.raises(Problem) as caught:
        nurse.accept(nurse.incident(late))
    assert caught.value.code == "role_not_held"
