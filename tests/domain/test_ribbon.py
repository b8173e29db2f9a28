"""The ribbon as one table: where each time is kept, which order is asked about, and which steps fit the contact."""

from datetime import timedelta

import pytest

from sync.domain.catalogue import CATALOGUE, RIBBON
from sync.domain.catalogue.contact.form import ContactForm, Officer
from sync.domain.catalogue.detention.form import DetentionForm
from sync.domain.catalogue.incident import IncidentForm, IncidentOutcome, Nature, force_of
from sync.domain.clinical.events import BY_EVENT, NOT_MH, TABLE, TO_HEALTH
from sync.domain.clinical.forces import PoliceForce
from sync.domain.clinical.modes import ADVICE, Mode
from sync.domain.clinical.shifts import ShiftPattern
from sync.domain.clinical.timeline import counting, entered_late, in_hours, queries, steps, times
from sync.domain.forms import Event, Moment, questions
from sync.domain.records.fold import Act
from sync.domain.records.incident import where_kept
from tests.steps.builders import PACKS
from tests.steps.records import INCIDENT, Case, at, context, event, filled, lacking

NOW = at("2026-11-22 20:00")


def incident(**answers):
    return filled(IncidentForm, **answers)


def contact(mode: str, **answers):
    return filled(ContactForm, contact_mode=mode, **answers)


def asked(*forms, now=NOW) -> list[str]:
    return [note.text for note in queries(context(*forms, now=now))]


# --- the table ---


def test_the_table_holds_t0_to_t21_in_order():
    codes = [int(entry.code[1:]) for entry in TABLE]
    assert codes == sorted(codes)
    assert set(codes) == set(range(22))
    assert len(BY_EVENT) == len(TABLE)
    assert all(entry.label and entry.who and (entry.mandatory or entry.event == "arrived") for entry in TABLE)


def test_every_place_of_a_time_is_a_question_of_its_form():
    for entry in TABLE:
        for place in entry.places:
            answer = questions(CATALOGUE[place.kind])[place.question].answer
            kept_as = answer.model_fields[place.part].annotation if place.part else answer
            assert kept_as in (Event, Moment, Officer.model_fields["arrived"].annotation), place
        assert set(entry.after) <= set(BY_EVENT), entry.event


def test_the_codes_the_table_knows_are_those_of_the_form():
    assert NOT_MH == Nature.NOT_MH
    assert set(IncidentOutcome) >= TO_HEALTH


def test_the_only_police_force_there_is_is_not_asked_for():
    assert questions(IncidentForm)["force"].hidden
    assert force_of(incident()) == PoliceForce.CAMBRIDGESHIRE


def test_every_time_of_the_incidents_form_stands_in_the_table_with_its_words():
    for name, question in questions(IncidentForm).items():
        if question.answer is Event:
            assert question.text == BY_EVENT[name].label


def test_times_are_gathered_from_the_form_they_belong_to():
    found = times(
        context(
            incident(mh_engaged=event("2026-11-22 18:00")),
            contact("face_to_face", started_at="2026-11-22T18:05:00Z", ended_at="2026-11-22T18:20:00Z"),
            contact("phone_with_person", started_at="2026-11-22T18:30:00Z", ended_at="2026-11-22T18:40:00Z"),
            filled(
                DetentionForm,
                used_at="2026-11-22T18:10:00Z",
                arrival_first_pos_at="2026-11-22T19:00:00Z",
                **{"transfers.2": {"arrived": "2026-11-22T19:20:00Z"}},
            ),
        ),
        [Act("sign", "1", "n", "nurse", "2026-11-22T19:30:00.000Z", {})],
    )
    assert {name: f"{when:%H:%M}" for name, when in found.items()} == {
        "mh_engaged": "18:00", "contact_started": "18:05", "contact_ended": "18:40", "s136_used": "18:10",
        "arrived_first_pos": "19:00", "pos_transferred": "19:20", "record_signed": "19:30",
    }  # fmt: skip


