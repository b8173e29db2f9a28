"""The handover sheet: the officer's copy of an incident, line by line, and the digest that a co-signature names.

It is made of the questions marked for the police and of nothing else.
"""

from sync.core.canonical import digest
from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.documents.police_words import POLICE_WORDS
from sync.domain.forms import Question, in_words, of_question, pages, questions
from sync.domain.records.fold import Act, Record
from sync.domain.records.incident import Incident

OFFICER_STATEMENT = (
    "I have given the circumstances, use of force, search and property details to the person named "
    "and have read this handover sheet."
)

Line = tuple[str, str]  # a question and its answer in words; a heading has no answer


def handover_sheet(incident: Incident) -> list[Line]:
    """The officer's copy: the questions marked for the police and their answers, line by line, under headings."""
    lines: list[Line] = []
    for kind in SECTIONS:
        records = incident.of(kind)
        for number, record in enumerate(records, start=1):
            title = CATALOGUE[kind].title + (f" {number}" if len(records) > 1 else "")
            for page in pages(CATALOGUE[kind]):
                of_page = [line for question in _for_police(kind, page) for line in _answered(record, question)]
                heading = title if page == CATALOGUE[kind].title else f"{title}: {page}"
                lines += [(heading, ""), *of_page] if of_page else []
    return lines


def _for_police(kind: str, page: str) -> list[Question]:
    return [question for question in questions(CATALOGUE[kind]).values() if question.police and question.page == page]


def _answered(record: Record, question: Question) -> list[Line]:
    """The lines of one question in the officers' words; the items of a group are numbered when there are several."""
    words = POLICE_WORDS.get(record.kind, {}).get(question.name, question.text)
    answers = list(filter(None, _answers_in_words(record, question)))
    count = len(answers)
    return [
        (f"{words} ({number} of {count})" if count > 1 else words, answer) for number, answer in enumerate(answers, 1)
    ]


def _answers_in_words(record: Record, question: Question) -> list[str]:
    """The answer, or each item of the group, in words; a clash as a line with both its values."""
    answers = [in_words(question, raw) for _, raw in sorted(of_question(record.values, question.name).items())]
    for _, values in sorted(of_question(record.clashes, question.name).items()):
        words = (in_words(question, given.value) if given.value is not None else "no answer" for given in values)
        answers.append(f"Two answers, not yet settled: {' / '.join(words)}")
    return answers


def sheet_digest(incident: Incident) -> str:
    """The digest that an officer's co-signature names: of the lines with their headings, and of the statement."""
    return digest({"sheet": [list(line) for line in handover_sheet(incident)], "statement": OFFICER_STATEMENT})


def sheet_as_signed(incident: Incident, signed: Act) -> bool:
    """Whether the sheet still says what this act co-signed."""
    return signed.detail.get("digest") == sheet_digest(incident)
