"""The phone's screens on a real phone with no centre: what is tapped and typed is in the store, and stays there."""

import threading
from datetime import timedelta
from typing import Any

import flet as ft
import pytest

from field_app.phone.store.keystore import NoSafePlace
from field_app.ui.forms.form import RecordRemarks
from field_app.ui.phone import section as section_file
from field_app.ui.phone.home import Home, HomeDoes, home_view
from field_app.ui.phone.incident import comment_line
from field_app.ui.phone.start import open_app, refuse
from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.documents.handover_sheet import handover_sheet
from sync.domain.forms import pages, questions
from sync.domain.records.incident import Incident
from sync.domain.records.standing import standing
from tests.steps.builders import PACKS
from tests.steps.ui.harness import NOW, PIN, App, phone, signed_in
from tests.steps.ui.incident import answers, begin, draw, fill, open_section

INTERACTIVE = (
    ft.TextField, ft.FilledButton, ft.OutlinedButton, ft.TextButton, ft.IconButton, ft.Switch, ft.Checkbox, ft.Radio,
)  # fmt: skip


# --- Signing in ----------------------------------------------------------------------------------------------------


async def test_the_first_sign_in_asks_for_a_password_and_a_pin_twice(device):
    async with App(lambda page: open_app(page, device)) as app:
        await app.tap("sign-in")
        assert app.says("Enter your user name.")
        await app.type("username", "Amara ")
        await app.type("password", "wrong")
        await app.type("pin", PIN)
        await app.type("pin-again", "1")
        await app.tap("sign-in")
        assert app.says("The two PINs are not the same.")
        await app.type("pin-again", PIN)
        await app.tap("sign-in")
        await app.until(lambda: app.says("The centre cannot be reached."))
        assert app.inside("username", ft.TextField).value == "Amara ", "an error clears nothing"
        await app.type("password", "right")
        await app.type("pin", "111111")
        await app.type("pin-again", "111111")
        await app.tap("sign-in")
        await app.until(lambda: app.says("too easy to guess"))
        await app.type("pin", PIN)
        await app.type("pin-again", PIN)
        await app.tap("sign-in")
        await app.until(lambda: app.has("new-incident"))


async def test_afterwards_a_name_and_the_pin_do_without_any_centre(device, session):
    async with App(lambda page: open_app(page, device)) as app:
        assert app.has("person-amara")
        await app.type("pin", "482913")
        await app.tap("sign-in")
        await app.until(lambda: app.says("That PIN is not right."))
        assert app.inside("pin", ft.TextField).value == ""
        await app.type("pin", PIN)
        await app.tap("sign-in")
        await app.until(lambda: app.has("new-incident"))


async def test_locking_leads_back_to_the_pin(app):
    await app.tap("lock")
    await app.until(lambda: app.has("person-amara"))
    assert not app.has("strip")


# --- Shift ---------------------------------------------------------------------------------------------------------


async def test_a_shift_is_started_on_a_named_car_with_the_hours_of_its_day(app):
    await app.tap("start-shift")
    await app.until(lambda: app.has("pattern-1"))
    await app.tap("car-car-2")
    await app.tap("pattern-2")
    assert app.inside("shift-from", ft.TextField).value == "17:00"
    await app.type("crew-officer", "PC 4411 Reed")
    await app.tap("start-shift")
    await app.until(lambda: app.has("end-shift"))
    values = app.made.session.shift().values
    assert (values["car"], values["day"], values["crew_officer"]) == ("Car 2", "2026-11-22", "PC 4411 Reed")
    assert (values["planned_start"], values["planned_end"]) == ("2026-11-22T17:00:00.000Z", "2026-11-23T01:00:00.000Z")
    assert app.says("17:00–01:00 · PC 4411 Reed")
    await app.tap("end-shift")
    await app.until(lambda: app.says("You are not on a shift"))


# --- An incident ---------------------------------------------------------------------------------------------------


