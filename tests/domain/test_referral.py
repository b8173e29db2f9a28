"""Referrals that stay open until acknowledged, what the directory says of the service, basis for sharing; GP letter."""

from typing import Any

import pytest

from sync.domain.catalogue.assessment.form import AssessmentForm
from sync.domain.catalogue.letter import LetterForm
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.catalogue.referral import ReferralForm, Urgency, chosen, overdue, target_at
from sync.domain.catalogue.safeguarding import SafeguardingForm
from sync.domain.forms import Form, missing, shown, suggestion
from tests.steps.builders import BOOK, LAW
from tests.steps.records import at, context, filled, grave, said, utc

NINE = "2026-11-22T21:00:00.000Z"
HARBOUR = "dor-retreat-weymouth"


def lacking(form: type[Form], about: Any = None, **answers: Any) -> set[str]:
    return {lack.name for lack in missing(form, answers, about or context())}


def referred(service_id: str, **answers: Any) -> ReferralForm:
    """A referral whose service was chosen from the directory."""
    found = BOOK.service(service_id)
    assert found
    given = {"destination": found.kinds[0], "service": f"{found.name}, {found.phone}", "service_id": service_id}
    return filled(ReferralForm, **given | answers)


# --- when it is due, and open until acknowledged ---


@pytest.mark.parametrize(
    ("urgency", "due"),
    [
        (Urgency.EMERGENCY, "2026-11-22 21:00"),
        (Urgency.VERY_URGENT, "2026-11-23 01:00"),
        (Urgency.URGENT, "2026-11-23 21:00"),
        (Urgency.ROUTINE, None),
    ],
)
def test_when_an_answer_is_due(urgency: Urgency, due: str | None):
    for name in ("decided_at", "sent_at"):
        form = filled(ReferralForm, urgency=urgency.value, **{name: NINE})
        assert target_at(form, LAW) == (utc(due) if due else None)
    assert target_at(filled(ReferralForm, urgency=urgency.value), LAW) is None
    assert target_at(filled(ReferralForm, decided_at=NINE), LAW) is None


def test_the_hours_are_those_of_the_rule_pack():
    agreed = LAW.model_copy(update={"referral_hours": {"4": 2}})
    form = filled(ReferralForm, urgency="4", decided_at=NINE)
    assert target_at(form, agreed) == utc("2026-11-22 23:00")
    assert target_at(filled(ReferralForm, urgency="1", decided_at=NINE), agreed) is None


@pytest.mark.parametrize(
    ("answers", "needed"),
    [
        ({"urgency": "1"}, True), ({"urgency": "4"}, True), ({"urgency": "2"}, False), ({"urgency": "3"}, False),
        ({"urgency": "3", "destination": "safeguarding"}, True), ({}, False),
    ],
)  # fmt: skip
def test_which_referrals_need_an_acknowledgement(answers: dict, needed: bool):
    found = lacking(ReferralForm, **answers)
    assert ({"acknowledged_by", "acknowledged_at", "outcome"} <= found) is needed
    assert ("acknowledged_by" in found) is needed


@pytest.mark.parametrize(("now", "late"), [("2026-11-23 01:00", False), ("2026-11-23 01:01", True)])
def test_a_referral_is_open_until_it_is_acknowledged(now: str, late: bool):
    sent = {"urgency": "4", "sent_at": NINE}
    text = said(filled(ReferralForm, **sent), context(now=utc(now)))
    assert "Answer due by 23 Nov 2026 01:00." in text
    assert "unconfirmed" in text, "the pack says that these times are not confirmed"
    assert ("Overdue: nobody" in text) is late
    assert ("stays open" in text) is not late
    assert overdue(filled(ReferralForm, **sent), LAW, utc(now)) is late
    done = filled(ReferralForm, **sent, acknowledged_at=NINE)
    assert not overdue(done, LAW, utc(now))
    assert said(done, context(now=utc(now))) == ""


def test_what_was_decided_and_never_sent_is_overdue_too():
    text = said(filled(ReferralForm, urgency="4", decided_at=NINE), context(now=utc("2026-11-23 01:01")))
    assert "Overdue: this has not been sent." in text


