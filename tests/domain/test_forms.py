"""Forms: what is read, what is missing, what is checked, and nothing ever dropped or blocked."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.canonical import canonical, parse
from sync.domain.catalogue import CATALOGUE
from sync.domain.catalogue.person.form import Need
from sync.domain.forms import (
    AnswerKey,
    Choice,
    Event,
    Form,
    Missing,
    Moment,
    Unavailable,
    YesNo,
    ask,
    check,
    group,
    in_words,
    missing,
    of_question,
    pages,
    patch,
    question_of,
    questions,
    read,
    shown,
    unobtainable,
    why_unavailable,
)  # fmt: skip
from tests.steps.records import FORMS, Move, answer, context, everything


class Colour(Choice):
    RED = "r", "Red"
    BLUE = "b", "Blue"


class Sample(Form):
    kind, title = "sample", "Sample"

    name: str | None = ask("Name?", page="One", required=True)
    count: int | None = ask("How many?", check=lambda value: None if value < 10 else "Too many.", unit="pieces")
    warm: Decimal | None = ask("How warm?", unit="°C")
    day: date | None = ask("Which day?")
    colours: tuple[Colour, ...] | None = ask("Which colours?", page="Two")
    sure: YesNo | None = ask("Sure?")
    why: str | None = ask(
        "Why not?",
        when=lambda form, context: form.sure == YesNo.NO,
        required=lambda form, context: context.police_present,
    )
    when: Moment | None = ask("When?")
    came: Event | None = ask("Came")
    quiet: str | None = ask("Set by the app", hidden=True, required=True)
    plate: str | None = ask("Plate?", tidy=str.upper)
    others: dict[str, Event] = group("Others")


NO_CONTEXT = context(now=None)
TEN = "2026-11-22T10:00:00.000Z"


def test_pages_and_questions_in_order():
    assert pages(Sample) == ("One", "Two")
    assert [question.name for question in questions(Sample).values() if question.page == "One"] == [
        "name",
        "count",
        "warm",
        "day",
    ]
    assert questions(Sample)["colours"].choices == (Colour.RED, Colour.BLUE)
    assert questions(Sample)["when"].answer is Moment
    assert questions(Sample)["others"].group


def test_read_gives_types():
    made = read(Sample, {
        "name": "A", "count": 3, "warm": "36.8", "day": "2026-11-22", "colours": ["r"], "sure": "no", "when": TEN,
        "came": {"at": TEN, "source": "typed"}, "others.1": {"at": TEN, "source": "tapped"},
    })  # fmt: skip
    assert made.unread == ()
    assert (made.form.warm, made.form.day, made.form.colours) == (Decimal("36.8"), date(2026, 11, 22), (Colour.RED,))
    assert made.form.when == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert list(made.form.others) == ["1"]


def test_an_empty_form_reads_and_every_answer_may_be_empty():
    assert read(Sample, {}).form.name is None
    assert read(Sample, {"name": None, "others.1": None}).form.others == {}


@pytest.mark.parametrize(
    "answers",
    [{"colours": ["r", "green"]}, {"sure": "perhaps"}, {"later_question": 1}, {"others": {"at": TEN}}, {"name.1": "A"}],
)
def test_values_of_a_newer_version_are_named_and_kept(answers: dict[str, Any]):
    before = json.dumps(answers)
    assert read(Sample, answers).unread == tuple(answers)
    assert json.dumps(answers) == before


def test_a_value_of_a_newer_version_counts_as_an_answer_and_is_shown_as_it_is():
    assert "name" not in [lack.name for lack in missing(Sample, {"name": {"new": 1}}, NO_CONTEXT)]
    assert in_words(questions(Sample)["sure"], "perhaps") == "perhaps (recorded in a newer version)"


def test_missing_is_what_is_required_shown_and_without_an_answer():
    assert missing(Sample, {}, NO_CONTEXT) == [Missing("sample", "name", "Name?", "One")]
    assert missing(Sample, {"name": "A"}, NO_CONTEXT) == []


def test_a_question_that_is_not_asked_is_not_missing():
    with_police = context(now=None, police_present=True)
    assert missing(Sample, {"name": "A"}, with_police) == []
    assert [lack.name for lack in missing(Sample, {"name": "A", "sure": "no"}, with_police)] == ["why"]
    assert missing(Sample, {"name": "A", "sure": "no"}, NO_CONTEXT) == []


def test_shown_follows_the_answers_and_never_hides_one():
    names = [question.name for question in shown(Sample, {}, NO_CONTEXT, "Two")]
    assert "why" not in names
    assert "quiet" not in names
    assert "why" in [question.name for question in shown(Sample, {"sure": "no"}, NO_CONTEXT)]
    assert "why" in [question.name for question in shown(Sample, {"sure": "yes", "why": "was no"}, NO_CONTEXT)]


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("name", "  A  ", "A"),
        ("name", "   ", None),
        ("name", None, None),
        ("count", "9", 9),
        ("warm", "36.80", "36.80"),
        ("warm", Decimal("36.8"), "36.8"),
        ("day", "2026-11-22", "2026-11-22"),
        ("day", date(2026, 11, 22), "2026-11-22"),
        ("sure", YesNo.NO, "no"),
        ("colours", (Colour.RED, Colour.BLUE), ["r", "b"]),
        ("when", "2026-07-01T11:00:00+01:00", "2026-07-01T10:00:00.000Z"),
        ("came", {"at": TEN}, {"at": TEN, "source": "tapped"}),
        ("others.7", {"at": TEN, "source": "cad"}, {"at": TEN, "source": "cad"}),
        ("plate", "ab 1", "AB 1"),
    ],
)
def test_check_gives_the_plain_value_to_keep(name: str, raw: Any, value: Any):
    checked = check(Sample, name, raw)
    assert (checked.value, checked.problem) == (value, "")
    assert parse(canonical(checked.value)) == value


@pytest.mark.parametrize(
    ("name", "raw", "problem"),
    [
        ("count", "nine", "Enter a whole number."),
        ("count", "10", "Too many."),
        ("warm", "hot", "Enter a number, for example 36.8."),
        ("warm", "NaN", "Enter a number, for example 36.8."),
        ("day", "31/31/31", "Enter a date: day, month, year."),
        ("when", "soon", "Enter a date and a time."),
        ("when", "2026-07-01T10:00:00", "Enter a date and a time."),
        ("sure", "perhaps", "This cannot be read. Check it."),
    ],
)
def test_what_cannot_be_read_comes_back_with_words_and_is_not_lost(name: str, raw: str, problem: str):
    checked = check(Sample, name, raw)
    assert (checked.value, checked.problem) == (raw, problem)


@pytest.mark.parametrize("why", Unavailable)
def test_an_answer_that_could_not_be_got_is_an_answer(why: Unavailable):
    raw = unobtainable(why, "asleep")
    assert why_unavailable(raw) == why
    assert check(Sample, "name", raw).value == raw
    assert read(Sample, {"name": raw}).unavailable == {"name": why}
    assert read(Sample, {"name": raw}).form.name is None
    assert missing(Sample, {"name": raw}, NO_CONTEXT) == []
    assert in_words(questions(Sample)["name"], raw) == f"{why.label}: asleep"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
@pytest.mark.parametrize("why", Unavailable)
def test_every_question_of_every_form_can_be_answered_as_unobtainable(form: type[Form], why: Unavailable):
    raw = unobtainable(why, "too distressed")
    for name in questions(form):
        assert check(form, name, raw).problem == ""
    answers = dict.fromkeys(questions(form), raw)
    assert missing(form, answers, context(police_present=True)) == []
    assert read(form, answers).unread == ()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
def test_every_form_can_be_filled_and_checked(form: type[Form]):
    answers = everything(form)
    assert read(form, answers).unread == ()
    for name, raw in answers.items():
        if isinstance(raw, str) and raw.startswith("said"):
            continue  # free text may meet a check of its own
        kept = check(form, name, raw).value
        assert read(form, {name: kept}).unread == ()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
def test_no_page_has_more_than_14_questions(form: type[Form]):
    for page in pages(form):
        assert sum(question.page == page for question in questions(form).values()) <= 14, page


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
def test_names_of_answers_travel(form: type[Form]):
    """As patch keys they are canonical, and each has words and a schema."""
    assert canonical(everything(form))
    assert all(question.text for question in questions(form).values())
    assert form.model_json_schema()["properties"].keys() == questions(form).keys()


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**6) | st.text(max_size=8)
    | st.sampled_from([TEN, "2026-11-22", "yes", "36.8"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["at", "unavailable", "name", "kind"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@given(st.sampled_from(FORMS), st.data())
def test_no_recording_however_odd_stops_a_form(form: type[Form], data: st.DataObject):
    """Whatever arrives is shown, and rules, notes and words go on."""
    names = list(questions(form))
    chosen = data.draw(st.lists(st.sampled_from(names), max_size=12, unique=True))
    answers = {
        f"{name}.1" if questions(form)[name].group else name:
            data.draw(st.just(answer(form.kind, questions(form)[name])) | PLAIN, label=name)
        for name in chosen
    }  # fmt: skip
    made = read(form, answers).form
    others = {kind.kind: (read(kind, everything(kind)).form,) for kind in FORMS if kind is not form}
    full = replace(context(police_present=True), forms=others)
    for about in (NO_CONTEXT, full):
        shown(form, answers, about)
        missing(form, answers, about)
        assert all(note.text for note in form.notes(made, about))
    for name, raw in answers.items():
        question = questions(form)[AnswerKey.of(name).question]
        check(form, name, raw)
        if raw is not None:
            assert isinstance(in_words(question, raw), str)


@given(st.text(st.sampled_from("ab."), min_size=1).filter(lambda key: not key.endswith(".") or key.count(".") > 1))
def test_a_key_is_written_as_it_was_read(key: str):
    assert str(AnswerKey.of(key)) == key


def test_a_key_names_a_question_and_in_a_group_an_item():
    assert AnswerKey.of("officers.1a2b") == AnswerKey("officers", "1a2b")
    assert AnswerKey.of("power") == AnswerKey("power")
    answers = {"others.2": "b", "name": "n", "others.1": "a", "otherwise": "c"}
    assert of_question(answers, "others") == {"others.2": "b", "others.1": "a"}
    assert of_question(answers, "name") == {"name": "n"}
    assert question_of(Sample, "others.2") is questions(Sample)["others"]
    assert question_of(Sample, "unknown.2") is None
    assert [questions(Sample)[name].unavailable_key for name in ("name", "others")] == ["name", "others.unavailable"]


@given(st.dictionaries(st.sampled_from("abc"), PLAIN), st.dictionaries(st.sampled_from("abc"), PLAIN))
def test_a_patch_leads_from_one_state_to_the_other(before: dict, after: dict):
    made = patch(before, after)
    reached = {name: value for name, value in {**before, **made}.items() if value is not None}
    assert reached == {name: value for name, value in after.items() if value is not None}
    assert patch(after, after) == {}


def test_a_patch_clears_with_null():
    assert patch({"name": "A", "count": 1}, {"count": 1}) == {"name": None}


def test_words_for_a_reader():
    known = questions(Sample)
    assert in_words(known["warm"], "36.8") == "36.8 °C"
    assert in_words(known["colours"], ["r", "b"]) == "Red, Blue"
    assert in_words(known["colours"], []) == "None"
    assert in_words(known["when"], TEN) == "22 Nov 2026 10:00"
    assert in_words(known["day"], "2026-11-02") == "2 Nov 2026"
    assert in_words(known["came"], {"at": TEN, "source": "typed"}) == "22 Nov 2026 10:00 (entered later)"


def test_an_item_reads_the_same_whatever_order_its_parts_travelled_in():
    officers = questions(FORMS[1])["officers"]
    parts = {"name": "Sam Hill", "rank": "PC", "collar_number": "1234", "force": "Cambridgeshire"}
    backwards = dict(reversed(parts.items()))
    assert in_words(officers, parts) == in_words(officers, backwards) == "Sam Hill, PC, 1234, Cambridgeshire"


def test_what_a_newer_version_put_into_an_item_is_kept_when_it_is_edited():
    item = {"name": "Sam Hill", "radio": "7"}
    assert check(FORMS[1], "officers.1", item).value["radio"] == "7"


def test_a_form_shows_no_answers_in_logs():
    made = read(Sample, {"name": "secret"}).form
    assert "secret" not in repr(made)
    assert "secret" not in str(made)


def test_context_gives_the_other_records_by_form():
    first, second = read(Sample, {"name": "1"}).form, read(Sample, {"name": "2"}).form
    assert context(first, second).every(Sample) == (first, second)
    assert context(first).one(Sample) is first
    assert context().one(Sample) is None


def test_choices_are_their_codes():
    assert Need.NONE == "none"
    assert json.dumps([Need.HEARING]) == '["hearing"]'
    assert Move().op == "set"


@pytest.mark.parametrize(
    ("name", "length", "fine"),
    [
        ("officer_safety_note", 20_000, True),
        ("officer_safety_note", 20_001, False),
        ("location", 500, True),
        ("location", 501, False),
    ],
)
def test_a_text_has_a_longest_length_which_is_told_and_never_cut(name: str, length: int, fine: bool):
    checked = check(CATALOGUE["incident"], name, "x" * length)
    assert (checked.problem == "") is fine
    assert len(checked.value) == length
