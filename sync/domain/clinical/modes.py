"""How a contact was made, and what the national data set calls it. Derived from the mode, never asked.

Sources: contact modes after the five published schemes, project specification 2.3, 22 Nov 2026. Contact with the person
is a care contact (MHS201), advice to an officer or to anybody else is indirect activity (MHS204), and the codes of the
consultation mechanism: Mental Health Services Data Set v6.0 (ConsMechanismMH), read 22 Nov 2026.
Unconfirmed: that video is 11, and 98 for remote work in custody, which may be by phone or by video.
"""

from sync.domain.forms import Choice


class Mode(Choice):
    FACE_TO_FACE = "face_to_face", "Face to face"
    PHONE = "phone_with_person", "Phone, with the person"
    VIDEO = "video_with_person", "Video, with the person"
    PHONE_ADVICE = "phone_advice_to_officer", "Phone advice to an officer"
    RADIO_ADVICE = "radio_advice_to_officer", "Radio advice to an officer"
    CONTROL_ROOM = "control_room_triage", "Control room triage"
    CUSTODY = "custody_ld_face_to_face", "Liaison and diversion: custody, face to face"
    CUSTODY_REMOTE = "custody_ld_remote", "Liaison and diversion: custody, remote"
    VOLUNTARY = "voluntary_attender_ld", "Liaison and diversion: voluntary attendance"
    THIRD_PARTY = "third_party_contact", "Family or professional"


ADVICE = frozenset({Mode.PHONE_ADVICE, Mode.RADIO_ADVICE})
CUSTODY = frozenset({Mode.CUSTODY, Mode.CUSTODY_REMOTE})
LIAISON_DIVERSION = CUSTODY | {Mode.VOLUNTARY}
WITHOUT_PERSON = ADVICE | {Mode.CONTROL_ROOM, Mode.THIRD_PARTY}
WITH_PERSON = frozenset(Mode) - WITHOUT_PERSON
IN_PERSON = frozenset({Mode.FACE_TO_FACE, Mode.CUSTODY, Mode.VOLUNTARY})

_MECHANISM = {**dict.fromkeys(IN_PERSON, "01"), Mode.PHONE: "02", Mode.VIDEO: "11", Mode.CUSTODY_REMOTE: "98"}


def consultation_mechanism(mode: Mode) -> str | None:
    """The code for ConsMechanismMH; None when it was no contact with the person."""
    return _MECHANISM.get(mode)


def activity(mode: Mode) -> str:
    """The table of the data set this contact belongs to: MHS201 with the person, MHS204 without."""
    return "MHS201" if mode in WITH_PERSON else "MHS204"