@pytest.mark.parametrize(("outcome", "asked"), [("accepted", False), ("rejected", True), ("redirected", True)])
def test_a_no_has_a_reason(outcome: str, asked: bool):
    assert ("outcome_reason" in lacking(ReferralForm, outcome=outcome)) is asked
    assert ("Not accepted" in said(filled(ReferralForm, outcome=outcome), context())) is (outcome == "rejected")


def test_once_acknowledged_their_answer_is_asked_for():
    assert "outcome" not in lacking(ReferralForm, urgency="3")
    assert "outcome" in lacking(ReferralForm, urgency="3", acknowledged_at=NINE)


# --- sharing ---


@pytest.mark.parametrize(("agrees", "asked"), [("yes", False), ("no", True), ("not_known", True), (None, False)])
def test_without_agreement_the_reason_is_recorded(agrees: str | None, asked: bool):
    assert ("shared_without" in lacking(ReferralForm, person_aware=agrees)) is asked


def test_consent_as_the_basis_without_agreement_is_asked_about():
    form = filled(ReferralForm, person_aware="no", info_basis="consent")
    assert "check the basis" in said(form, context())
    assert "check the basis" not in said(
        filled(ReferralForm, person_aware="no", info_basis="vital_interests"), context()
    )
    assert "check the basis" not in said(filled(ReferralForm, person_aware="yes", info_basis="consent"), context())


# --- the service ---


@pytest.mark.parametrize(
    ("now", "warned"), [("2026-11-22 20:00", False), ("2026-11-22 23:29", False), ("2026-11-22 23:30", True)]
)
def test_a_closed_service_is_warned_of_and_never_stops_anybody(now: str, warned: bool):
    found = grave(referred(HARBOUR), context(now=at(now)))
    assert bool(found) is warned
    assert not warned or "closed: opens Mon 16:30" in found[0]
    assert "service" not in lacking(ReferralForm, service="The Harbour Retreat, Weymouth", service_id=HARBOUR)


def test_what_counts_is_whether_it_was_open_when_the_referral_was_sent():
    form = referred(HARBOUR, sent_at="2026-11-22T20:00:00.000Z")
    assert grave(form, context(now=at("2026-11-23 03:00"))) == []
    shut = referred(HARBOUR, sent_at="2026-11-22T23:40:00.000Z")
    assert grave(shut, context(now=at("2026-11-23 17:00")))[0].startswith("When this was sent: ")
    taken = referred(HARBOUR, sent_at="2026-11-22T23:40:00.000Z", acknowledged_at="2026-11-22T23:50:00.000Z")
    assert grave(taken, context(now=at("2026-11-23 17:00"))) == []


def test_stale_gone_and_too_young_are_warned_of():
    about = context(filled(PersonForm, approx_age=17), now=at("2026-11-22 20:00"))
    assert "Not verified" not in said(referred(HARBOUR), about)
    assert "not verified since 11 May 2026" in said(referred("dor-room-bridport"), about)
    assert "closed since 1 Oct 2026. Use The Harbour" in said(referred("dor-retreat-dorchester"), about)
    assert "is for 18 and over. This person is 17." in said(referred(HARBOUR), about)
    assert "takes referrals only" not in said(referred(HARBOUR), about)


def test_a_service_that_was_typed_over_is_not_the_one_chosen():
    assert chosen(referred(HARBOUR), BOOK) is not None
    assert chosen(referred(HARBOUR, service="Somewhere else"), BOOK) is None
    assert chosen(filled(ReferralForm, service="The Lantern", service_id="gone-from-the-directory"), BOOK) is None
    assert chosen(filled(ReferralForm, service="Typed by hand"), BOOK) is None


def test_a_service_of_another_kind_than_chosen_is_said():
    text = said(referred(HARBOUR, destination="A02"), context(now=at("2026-11-22 20:00")))
    assert "lists The Harbour Retreat, Weymouth as: Retreat or community front room" in text


# --- nothing is typed twice ---