async def test_the_ribbons_next_step_is_stamped_by_a_tap_and_typed_by_the_link(app):
    incident_id = await begin(app)
    await app.tap("next-step")
    await app.until(lambda: "arrived" in answers(app, incident_id, "incident"))
    assert answers(app, incident_id, "incident")["arrived"]["source"] == "tapped"
    await app.until(lambda: "Engaged" in app.texts(app.at("next-step")))
    await app.tap("enter-time")
    await app.type("enter-mh_engaged", "2155", blur=False)
    await app.tap("enter-mh_engaged-use")
    await app.until(lambda: "mh_engaged" in answers(app, incident_id, "incident"))
    assert answers(app, incident_id, "incident")["mh_engaged"] == {"at": "2026-11-22T21:55:00.000Z", "source": "typed"}
    await app.until(lambda: app.says("21:55 typed"))
    assert app.says("Officers waiting")


async def test_what_is_typed_in_a_section_is_sealed_when_it_is_left(app):
    incident_id = await begin(app)
    await open_section(app, "person")
    await app.type("answer-given_name", "Zoë")
    await app.type("answer-family_name", "Ellis", blur=False)
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "person").get("family_name") == "Ellis")
    await app.until(lambda: app.says("Zoë Ellis"))
    assert not app.made.session.store.drafts()
    assert "In progress" in app.texts(app.at("section-person"))


async def test_opening_a_section_at_once_again_is_not_a_second_opinion(app):
    incident_id = await begin(app)
    await open_section(app, "person")
    await app.type("answer-given_name", "Zoë", blur=False)
    await app.tap("back", settle=0)
    await app.until(lambda: app.has("section-person"))
    await open_section(app, "person")
    await app.type("answer-given_name", "Zoe", blur=False)
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "person").get("given_name") == "Zoe")
    assert not app.made.session.store.incident(incident_id).clashes


async def test_hiding_the_app_seals_what_is_in_hand_and_typing_goes_on(app):
    incident_id = await begin(app)
    await open_section(app, "person")
    await app.type("answer-given_name", "Zoë", blur=False)
    await app.event(app.page, "app_lifecycle_state_change", {"state": "hide"})
    await app.until(lambda: answers(app, incident_id, "person").get("given_name") == "Zoë")
    await app.type("answer-family_name", "Ellis")
    assert app.inside("answer-given_name", ft.TextField).value == "Zoë"
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "person").get("family_name") == "Ellis")
    incident = app.made.session.store.incident(incident_id)
    assert len(incident.of("person")) == 1
    assert not incident.clashes


async def test_a_killed_app_finds_what_was_typed(tmp_path):
    device = phone(tmp_path)
    async with App(lambda page: open_app(page, device)) as app:
        app.made.enter(signed_in(device), "amara")
        incident_id = await begin(app)
        await open_section(app, "person")
        await app.type("answer-given_name", "Zoë")
        again = phone(tmp_path)  # the first is never told to stop
        session = again.unlock("amara", PIN)
        assert session.edit(incident_id, "person").answers["given_name"] == "Zoë"
        again.close()
    device.close()


async def test_several_incidents_are_open_at_once_and_switching_loses_nothing(app):
    first = await begin(app)
    await open_section(app, "person")
    await app.type("answer-given_name", "Ada", blur=False)
    await app.tap("back")
    await app.tap("back")
    second = await begin(app)
    await open_section(app, "person")
    await app.type("answer-given_name", "Bo", blur=False)
    await app.tap("strip")
    await app.tap("back")
    await app.until(lambda: app.has(f"incident-{first}") and app.has(f"incident-{second}"))
    await app.until(lambda: app.says("Ada") and app.says("Bo"))


async def test_leaving_screens_leaves_nothing_listening(app):
    listeners = app.made.session.store._disk.listeners
    await app.settle()
    before = len(listeners)
    await begin(app)
    await open_section(app, "person")
    await app.tap("back")
    await app.tap("back")
    await app.settle()
    assert len(listeners) == before


# --- Check and sign -------------------------------------------------------------------------------------------------