def test_the_time_that_counts_is_found_again_in_its_record():
    case = Case()
    case.add("contact", {"started_at": "2026-11-22T18:05:00Z", "ended_at": "2026-11-22T18:20:00Z"}, record="first")
    case.add("contact", {"started_at": "2026-11-22T18:30:00Z", "ended_at": "2026-11-22T18:40:00Z"}, record="second")
    case.add("detention", {"used_at": "2026-11-22T18:10:00Z"}, record="held")
    moves = {"transfers.a": {"arrived": "2026-11-22T19:20:00Z"}, "transfers.b": {"arrived": "2026-11-22T19:00:00Z"}}
    case.add("detention", moves, record="moved")
    times = counting(case.incident.context(PACKS))
    places = {event: (where_kept(case.incident, time)[0].record_id, time.key) for event, time in times.items()}
    assert places == {
        "contact_started": ("first", "started_at"), "contact_ended": ("second", "ended_at"),
        "s136_used": ("held", "used_at"), "pos_transferred": ("moved", "transfers.b"),
    }  # fmt: skip
    assert where_kept(case.incident, times["pos_transferred"])[1].value == moves["transfers.b"]


# --- what is asked about times ---


def test_a_time_before_one_it_follows_is_a_question_and_equal_times_are_none():
    received = event("2026-11-22 18:00")
    assert asked(incident(call_received=received, first_officer_arrived=event("2026-11-22 18:00"))) == []
    assert asked(incident(call_received=received, first_officer_arrived=event("2026-11-22 17:59"))) == [
        "“First officer arrived” is before “Call received”: check."
    ]


def test_the_order_is_asked_about_across_forms():
    held = filled(DetentionForm, used_at="2026-11-22T18:30:00Z", arrival_first_pos_at="2026-11-22T18:20:00Z")
    assert "“Arrived at the first place of safety” is before “Section 136 used”: check." in asked(held)
    offered = incident(handover_offered=event("2026-11-22 18:10"))
    assert "“Handover offered” is before “Arrived at the first place of safety”: check." in asked(offered, held)


def test_a_car_that_is_cleared_before_the_detention_ends_is_right():
    held = filled(DetentionForm, used_at="2026-11-22T17:30:00Z", ended_at="2026-11-22T19:50:00Z")
    assert asked(incident(cleared=event("2026-11-22 18:30")), held) == []


def test_on_the_phone_first_and_there_later_is_right():
    both = incident(mh_engaged=event("2026-11-22 18:00"), arrived=event("2026-11-22 18:30"))
    assert asked(both, contact("face_to_face")) == ["“Engaged” is before “Arrived”: check."]
    assert asked(both, contact("phone_advice_to_officer"), contact("face_to_face")) == []


@pytest.mark.parametrize(("minutes", "wrong"), [(5, False), (6, True)])
def test_more_than_5_minutes_in_the_future_is_asked_about(minutes: int, wrong: bool):
    form = incident(cleared={"at": (NOW + timedelta(minutes=minutes)).isoformat(), "source": "tapped"})
    assert (asked(form) == ["“Cleared” is in the future: check."]) is wrong


@pytest.mark.parametrize(
    ("when", "source", "old"),
    [
        ("2026-11-21 20:00", "typed", False), ("2026-11-21 19:59", "typed", True), ("2026-11-21 19:59", "cad", True),
        ("2026-11-21 19:59", "tapped", False),
    ],
)  # fmt: skip
def test_a_typed_time_of_more_than_24_hours_ago_is_shown_as_entered_later(when: str, source: str, old: bool):
    assert bool(asked(incident(call_received=event(when, source)))) is old
    if old:
        assert "entered later" in asked(incident(call_received=event(when, source)))[0]


@pytest.mark.parametrize(
    ("recorded", "late"), [("2026-11-22T18:00:00.000Z", []), ("2026-11-22T18:00:01.000Z", ["arrived"])]
)
def test_what_was_written_down_24_hours_later_is_known_from_its_change(recorded: str, late: list[str]):
    case = Case()
    case.add("incident", {"arrived": event("2026-11-21 18:00", "typed"), "location": "Bridge"}, recorded_at=recorded)
    assert entered_late(case.record(INCIDENT)) == late


