"""Guidance: short pages for a nurse or an officer at night, as a signed pack that is replaced without a new app.

A page is one Markdown file of the pack: `key: value` lines between two `---` lines, then its text. Numbers and law
come from the rule pack when the page is read: `{permitted_hours}`, `{referral_hours.4}`, `{provision.clock}`.
Sources: project specification, 22 Nov 2026, section 6 and Annex A; every page names its own documents and dates.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from textwrap import shorten
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass as checked

from sync.core.times import day_in_words
from sync.domain.content.packs import Manifest, Pack, PackWrong
from sync.domain.content.rules import Rules

GAP = "[not in the rules on this device]"


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class GuidancePage:
    """One page. `forms`: where it belongs, "detention" or "detention.searched". `body`: Markdown."""

    id: Annotated[str, Field(pattern=r"^G[1-9]\d*$")]
    title: str
    when: str
    owner: str
    version: str
    review: date
    expires: date
    keywords: tuple[str, ...]
    forms: tuple[str, ...]
    body: str

    @property
    def number(self) -> int:
        return int(self.id[1:])

    def state(self, today: date) -> str:
        """In words: in date, due for review, out of date."""
        if today > self.expires:
            return f"Out of date since {day_in_words(self.expires)}"
        return "Due for review" if today > self.review else "In date"


class GuidancePack(BaseModel):
    model_config = ConfigDict(frozen=True)

    manifest: Manifest
    pages: tuple[GuidancePage, ...]

    def page(self, page_id: str) -> GuidancePage | None:
        return next((page for page in self.pages if page.id == page_id), None)

    def pages_for(self, kind: str, question: str = "") -> tuple[GuidancePage, ...]:
        """The pages that belong to this question; without one, to the form or any of its questions."""
        if question:
            return tuple(page for page in self.pages if f"{kind}.{question}" in page.forms)
        return tuple(page for page in self.pages if any(name.partition(".")[0] == kind for name in page.forms))


@dataclass(frozen=True)
class Hit:
    """A page that a search found, and its line that shows why."""

    page: GuidancePage
    snippet: str


def read_guidance(pack: Pack) -> GuidancePack:
    """The pack as pages. Raises ValueError (PackWrong among them) or KeyError when it is none."""
    pages = sorted((page_of(text) for text in pack.files.values()), key=lambda page: page.number)
    if len({page.id for page in pages}) < len(pages) or not pages:
        raise PackWrong(f"{pack.manifest.pack_id} has no pages, or two of one number")
    return GuidancePack(manifest=pack.manifest, pages=tuple(pages))


def page_of(text: str) -> GuidancePage:
    """The page in a file. Raises ValueError or KeyError."""
    head, _, body = text.removeprefix("---\n").partition("\n---\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines())
    lists = {name: tuple(word.strip() for word in facts[name].split(",")) for name in ("keywords", "forms")}
    return TypeAdapter(GuidancePage).validate_python({**facts, **lists, "body": body.strip()})


# What the rule pack fills in

_PLACE = re.compile(r"\{(\w+)(?:\.(\w+))?\}")
_ONLY = re.compile(r"^\{(\w+)=(\w+)\}")  # this line only when the rules say so
_LAW = re.compile(r"\{provision\.(\w+)\}")


def filled(page: GuidancePage, rules: Rules) -> GuidancePage:
    """The page as it is read under these rules. A line of law that they do not have is left out."""
    texts = {name: getattr(page, name) for name in ("title", "when")}
    texts["body"] = "\n".join(_ONLY.sub("", line) for line in page.body.splitlines() if _holds(rules, line))
    words = {name: _PLACE.sub(lambda place: _words_for(rules, *place.groups()), text) for name, text in texts.items()}
    return replace(page, **words)


def _holds(rules: Rules, line: str) -> bool:
    """Whether a line of a page is shown under these rules."""
    known = {provision.code for provision in rules.provisions}
    only = _ONLY.match(line)
    if only:
        values = getattr(rules, only[1], ())
        return only[2] in (values if isinstance(values, tuple) else (values,))
    return all(code in known for code in _LAW.findall(line))


def _law(rules: Rules, code: str) -> str:
    provision = rules.provision(code)
    return f"{provision.words} Source: {provision.source}."


def _words_for(rules: Rules, name: str, part: str | None) -> str:
    """The words that replace a placeholder; `GAP` when the rules have no such parameter."""
    try:
        value = _law(rules, part or "") if name == "provision" else getattr(rules, name)
        if part and isinstance(value, Mapping):
            value = value[part]
    except (AttributeError, KeyError, StopIteration):
        return GAP
    if isinstance(value, tuple):
        words = [str(item) for item in value]
        return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
    return str(value)


# Search

_TITLE, _KEYWORDS, _HEADING, _BODY = 64, 16, 4, 1
_WHOLE, _BEGINS = 4, 3  # a word, its beginning; one letter wrong counts 1
_FREQUENT = """
    a about an and any are be can cant do does dont for from get has have he her hes him his how i if im in is it its
    me my no not of on or our she shes should so that the their them there they theyre this to under us was we what
    when where which who will with you your
