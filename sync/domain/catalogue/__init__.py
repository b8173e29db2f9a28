"""The forms, one file each. `CATALOGUE`: by kind; `SECTIONS`: in the order of the incident's task list."""

from sync.domain.catalogue.assessment import AssessmentForm
from sync.domain.catalogue.contact import ContactForm
from sync.domain.catalogue.detention import DetentionForm
from sync.domain.catalogue.handover import HandoverForm
from sync.domain.catalogue.incident import RIBBON, IncidentForm
from sync.domain.catalogue.person import PersonForm
from sync.domain.catalogue.referral import ReferralForm
from sync.domain.catalogue.shift import ShiftForm
from sync.domain.forms import Form

_FORMS: tuple[type[Form], ...] = (
    IncidentForm, ContactForm, PersonForm, AssessmentForm, DetentionForm, HandoverForm, ReferralForm, ShiftForm,
)  # fmt: skip
CATALOGUE: dict[str, type[Form]] = {form.kind: form for form in _FORMS}
SECTIONS = ("incident", "contact", "person", "assessment", "detention", "handover", "referral")

__all__ = ["CATALOGUE", "RIBBON", "SECTIONS"]