def test_an_unreadable_time_stops_nothing():
    case = Case()
    case.add("incident", {"arrived": {"at": "soon"}, "cleared": "x", "mh_engaged": {"at": 7}})
    assert entered_late(case.record(INCIDENT)) == []


# --- the steps ---


def test_without_a_contact_the_steps_are_those_of_a_car():
    assert steps(context()) == steps(context(incident())) == RIBBON
    assert steps(context(contact("face_to_face"))) == RIBBON


@pytest.mark.parametrize("mode", sorted(ADVICE))
def test_for_advice_the_steps_are_engaged_advice_and_cleared(mode: Mode):
    assert steps(context(incident(), contact(mode))) == ("mh_engaged", "advice_given", "cleared")
    came = incident(first_officer_arrived=event("2026-11-22 18:00"))
    assert steps(context(came, contact(mode))) == ("mh_engaged", "advice_given", "officers_released", "cleared")


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_engages_and_clears_and_every_step_is_a_time_of_the_form(mode: Mode):
    found = steps(context(incident(), contact(mode)))
    assert {"mh_engaged", "cleared"} <= set(found)
    assert set(found) <= set(questions(IncidentForm))


def test_what_already_has_a_time_stays_in_sight():
    form = incident(nature="not_mh", arrived=event("2026-11-22 18:00"))
    assert steps(context(form)) == ("arrived", "cleared")


def test_advice_and_then_going_there_offers_both():
    assert steps(context(incident(), contact("radio_advice_to_officer"), contact("face_to_face"))) == (
        "arrived", "mh_engaged", "advice_given", "handover_offered", "handover_accepted", "officers_released",
        "cleared",
    )  # fmt: skip


# --- when a time is wanted ---


@pytest.mark.parametrize(
    ("mode", "police", "wanted"),
    [
        ("face_to_face", True, {"dispatched", "first_officer_arrived", "mh_requested", "officers_released"}),
        ("face_to_face", False, {"dispatched"}),
        ("phone_advice_to_officer", True, {"mh_requested"}),
        ("control_room_triage", True, set()),
        ("phone_with_person", False, set()),
        ("custody_ld_face_to_face", True, set()),
    ],
)
def test_which_times_each_contact_asks_for(mode: str, police: bool, wanted: set[str]):
    about = context(contact(mode), police_present=police)
    found = {name for name in lacking(IncidentForm, about, nature="mh_primary") if name in BY_EVENT}
    assert found == wanted | {"mh_engaged", "cleared"}


def test_an_officer_who_came_is_released():
    form = {"nature": "mh_primary", "first_officer_arrived": event("2026-11-22 18:00")}
    assert "officers_released" in lacking(IncidentForm, context(contact("phone_advice_to_officer")), **form)


def test_handover_is_asked_for_when_somebody_was_taken_there():
    about = context(contact("face_to_face"))
    wanted = {"departed_scene", "handover_offered", "handover_accepted"}
    assert not wanted & lacking(IncidentForm, about, nature="mh_primary", incident_outcome=["home_with_plan"])
    assert wanted <= lacking(IncidentForm, about, nature="mh_primary", incident_outcome=["ed_voluntary"])
    held = filled(DetentionForm, arrival_first_pos_at="2026-11-22T18:20:00Z")
    assert wanted <= lacking(IncidentForm, context(held), nature="mh_primary")


# --- in hours ---

SUNDAY_NIGHTS = (ShiftPattern(frozenset({6}), at("2026-11-22 22:00").time(), at("2026-11-22 06:00").time()),)


@pytest.mark.parametrize(
    ("engaged", "out"),
    [("2026-11-22 14:59", False), ("2026-11-22 15:00", True), ("2026-11-22 22:59", True), ("2026-11-22 23:00", False)],
)
def test_in_hours_goes_by_when_the_nurse_engaged(engaged: str, out: bool):
    opened = at("2026-11-22 04:00")
    assert in_hours({"mh_engaged": at(engaged)}, opened) is out
    assert in_hours({}, at(engaged)) is out


def test_other_hours_can_be_given():
    assert in_hours({}, at("2026-11-23 05:00"), SUNDAY_NIGHTS)
    assert not in_hours({}, at("2026-11-22 16:00"), SUNDAY_NIGHTS)
