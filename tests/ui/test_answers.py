"""Each kind of answer can be given, is kept as the form wants it, and is drawn again as it was given."""

import asyncio

import flet as ft
import pytest

from field_app.ui.forms.form import RecordRemarks
from sync.domain.records.fold import Given
from tests.steps.ui.form_page import Page
from tests.steps.ui.harness import App


@pytest.mark.parametrize(
    ("tapped", "name", "answer"),
    [
        (["answer-colour-green"], "colour", "green"),
        (["answer-colour-green", "answer-colour-red"], "colour", "red"),
        (["answer-colour-green", "answer-colour-green"], "colour", None),
        (["answer-letters-blue", "answer-letters-red"], "letters", ["red", "blue"]),
        (["answer-letters-blue", "answer-letters-blue"], "letters", None),
        (["answer-letter", "answer-letter-k"], "letter", "k"),
        (["answer-sure-not_known"], "sure", "not_known"),
        (["answer-at-now"], "at", "2026-11-22T22:00:00.000Z"),
        (["answer-happened-now"], "happened", {"at": "2026-11-22T22:00:00.000Z", "source": "tapped"}),
        (["answer-name-phrase-0"], "name", "Not told"),
        (["answer-story-phrase-0", "answer-story-phrase-1"], "story", "Once\nThen"),
        (["unavailable-colour", "answer-colour-unavailable-declined"], "colour", {"unavailable": "declined"}),
        (
            ["unavailable-friends", "answer-friends-unavailable-not_asked"],
            "friends.unavailable",
            {"unavailable": "not_asked"},
        ),
    ],
)  # fmt: skip
async def test_what_is_tapped(tapped, name, answer):
    page = Page()
    async with App(page) as app:
        for each in tapped:
            await app.tap(each)
        assert page.editor.answers.get(name) == answer


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("name", "Zoë O’Neil", "Zoë O’Neil"), ("story", "one\ntwo", "one\ntwo"),
        ("count", "12", 12), ("heat", "36.8", "36.8"),
        ("born", "14031988", "1988-03-14"), ("count", "twelve", "twelve"),
        ("born", "31 4 1988", "31 4 1988"), ("count", "3", 3),
    ],
)  # fmt: skip
async def test_what_is_typed_is_kept_and_stands_in_its_field(name, text, answer):
    page = Page()
    async with App(page) as app:
        await app.type(f"answer-{name}", text)
        kept = page.editor.answers[name]
        assert kept == answer or str(kept) == str(answer)
        assert page.keeper.kept[-1].answers[name] == kept
        shown = app.inside(f"answer-{name}", ft.TextField).value
        assert shown == {"14031988": "14 03 1988"}.get(text, text)


async def test_a_time_typed_in_four_digits_takes_the_last_such_time():
    page = Page()
    async with App(page) as app:
        await app.tap("answer-happened-edit")
        await app.type("answer-happened", "2350", blur=False)
        await app.settle()
        assert app.says("Yesterday 23:50")
        await app.tap("answer-happened-use")
        assert page.editor.answers["happened"] == {"at": "2026-11-21T23:50:00.000Z", "source": "typed"}
        assert app.says("Yesterday 23:50 (entered later)")


async def test_a_time_that_was_entered_can_be_cleared():
    page = Page({"happened": {"at": "2026-11-21T23:50:00.000Z", "source": "typed"}})
    async with App(page) as app:
        await app.tap("answer-happened-edit")
        await app.tap("answer-happened-clear")
        assert page.editor.answers["happened"] is None
        assert app.has("answer-happened-now")


async def test_the_date_picker_gives_the_day_that_was_picked_in_every_zone():
    from datetime import UTC, datetime

    from field_app.ui.forms.date_time_fields import picked_day

    for hour in range(-11, 13):
        midnight = datetime(2026, 11, 18, tzinfo=UTC).timestamp() - hour * 3600
        assert str(picked_day(datetime.fromtimestamp(midnight, UTC))) == "2026-11-18"


