"""How the desk divides a window, and how it behaves in one that is small, slow or wrongly asked."""

import time
from types import SimpleNamespace

import flet as ft
import pytest

from field_app.ui.console import polling
from field_app.ui.console.filters import LONGEST, RecordFilters
from field_app.ui.console.layout import Layout, layout_of
from field_app.ui.console.tables import Col, least
from sync.api.shapes import IncidentSearch
from tests.steps.ui.console import enter, review, signed
from tests.steps.ui.harness import NOW, App


@pytest.mark.parametrize(
    ("width", "panes", "tight"),
    [
        (720, 1, False), (620, 1, True), (899, 1, False), (900, 2, True),
        (1024, 2, False), (1359, 2, False), (1360, 3, False),
    ],
)  # fmt: skip
def test_a_window_has_one_column_two_panes_or_three(width: int, panes: int, tight: bool) -> None:
    assert (Layout(width, 800).panes, Layout(width, 800).tight) == (panes, tight)


@pytest.mark.parametrize(("height", "flows"), [(619, True), (620, False)])
def test_a_low_window_scrolls_as_a_whole(height: int, flows: bool) -> None:
    assert Layout(1440, height).flows is flows


def test_a_window_is_never_taken_for_wider_than_it_is() -> None:
    assert layout_of(SimpleNamespace(width=719.5, height=450)) == Layout(700, 440)


def test_a_table_scrolls_by_itself_only_where_it_does_not_fit() -> None:
    assert least([Col("Name"), Col("Car", 80)]) == 220 + 80 + 16 + 32


async def narrow(app: App, width: int) -> None:
    app.page.width, app.page.height = width, 450
    app.made.resized()
    await app.settle()


async def test_at_200_percent_queue_record_and_decision_are_one_column_each(app: App, phone) -> None:
    incident_id = signed(phone)
    await enter(app)
    await narrow(app, 720)
    await app.tap("go-review")
    await app.until(lambda: app.has("queue-" + incident_id))
    assert not app.has("decision")
    await app.tap("queue-" + incident_id)
    await app.until(lambda: app.has("signature"))
    assert not app.has("queue-" + incident_id)
    await app.tap("answer-incident-cad_ref")  # its comment is written under Decision
    await app.until(lambda: app.has("comment-incident-cad_ref"))
    await app.type("comment-incident-cad_ref", "Of which day?")
    await app.tap("face-record")
    await app.until(lambda: app.has("signature") and not app.has("decision"))
    await narrow(app, 1440)
    assert app.has("queue-" + incident_id)
    assert app.inside("comment-incident-cad_ref", ft.TextField).value == "Of which day?"


async def test_every_screen_can_be_drawn_in_a_small_window(app: App, phone) -> None:
    signed(phone)
    await enter(app)
    await narrow(app, 720)
    for screen in ("board", "review", "records", "phones"):
        await app.tap("go-" + screen)
        await app.settle(0.3)
        assert not app.has("error-panel")


async def test_the_error_of_a_decision_goes_when_a_comment_is_written(app: App, phone) -> None:
    incident_id = signed(phone)
    await enter(app)
    await review(app, incident_id)
    await app.tap("return")
    await app.until(lambda: app.has("decision-error"))
    await app.tap("answer-incident-cad_ref")
    await app.until(lambda: not app.has("decision-error"))


async def test_a_day_that_cannot_be_read_is_kept_and_said_not_to_be_used(app: App, phone) -> None:
    incident_id = signed(phone)
    await enter(app)
    await app.tap("go-records")
    await app.type("filter-since", "soon")
    await app.until(lambda: app.has("day-ignored") and app.has("row-" + incident_id))
    assert app.inside("filter-since", ft.TextField).value == "soon"
    assert app.says("1 record, no filter")


async def test_a_search_that_is_too_long_says_so_in_place_of_the_list(app: App, phone) -> None:
    incident_id = signed(phone)
    await enter(app)
    await app.tap("go-records")
    await app.until(lambda: app.has("row-" + incident_id))
    await app.type("search", "a" * (LONGEST + 1))
    await app.until(lambda: app.has("search-too-long"))
    assert not app.has("row-" + incident_id)
    assert not app.has("trouble")


def test_the_longest_search_is_the_one_the_centre_takes() -> None:
    assert IncidentSearch.model_validate({"q": "a" * LONGEST})
    with pytest.raises(ValueError, match="200"):
        IncidentSearch.model_validate({"q": "a" * (LONGEST + 1)})


def test_the_list_says_which_filters_apply() -> None:
    asked_for = RecordFilters(q="ben", standing="signed", car="Car 1", since="1/7/26", until="never")
    assert asked_for.applied(NOW) == "“ben”, Waiting for review, Car 1, opened from 1 July 2026"


async def test_a_centre_that_is_slow_is_said_to_be_slow_before_it_fails(app: App, monkeypatch) -> None:
    await enter(app)
    monkeypatch.setattr(polling, "SLOW_AFTER", 0.05)
    desk = app.made.desk
    answers = desk.phones
    desk.phones = lambda: (time.sleep(0.6), answers())[1]
    await app.tap("go-phones")
    await app.until(lambda: app.says("The centre is slow to answer"))
    await app.until(lambda: app.has("phones-empty"))
    await app.until(lambda: not app.has("trouble"))
