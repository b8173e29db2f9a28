"""Acceptance: the service directory, where one can be referred, liaison and diversion (DOR-1 to DOR-3), STF-7."""

import pytest

from sync.domain.catalogue import CATALOGUE
from sync.domain.catalogue.contact.form import ContactForm
from sync.domain.catalogue.diversion import STAGES, DiversionForm, DiversionRoute, stages
from sync.domain.catalogue.referral import Destination, ReferralForm
from sync.domain.content.directory import Service, status
from sync.domain.forms import missing, questions, read
from sync.pack_files import publishers, trusted
from tests.steps.builders import BOOK, LAW
from tests.steps.packs import shipped
from tests.steps.records import at, context, filled, grave

NINE = "2026-11-22T21:00:00.000Z"


def test_dor_1_the_directory_is_on_the_device_signed_and_holds_what_is_asked():
    (pack,) = shipped("directory")
    assert trusted(pack, publishers(training=True)) is pack
    asked = {
        "name",
        "kinds",
        "phone",
        "hours",
        "exceptions",
        "youngest",
        "oldest",
        "refers",
        "walk_in",
        "verified",
        "closed_from",
    }
    assert asked <= Service.model_fields.keys()
    assert len(BOOK.services) >= 25
    assert all(each.phone and each.refers for each in BOOK.services)


@pytest.mark.parametrize(
    ("service_id", "when", "words", "warned"),
    [
        ("dor-retreat-weymouth", "2026-11-20 17:00", "Open now until 23:30", False),
        ("dor-retreat-weymouth", "2026-11-19 17:00", "Closed: opens Fri 16:30", True),  # Thursday
        ("dor-retreat-weymouth", "2026-12-25 17:00", "Closed: opens Sat 16:30", True),  # an exception
        ("dor-room-bridport", "2026-11-20 17:00", "Not verified since 11 May 2026. Listed as open now until 22:45",
         True),
        ("dor-retreat-dorchester", "2026-11-20 17:00", "Closed since 1 Oct 2026", True),
    ],
)  # fmt: skip
def test_dor_1_a_closed_or_unverified_service_is_warned_of_and_never_blocked(
    service_id: str, when: str, words: str, warned: bool
):
    found = BOOK.service(service_id)
    assert found
    assert status(found, at(when), BOOK.days_off, LAW.directory_stale_days).words == words
    answers = {"destination": "retreat", "service": found.name, "service_id": service_id}
    assert bool(grave(read(ReferralForm, answers).form, context(now=at(when)))) is warned
    assert "service" not in {lack.name for lack in missing(ReferralForm, answers, context(now=at(when)))}


def test_dor_2_one_can_refer_to_each_kind_of_place_and_the_directory_has_one():
    wanted = {
        Destination.CRISIS_TEAM, Destination.COMMUNITY, Destination.HBPOS, Destination.LIAISON, Destination.RETREAT,
        Destination.CRISIS_HOUSE, Destination.SUBSTANCES, Destination.GP, Destination.SOCIAL_CARE,
        Destination.LIAISON_DIVERSION, Destination.VOLUNTARY,
    }  # fmt: skip
    listed = {code for each in BOOK.services for code in each.kinds}
    assert {kind.value for kind in wanted} <= listed
    assert questions(ReferralForm)["destination"].required is True
    assert questions(ReferralForm)["service"].directory == "destination"


@pytest.mark.parametrize("mode", ["custody_ld_face_to_face", "custody_ld_remote", "voluntary_attender_ld"])
def test_dor_3_an_episode_goes_from_identified_to_followed_up(mode: str):
    assert CATALOGUE["diversion"] is DiversionForm
    assert DiversionForm.expected(context(filled(ContactForm, contact_mode=mode)))
    assert not DiversionForm.expected(context(filled(ContactForm, contact_mode="face_to_face")))
    episode = filled(
        DiversionForm, identified_at=NINE, screened_at=NINE, assessed_at=NINE, referred_to="CMHT", consent="given",
        **{"followups.1": {"service": "CMHT", "accompanied": "yes", "attended": "yes", "outcome": "Seen weekly"}},
    )  # fmt: skip
    assert stages(episode, context()) == STAGES


def test_dor_3_justice_is_told_by_consent_and_only_a_summary():
    told = {lack.name for lack in missing(DiversionForm, {"justice_consent": "yes"}, context())}
    kept = {lack.name for lack in missing(DiversionForm, {"justice_consent": "no"}, context())}
    assert "justice_summary" in told
    assert "justice_summary" not in kept
    assert not any(question.police for question in questions(DiversionForm).values()), (
        "nothing of it on the police copy"
    )


def test_stf_7_the_offence_considered_and_whether_the_person_was_diverted_are_recorded():
    on_the_street = {"route": DiversionRoute.INSTEAD.value}
    found = {lack.name for lack in missing(DiversionForm, on_the_street, context())}
    assert {"offence_considered", "diverted"} <= found
    given = {**on_the_street, "offence_considered": "Criminal damage", "diverted": "yes"}
    assert "diversion_outcome" in {lack.name for lack in missing(DiversionForm, given, context())}
    assert Destination.LIAISON_DIVERSION.value in {code for each in BOOK.services for code in each.kinds}
