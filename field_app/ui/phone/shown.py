"""What the screens of one incident share: what is shown of it, and what can be done from there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from field_app.ui.kit.widgets import Handler
from sync.domain.records.handing_on import Offer
from sync.domain.records.incident import Incident

Go = Callable[[str], None]  # to an address
NameOf = Callable[[str], str]  # the name of a practitioner


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
    go: Go
    stamp: Callable[[str, datetime | None], object]  # an event; None: now
    type_time: Callable[[str], None]  # of an event; "": of none
    amend: Handler
    hand_over: Handler
    jump: Callable[[str, str], None]  # to an address, at a question
    accept: Callable[[Offer], object]
    fold: Handler
    name_of: NameOf
    now: Callable[[], datetime]
    closed: bool  # signed, and not being amended
    typing: str  # the event whose time is being typed
    unfolded: bool  # the other sections too
