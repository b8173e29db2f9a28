"""The officers of an incident: who is named, who is in the car with the nurse, and how long each of them waits.

Sources: project specification 3(a), CAM-7 and STF-4, 22 Nov 2026: officers wait from arrival to release, see
`sync.domain.clinical.waiting`; that nothing recorded once is typed again, 22 Nov 2026. Ranks as officers write them;
how a line of text is read into rank, name and collar number is this project's own.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sync.domain.catalogue.contact.codes import Officer
from sync.domain.catalogue.incident import IncidentForm, force_of
from sync.domain.clinical import timeline, waiting
from sync.domain.clinical.modes import ADVICE, WITHOUT_PERSON
from sync.domain.forms import Context

if TYPE_CHECKING:
    from sync.domain.catalogue.contact.form import ContactForm

RANKS = {
    rank.casefold(): rank
    for rank in ("PC", "PCSO", "DC", "Sgt", "PS", "DS", "Insp", "Constable", "Sergeant", "Inspector")
}
_COLLAR = re.compile(r"[A-Za-z]{0,3}\d{1,6}[A-Za-z]?")
_NAME = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’.-][^\W\d_]*)*")
_SEVERAL = frozenset({"and", "with"})
_MOST_NAMES = 3  # parts of one person's name: more may be two people


def contacts(context: Context) -> "tuple[ContactForm, ...]":
    """The contacts of the incident, oldest first."""
    return cast("tuple[ContactForm, ...]", context.forms.get("contact", ()))


def named(contacts: "Iterable[ContactForm]") -> tuple[Officer, ...]:
    """Every officer named in these contacts, each once, without their times."""
    known: dict[str, Officer] = {}
    for contact in contacts:
        for present in contact.officers.values():
            officer = Officer(**present.model_dump(include={"name", "rank", "collar_number", "force"}))
            if officer.label:
                known.setdefault(officer.collar_number or officer.name or officer.label, officer)
    return tuple(known.values())


def in_text(text: str, force: str = "") -> Officer:
    """The officer in a line such as "PC Dan Hart 2417". A line that is not clearly one officer becomes the name."""
    words = text.replace(",", " ").split()
    ranks = [word for word in words if word.rstrip(".").casefold() in RANKS]
    collars = [word for word in words if _COLLAR.fullmatch(word)]
    names = [word for word in words if word not in ranks and word not in collars]
    clear = len(ranks) <= 1 and len(collars) <= 1 and len(names) <= _MOST_NAMES
    if not clear or not all(_NAME.fullmatch(name) and name.casefold() not in _SEVERAL for name in names):
        return Officer(name=text.strip())
    rank = RANKS[ranks[0].rstrip(".").casefold()] if ranks else ""
    return Officer(name=" ".join(names), rank=rank, collar_number="".join(collars), force=force if words else "")


def suggested(form: "ContactForm", context: Context) -> tuple[Officer, ...]:
    """The officers whom earlier contacts name; else the car's, unless the contact is one without the person."""
    if officers := named(contacts(context)):
        return officers
    incident = context.one(IncidentForm)
    if incident is None or not incident.crew_officer or form.contact_mode in WITHOUT_PERSON:
        return ()
    force = force_of(incident)
    return (in_text(incident.crew_officer, force.label if force else ""),)


def officer_stays(contacts: "Iterable[ContactForm]", times: Mapping[str, datetime]) -> tuple[waiting.Stay, ...]:
    """Every officer of the incident with arrival and release, each once. `times`: its ribbon.

    An officer who only asks by phone or radio does not wait, unless an officer is recorded at the scene.
    """
    contacts = tuple(contacts)
    at_scene = contacts
    if "first_officer_arrived" not in times:
        at_scene = tuple(contact for contact in contacts if contact.contact_mode not in ADVICE)
    if contacts and not at_scene:
        return ()
    present = (
        waiting.Present(officer.collar_number or officer.name or key, officer.arrived, officer.released)
        for contact in at_scene
        for key, officer in contact.officers.items()
    )
    return waiting.stays(present, times)


def wait(context: Context) -> waiting.Wait | None:
    """The officers' wait at this incident so far; None while no officer is known to have come."""
    stays = officer_stays(contacts(context), timeline.times(context))
    return waiting.wait(stays, context.now) if context.now else None
