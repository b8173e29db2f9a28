"""Guidance and law on the phone: found, read, dated, and logged; with no centre there at all."""

from datetime import date, timedelta

import flet as ft
import pytest

from field_app.ui.phone.guidance import (
    UNCONFIRMED,
    back_of,
    news_view,
    page_view,
    provision_view,
    refused_view,
    state_view,
    text_view,
)
from field_app.ui.phone.routes import above
from sync.domain.content import guidance
from sync.domain.content.rules import Provision
from tests.steps.builders import PACKS

TODAY = date(2026, 11, 22)
PACK = PACKS.guidance_on(TODAY)


def words_of(control) -> str:
    """Every word of a drawing that is on no page."""
    return " ".join(told(control))


def told(control) -> list[str]:
    found = []
    if isinstance(control, ft.Text | ft.Markdown):
        found.append(control.value or "")
    for name in ("content", "controls", "title"):
        inside = getattr(control, name, None)
        for each in inside if isinstance(inside, list) else [inside]:
            if isinstance(each, ft.BaseControl):
                found += told(each)
    return found


async def test_the_list_is_in_order_and_says_version_owner_and_whether_it_holds(app):
    await app.go("/guidance")
    await app.until(lambda: app.has("guidance-search"))
    shown = [name for name in app.identifiers() if name.startswith("guidance-G")]
    assert shown == [f"guidance-{page.id}" for page in PACK.pages]
    assert app.says(f"Version {PACK.manifest.version} · {PACK.manifest.owner}")
    assert not app.has("pack-state"), "it is in force and in date: no banner"


async def test_a_search_finds_a_page_and_says_when_there_is_none(app):
    await app.go("/guidance")
    await app.until(lambda: app.has("guidance-search"))
    await app.type("guidance-search", "excited delirium", blur=False)
    shown = [name for name in app.identifiers() if name.startswith("guidance-G")]
    assert "guidance-G7" in shown
    assert len(shown) < len(PACK.pages)
    await app.type("guidance-search", "excited delirium xyzzyx", blur=False)
    assert app.says("Nothing found")


async def test_a_page_is_drawn_with_its_text_version_and_dates_and_is_logged(app):
    session = app.made.session
    assert session.new_guidance() == PACK.manifest.version
    await app.go("/guidance")
    await app.until(lambda: app.has("guidance-G7"))
    await app.tap("guidance-G7")
    await app.until(lambda: app.page.route == "/guidance/G7" and app.all(ft.Markdown))
    page = PACK.page("G7")
    text = " ".join(each.value for each in app.all(ft.Markdown))
    assert "Call 999 now" in text
    assert "Royal College" in text, "its sources"
    assert app.says("Sources")
    assert app.says(f"Version {page.version} · Owner: {page.owner} · Review 22 May 2027 · Expires 22 Nov 2027")
    await app.until(lambda: session.store.apart("reading"))
    (record,) = session.store.apart("reading")
    (opened,) = [value for name, value in record.values.items() if name.startswith("opened.")]
    assert (opened["page"], opened["version"]) == ("G7", page.version)
    assert session.new_guidance() == ""
    await app.tap("back")
    assert app.page.route == "/guidance"


async def test_back_leads_to_the_section_a_page_was_opened_from(app):
    assert back_of("/guidance/G7?back=/incident/1/detention") == "/incident/1/detention"
    assert back_of("/guidance/G7?back=http://elsewhere") == ""
    assert above("/guidance/G7?back=/incident/1/detention") == "/incident/1/detention"
    assert (above("/guidance/G7"), above("/guidance"), above("/rules")) == ("/guidance", "/", "/")
    await app.go("/guidance/G7?back=/records")
    await app.until(lambda: app.all(ft.Markdown))
    await app.tap("back")
    assert app.page.route == "/records"


async def test_a_page_this_phone_does_not_have_says_so_and_is_not_logged(app):
    await app.go("/guidance/G999")
    await app.until(lambda: app.says("This page is not on this phone"))
    assert app.made.session.store.apart("reading") == []


