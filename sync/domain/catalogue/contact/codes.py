"""The lists of the contact form, and what is recorded of one officer.

Sources: project specification 3(a), 22 Nov 2026 (intended action, reasons for delay, agencies); Right Care Right
Person: National Partnership Agreement, gov.uk, 17 Apr 2024, and College of Policing guidance, read 22 Nov 2026 (kinds
of call, the limbs of the threshold).
"""

from pydantic import Field

from sync.domain.forms import Choice, Item, Moment


class Intention(Choice):
    S136 = "s136", "Use section 136"
    ARREST = "arrest", "Arrest"
    ED = "take_to_ed", "Take to ED"
    LEAVE = "leave", "Leave"
    OTHER = "other", "Something else"
    UNSURE = "unsure", "Not sure yet"


class Delay(Choice):
    """Why officers had to wait."""

    HBPOS_FULL = "no_bed_in_hbpos", "No space in the health-based place of safety"
    NO_STAFF = "no_staff", "No staff to take over"
    ED_QUEUE = "ed_queue", "ED queue"
    AMBULANCE = "ambulance", "Ambulance"
    AMHP = "amhp", "AMHP"
    DOCTOR = "doctor", "Doctor"
    BED = "bed", "Bed"
    BEHAVIOUR = "search_or_violence", "Search or violence"
    OTHER = "other", "Other"


class CallType(Choice):
    WELFARE = "welfare", "Concern for somebody's welfare"
    WALK_OUT = "walk_out", "Walked out of health care"
    AWOL = "awol", "Absent without leave from hospital"
    MEDICAL = "medical", "Needs medical treatment"
    OTHER = "other", "Other"


class Limb(Choice):
    CRIME = "crime", "A crime has happened or is happening"
    LIFE = "life", "Real and immediate risk to life"
    SERIOUS_HARM = "serious_harm", "Real and immediate risk of serious harm"
    NOT_MET = "not_met", "None of these"


class RcrpDecision(Choice):
    DEPLOY = "deploy", "Deploy"
    NOT_DEPLOY = "not_deploy", "Do not deploy"
    REDIRECT = "redirect", "Pass to another agency"
    ADVICE = "advice_only", "Advice only"


class Agency(Choice):
    POLICE = "police", "Police"
    AMBULANCE = "ambulance", "Ambulance"
    CRISIS_TEAM = "crisis_team", "Crisis team"
    NHS_111 = "nhs_111", "NHS 111, mental health option"
    AMHP = "amhp", "AMHP"
    GP = "gp", "GP"
    SOCIAL_CARE = "social_care", "Social care"
    FIRE = "fire", "Fire service"
    VOLUNTARY = "voluntary", "Voluntary sector"
    NONE = "none", "None"


class Officer(Item):
    """One officer."""

    name: str = Field(default="", title="Name")
    rank: str = Field(default="", title="Rank")
    collar_number: str = Field(default="", title="Collar number")
    force: str = Field(default="", title="Force")
    arrived: Moment | None = Field(default=None, title="Arrived")
    released: Moment | None = Field(default=None, title="Released")

    @property
    def label(self) -> str:
        """The officer in one line: "PC Dan Hart 2417"."""
        return " ".join(part for part in (self.rank, self.name, self.collar_number) if part)