SEEN = {
    "presenting_situation": "Came to the bridge.", "impression": "Acute distress.", "plan": "Crisis team tomorrow.",
    "plan_made": "together", "plan_warning_signs": "Nights.", "safeguarding_child": "yes", "safeguarding_adult": "no",
}  # fmt: skip


def test_the_reason_is_made_from_the_assessment():
    about = context(filled(AssessmentForm, **SEEN))
    assert suggestion(ReferralForm, "reason", {}, about) == (
        "Seen for: Came to the bridge.\nImpression: Acute distress.\nPlan: Crisis team tomorrow."
    )
    assert suggestion(ReferralForm, "reason", {"reason": "Mine"}, about) is None
    assert suggestion(ReferralForm, "reason", {}, context()) is None


def test_a_referral_to_the_gp_is_to_the_persons_own():
    about = context(filled(PersonForm, gp_practice="Priory Fields Surgery"))
    assert suggestion(ReferralForm, "service", {"destination": "gp"}, about) == "Priory Fields Surgery"
    assert suggestion(ReferralForm, "service", {"destination": "A02"}, about) is None
    unregistered = context(filled(PersonForm, gp_practice="Not registered"))
    assert suggestion(ReferralForm, "service", {"destination": "gp"}, unregistered) is None


def test_the_letter_is_made_from_what_is_recorded():
    person = filled(PersonForm, gp_practice="Priory Fields Surgery", medicines="Sertraline 50 mg")
    referral = filled(ReferralForm, destination="A02", service="First response", urgency="2", outcome="accepted")
    about = context(filled(AssessmentForm, **SEEN, overdose="yes", red_flag_action="To ED at 21:10."), person, referral)
    sent = {"wanted": "send"}
    assert suggestion(LetterForm, "gp_practice", sent, about) == "Priory Fields Surgery"
    assert suggestion(LetterForm, "reason_seen", sent, about) == "Came to the bridge."
    assert suggestion(LetterForm, "safety_plan", sent, about) == "1. Warning signs: Nights."
    assert suggestion(LetterForm, "gp_action", sent, about) == "Crisis team tomorrow."
    found = suggestion(LetterForm, "findings", sent, about)
    assert "Acute distress." in found
    assert "overdose or poisoning. To ED at 21:10." in found
    assert "Sertraline" in found
    assert suggestion(LetterForm, "arranged", sent, about) == (
        "Crisis and home treatment team, First response, urgent: within 24 hours: accepted."
    )


@pytest.mark.parametrize(
    ("wanted", "asked"), [("send", True), ("declined", False), ("unregistered", False), ("gp_not_known", False)]
)
def test_a_letter_unless_declined_or_unregistered(wanted: str, asked: bool):
    names = {"gp_practice", "reason_seen", "findings", "safety_plan", "gp_action", "info_basis", "person_copy"}
    assert (lacking(LetterForm, wanted=wanted) == names) is asked
    assert lacking(LetterForm, wanted=wanted) in (names, set())


def test_no_copy_for_the_person_needs_a_reason():
    assert "no_copy_reason" in lacking(LetterForm, wanted="send", person_copy="no")
    assert "no_copy_reason" not in lacking(LetterForm, wanted="send", person_copy="yes")


def test_when_a_letter_is_due():
    seen, known = filled(AssessmentForm, plan="p"), {"identity_status": "stated"}
    assert LetterForm.due(context(seen, filled(PersonForm, **known)))
    assert not LetterForm.due(context(seen, filled(PersonForm, identity_status="unknown")))
    assert not LetterForm.due(context(filled(AssessmentForm, impression="i"), filled(PersonForm, **known)))
    assert not LetterForm.due(context(filled(PersonForm, **known)))
    unregistered = context(seen, filled(PersonForm, **known, gp_practice="Not registered"))
    assert not LetterForm.due(unregistered)
    assert suggestion(LetterForm, "wanted", {}, unregistered) == "unregistered"
    assert LetterForm.expected(context(seen))
    assert not LetterForm.expected(context())


# --- safeguarding ---


