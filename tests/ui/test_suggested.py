"""What the record suggests is an answer only when taken; what could not be got is said once for all that is left."""

import flet as ft
import pytest

from sync.domain.forms import Unavailable, missing
from tests.steps.ui.form_page import Page
from tests.steps.ui.forms import Everything
from tests.steps.ui.harness import App

KNOWN = {"name": "Zoë", "colour": "green"}


async def test_a_suggestion_stands_under_its_question_and_fills_nothing_by_itself():
    page = Page(KNOWN, page="Two")
    async with App(page) as app:
        assert "From the record: Zoë" in app.texts()
        assert "From the record: Green" in app.texts()
        assert page.editor.answers.get("nick") is None
        await app.tap("use-suggestion-coat")
        assert page.editor.answers["coat"] == "green"
        assert not app.has("use-suggestion-coat")
        assert app.has("use-suggestion-nick")


async def test_several_suggestions_are_taken_with_one_tap():
    page = Page(KNOWN, page="Two")
    async with App(page) as app:
        assert "Use all 2 from the record" in app.texts()
        await app.tap("use-suggestions")
        assert (page.editor.answers["nick"], page.editor.answers["coat"]) == ("Zoë", "green")
        assert app.inside("answer-nick", ft.TextField).value == "Zoë"
        assert not app.has("use-suggestions")


@pytest.mark.parametrize("answers", [{}, {"name": "Zoë"}, {**KNOWN, "coat": "red"}])
async def test_one_suggestion_needs_no_button_for_all(answers):
    async with App(Page(answers, page="Two")) as app:
        assert not app.has("use-suggestions")
        assert app.has("use-suggestion-nick") == ("name" in answers)


async def test_a_suggestion_never_replaces_what_was_typed():
    page = Page(KNOWN, page="Two")
    async with App(page) as app:
        await app.type("answer-nick", "Z", blur=False)
        page.editor.use_suggestion("nick", "coat")
        assert (page.editor.answers["nick"], page.editor.answers["coat"]) == ("Z", "green")


async def test_a_question_that_could_not_be_got_has_no_suggestion():
    async with App(Page({**KNOWN, "nick": {"unavailable": "declined"}}, page="Two")) as app:
        assert not app.has("use-suggestion-nick")


async def test_the_rest_could_not_be_got_answers_all_that_is_missing_and_nothing_else():
    page = Page({"name": "Zoë", "story": "long"})
    async with App(page):
        page.editor.give_rest(Unavailable.UNABLE, "ran away")
        assert missing(Everything, page.editor.answers, page.editor.context) == []
        assert (page.editor.answers["name"], page.editor.answers["story"]) == ("Zoë", "long")
        assert page.editor.answers["colour"] == {"unavailable": "unable", "reason": "ran away"}
        assert page.editor.answers["friends.unavailable"] == {"unavailable": "unable", "reason": "ran away"}
        assert page.editor.answers.get("last") is None, "what nobody asked for stays empty"


async def test_the_rest_settles_no_clash():
    page = Page({"name": "Zoë"})
    async with App(page):
        page.editor.give_rest(Unavailable.UNABLE, but=("colour",))
        assert page.editor.answers.get("colour") is None
        assert page.editor.missing() == ["colour"]


FRIENDS = {"friends.a": {"name": "Bo", "likes": "red"}, "friends.b": {"name": "Cy"}}


async def test_items_of_a_group_are_offered_and_added_with_one_tap():
    page = Page(FRIENDS, page="Three")
    async with App(page) as app:
        assert "From the record: Bo, Red; Cy" in app.texts()
        assert page.editor.items("guests") == []
        await app.tap("use-suggestion-guests")
        assert [page.editor.answers[key] for key in page.editor.items("guests")] == list(FRIENDS.values())
        assert not app.has("use-suggestion-guests")
        assert app.has("edit-guests-2"), "they are lines to read, as if somebody had typed them"


async def test_items_of_a_group_are_among_all_that_is_taken_with_one_tap():
    page = Page({**FRIENDS, "colour": "green"}, page="Three")
    async with App(page) as app:
        assert "Use all 2 from the record" in app.texts()
        await app.tap("use-suggestions")
        assert page.editor.answers["drink"] == "green"
        assert len(page.editor.items("guests")) == 2


async def test_no_items_are_offered_once_there_is_one_or_none_could_be_got():
    async with App(Page({**FRIENDS, "guests.x": {"name": "Di"}}, page="Three")) as app:
        assert not app.has("use-suggestion-guests")
    async with App(Page({**FRIENDS, "guests.unavailable": {"unavailable": "declined"}}, page="Three")) as app:
        assert not app.has("use-suggestion-guests")
