"""The forms, one file each. `CATALOGUE`: by kind; `SECTIONS`: in the order of the incident's task list.

`APART`: kinds whose records are no part of an incident; each is one by itself, and stands in no list of incidents.
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
