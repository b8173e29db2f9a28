"""The forms, in the order of an incident's task list; a large one is a folder.

incident.py      where and what it is, its times, how it ended
contact/         a contact with the person, or advice to an officer
police.py        what the police know
person/          who the person is
assessment/      the nurse's assessment
capacity.py      mental capacity for one decision
detention/       the use of section 136 or 135
handover/        handing over to those who take over
referral.py      a referral
diversion.py     liaison and diversion
letter.py        the letter to the GP
safeguarding.py  a referral to the local authority
shift.py         a shift of a car
reading.py       which guidance a nurse opened

`CATALOGUE`: the forms by kind. `SECTIONS`: the kinds of the task list, in its order. `APART`: the kinds whose records
belong to no incident; each is a record by itself, and is in no list of incidents.
"""

from sync.domain.catalogue.assessment.form import AssessmentForm
from sync.domain.catalogue.capacity import CapacityForm
from sync.domain.catalogue.contact.form import ContactForm
from sync.domain.catalogue.detention.form import DetentionForm
from sync.domain.catalogue.diversion import DiversionForm
from sync.domain.catalogue.handover.form import HandoverForm
from sync.domain.catalogue.incident import RIBBON, IncidentForm
from sync.domain.catalogue.letter import LetterForm
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.catalogue.police import PoliceInformationForm
from sync.domain.catalogue.reading import ReadingForm
from sync.domain.catalogue.referral import ReferralForm
from sync.domain.catalogue.safeguarding import SafeguardingForm
from sync.domain.catalogue.shift import ShiftForm
from sync.domain.forms import Form

_FORMS: tuple[type[Form], ...] = (
    IncidentForm,
    ContactForm,
    PersonForm,
    AssessmentForm,
    CapacityForm,
    DetentionForm,
    HandoverForm,
    ReferralForm,
    ShiftForm,
    PoliceInformationForm,
    DiversionForm,
    LetterForm,
    SafeguardingForm,
    ReadingForm,
)
CATALOGUE: dict[str, type[Form]] = {form.kind: form for form in _FORMS}
SECTIONS = (
    "incident",
    "contact",
    "police",
    "person",
    "assessment",
    "capacity",
    "detention",
    "handover",
    "referral",
    "diversion",
    "gp_letter",
    "safeguarding",
)
APART = frozenset({"shift", "reading"})

__all__ = ["APART", "CATALOGUE", "RIBBON", "SECTIONS"]