async def test_what_is_missing_is_a_link_to_its_question(app):
    incident_id = await begin(app)
    await app.tap("check")
    await app.until(lambda: app.has("missing-incident-location"))
    assert not app.has("sign")
    await app.tap("missing-incident-mh_engaged")
    await app.until(lambda: app.has("answer-mh_engaged-now"))
    assert app.page.route == f"/incident/{incident_id}/incident/{incident_id}"
    await app.until(
        lambda: (
            ("scroll_to", "mh_engaged") in [(name, (args or {}).get("scroll_key")) for name, args in app.client.invoked]
        )
    )


async def test_signing_needs_the_pin_and_then_it_can_only_be_read(app):
    incident_id = await begin(app)
    fill(app.made.session, incident_id)
    await app.go(f"/incident/{incident_id}/sign")
    await app.until(lambda: app.has("sign") and app.says("12 Mill Road"))
    await app.tap("sign")
    assert app.says("Enter your PIN to sign.")
    await app.type("pin", "482913")
    await app.tap("sign")
    await app.until(lambda: app.says("That PIN is not right."))
    await app.type("pin", PIN)
    await app.tap("sign")
    await app.until(lambda: app.has("amend"))
    assert standing(app.made.session.store.incident(incident_id)) == "signed"
    assert not app.has("pin")
    await app.tap("back")
    await app.until(lambda: app.says("Signed, waiting for review"))
    await app.tap("section-incident")
    assert app.page.route.endswith("/sign"), "a signed record is read, not edited"
    await app.tap("amend")
    await open_section(app, "incident")
    await app.type("answer-location", "14 Mill Road", blur=False)
    await app.tap("back")
    await app.until(lambda: app.says("Changed since it was signed"))


# --- Officer's turn -------------------------------------------------------------------------------------------------


async def test_the_officer_sees_the_sheet_and_nothing_else(app):
    incident_id = await begin(app)
    fill(app.made.session, incident_id)
    await app.tap("officer")
    await app.until(lambda: app.has("sheet"))
    sheet = handover_sheet(app.made.session.store.incident(incident_id))
    assert app.texts(app.at("sheet")) == [text for line in sheet for text in line if text]
    for private in ("strip", "back", "theme", "section-person", "new-incident"):
        assert not app.has(private)
    assert not app.says("Mental health – main reason"), "what is not for the police stays outside"
    await app.go("/")
    await app.go(f"/incident/{incident_id}/sign")
    assert app.has("sheet"), "no address leads out"


async def test_the_officer_signs_on_glass_and_the_pin_leads_back(app):
    incident_id = await begin(app)
    fill(app.made.session, incident_id)
    await app.tap("officer")
    await app.until(lambda: app.has("officer-sign"))
    await app.tap("officer-sign")
    assert app.says("Enter your force.")
    for name, text in (("force", "Cambridgeshire"), ("collar", "4411"), ("name", "Sam Reed")):
        await app.type(f"officer-{name}", text, blur=False)
    await app.tap("officer-sign")
    assert app.says("Sign with your finger in the box.")
    await draw(app, [(10, 20), (11, 20)])
    await app.tap("officer-sign")
    assert app.says("Sign with your finger in the box."), "a slip of the thumb is no signature"
    await draw(app, [(10 + 3 * step, 20.6 + step % 5) for step in range(40)])
    await app.tap("officer-sign")
    await app.until(lambda: app.says("Thank you"))
    incident = app.made.session.store.incident(incident_id)
    act = next(act for act in incident.acts if act.op == "cosign")
    assert act.detail["officer"] == {"force": "Cambridgeshire", "collar_number": "4411", "name": "Sam Reed"}
    assert [point[:2] for point in act.detail["strokes"][1][:2]] == [[10, 21], [13, 22]]
    assert all(isinstance(number, int) for stroke in act.detail["strokes"] for point in stroke for number in point)
    await app.type("pin", "482913")
    await app.tap("take-back")
    await app.until(lambda: app.says("That PIN is not right."))
    await app.type("pin", PIN)
    await app.tap("take-back")
    await app.until(lambda: app.has("officer"))
    assert app.says("Sam Reed 4411")


