"""What the project specification asks of the nurse's phone: shifts, several incidents, no signal, handing on."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import flet as ft
import pytest

from field_app.ui.phone.start import open_app
from sync.api.ingest.validate import judge_content
from sync.core.canonical import canonical
from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.clinical.shifts import CARS
from sync.domain.forms import Unavailable, missing, questions, rest
from sync.domain.records.handing_on import holder, offered_to, waiting
from sync.domain.records.interruptions import KINDS
from sync.domain.records.standing import document, signature, standing
from sync.domain.records.tasks import tasks
from tests.steps.builders import land, segment
from tests.steps.ui.harness import PIN, App, phone, signed_in
from tests.steps.ui.incident import answers, at, begin, finish, give, interrupted, open_section, sign

# --- CAM-1: a named car and a shift that crosses midnight -----------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "day", "hours", "shown"),
    [
        ("2026-11-20T19:00", "2026-11-20", ("2026-11-20T17:00", "2026-11-21T01:00"), "17:00–01:00"),  # Friday
        ("2026-11-21T00:30", "2026-11-20", ("2026-11-20T17:00", "2026-11-21T01:00"), "17:00–01:00"),  # still Friday's
        ("2026-11-22T19:00", "2026-11-22", ("2026-11-22T15:00", "2026-11-22T23:00"), "15:00–23:00"),  # Sunday
    ],
)
async def test_cam_1_a_nurse_signs_on_to_a_named_car_with_the_days_hours_preset(tmp_path, now, day, hours, shown):
    made = phone(tmp_path, datetime.fromisoformat(now).replace(tzinfo=UTC))
    async with App(lambda page: open_app(page, made)) as app:
        app.made.enter(signed_in(made), "amara")
        await app.until(lambda: app.has("start-shift"))
        await app.tap("start-shift")
        await app.until(lambda: app.has("car-car-2"))
        await app.tap("car-car-2")
        await app.type("crew-officer", "PC 4411 Reed")
        await app.tap("start-shift")
        await app.until(lambda: app.has("end-shift"))
        values = app.made.session.shift().values
        assert app.says(shown)
    assert values["car"] in CARS
    assert (values["day"], values["crew_nurse"], values["crew_officer"]) == (day, "Amara Okafor", "PC 4411 Reed")
    assert tuple(values[name][:16] for name in ("planned_start", "planned_end")) == hours
    assert values["started_at"][:13] == now[:13]
    made.close()


# --- CAM-4: several incidents at once -------------------------------------------------------------------------------


async def test_cam_4_going_to_and_fro_between_open_incidents_loses_nothing(app):
    first, second = await begin(app), ""
    await open_section(app, "person")
    await app.type("answer-given_name", "Ada", blur=False)
    await app.go("/")
    second = await begin(app)
    await open_section(app, "person")
    await app.type("answer-given_name", "Bo", blur=False)
    await app.go(f"/incident/{first}/person")
    await app.until(lambda: app.has("answer-given_name"))
    assert app.inside("answer-given_name", ft.TextField).value == "Ada"
    await app.type("answer-family_name", "Lind", blur=False)
    await app.go("/")
    await app.until(lambda: app.says("Ada Lind") and app.says("Bo"))
    assert answers(app, first, "person")["family_name"] == "Lind"
    assert answers(app, second, "person").get("family_name") is None


# --- CAM-9 and X-2: a whole shift without signal --------------------------------------------------------------------


async def test_cam_9_a_whole_shift_without_signal_is_kept_and_found_again(tmp_path):
    made = phone(tmp_path)
    async with App(lambda page: open_app(page, made)) as app:
        app.made.enter(signed_in(made), "amara")
        ids = []
        for number in range(3):
            ids.append(await begin(app))
            await app.tap("next-step")
            await open_section(app, "incident")
            await app.type("answer-location", f"{number} Mill Road", blur=False)
            await app.tap("back")
            await app.tap("back")
        await app.until(lambda: app.says("only on this phone"))
        assert app.page.theme_mode == ft.ThemeMode.DARK, "at ten in the evening the phone is dark"
    made.close()
    again = phone(tmp_path)
    session = again.unlock("amara", PIN)
    kept = {one.incident_id: one.one("incident").values["location"] for one in session.store.incidents()}
    assert [kept[incident_id] for incident_id in ids] == [f"{number} Mill Road" for number in range(3)]
    assert session.store.sync.pending(0), "nothing is said to have been sent"
    again.close()


async def test_x_2_clocks_news2_and_the_law_of_section_136_work_without_a_centre(app, session):
    incident_id = await begin(app)
    give(session, incident_id, "person", date_of_birth="1980-01-01")
    give(
        session, incident_id, "detention", power="s136_1_a", used_at="2026-11-22T20:00:00.000Z",
        arrival_first_pos_at="2026-11-22T20:30:00.000Z",
    )  # fmt: skip
    await app.until(lambda: app.says("Section 136 22 h 29 min left") or app.says("Section 136 22 h 30 min left"))
    observed = {
        "respiration_rate": 18, "spo2": 96, "oxygen": "", "systolic_bp": 120,
        "pulse": 131, "consciousness": "A", "temperature": "37.0",
    }  # fmt: skip
    codes = {name: codes_of("assessment", name) for name in ("oxygen", "consciousness")}
    observed |= {name: found[0] for name, found in codes.items()}
    give(session, incident_id, "assessment", **observed)
    incident = session.store.incident(incident_id)
    form = CATALOGUE["assessment"]
    context = incident.context(session.packs, session.now())
    said = [note.text for note in form.notes(context.one(form), context)]
    assert any(text.startswith("NEWS2 3:") for text in said), said
    assert incident.rule_pack(session.packs).rules.permitted_hours == 24


def codes_of(kind: str, name: str) -> list[str]:
    return [choice.value for choice in questions(CATALOGUE[kind])[name].choices]


@pytest.mark.parametrize("route", ["/guidance", "/rules", "/services"])
async def test_x_2_guidance_law_and_services_open_without_a_centre(app, route):
    await app.tap(route[1:])
    await app.until(lambda: app.page.route == route)
    await app.settle()
    assert not app.has("error-panel")
    assert len(app.texts()) > 5


# --- CAM-10: handing on ---------------------------------------------------------------------------------------------


async def test_cam_10_the_next_shift_accepts_on_its_own_phone_and_until_then_nothing_changes_hands(
    tmp_path, app, session
):
    incident_id = await begin(app)
    await app.tap("hand-on")
    await app.until(lambda: app.has("hand-on-send"))
    await app.tap("hand-on-shift")
    await app.type("hand-on-to", "Car 2", blur=False)
    await app.type("hand-on-note", "Waiting for the AMHP", blur=False)
    await app.tap("hand-on-send")
    await app.until(lambda: app.says("Waiting for acceptance"))
    assert holder(session.store.incident(incident_id)).practitioner == "p.amara"
    other = phone(tmp_path / "other")
    mate = signed_in(other, "bo")
    land(mate.store, segment(session.store.sync.pending(0)))
    offer = offered_to(mate.store.incident(incident_id), "p.bo")
    assert (offer.name, offer.note) == ("Car 2", "Waiting for the AMHP")
    mate.accept(incident_id, offer.change_id)
    land(session.store, segment([*session.store.sync.pending(0), *mate.store.sync.pending(0)]))
    sent = [*session.store.sync.pending(0), *mate.store.sync.pending(0)]
    assert {judge_content(change).verdict for change in sent if change.op == "transfer"} == {"accepted"}
    held = holder(session.store.incident(incident_id))
    assert (held.practitioner, waiting(session.store.incident(incident_id))) == ("p.bo", None)
    assert session.store.incident(incident_id).open, "handing on closes nothing"
    other.close()


# --- nothing is lost, everything has an author -----------------------------------------------------------------


async def test_x_5_every_amendment_stays_with_who_when_and_which_device(app, session):
    incident_id = await begin(app)
    for place in ("12 Mill Road", "14 Mill Road"):
        give(session, incident_id, "incident", location=place)
    finish(session, incident_id)
    await sign(app, session, incident_id)
    give(session, incident_id, "incident", location="16 Mill Road")
    changes = [change for change in session.store.sync.pending(0) if change.record_id == incident_id]
    said = [change.patch["location"] for change in changes if "location" in change.patch]
    assert said == ["12 Mill Road", "14 Mill Road", "16 Mill Road"]
    assert {change.author for change in changes} == {"p.amara"}
    assert len({change.device_id for change in changes}) == 1
    assert all(change.recorded_at for change in changes)
    assert standing(session.store.incident(incident_id)) == "changed"
    assert signature(session.store.incident(incident_id)).author == "p.amara"


def test_x_5_a_nurse_has_no_way_to_delete_a_record(session):
    incident_id = session.new_incident()
    record_id = give(session, incident_id, "person", given_name="Zoë")
    before = len(session.store.sync.pending(0))
    session.retract(session.store.incident(incident_id).records[record_id], "wrong person")
    incident = session.store.incident(incident_id)
    assert incident.of("person") == []
    assert incident.records[record_id].values["given_name"] == "Zoë", "hidden, and still there"
    assert len(session.store.sync.pending(0)) == before + 1
    assert b"wrong person" not in canonical(document(incident))


# --- A person can always finish and sign ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SECTIONS)
def test_any_kind_of_record_begun_can_be_finished(session, kind):
    """Whatever else is not known, "the rest could not be got" leaves nothing between the record and its signature."""
    incident_id = session.new_incident()
    draft = session.edit(incident_id, kind)
    for why in Unavailable:
        context = session.store.incident(incident_id).context(session.packs, session.now())
        made: dict[str, Any] = rest(CATALOGUE[kind], draft.answers, context, why, "asleep")
        assert missing(CATALOGUE[kind], {**draft.answers, **made}, context) == []
    asked_for = "due" in CATALOGUE[kind].__dict__
    assert made or not asked_for, "a section that is asked for can be begun with this alone"
    session.seal(replace(draft, answers={**draft.answers, **made}))
    task = next(
        task for task in tasks(session.store.incident(incident_id), session.packs, session.now()) if task.kind == kind
    )
    assert not task.missing


async def test_an_incident_of_which_nothing_could_be_got_is_signed(app, session):
    incident_id = await begin(app)
    finish(session, incident_id)
    await sign(app, session, incident_id)


# --- At most three things interrupt ---------------------------------------------------------------------------------


async def test_three_things_interrupt_and_none_of_them_blocks(app, session):
    incident_id = await begin(app)
    give(session, incident_id, "person", date_of_birth="2010-05-01")
    give(session, incident_id, "incident", dwelling="yes")
    seen = []
    for kind, name, code in (("assessment", "chest_pain", "yes"), ("detention", "power", "s136_1_a")):
        await at(app, incident_id, kind, name)
        await app.tap(f"answer-{name}-{code}")
        await app.until(lambda: interrupted(app))
        seen += interrupted(app)
        await app.tap(f"interruption-{seen[-1]}-record")
    app.made.aim = "pos_type"
    await app.go("/")
    await app.until(lambda: answers(app, incident_id, "detention").get("power") == "s136_1_a")
    record = session.store.incident(incident_id).one("detention")
    await at(app, incident_id, "detention", "pos_type", record.record_id)
    if app.has("answer-pos_type"):
        await app.tap("answer-pos_type")
    await app.tap("answer-pos_type-police_station")
    await app.until(lambda: interrupted(app))
    seen += interrupted(app)
    await app.tap(f"interruption-{seen[-1]}-record")
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "detention").get("pos_type") == "police_station")
    assert sorted(seen) == sorted(KINDS)
    assert answers(app, incident_id, "assessment")["chest_pain"] == "yes"
