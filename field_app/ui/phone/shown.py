"""What the screens of one incident share: what is shown of it, and what can be done from there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sync.domain.records.incident import Incident


@dataclass(frozen=True)
class Shown:
    """What the screen shows of an incident; `drafts`: kinds with something typed that is not yet sealed."""

    incident: Incident | None
    standing: str = ""
    drafts: frozenset[str] = frozenset()
    me: str = ""


@dataclass(frozen=True)
class Does:
    """What can be done from this screen."""

    path: str
    go: Any
    stamp: Any
    type_time: Any
    amend: Any
    hand_over: Any
    jump: Any
    accept: Any
    name_of: Callable[[str], str]
    unfolded: bool  # the other sections too
    fold: Any