async def test_an_officer_may_decline_with_a_reason(app):
    incident_id = await begin(app)
    await app.tap("officer")
    await app.tap("officer-no")
    await app.tap("officer-decline")
    assert app.says("Say why you do not sign.")
    await app.type("officer-reason", "called away", blur=False)
    await app.tap("officer-decline")
    await app.until(lambda: app.says("Thank you"))
    act = next(act for act in app.made.session.store.incident(incident_id).acts if act.op == "decline")
    assert act.detail["reason"] == "called away"


# --- Records ---------------------------------------------------------------------------------------------------------


async def test_the_strip_opens_the_records_and_working_offline_is_kept(app):
    await begin(app)
    await app.tap("strip")
    await app.until(lambda: app.says("Only on this phone"))
    switch = app.inside("work-offline", ft.Switch)
    await app.event(switch, "change", True, value=True)
    await app.until(lambda: app.made.phone.work_offline and app.says("working offline"))


def test_what_came_back_is_a_task_with_the_supervisors_words():
    from sync.domain.records.fold import Act, Record

    back = Act(
        "return",
        "c9",
        "super",
        "supervisor",
        "2026-11-22T21:00:00.000Z",
        {"comments": [{"kind": "person", "name": "given_name", "comment": "Which name?"}]},
    )
    record = Record("r", "i", "incident", 1, acts=(back,), first_at="2026-11-22T20:00:00.000Z")
    incident = Incident("i", {"i": record})
    nothing = lambda *_: None  # noqa: E731
    drawn = home_view(Home(None, (incident,), ("returned",)), PACKS, NOW, nothing, HomeDoes(*[nothing] * 3))
    texts = App(lambda _: None).texts([control for control in drawn if control is not None])
    assert "Sent back to you" in texts
    assert "“Which name?”" in texts


def test_what_the_supervisor_says_of_one_item_of_a_group_is_said_with_its_question():
    comment = {"kind": "detention", "name": "refusals.1a2b", "comment": "Which unit?"}
    assert comment_line(comment) == "Who refused, when and why?: Which unit?"


# --- Every screen ----------------------------------------------------------------------------------------------------


async def visit(app: App, incident_id: str) -> list[str]:
    """Every address, with the names of those whose drawing failed."""
    routes = ["/", "/shift", "/records", f"/incident/{incident_id}", f"/incident/{incident_id}/sign"]
    routes += [f"/incident/{incident_id}/times", f"/incident/{incident_id}/hand-on", "/guidance", "/services", "/rules"]
    routes += [f"/incident/{incident_id}/{kind}" for kind in SECTIONS]
    failed = []
    for route in routes:
        await app.go(route)
        await app.settle()
        if app.has("error-panel") or unnamed(app):
            failed.append(f"{route}: {unnamed(app)}")
    return failed


def unnamed(app: App) -> list[str]:
    """Controls one can use that have no name of their own for a screen reader."""
    named = set()
    for outer in app.all(ft.MergeSemantics):
        inner = outer.content
        if isinstance(inner, ft.Semantics) and (inner.label or app.texts(inner)):
            named |= {id(control) for control in app.walk(inner)}
    usable = [c for c in app.walk() if isinstance(c, INTERACTIVE) or (isinstance(c, ft.Container) and c.on_click)]
    return [f"{type(c).__name__} {getattr(c, 'value', '')}" for c in usable if id(c) not in named]


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [412, 1100], ids=["phone", "tablet"])
async def test_every_screen_draws_by_day_and_by_night_and_all_controls_have_names(device, session, night, width):
    async with App(lambda page: open_app(page, device), width=width) as app:
        app.made.enter(session, "amara")
        app.made.night = night
        app.made.dress()
        app.made.redraw()
        await app.settle()
        assert app.page.theme_mode == (ft.ThemeMode.DARK if night else ft.ThemeMode.LIGHT)
        incident_id = session.new_incident()
        assert await visit(app, incident_id) == []


@pytest.mark.parametrize("kind", SECTIONS)
async def test_every_page_of_every_section_draws(app, kind):
    await begin(app)
    await open_section(app, kind)
    for number, page in enumerate(pages(CATALOGUE[kind]), start=1):
        if number > 1:
            await app.tap("pages")
            await app.tap(f"page-{number}")
        assert app.says(page)
        assert not app.has("error-panel")