async def test_phrases_are_added_to_what_is_there():
    page = Page({"story": "He said"})
    async with App(page) as app:
        await app.type("answer-story", "He said no.", blur=False)
        await app.tap("answer-story-phrase-0")
        assert page.editor.answers["story"] == "He said no.\nOnce"
        assert app.inside("answer-story", ft.TextField).value == "He said no.\nOnce"


async def test_unable_asks_for_the_reason_and_gives_a_way_back():
    page = Page()
    async with App(page) as app:
        await app.tap("unavailable-name")
        await app.tap("answer-name-unavailable-unable")
        await app.type("answer-name-reason", "asleep", blur=False)
        assert page.editor.answers["name"] == {"unavailable": "unable", "reason": "asleep"}
        await app.tap("answer-name-back")
        assert page.editor.answers["name"] is None
        assert app.has("answer-name")


async def test_a_conditional_question_is_revealed_in_place_and_its_answer_never_hidden():
    page = Page()
    async with App(page) as app:
        assert not app.has("answer-why")
        await app.tap("answer-sure-no")
        order = app.identifiers()
        assert order.index("answer-sure-no") < order.index("answer-why") < order.index("answer-name")
        await app.type("answer-why", "reasons")
        await app.tap("answer-sure-yes")
        assert app.inside("answer-why", ft.TextField).value == "reasons", "an answer stays in sight"


async def test_items_of_a_group_are_added_changed_and_removed_each_under_a_key_of_its_own():
    page = Page()
    async with App(page) as app:
        await app.tap("add-friends")
        await app.type("answer-friends-1-name", "Ada", blur=False)
        await app.tap("answer-friends-1-likes-blue")
        assert app.inside("answer-friends-1-name", ft.TextField).value == "Ada", (
            "a choice beside it does not blank a field"
        )
        await app.tap("done-friends-1")
        await app.tap("add-friends")
        await app.type("answer-friends-2-name", "Bo", blur=False)
        await app.tap("done-friends-2")
        items = [value for name, value in page.editor.answers.items() if name.startswith("friends.") and value]
        assert items == [{"name": "Ada", "likes": "blue"}, {"name": "Bo"}]
        await app.tap("remove-friends-1")
        assert [
            value and value["name"] for name, value in page.editor.answers.items() if name.startswith("friends.")
        ] == [None, None, "Bo"]
        assert app.says("Bo")


async def test_an_item_to_read_is_headed_by_what_it_is():
    async with App(Page({"friends.1": {"name": "Ada", "likes": "red"}, "friends.2": {"likes": "green"}})) as app:
        texts = app.texts()
        assert texts[texts.index("Ada") + 1] == "Red"
        assert texts[texts.index("Green") - 1] == "Red", "one that has no name is headed by what it has"


@pytest.mark.parametrize(("name", "least", "most", "keys"), [("name", 1, 4, False), ("story", 3, 12, True)])
async def test_text_wraps_and_only_a_long_answer_takes_new_lines(name, least, most, keys):
    async with App(Page()) as app:
        field = app.inside(f"answer-{name}", ft.TextField)
        assert (field.min_lines, field.max_lines, field.multiline) == (least, most, keys)


async def test_notes_follow_the_answers():
    async with App(Page()) as app:
        assert not app.says("Red is loud.")
        await app.tap("answer-colour-red")
        assert app.says("Red is loud.")


async def test_what_a_newer_version_recorded_is_shown_as_such_and_kept():
    page = Page({"colour": "ultraviolet", "aura": "bright", "count": 4})
    async with App(page) as app:
        assert app.says("Recorded in a newer version of the app: ultraviolet")
        assert app.says("aura: bright")
        await app.type("answer-name", "Ada")
        assert page.keeper.kept[-1].answers["aura"] == "bright"
        assert page.keeper.kept[-1].answers["colour"] == "ultraviolet"


