"""The console on a page, against a real centre: sign in, read, decide, search; nothing typed is lost."""

from types import SimpleNamespace

import flet as ft
import pytest

from demo import PASSWORD
from field_app.desk.desk_models import DeskLine, Late, LiveFacts
from field_app.ui.console.attention import attention
from field_app.ui.console.board import Board
from field_app.ui.console.filters import RecordFilters, unreadable
from field_app.ui.console.review import neighbour
from field_app.ui.console.state import Console
from sync.domain.records.standing import standing
from tests.steps.ui.console import begin, clashing, enter, open_record, press, review, signed
from tests.steps.ui.harness import NOW, App


async def test_a_wrong_password_is_said_and_nothing_typed_is_lost(app: App) -> None:
    await app.type("username", "ruth.okoro")
    await app.type("password", "no")
    await app.tap("sign-in")
    await app.until(lambda: app.has("sign-in-error"))
    assert app.inside("username", ft.TextField).value == "ruth.okoro"
    assert app.says("Check both and try again.")


async def test_the_board_shows_open_incidents_and_phones_with_unsent_work(app: App, phone) -> None:
    incident_id = begin(phone)
    phone.sync()
    phone.record({"cad_ref": "CC-0413"}, incident=incident_id, record_id=incident_id)
    phone.sync(push=False)
    await enter(app)
    await app.until(lambda: app.has("open-" + incident_id))
    assert app.says("Officers waiting")
    assert app.says("Ada Example")
    await app.until(lambda: app.has("unsent-phones"))
    assert app.says("1 not sent")


@pytest.mark.parametrize(("total", "said"), [(1, "they have it."), (2, "1 more incident waits for one.")])
def test_the_board_says_how_many_overdue_acknowledgements_it_does_not_list(total: int, said: str) -> None:
    late = LiveFacts(late=(Late("First Response", NOW, True),))
    line = DeskLine("i1", "Ada", "signed", "", "", "", "", 0, NOW, None, NOW, 1, live=late)
    (listed,) = attention(Console.__new__(Console), Board(NOW, (), 0, 0, (), (line,), total))
    texts = App(lambda _: None).texts(listed)
    assert "First Response" in texts
    assert texts[-1].endswith(said)


async def test_the_board_follows_the_centre_by_itself(app: App, phone) -> None:
    await enter(app)
    await app.until(lambda: app.has("board-empty"))
    begin(phone)
    phone.sync()
    await app.until(lambda: app.says("Ada Example"))


async def test_a_record_is_approved_and_leaves_the_queue(app: App, phone, desk) -> None:
    first, second = signed(phone, "Ada"), signed(phone, "Ben")
    await enter(app)
    await review(app, first)
    await app.tap("approve")
    await app.until(lambda: not app.has("queue-" + first))
    assert standing(desk.incident(first).incident) == "approved"
    await app.until(lambda: app.has("record-" + second))  # the next one comes in front


async def test_a_comment_is_pinned_to_an_answer_and_returned(app: App, phone) -> None:
    incident_id = signed(phone)
    await enter(app)
    await review(app, incident_id)
    await app.tap("answer-incident-cad_ref")
    await app.type("comment-incident-cad_ref", "Of which day?")
    await app.tap("return")
    await app.until(lambda: not app.has("queue-" + incident_id))
    phone.sync()
    act = phone.device.incident(incident_id).acts[-1]
    assert act.op == "return"
    assert act.detail["comments"] == [
        {"kind": "incident", "record_id": incident_id, "name": "cad_ref", "comment": "Of which day?"}
    ]


async def test_a_return_without_a_comment_says_what_to_do(app: App, phone) -> None:
    incident_id = signed(phone)
    await enter(app)
    await review(app, incident_id)
    await app.tap("return")
    await app.until(lambda: app.has("decision-error"))
    assert app.has("queue-" + incident_id)


async def test_a_failed_send_keeps_the_words_and_is_sent_again_by_itself(app: App, phone, line, desk) -> None:
    incident_id = signed(phone)
    await enter(app)
    await review(app, incident_id)
    await app.tap("answer-incident-cad_ref")
    await app.type("comment-incident-cad_ref", "Of which day?")
    line.cut = True
    await app.tap("return")
    await app.until(lambda: app.has("not-sent"))
    assert app.says("Of which day?")
    await app.tap("go-records")
    await app.tap("go-review")  # another screen and back, without a line
    await app.until(lambda: app.has("not-sent"))
    assert app.says("Of which day?")
    line.cut = False
    await app.until(lambda: not app.has("queue-" + incident_id))
    assert standing(desk.incident(incident_id).incident) == "returned"


async def test_keys_move_and_approve_but_not_while_typing(app: App, phone, desk) -> None:
    ids = [signed(phone, name) for name in ("Ada", "Ben", "Cleo")]
    await enter(app)
    await review(app, ids[0])
    press(app, "J")
    await app.until(lambda: app.has("record-" + ids[1]) and app.has("signature"))
    press(app, "K")
    await app.until(lambda: app.has("record-" + ids[0]) and app.has("signature"))
    await app.tap("answer-incident-cad_ref")
    press(app, "a")
    press(app, "j")
    await app.settle(0.3)
    assert app.has("record-" + ids[0])
    assert standing(desk.incident(ids[0]).incident) == "signed"
    await app.tap("remove-comment-incident-cad_ref")
    press(app, "A")
    await app.until(lambda: not app.has("queue-" + ids[0]))
    assert standing(desk.incident(ids[0]).incident) == "approved"