async def test_two_panes_where_there_is_room(device, session):
    async with App(lambda page: open_app(page, device), width=1100, height=800) as app:
        app.made.enter(session, "amara")
        await begin(app)
        await app.tap("section-person")
        await app.until(lambda: app.has("continue"))
        assert app.has("section-person"), "the list stays beside the section"
        assert app.has("strip")
        assert app.has("back"), "one bar over both panes"
        await app.type("answer-given_name", "Zoë", blur=False)
        await app.tap("section-contact")
        await app.until(lambda: app.has("answer-contact_mode") or app.has("answer-contact_mode-face_to_face"))
        await app.until(lambda: any(each.one("person") for each in session.store.incidents()))


# --- When something fails -------------------------------------------------------------------------------------------


async def test_a_fault_in_a_handler_costs_no_typed_text(app):
    incident_id = await begin(app)
    await open_section(app, "person")
    await app.type("answer-given_name", "Zoë", blur=False)
    button = app.inside("continue", ft.FilledButton)

    def boom(_: Any) -> None:
        raise RuntimeError("never shown")

    button._values["on_click"] = boom  # past the freeze
    await app.event(button, "click")
    assert app.says("Something went wrong")
    assert not app.says("never shown")
    await app.event(app.all(ft.TextButton)[-1], "click")
    assert app.inside("answer-given_name", ft.TextField).value == "Zoë"
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "person").get("given_name") == "Zoë")


async def test_a_fault_while_drawing_shows_a_card_and_the_rest_goes_on(app, monkeypatch, caplog):
    incident_id = await begin(app)
    await open_section(app, "person")
    await app.type("answer-given_name", "Zoë")

    def broken_around(*_: Any) -> RecordRemarks:
        raise RuntimeError("Zoë must not be in the log")

    monkeypatch.setattr(section_file, "around", broken_around)
    await app.tap("pages")
    assert app.has("error-panel")
    assert "Zoë" not in caplog.text
    monkeypatch.undo()
    app.made.redraw()
    await app.go(f"/incident/{incident_id}")
    await app.until(lambda: answers(app, incident_id, "person").get("given_name") == "Zoë")


SLOW = ("keep", "seal", "edit", "stamp", "sign", "new_incident", "cosign", "start_shift", "end_shift", "resolve")


async def test_nothing_that_writes_runs_on_the_event_loop(device, session):
    asked = []
    for name in SLOW:
        original = getattr(session, name)

        def noted(*args: Any, original: Any = original, name: str = name, **named: Any) -> Any:
            asked.append((name, threading.current_thread() is threading.main_thread()))
            return original(*args, **named)

        setattr(session, name, noted)
    async with App(lambda page: open_app(page, device)) as app:
        app.made.enter(session, "amara")
        await begin(app)
        await app.tap("next-step")
        await open_section(app, "person")
        await app.type("answer-given_name", "Zoë")
        await app.tap("answer-identity_status-stated")
        await app.tap("back")
        await app.settle()
    assert {name for name, _ in asked} >= {"keep", "seal", "edit", "stamp", "new_incident"}
    assert not [name for name, on_the_loop in asked if on_the_loop]


def test_every_question_of_the_catalogue_has_a_widget():
    from field_app.ui.forms.answers import KINDS

    for form in CATALOGUE.values():
        for question in questions(form).values():
            assert question.choices or question.group or question.answer in KINDS, f"{form.kind}.{question.name}"


async def test_a_device_without_a_safe_place_for_keys_says_what_to_do():
    async with App(lambda page: refuse(page, NoSafePlace("no key store"), lambda: None)) as app:
        assert app.says("Use it for training only")


async def test_a_shift_to_join_says_its_day(app):
    tomorrow = NOW + timedelta(days=1)
    for at in (NOW, tomorrow):
        app.made.session.start_shift("Car 1", "PC Dan Hart 2417", at.date(), at, at + timedelta(hours=8))
    await app.go("/shift")
    await app.until(lambda: app.says("22 Nov 2026 · 22:00–06:00"))
    assert app.says("23 Nov 2026 · 22:00–06:00")