"""
_PASSED_OVER = frozenset(_FREQUENT.split())


def search(pages: Iterable[GuidancePage], query: str) -> list[Hit]:
    """The pages with every word of the query, best first. An empty query gives all pages in their order."""
    typed = _words(query)
    words = [word for word in typed if word not in _PASSED_OVER] or typed
    pages = list(pages)
    scored = zip(pages, *(_scores(word, pages) for word in words), strict=True)
    hits = [(page, sum(scores)) for page, *scores in scored if all(scores)]
    hits.sort(key=lambda hit: (-hit[1], hit[0].number))
    return [Hit(page, _snippet(page, words)) for page, _ in hits]


def _words(text: str) -> list[str]:
    """Lower-case words without accents and apostrophes: "He's" is "hes"."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("'", "").replace("’", "")
    return re.findall(r"[a-z0-9]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def _spaced(text: str) -> str:
    """The words with a space on each side, so that " word" finds a beginning and " word " a whole one."""
    return f" {' '.join(_words(text))} "


@lru_cache(maxsize=256)
def _places(page: GuidancePage) -> tuple[tuple[int, str], ...]:
    """What a page can be found by, each with its weight."""
    headings = " ".join(line for line in page.body.splitlines() if line.startswith("#"))
    return (
        (_TITLE, _spaced(f"{page.id} {page.title}")),
        (_KEYWORDS, _spaced(" ".join(page.keywords))),
        (_HEADING, _spaced(f"{page.when} {headings}")),
        (_BODY, _spaced(page.body)),
    )


@lru_cache(maxsize=256)
def _lines(page: GuidancePage) -> list[tuple[str, str]]:
    """The page's lines without Markdown, and the words of each."""
    lines = [page.when, *(re.sub(r"^\s*(#+|-|\d+\.)\s+|\*\*", "", line) for line in page.body.splitlines() if line)]
    return [(line, _spaced(line)) for line in lines if not line.startswith("|")]


def _scores(word: str, pages: list[GuidancePage]) -> list[int]:
    """For each page the weight of the best place that has the word; misspelt only if no page has it as typed."""
    whole, begins = f" {word} ", f" {word}"
    weights = [
        max(weight * (_WHOLE if whole in text else _BEGINS if begins in text else 0) for weight, text in _places(page))
        for page in pages
    ]
    if any(weights) or len(word) < 5:
        return weights
    return [
        max(weight * any(_one_wrong(word, other) for other in set(text.split())) for weight, text in _places(page))
        for page in pages
    ]


def _one_wrong(typed: str, word: str) -> bool:
    """Whether the words differ by one letter more, less or other, or by two neighbours swapped (Damerau 1964).

    False for words of fewer than five letters.
    """
    if abs(len(typed) - len(word)) > 1 or len(word) < 5:
        return False
    start = next((i for i, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), min(len(typed), len(word)))
    tail, other = typed[start:], word[start:]
    return tail[1:] in (other[1:], other) or tail == other[1:] or (tail[1::-1] + tail[2:] == other and len(tail) > 1)


def _snippet(page: GuidancePage, words: list[str]) -> str:
    """The first line with most of the words; the page's own "when" if no line has any."""
    lines = _lines(page)
    best = max(lines, key=lambda line: sum(f" {word}" in line[1] for word in words))
    return shorten(best[0], 140, placeholder=" …")