@pytest.mark.parametrize(
    ("adult", "child", "words"),
    [("no", "no", ""), ("not_known", "no", ""), ("yes", "no", "an adult"), ("no", "yes", "a child"),
     ("yes", "yes", "an adult and a child")],
)  # fmt: skip
def test_a_concern_asks_for_a_safeguarding_referral(adult: str, child: str, words: str):
    about = context(filled(AssessmentForm, safeguarding_adult=adult, safeguarding_child=child))
    assert SafeguardingForm.due(about) == (f"A safeguarding concern is recorded: {words}" if words else "")
    assert SafeguardingForm.expected(about) is bool(words)


def test_a_safeguarding_referral_is_made_from_what_is_recorded():
    person = filled(
        PersonForm, given_name="Ada", family_name="Example",
        **{"dependants.1": {"kind": "child", "name": "Ben", "born": "4", "where": "grandmother"},
           "dependants.2": {"kind": "pet", "name": "Rex"}},
    )  # fmt: skip
    sent = filled(
        ReferralForm,
        destination="safeguarding",
        service="County hub",
        sent_at=NINE,
        method="phone",
        person_aware="no",
        shared_without="Child at risk",
        acknowledged_by="Lee, social worker",
        acknowledged_at=NINE,
    )
    seen = filled(AssessmentForm, **SEEN, harm_from_others=["neglect"], child_concern="Left alone at night.")
    about, made = context(person, seen, sent), {"decision": "refer"}
    assert suggestion(SafeguardingForm, "concern_for", made, about) == ["child"]
    assert suggestion(SafeguardingForm, "subject", made, about) == "Ben, 4, grandmother"
    assert suggestion(SafeguardingForm, "concern", made, about) == (
        "Harm from others: Neglect.\nSeen for: Came to the bridge.\nLeft alone at night."
    )
    held = {name: suggestion(SafeguardingForm, name, made, about) for name in (
        "local_authority", "referred_at", "method", "received_by", "acknowledged_at", "consent", "without_consent",
    )}  # fmt: skip
    assert held == {
        "local_authority": "County hub", "referred_at": NINE, "method": "phone", "received_by": "Lee, social worker",
        "acknowledged_at": NINE, "consent": "no", "without_consent": "Child at risk",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "asked", "not_asked"),
    [
        ({"decision": "refer"},
         {"local_authority", "referred_at", "received_by", "acknowledged_at", "reference", "consent"},
         {"not_referred"}),
        ({"decision": "known"}, {"not_referred", "local_authority"}, {"referred_at", "consent"}),
        ({"decision": "not_referred"}, {"not_referred"}, {"referred_at", "consent", "local_authority"}),
        ({"decision": "refer", "consent": "no"}, {"without_consent"}, set()),
        ({"decision": "refer", "consent": "yes"}, set(), {"without_consent"}),
        ({"concern_for": ["adult"]}, {"wishes"}, {"parents_told"}),
        ({"concern_for": ["child"]}, {"parents_told"}, {"wishes"}),
        ({"danger_now": "yes"}, {"made_safe"}, set()),
        ({"danger_now": "no"}, set(), {"made_safe"}),
    ],
)  # fmt: skip
def test_what_a_safeguarding_referral_asks_for(answers: dict, asked: set[str], not_asked: set[str]):
    found = lacking(SafeguardingForm, **answers)
    assert asked <= found
    assert not not_asked & found


def test_danger_now_and_a_child_forgotten_are_said():
    about = context(filled(AssessmentForm, safeguarding_child="yes"))
    assert "call 999" in grave(filled(SafeguardingForm, danger_now="yes"), about)[0]
    assert grave(filled(SafeguardingForm, danger_now="yes", made_safe="999 at 21:00"), about) == []
    assert "a child too" in said(filled(SafeguardingForm, concern_for=["adult"]), about)
    assert said(filled(SafeguardingForm, concern_for=["child"]), about) == ""


def test_the_name_of_the_service_in_the_directory_is_set_by_the_app():
    assert "service_id" not in {question.name for question in shown(ReferralForm, {}, context())}
