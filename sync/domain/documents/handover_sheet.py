"""The handover sheet: the officer's copy of an incident, line by line, and the digest that a co-signature names.

It is made of the questions marked for the police and of nothing else (security 3).
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
    """The officer's copy, line by line, under headings: only questions marked for the police, the rest stays outside."""
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
    """The lines of one question in the officers' words; several items of a group are counted."""
    asked = POLICE_WORDS.get(record.kind, {}).get(question.name, question.text)
    said = [each for each in _said(record, question) if each]
    count = len(said)
    return [(f"{asked} ({number} of {count})" if count > 1 else asked, each) for number, each in enumerate(said, 1)]


def _said(record: Record, question: Question) -> list[str]:
    """An answer, or each item of a group, in words; both values of a clash, and that it is one."""
    plain = [in_words(question, raw) for _, raw in sorted(of_question(record.values, question.name).items())]
    for _, both in sorted(of_question(record.clashes, question.name).items()):
        values = (in_words(question, given.value) if given.value is not None else "no answer" for given in both)
        plain.append(f"Two answers, not yet settled: {' / '.join(values)}")
    return plain


def sheet_digest(incident: Incident) -> str:
    """The digest an officer's co-signature names: of the lines shown, headings too, and of the statement."""
    return digest({"sheet": [list(line) for line in handover_sheet(incident)], "statement": OFFICER_STATEMENT})


def sheet_as_signed(incident: Incident, signed: Act) -> bool:
    """Whether the sheet still says what this act co-signed."""
    return signed.detail.get("digest") == sheet_digest(incident)
