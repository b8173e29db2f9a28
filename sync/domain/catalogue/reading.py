"""Which guidance was opened, in which version, when: one record for each nurse and guidance pack. Nothing clinical.

Sources: project specification, 22 Nov 2026, STF-6 (log which version was on the device) and DOR-7 (a simple "briefing
read" log; no training record). Supervisors see it as any record of their team.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sync.core.times import instant
from sync.domain.forms import AnswerKey, Form, Item, Moment, ask, group, of_question

if TYPE_CHECKING:
    from sync.domain.records.fold import Record

KIND = "reading"


class PageOpened(Item):
    """A page that was opened, in the version that was shown."""

    page: str = ""
    version: str = ""
    at: Moment | None = None


class ReadingForm(Form):
    kind, title = KIND, "Guidance read"

    nurse: str | None = ask("Who read it")
    pack: str | None = ask("Guidance pack")
    pack_version: str | None = ask("Version of the pack")
    opened: dict[str, PageOpened] = group("Pages opened")


def of(records: "Iterable[Record]", nurse: str, pack_id: str) -> "Record | None":
    """This nurse's record of this pack; None when there is none."""
    whose = (nurse, pack_id)
    return next(
        (record for record in records if (record.values.get("nurse"), record.values.get("pack")) == whose), None
    )


def begun(nurse: str, pack_id: str, version: str) -> dict[str, Any]:
    """The answers a nurse's record of a pack begins with."""
    return {"nurse": nurse, "pack": pack_id, "pack_version": version}


def opened(item: str, page: str, version: str, at: datetime) -> dict[str, Any]:
    """The answer that says a page was opened."""
    return {str(AnswerKey("opened", item)): {"page": page, "version": version, "at": instant(at)}}


def has_opened(records: "Iterable[Record]", nurse: str, pack_id: str) -> bool:
    """Whether this nurse has opened a page of this pack."""
    record = of(records, nurse, pack_id)
    return record is not None and bool(of_question(record.values, "opened"))