async def test_errors_show_when_the_user_moves_on_and_never_while_typing():
    page = Page()
    async with App(page) as app:
        await app.type("answer-count", "3")
        assert not app.says("Enter an even number.")
        assert page.editor.faults_on("One") == [("count", "How many?", "Enter an even number.")]
        await app.settle()
        assert app.says("Enter an even number.")
        await app.type("answer-count", "34")
        assert not app.says("Enter an even number.")


async def test_a_clash_shows_both_values_with_who_and_when_and_one_can_be_used():
    given = (
        Given("Ada", "c1", "nurse.one", "2026-11-22T20:00:00.000Z"),
        Given("Eda", "c2", "nurse.two", "2026-11-22T20:05:00.000Z"),
    )
    page = Page(around=RecordRemarks(clashes={"name": given}))
    async with App(page) as app:
        for words in ("Ada", "Eda", "nurse.one, 22 Nov 2026 20:00", "nurse.two, 22 Nov 2026 20:05"):
            assert app.says(words)
        assert not app.has("answer-name"), "there is nothing to type while two answers stand"
        names = [app.inside(f"use-name-{at}", ft.Text).semantics_label for at in (0, 1)]
        assert names == ["Use this: Ada", "Use this: Eda"]
        await app.tap("use-name-1")
        assert page.resolved == [("name", "Eda")]


async def test_a_supervisors_comment_stands_above_its_question():
    async with App(Page(around=RecordRemarks(comments={"name": ("Which name?",)}))) as app:
        order = app.identifiers()
        assert order.index("comment-name") < order.index("answer-name")
        assert app.says("Which name?")


async def test_typed_text_survives_a_choice_a_new_page_and_a_fault_while_drawing():
    page = Page()
    async with App(page) as app:
        await app.type("answer-name", "Ada Lovel", blur=False)
        await app.tap("answer-sure-no")
        await app.tap("answer-colour-red")
        assert app.inside("answer-name", ft.TextField).value == "Ada Lovel"
        page.editor.answers = {**page.editor.answers, "letters": 7}  # nothing draws this
        page.editor._tell("letters")
        page.editor._tell("")
        await app.settle()
        assert app.inside("answer-name", ft.TextField).value == "Ada Lovel"
        await app.type("answer-name", "Ada Lovelace")
        assert page.keeper.kept[-1].answers["name"] == "Ada Lovelace"


async def test_every_key_is_kept_within_two_seconds_and_a_choice_at_once():
    page = Page()
    async with App(page) as app:
        await app.tap("answer-colour-red")
        assert page.keeper.kept[-1].answers["colour"] == "red"
        await app.type("answer-name", "A", blur=False)
        assert "name" not in page.keeper.kept[-1].answers
        await app.until(lambda: page.keeper.kept[-1].answers.get("name") == "A", 2)


async def test_what_is_typed_while_a_form_is_sealed_goes_on_in_the_next_draft():
    page = Page()
    async with App(page) as app:
        await app.type("answer-name", "Ada")
        sealing = asyncio.ensure_future(page.editor.put_away(again=True))
        await asyncio.sleep(0)
        page.editor.type("name", "Ada L")
        await sealing
        assert page.keeper.sealed[0].answers["name"] == "Ada"
        assert page.editor.answers["name"] == "Ada L"
        assert page.editor.draft.base["name"] == "Ada"
        await app.until(lambda: page.keeper.kept[-1].answers["name"] == "Ada L", 3)


async def test_no_choice_draws_another_question_anew():
    page = Page()
    async with App(page) as app:
        before = len(app.client.messages)
        await app.tap("answer-letters-red")
        patches = [m for m in app.client.messages[before:] if type(m.body).__name__ == "PatchControlBody"]
        assert len(patches) == 1, "one question, one message"
        assert app.slowest < 0.05
