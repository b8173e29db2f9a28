"""The lists of the person, and how single answers are checked.

Sources, read 22 Nov 2026: NHS Data Dictionary: ETHNIC CATEGORY CODE 2001 (16+1 categories, self-defined; Z not stated
and 99 not known are two answers), PERSON STATED GENDER CODE, NHS NUMBER STATUS INDICATOR CODE; Mental Health Services
Data Set v6.0 (autism and learning disability status). Basis for sharing: NHS information governance, 20 May 2025, and
DHSC consensus statement, 26 Aug 2021.

Unconfirmed, for a named person to check: the words of the gender codes and of gender identity; the kinds of
accommodation, which are this project's own; why there is no NHS number.
"""

from datetime import date

from pydantic import Field

from sync.domain.forms import Choice, Item

OLDEST = 120


class Identity(Choice):
    VERIFIED = "verified", "Verified"
    STATED = "stated", "Stated, not verified"
    PARTLY = "partly_known", "Partly known"
    UNKNOWN = "unknown", "Unknown"


class Sex(Choice):
    FEMALE = "2", "Female"
    MALE = "1", "Male"
    INDETERMINATE = "9", "Cannot be classed as female or male"
    NOT_KNOWN = "X", "Not known"


class EthnicCategory(Choice):
    WHITE_BRITISH = "A", "White: British"
    WHITE_IRISH = "B", "White: Irish"
    WHITE_OTHER = "C", "White: any other White background"
    MIXED_CARIBBEAN = "D", "Mixed: White and Black Caribbean"
    MIXED_AFRICAN = "E", "Mixed: White and Black African"
    MIXED_ASIAN = "F", "Mixed: White and Asian"
    MIXED_OTHER = "G", "Mixed: any other mixed background"
    INDIAN = "H", "Asian or Asian British: Indian"
    PAKISTANI = "J", "Asian or Asian British: Pakistani"
    BANGLADESHI = "K", "Asian or Asian British: Bangladeshi"
    ASIAN_OTHER = "L", "Asian or Asian British: any other Asian background"
    CARIBBEAN = "M", "Black or Black British: Caribbean"
    AFRICAN = "N", "Black or Black British: African"
    BLACK_OTHER = "P", "Black or Black British: any other Black background"
    CHINESE = "R", "Other ethnic groups: Chinese"
    OTHER = "S", "Other ethnic groups: any other"
    NOT_STATED = "Z", "Not stated: asked, and declined"
    NOT_KNOWN = "99", "Not known"


class EthnicitySource(Choice):
    """Never an observation: the category is the person's own."""

    PERSON = "person", "The person said so"
    FAMILY = "family", "Family or carer said so"
    RECORD = "record", "NHS record"


class Need(Choice):
    HEARING = "hearing", "Hearing"
    VISION = "vision", "Vision"
    SPEECH = "speech", "Speech"
    LEARNING = "learning_disability", "Learning disability"
    AUTISM = "autism", "Autism"
    READING = "literacy", "Reading and writing"
    SENSORY = "sensory", "Light, noise or touch"
    NONE = "none", "None"


class NeurodivergenceStatus(Choice):
    """Autism or learning disability."""

    CONFIRMED = "1", "Confirmed"
    SUSPECTED_ON = "2", "Suspected, on a pathway"
    SUSPECTED_OFF = "3", "Suspected, not on a pathway"
    SUSPECTED = "4", "Suspected, pathway not known"
    NO = "5", "No"
    UNKNOWN = "U", "Asked, not known"
    NOT_RECORDED = "X", "Not recorded"
    DECLINED = "Z", "Declined"


class KnownToServices(Choice):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"
    OFFLINE = "offline", "Could not check: offline"


class MhaStatus(Choice):
    NONE = "none", "None known"
    DETAINED = "detained", "Detained in hospital, or on leave from it"
    CTO = "cto", "Community treatment order"
    S117 = "s117", "Section 117 aftercare"
    AWOL = "awol", "Absent without leave"


