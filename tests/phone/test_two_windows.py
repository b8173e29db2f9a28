"""Two windows of one nurse on one phone, the same section open in both: neither loses what is typed in the other."""

from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.domain.forms import merge
from tests.steps.ui.harness import PIN, phone, signed_in

KEYS = ("given_name", "allergies", "phone")


class Windows:
    """Two windows on a vault, and an incident."""

    def __init__(self, folder: Path):
        self.phone = phone(folder)
        self.here = signed_in(self.phone)
        self.there = self.phone.unlock("amara", PIN)
        self.incident_id = self.here.new_incident()

    def draft(self, window, kind="person", **answers):
        """The section opened in a window, and what is typed there at once."""
        draft = window.edit(self.incident_id, kind)
        return self.type(window, draft, **answers) if answers else draft

    def type(self, window, draft, **answers):
        return window.keep(replace(draft, answers={**draft.answers, **answers}))

    @property
    def record(self):
        return self.here.store.incident(self.incident_id).one("person")


@pytest.fixture
def windows(tmp_path):
    made = Windows(tmp_path)
    yield made
    made.phone.close()


def clash(record, name):
    return {given.value for given in record.clashes[name]}


def test_what_both_typed_into_one_draft_is_in_it(windows):
    here, there = windows.here, windows.there
    first = windows.draft(here, given_name="Mary")
    second = windows.draft(there)
    windows.type(here, first, allergies="Penicillin")
    kept = windows.type(there, second, phone="07700 900123")
    assert kept.answers == {"given_name": "Mary", "allergies": "Penicillin", "phone": "07700 900123"}
    there.seal(windows.draft(there))
    assert windows.record.values == kept.answers


def test_it_is_in_it_too_when_a_window_never_hears_of_the_other(windows):
    here, there = windows.here, windows.there
    first, second = windows.draft(here), windows.draft(there)
    here.keep(replace(first, answers={"given_name": "Mary"}))
    there.keep(replace(second, answers={"phone": "07700 900123"}))
    here.keep(replace(first, answers={"given_name": "Mary", "allergies": "Nuts"}))
    there.keep(replace(second, answers={"phone": "07700 900124"}))
    assert windows.draft(here).answers == {"given_name": "Mary", "allergies": "Nuts", "phone": "07700 900124"}


def test_a_section_begun_in_both_is_one_record(windows):
    first, second = windows.draft(windows.here), windows.draft(windows.there)
    windows.here.seal(windows.type(windows.here, first, given_name="Mary"))
    windows.there.seal(windows.type(windows.there, second, phone="07700 900123"))
    (record,) = windows.here.store.incident(windows.incident_id).of("person")
    assert record.values == {"given_name": "Mary", "phone": "07700 900123"}


def test_what_both_gave_to_one_answer_is_a_clash_for_a_person_to_settle(windows):
    here, there = windows.here, windows.there
    first = windows.draft(here, given_name="Mary", phone="07700 900123")
    second = windows.draft(there)
    windows.type(here, first, given_name="Maria", allergies="Nuts")
    draft = windows.type(there, second, given_name="Marie")
    assert clash(windows.record, "given_name") == {"Maria", "Marie"}
    assert "given_name" not in draft.answers
    assert draft.answers["allergies"] == "Nuts"
    here.resolve(windows.record, "given_name", "Maria")
    assert windows.record.values == {"given_name": "Maria", "phone": "07700 900123", "allergies": "Nuts"}


def test_what_was_sealed_in_one_is_no_clash_with_what_the_other_goes_on_typing(windows):
    """The first window sealed what the second had typed by then; nobody but the second touched that answer."""
    here, there = windows.here, windows.there
    first = windows.draft(here, given_name="Mary")
    second = windows.type(there, windows.draft(there), allergies="Peni")
    here.seal(windows.type(here, first, phone="07700 900123"))
    assert windows.record.values["allergies"] == "Peni"
    there.seal(windows.type(there, second, allergies="Penicillin"))
    assert windows.record.clashes == {}
    assert windows.record.values == {"given_name": "Mary", "allergies": "Penicillin", "phone": "07700 900123"}


def test_what_was_corrected_and_sealed_in_one_clashes_with_another_correction(windows):
    here, there = windows.here, windows.there
    first = windows.draft(here, given_name="Mary")
    second = windows.draft(there)
    here.seal(windows.type(here, first, given_name="Maria"))
    windows.type(there, second, given_name="Marie")
    assert clash(windows.record, "given_name") == {"Maria", "Marie"}


def test_a_window_in_which_nothing_was_typed_leaves_the_draft_to_the_other(windows):
    idle = windows.draft(windows.there)
    windows.draft(windows.here, given_name="Mary")
    windows.there.seal(idle)
    assert windows.record is None
    assert windows.draft(windows.here).answers == {"given_name": "Mary"}


def test_what_is_cleared_in_one_does_not_come_back_from_the_other(windows):
    here, there = windows.here, windows.there
    first = windows.draft(here, given_name="Mary", allergies="Nuts")
    second = windows.draft(there)
    windows.type(there, second, phone="07700 900123")
    here.seal(windows.type(here, first, allergies=None))
    assert windows.record.values == {"given_name": "Mary", "phone": "07700 900123"}


def test_two_further_records_are_two(windows):
    """Of a form that repeats, each window begins one of its own."""
    first, second = (window.edit(windows.incident_id, "contact") for window in (windows.here, windows.there))
    windows.here.keep(replace(first, answers={"other_contact": "A neighbour"}))
    windows.there.keep(replace(second, answers={"other_contact": "A son"}))
    kept = {draft.answers["other_contact"] for draft in windows.here.store.drafts()}
    assert kept == {"A neighbour", "A son"}


STEPS = st.lists(
    st.tuples(st.sampled_from(["here", "there"]), st.sampled_from([*KEYS, "seal"])), min_size=2, max_size=14
)


@settings(max_examples=60)
@given(STEPS)
def test_whatever_two_windows_type_in_whatever_order_nothing_typed_is_lost(steps):
    """Each text given stands in the record, or in a clash there, unless it was replaced where it was seen."""
    numbers = count()
    with TemporaryDirectory() as folder:
        windows = Windows(Path(folder))
        held = {name: windows.draft(getattr(windows, name)) for name in ("here", "there")}
        typed: dict[str, set[str]] = {key: set() for key in KEYS}
        for name, key in [*steps, ("here", "seal"), ("there", "seal"), ("here", "seal")]:
            window = getattr(windows, name)
            if key == "seal":
                window.seal(held[name])
                held[name] = windows.draft(window)
            elif not (windows.record and key in windows.record.clashes):  # there a form shows both, and no field
                typed[key].discard(held[name].answers.get(key))
                text = f"text {next(numbers)}"
                typed[key].add(text)
                held[name] = windows.type(window, held[name], **{key: text})
        record = windows.record
        windows.phone.close()
        for key, texts in typed.items():
            standing = clash(record, key) if record and key in record.clashes else {record and record.values.get(key)}
            assert texts <= standing, key


def test_merging_keeps_what_each_gave():
    before = {"a": 1, "b": 1, "c": 1}
    merged, clashing = merge(before, {"a": 2, "b": 1, "c": 3, "e": 1}, {"a": 1, "b": 2, "c": 4, "d": 1})
    assert merged == {"a": 2, "b": 2, "c": 3, "d": 1, "e": 1}
    assert clashing == {"c": 4}
    assert merge(before, {**before, "a": None}, {"a": None}) == ({**before, "a": None}, {})
    assert merge(before, before, {"b": None}) == ({**before, "b": None}, {})
