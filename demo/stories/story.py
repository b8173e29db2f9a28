"""A story of the demo: an incident as it was recorded, and how far it got. Read from its file, with times as of now."""

import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sync.core.times import instant

Answers = dict[str, Any]
FOLDER = Path(__file__).parent
STORIES = ("approved", "returned", "signed", "advice", "detained", "clashing")
USUAL = "usual"


@dataclass(frozen=True)
class StorySection:
    """One record of an incident, sealed some minutes ago."""

    kind: str
    ago: int
    answers: Answers = field(repr=False)


@dataclass(frozen=True)
class Story:
    """`cosigned`, `signed`, `judged`: how many minutes ago. `comments`: what the supervisor returned it with."""

    incident_id: str  # the same in every run, so that a second run finds it there
    nurse: str
    car: str
    sections: tuple[StorySection, ...]
    cosigned: int | None = None
    signed: int | None = None
    judged: int | None = None
    comments: tuple[tuple[str, str, str], ...] = ()  # kind, answer, comment
    clash: tuple[str, Answers, Answers] | None = None  # kind, the nurse's answer, the other nurse's


def stories(now: datetime) -> list[Story]:
    """The six, with their times as of now."""
    usual = _file(USUAL)
    return [_story(_file(name), usual, now) for name in STORIES]


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _story(data: dict[str, Any], usual: dict[str, Answers], now: datetime) -> Story:
    """The story in a file: each table of a form's kind is a section; the oldest comes first."""
    kinds = [kind for kind, value in data.items() if isinstance(value, list) and kind != "comments"]
    sections = [_section(kind, table, usual, now) for kind in kinds for table in data.pop(kind)]
    if clash := data.pop("clash", None):
        data["clash"] = clash["kind"], clash["mine"], clash["theirs"]
    comments = tuple(tuple(comment) for comment in data.pop("comments", ()))
    return Story(**data, sections=tuple(sorted(sections, key=lambda section: -section.ago)), comments=comments)


def _section(kind: str, table: Answers, usual: dict[str, Answers], now: datetime) -> StorySection:
    ago, base = table.pop("ago"), usual[kind] if table.pop("usual", False) else {}
    return StorySection(kind, ago, {name: _answer(raw, now) for name, raw in {**base, **table}.items()})


def _answer(raw: Any, now: datetime) -> Any:
    """The answer as it is kept; minutes become the moment so long before now."""
    match raw:
        case {"ago": minutes}:
            return instant(now - timedelta(minutes=minutes))
        case {"tapped": minutes}:
            return {"at": instant(now - timedelta(minutes=minutes)), "source": "tapped"}
    return raw
