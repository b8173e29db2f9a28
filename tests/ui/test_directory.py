"""The directory on the phone: what is open comes first, a search, the whole entry; choosing from it in a referral."""

import flet as ft
import pytest

from field_app.ui.phone.start import open_app
from tests.steps.ui.harness import PIN, App
from tests.steps.ui.incident import answers, begin, open_section

HARBOUR, GONE, STALE = "dor-retreat-weymouth", "dor-retreat-dorchester", "dor-room-bridport"


def order(app: App, first: str) -> list[str]:
    return [name.removeprefix(first) for name in app.identifiers() if name.startswith(first)]


async def to_services(app: App) -> None:
    await app.go("/services")
    await app.until(lambda: app.has("services-search"))


async def test_what_is_open_comes_first_and_says_until_when(app):
    await to_services(app)
    listed = order(app, "service-")
    assert len(listed) > 20
    assert listed.index(HARBOUR) < listed.index("cam-cmht") < listed.index(STALE) < listed.index(GONE)
    said = app.texts(app.at(f"service-{HARBOUR}"))
    assert "Open now until 23:30" in said
    assert "Closed: opens Mon 09:00" in app.texts(app.at("service-cam-cmht"))
    assert any(text.startswith("Not verified since 11 May 2026") for text in app.texts(app.at(f"service-{STALE}")))
    assert "Closed since 1 Oct 2026" in app.texts(app.at(f"service-{GONE}"))
    assert app.says("Demonstration: these services and their numbers are invented.")


async def test_a_search_and_only_what_is_open(app):
    await to_services(app)
    await app.type("services-search", "retreat", blur=False)
    await app.until(lambda: set(order(app, "service-")) == {HARBOUR, GONE, STALE, "dor-retreat-bournemouth"})
    switch = app.inside("open-only", ft.Switch)
    await app.event(switch, "change", value=True)
    await app.until(lambda: set(order(app, "service-")) == {HARBOUR, "dor-retreat-bournemouth"})
    await app.type("services-search", "nowhere at all", blur=False)
    await app.until(lambda: app.says("No service found."))


async def test_a_service_opens_with_its_number_ages_and_who_may_refer(app):
    await to_services(app)
    assert not app.says("Last verified")
    await app.tap(f"service-{HARBOUR}")
    for text in ("01632 960", "18 and over", "Who may refer", "Fri to Tue: 16:30 to 23:30", "25 Dec 2026: closed"):
        assert app.says(text), text
    await app.tap(f"service-{HARBOUR}-close")
    assert not app.says("Last verified")
    await app.tap("back")
    await app.until(lambda: app.has("new-incident"))


async def test_back_leads_to_where_one_came_from(app):
    incident_id = await begin(app)
    await app.go(f"/services?back=/incident/{incident_id}")
    await app.until(lambda: app.has("services-search"))
    await app.tap("back")
    await app.until(lambda: app.has("next-step"))


async def choose_retreat(app: App) -> str:
    incident_id = await begin(app)
    await open_section(app, "referral")
    assert order(app, "pick-") == [], "nothing is offered before it is said what is looked for"
    await app.tap("answer-destination")
    await app.tap("answer-destination-retreat")
    await app.until(lambda: order(app, "pick-"))
    return incident_id


async def test_a_referral_offers_services_of_its_kind_and_takes_one_by_a_tap(app):
    incident_id = await choose_retreat(app)
    assert order(app, "pick-")[:2] == [HARBOUR, "dor-retreat-bournemouth"]
    await app.tap(f"pick-{HARBOUR}")
    await app.until(lambda: app.has("service-chosen"))
    assert "Open now until 23:30" in app.texts(app.at("service-chosen"))
    assert not app.says("Ring before you rely on it"), "an open service that fits brings no warning"
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "referral").get("service_id") == HARBOUR)
    assert answers(app, incident_id, "referral")["service"].startswith("The Harbour Retreat, Weymouth, 01632 960")


@pytest.mark.parametrize(
    ("service_id", "warning"),
    [(GONE, "closed since 1 Oct 2026. Use The Harbour"), (STALE, "not verified since 11 May 2026")],
)
async def test_a_closed_or_stale_service_brings_a_warning_and_is_kept(app, service_id: str, warning: str):
    incident_id = await choose_retreat(app)
    await app.tap("all-services")
    await app.tap(f"pick-{service_id}")
    await app.until(lambda: app.says(warning))
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "referral").get("service_id") == service_id)


async def test_what_is_typed_finds_a_service_and_another_name_is_as_good(app):
    incident_id = await choose_retreat(app)
    await app.type("answer-service", "lantern")
    await app.until(lambda: order(app, "pick-") == ["dor-retreat-bournemouth"])
    await app.tap("pick-dor-retreat-bournemouth")
    await app.until(lambda: app.has("service-chosen"))
    await app.type("answer-service", "A neighbour")
    await app.until(lambda: not app.has("service-chosen"))
    await app.tap("back")
    await app.until(lambda: answers(app, incident_id, "referral").get("service") == "A neighbour")


async def test_a_kind_with_many_services_shows_a_few_first(app):
    await choose_retreat(app)
    assert order(app, "pick-") == [HARBOUR, "dor-retreat-bournemouth", STALE]
    await app.tap("all-services")
    assert order(app, "pick-") == [HARBOUR, "dor-retreat-bournemouth", STALE, GONE]


async def test_it_is_drawn_by_night_and_on_a_wide_screen(device, session):
    for width in (412, 1200):
        async with App(lambda page: open_app(page, device), width=width) as made:
            made.made.enter(device.unlock("amara", PIN), "amara")  # a page that is closed locks
            made.made.night = True
            made.made.redraw()
            await made.settle()
            await to_services(made)
            assert not made.has("error-panel")
            assert made.has(f"service-{HARBOUR}")
