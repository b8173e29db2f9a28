"""The officers of an incident: who is named, who is in the car with the nurse, and how long each of them waits.

Sources: project specification 3(a), CAM-7 and STF-4, 22 Nov 2026: officers wait from arrival to release, see
`sync.domain.clinical.waiting`; that nothing recorded once is typed again, 22 Nov 2026. Ranks as officers write them; how a line
of text is read into rank, name and collar number is this project's own.
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
    "pc": "PC",
    "pcso": "PCSO",
    "dc": "DC",
    "sgt": "Sgt",
    "ps": "PS",
    "ds": "DS",
    "insp": "Insp",
    "constable": "Constable",
    "sergeant": "Sergeant",
    "inspector": "Inspector",
}
_COLLAR = re.compile(r"[A-Za-z]{0,3}\d{1,6}[A-Za-z]?")
_NAME = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’.-][^\W\d_]*)*")
_SEVERAL = frozenset({"and", "with"})
_MOST_NAMES = 3  # parts of one person's name: more may be two people


def contacts(context: Context) -> "tuple[ContactForm, ...]":
    """The contacts of the incident, oldest first."""
    return cast("tuple[ContactForm, ...]", context.forms.get("contact", ()))


def named(found: "Iterable[ContactForm]") -> tuple[Officer, ...]:
    """Every officer named in these contacts, each once, without their times."""
    known: dict[str, Officer] = {}
    for contact in found:
        for each in contact.officers.values():
            one = Officer(name=each.name, rank=each.rank, collar_number=each.collar_number, force=each.force)
            if one.label:
                known.setdefault(one.collar_number or one.name or one.label, one)
    return tuple(known.values())


def in_text(text: str, force: str = "") -> Officer:
    """One officer out of a line such as "PC Dan Hart 2417". What is not clearly one officer becomes the name, whole."""
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
    """Those an earlier contact names; else the officer of the car, unless they are who asks from somewhere else."""
    if found := named(contacts(context)):
        return found
    incident = context.one(IncidentForm)
    if incident is None or not incident.crew_officer or form.contact_mode in WITHOUT_PERSON:
        return ()
    force = force_of(incident)
    return (in_text(incident.crew_officer, force.label if force else ""),)


def officer_stays(found: "Iterable[ContactForm]", times: Mapping[str, datetime]) -> tuple[waiting.Stay, ...]:
    """Every officer of the incident with arrival and release, each once. `times`: its ribbon.

    Who only asks by phone or radio waits nowhere, unless an officer is recorded at the scene.
    """
    found = tuple(found)
    there = found if "first_officer_arrived" in times else tuple(one for one in found if one.contact_mode not in ADVICE)
    if found and not there:
        return ()
    present = (
        waiting.Present(officer.collar_number or officer.name or key, officer.arrived, officer.released)
        for contact in there
        for key, officer in contact.officers.items()
    )
    return waiting.stays(present, times)


def wait(context: Context) -> waiting.Wait | None:
    """The officers' wait at this incident so far, or None while nobody is known to have come."""
    found = officer_stays(contacts(context), timeline.times(context))
    return waiting.wait(found, context.now) if context.now else None
