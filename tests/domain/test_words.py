"""The words: what they must never say about a person, and where each rule comes from."""

import ast
import re
from pathlib import Path

import pytest

import sync.domain
from sync.domain.forms import YesNo, questions, read
from tests.steps.builders import PACKS
from tests.steps.records import FORMS, context, everything, filled, said
from tests.steps.words import forbidden, spoken

HERE = Path(sync.domain.__file__).parent
MODULES = sorted(path for path in HERE.rglob("*.py"))
MACHINERY = {  # hold no clinical or legal rule
    *("forms/form.py", "forms/question.py", "forms/wording.py", "content/packs.py", "content/pack_set.py"),
    *("records/fold.py", "records/incident.py", "records/standing.py", "records/tasks.py"),
    *("records/clocks.py", "records/delivery.py", "documents/handover_sheet.py"),
}
RULES = [path for path in MODULES if path.name != "__init__.py" and path.relative_to(HERE).as_posix() not in MACHINERY]

SOURCE = re.compile(
    r"\b(Act|MHA|PCA|SI \d{4}|NICE|RCP|RCEM|NHS|Data Dictionary|Data Set|MHSDS|Home Office|NPCC|Police Oracle|College|"
    r"project specification)\b"
)  # fmt: skip
DATE = re.compile(r"\b(19|20)\d\d\b")


@pytest.mark.parametrize(
    "text",
    ["High risk", "low-risk", "medium_risk", "Risk score: 3", "RAG", "is mentally ill", "committed suicide",
     "Suicide risk", "police no longer responsible"],
)  # fmt: skip
def test_the_search_finds_what_it_is_for(text: str):
    assert forbidden(text)


@pytest.mark.parametrize(
    "text", ["Low mood", "fragile", "drag", "Real and immediate risk to life", "died by suicide", "storage"]
)
def test_the_search_leaves_plain_words_alone(text: str):
    assert not forbidden(text)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(HERE).as_posix())
def test_no_module_says_it(path: Path):
    assert [text for text in spoken(path) if forbidden(text)] == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
def test_no_form_says_it(form):
    words = [form.title, *form.model_fields]
    for question in questions(form).values():
        words += [question.text, question.page, question.hint, question.unit, *question.phrases]
        words += [question.hint_under(pack.rules) for pack in PACKS.rules]
        words += [word for choice in question.choices for word in (choice.value, choice.label, choice.name)]
    others = [read(kind, everything(kind)).form for kind in FORMS]
    words.append(said(read(form, everything(form)).form, context(*others)))
    yes = {name: "yes" for name, question in questions(form).items() if question.answer is YesNo}
    words.append(said(filled(form, **yes), context(*others)))
    assert [word for word in words if forbidden(word)] == []


def test_yes_no_and_not_known_are_three_answers():
    assert [choice.label for choice in YesNo] == ["Yes", "No", "Not known"]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.relative_to(HERE).as_posix())
def test_every_rule_names_its_source_and_date(path: Path):
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert re.search(r"\bSources?\b", words), "say “Source:” at the top of the module"
    assert SOURCE.search(words), "name the document"
    assert DATE.search(words), "and its date"
