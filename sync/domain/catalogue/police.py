"""What the police know of the incident: their information, shown to the nurse, facts only.

Sources, read 22 Nov 2026: project specification 3(h); THRIVE and the National Decision Model: College of Policing
(checklists inform judgement and do not replace it). What a force calls its vulnerability report:
`sync.domain.clinical.forces`, unconfirmed. Force intelligence is not stored. A marker says what it rests on and until
when it holds.
"""

from collections.abc import Iterable
from datetime import date

from pydantic import Field

from sync.core.times import local
from sync.domain.clinical.forces import VULNERABILITY_REPORT, VULNERABILITY_REPORT_NAMES
from sync.domain.forms import Context, Form, Item, Moment, Note, YesNo, ask, group


class Marker(Item):
    """One police marker."""

    facts: str = Field("", title="Facts")
    source: str = Field("", title="Source")
    recorded_on: date | None = Field(None, title="Recorded on")
    expires_on: date | None = Field(None, title="Holds until")


def _reported(form: "PoliceInformationForm", context: Context) -> bool:
    return bool(form.vulnerability_report_ref)


def _video(form: "PoliceInformationForm", context: Context) -> str | None:
    """The video references of the detention records."""
    references = (getattr(record, "body_worn_video_ref", None) for record in context.forms.get("detention", ()))
    return ", ".join(filter(None, references)) or None


class PoliceInformationForm(Form):
    kind, title = "police", "Police information"

    thrive_summary: str | None = ask(
        "THRIVE, as the officer sees it",
        page="From the police",
        long=True,
        hint="Threat, harm, risk, investigation, vulnerability, engagement",
    )
    ndm_note: str | None = ask(
        "National Decision Model note",
        long=True,
        hint="Information, threat, powers and policy, options, action and review",
    )
    markers: dict[str, Marker] = group("Police markers", hint="Facts, with source and end date. No intelligence")
    vulnerability_report_ref: str | None = ask(
        f"{VULNERABILITY_REPORT} reference", page="Reports and evidence", phrases=VULNERABILITY_REPORT_NAMES
    )
    vulnerability_report_at: Moment | None = ask("Sent at", when=_reported)
    vulnerability_report_consent: YesNo | None = ask("Does the person agree to it being shared?", when=_reported)
    vulnerability_report_recipients: str | None = ask("Who gets it?", when=_reported)
    body_worn_video_refs: str | None = ask("Body-worn video references", suggest=_video)
    evidence_refs: str | None = ask("References of items taken", long=True, hint="References only")

    @classmethod
    def expected(cls, context: Context) -> bool:
        return context.police_present

    @classmethod
    def notes(cls, form: "PoliceInformationForm", context: Context) -> Iterable[Note]:
        for marker in form.markers.values():
            if marker.expires_on is None:
                yield Note(f"Marker “{marker.facts}”: until when does it hold?")
            elif context.now and marker.expires_on < local(context.now).date():
                yield Note(f"Marker “{marker.facts}” has run out. Check it before you rely on it.")