async def test_keys_work_again_after_a_return_left_from_its_field(app: App, phone, desk) -> None:
    first, second = signed(phone, "Ada"), signed(phone, "Ben")
    await enter(app)
    await review(app, first)
    await app.tap("answer-incident-cad_ref")
    await app.type("comment-incident-cad_ref", "Of which day?", blur=False)
    await app.tap("return")
    await app.until(lambda: app.has("record-" + second) and app.has("signature"))
    press(app, "a")
    await app.until(lambda: app.has("nothing-to-review"))
    assert standing(desk.incident(second).incident) == "approved"


async def test_a_clash_is_side_by_side_and_one_is_used(app: App, phone, running) -> None:
    incident_id = signed(phone)
    clashing(phone, running.device("tom.ellery"), incident_id)
    await enter(app)
    await open_record(app, incident_id)
    await app.until(lambda: app.has("clash-incident-location"))
    assert app.says("North side")
    assert app.says("South steps")
    names = {app.inside(f"use-incident-location-{at}", ft.Text).semantics_label for at in (1, 2)}
    assert names == {"Use this: North side", "Use this: South steps"}
    assert app.says("so the nurse signs it once more")
    await app.tap("use-incident-location-1")
    await app.until(lambda: not app.has("clash-incident-location"))


async def test_a_clash_in_what_was_never_signed_asks_for_no_second_signature(app: App, phone, running) -> None:
    incident_id = begin(phone)
    clashing(phone, running.device("tom.ellery"), incident_id)
    await enter(app)
    await open_record(app, incident_id)
    await app.until(lambda: app.has("clash-incident-location"))
    assert app.says("The nurse has not signed it yet.")
    assert not app.says("once more")


async def test_the_centre_searches_and_an_empty_answer_says_what_to_do(app: App, phone) -> None:
    ada, ben = signed(phone, "Ada"), signed(phone, "Ben")
    await enter(app)
    await app.tap("go-records")
    await app.until(lambda: app.has("row-" + ada) and app.has("row-" + ben))
    await app.type("search", "ben exa")
    await app.until(lambda: app.has("row-" + ben) and not app.has("row-" + ada))
    await app.type("search", "ben nobody")
    await app.until(lambda: app.has("records-empty"))
    await app.tap("clear-filters")
    await app.until(lambda: app.has("row-" + ada))


async def test_a_filter_stays_while_a_record_is_read(app: App, phone) -> None:
    incident_id = signed(phone, "Ben")
    await enter(app)
    await app.tap("go-records")
    await app.type("search", "ben")
    await app.until(lambda: app.has("row-" + incident_id))
    await app.tap("row-" + incident_id)
    await app.until(lambda: app.has("signature"))
    await app.tap("back")
    await app.until(lambda: app.has("row-" + incident_id))
    assert app.inside("search", ft.TextField).value == "ben"


async def test_without_the_centre_each_screen_says_so(app: App, line) -> None:
    await enter(app)
    line.cut = True
    for screen in ("board", "review", "records", "phones"):
        await app.tap("go-" + screen)
        await app.until(lambda: app.has("trouble"))
        assert not app.has("error-panel")


async def test_a_sign_in_that_ran_out_costs_nothing_typed(app: App, phone, running) -> None:
    incident_id = signed(phone)
    await enter(app)
    await review(app, incident_id)
    await app.tap("answer-incident-cad_ref")
    await app.type("comment-incident-cad_ref", "Of which day?")
    running.clock.forward(hours=13)
    await app.until(lambda: app.has("expired"))
    await app.type("password", PASSWORD)
    await app.tap("sign-in")
    await app.until(lambda: app.has("comment-incident-cad_ref"))
    assert app.inside("comment-incident-cad_ref", ft.TextField).value == "Of which day?"


async def test_an_officer_sees_their_sheets_and_no_other_place(app: App, phone) -> None:
    incident_id = begin(phone)
    phone.cosign(incident_id)
    phone.sync()
    await enter(app, "dan.hart")
    await app.until(lambda: app.has("sheet-" + incident_id))
    assert app.has("sheet")
    assert not {"go-board", "go-review", "go-records", "go-phones"} & set(app.identifiers())


async def test_night_and_light(app: App) -> None:
    await enter(app)
    before = app.page.theme_mode
    await app.tap("theme")
    assert app.page.theme_mode != before


def test_days_are_asked_for_as_england_has_them() -> None:
    asked = RecordFilters(since="1/7/26", until="1/7/26").query(NOW)
    assert (asked["since"], asked["until"]) == ("2026-06-30T23:00:00.000Z", "2026-07-01T23:00:00.000Z")
    assert "since" not in RecordFilters(since="soon").query(NOW)
    assert unreadable("soon", NOW)
    assert not unreadable("", NOW)


def test_the_neighbour_is_the_next_one_and_at_the_end_the_one_before() -> None:
    lines = [SimpleNamespace(incident_id=name) for name in "abc"]
    found = [neighbour(lines, name) for name in "abc"]  # pyright: ignore[reportArgumentType]
    assert [one and one.incident_id for one in found] == ["b", "c", "b"]
    assert neighbour(lines[:1], "a") is None  # pyright: ignore[reportArgumentType]


async def test_a_screen_that_is_left_stops_asking(app: App) -> None:
    await enter(app)
    for screen in ("review", "records", "phones", "board") * 3:
        await app.tap("go-" + screen)
    await app.settle(0.6)
    assert len(app.made.tasks.running) <= 3  # the rail's, the board's, and whether it has to lock