async def test_the_law_screen_shows_every_pack_with_what_is_not_confirmed(app):
    await app.go("/rules")
    await app.until(lambda: app.has("law-rules-2017.1"))
    used, coming = app.texts(app.at("law-rules-2017.1")), app.texts(app.at("law-rules-2025.1"))
    assert "In force · new incidents use it" in used
    assert "Not in force: no date" in coming
    for pack in PACKS.rules:
        here = app.texts(app.at(f"law-{pack.manifest.pack_id}"))
        open_ones = [each for each in pack.rules.provisions if not each.confirmed]
        assert here.count(UNCONFIRMED) == len(open_ones)
        assert all(f"Source: {each.source}" in here for each in pack.rules.provisions)
    assert UNCONFIRMED in coming + used


# --- Drawings that need no page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_provision_says_when_nobody_has_confirmed_it(confirmed):
    shown = words_of(provision_view(Provision(code="x", text="Told", source="An Act s1", confirmed=confirmed)))
    assert "Source: An Act s1" in shown
    assert (UNCONFIRMED in shown) is not confirmed


def test_the_banner_comes_on_the_day_after_review_and_after_expiry():
    about = PACK.manifest
    assert state_view(about, about.review_due) is None
    assert "Due for review" in words_of(state_view(about, about.review_due + timedelta(days=1)))
    assert "Due for review" in words_of(state_view(about, about.expires))
    assert "Out of date since" in words_of(state_view(about, about.expires + timedelta(days=1)))
    early = state_view(about, about.effective_from - timedelta(days=1))
    assert "Not in force before" in words_of(early)


def test_an_expired_page_says_so_before_its_text():
    page = PACK.page("G7")
    assert "rely on it" not in words_of(page_view(page, PACK.manifest, page.expires))
    shown = words_of(page_view(page, PACK.manifest, page.expires + timedelta(days=1)))
    assert shown.index("Out of date since 22 Nov 2027 Check it before you rely on it") < shown.index("Call 999")


def test_headings_are_headings_for_a_screen_reader_and_no_size_is_fixed_to_the_screen():
    shown = text_view("Before\n\n## Do this\n1. One\n\n## Sources\n- Two")
    headings = [each.controls[0] for each in shown[1:]]
    assert [(one.header, one.heading_level) for one in headings] == [(True, 2), (True, 2)]
    assert words_of(ft.Column(shown)) == "Before Do this 1. One Sources - Two"
    (first, *_) = shown
    assert (first.height, first.selectable, first.auto_follow_links) == (None, False, False)
    assert first.md_style_sheet.p_text_style.color == ft.Colors.ON_SURFACE


@pytest.mark.parametrize("page", PACK.pages, ids=lambda page: page.id)
def test_every_page_can_be_drawn_and_nothing_of_it_is_lost(page):
    whole = guidance.filled(page, PACKS.rules_on(TODAY).rules)
    shown = words_of(page_view(whole, PACK.manifest, TODAY))
    for line in whole.body.splitlines():
        cells = [] if set(line) <= set("|-") else line.strip("|").split("|")  # of a table, each cell is shown
        for said in cells if line.startswith("|") else [line.removeprefix("## ")]:
            assert said.strip() in shown or said.strip() == "Measure", line
    assert "![" not in whole.body, "a picture would be asked for from elsewhere"


def test_a_refused_pack_is_named_with_its_reason():
    assert refused_view({}) is None
    shown = words_of(refused_view({"rules-9": "rules-9 is not signed by a publisher trusted here", "x": "no pack"}))
    assert "rules-9 is not signed by a publisher trusted here." in shown
    assert "x: no pack." in shown


def test_the_line_at_home_is_there_only_for_a_version_nobody_opened():
    went = []
    assert news_view("", went.append) is None
    assert "New guidance: version 2027.1" in words_of(news_view("2027.1", went.append))


async def test_a_refused_pack_stands_in_the_records(app):
    app.made.phone.packs.refused["rules-9"] = "rules-9 is not signed by a publisher trusted here"
    await app.go("/records")
    await app.until(lambda: app.has("packs-refused"))