class Presence(Choice):
    YES = "yes", "Yes"
    NONE = "none_present", "None"
    NOT_KNOWN = "not_known", "None known"


class DependantKind(Choice):
    CHILD = "child", "Child"
    ADULT = "adult", "Adult"
    PET = "pet", "Pet"


class NoNhsNumber(Choice):
    """Why there is no NHS number."""

    NOT_KNOWN = "not_known", "Not known"
    OVERSEAS = "overseas", "Lives overseas"
    DEVOLVED = "devolved", "From Scotland, Wales or Northern Ireland"
    WITHHELD = "withheld", "Withheld by the person"


class NhsNumberStatus(Choice):
    """What is entered here is never verified: only a trace in the national service may say 01."""

    NOT_TRACED = "02", "Present, not traced"
    TRACE_REQUIRED = "03", "Trace required"
    NO_TRACE = "07", "Not present, no trace required"


class GenderIdentity(Choice):
    MALE = "1", "Male, including trans man"
    FEMALE = "2", "Female, including trans woman"
    NON_BINARY = "3", "Non-binary"
    OTHER = "4", "Another"
    NOT_KNOWN = "X", "Not known"
    NOT_STATED = "Z", "Asked, and declined"


class SameAtBirth(Choice):
    YES = "Y", "Yes"
    NO = "N", "No"
    NOT_KNOWN = "X", "Not known"
    NOT_STATED = "Z", "Asked, and declined"


class Accommodation(Choice):
    OWN = "own", "Own or rented home"
    FAMILY = "family", "With family or friends"
    SUPPORTED = "supported", "Supported housing"
    CARE_HOME = "care_home", "Care home"
    HOSTEL = "hostel", "Hostel, refuge or temporary"
    STREET = "street", "Sleeping rough"
    STUDENT = "student", "Student housing"
    HOSPITAL = "hospital", "Hospital"
    JUSTICE = "justice", "Prison or approved premises"
    OTHER = "other", "Other"


class Basis(Choice):
    """Why something may be shared. One for each disclosure."""

    CONSENT = "consent", "Consent"
    DIRECT_CARE = "direct_care", "Implied, for direct care"
    BEST_INTERESTS = "best_interests", "Best interests: lacks capacity for this"
    VITAL = "vital_interests", "Vital interests or serious harm"
    SAFEGUARDING = "safeguarding", "Safeguarding duty"
    PUBLIC = "public_interest", "Public interest"
    LEGAL = "legal", "Court or law"


class Dependant(Item):
    """Who relies on the person."""

    kind: DependantKind | None = Field(None, title="Child, adult or pet")
    name: str = Field("", title="Name")
    born: str = Field("", title="Age or date of birth")
    where: str = Field("", title="Where now")
    cared_for_by: str = Field("", title="Who cares for them now")


class Alert(Item):
    """What others must know, for how long, and who answers for it."""

    what: str = Field("", title="What must be known? Facts, with their source")
    owner: str = Field("", title="Who answers for it?")
    expires: date | None = Field(None, title="Until")


def none_alone(chosen: tuple[Choice, ...]) -> str | None:
    """“None” is an answer by itself."""
    return None if len(chosen) == 1 or "none" not in chosen else "Choose “none” alone, or what applies."


def birth_date(born: date) -> str | None:
    """The clock is not read here: a date after today is a note, not a fault of the answer."""
    return None if born.year >= 1900 else "Check the year of birth."


def age_in_years(years: int) -> str | None:
    return None if 0 <= years <= OLDEST else f"Enter an age from 0 to {OLDEST}."


def postcode_spelling(text: str) -> str:
    """Capitals, with one space before the last three characters."""
    plain = "".join(text.split()).upper()
    return f"{plain[:-3]} {plain[-3:]}" if 5 <= len(plain) <= 7 else text
