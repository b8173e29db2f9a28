"""Guidance and law on this phone: the list that is searched, one page, and which law there is. All of it works offline.

What is out of date says so first; what no named person has confirmed says so where it stands. A page that is opened is
logged for this nurse (`Session.log_reading`). A page may be opened with `?back=/incident/…`: back then leads there.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from datetime import date

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import link, secondary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.fields import echo, text_field, under_words
from field_app.ui.kit.frame import At, body, frame
from field_app.ui.kit.hooks import Typed, use_reading
from field_app.ui.kit.widgets import callout, card, heading, hint, marked, row, stack, tappable, words
from field_app.ui.phone.shown import Go
from field_app.ui.phone.state import Ui
from sync.core.times import local
from sync.domain.content.guidance import GuidancePack, GuidancePage, Hit, filled, search
from sync.domain.content.pack_set import PackSet
from sync.domain.content.packs import Manifest
from sync.domain.content.rules import Provision, RulePack

UNCONFIRMED = "Unconfirmed: to be checked by a named person"
TABLE = re.compile(r"((?:^[|].*(?:\n|$))+)", re.MULTILINE)
HEADINGS = re.compile(r"^## +(.+)$", re.M)


def back_of(route: str) -> str:
    """Where back leads when the address says so, else ""."""
    back = route.partition("?back=")[2]
    return back if back.startswith("/") else ""


def today_of(ui: Ui) -> date:
    return local(ui.now()).date()


# --- the list -----------------------------------------------------------------------------------------------------


@part
def guidance_screen(ui: Ui, at: At) -> ft.Control:
    session = ui.signed_in()

    def read() -> tuple[GuidancePack, dict[str, str]]:
        return session.guidance(), dict(session.phone.packs.refused)

    pack, refused = use_reading(read, session.store.on_change, front=at.front)
    typed = ft.use_memo(lambda: Typed(query=""), [])
    today = today_of(ui)
    law = session.packs.rules_on(today).rules
    pages = [filled(page, law) for page in pack.pages]

    def hits() -> ft.Control:
        return hits_view(search(pages, typed["query"]), today, ui.go)

    field = text_field("guidance-search", "Search the guidance", typed["query"], typed.into("query"))
    inside = body(
        [
            state_view(pack.manifest, today),
            refused_view(refused),
            under_words("Search the guidance", field),
            echo(typed, hits),
            secondary("rules", "The law on this phone", lambda _: ui.go("/rules"), ft.Icons.GAVEL),
        ]
    )
    back = back_of(ui.page.route or "") or "/"
    return frame(ui, at, "Guidance", inside, back=lambda _: ui.go(back), under=about(pack.manifest))


def hits_view(hits: Iterable[Hit], today: date, go: Go) -> ft.Control:
    cards = [hit_view(hit, today, go) for hit in hits]
    return stack(cards or [words("Nothing found. Try another word, or fewer words.", 16)], 10)


def hit_view(hit: Hit, today: date, go: Go) -> ft.Control:
    page = hit.page
    state = page.state(today)
    lines = [
        words(f"{page.id} {page.title}", 17, bold=True),
        words(page.when, 16),
        hint(hit.snippet) if hit.snippet != page.when else None,
        words(state, 14, bold=True, color=t.ALERT) if state != "In date" else None,
    ]
    return tappable(f"guidance-{page.id}", stack(lines, 4), lambda _: go(f"/guidance/{page.id}"))


# --- one page -----------------------------------------------------------------------------------------------------


@part
def guidance_page(ui: Ui, at: At, page_id: str) -> ft.Control:
    session = ui.signed_in()
    pack = use_reading(session.guidance, session.store.on_change, front=at.front)
    today = today_of(ui)
    page = pack.page(page_id)

    def opened() -> None:
        if page:
            ui.spawn(asyncio.to_thread(session.log_reading, page_id))

    ft.use_effect(opened, [page_id, pack.manifest.pack_id])
    back = back_of(ui.page.route or "") or "/guidance"
    law = session.packs.rules_on(today).rules
    inside = page_view(filled(page, law), pack.manifest, today) if page else missing_view(page_id)
    title = f"{page.id} {page.title}" if page else page_id
    return frame(ui, at, title, inside, back=lambda _: ui.go(back), under=about(pack.manifest))


def missing_view(page_id: str) -> ft.Control:
    return body([callout("This page is not on this phone", f"The guidance in force has no page {page_id}.")])


def page_view(page: GuidancePage, manifest: Manifest, today: date) -> ft.Control:
    state = page.state(today)
    facts = f"Version {page.version} · Owner: {page.owner} · Review {day(page.review)} · Expires {day(page.expires)}"
    expired = callout(
        state, "Check it before you rely on it, and tell your supervisor.", grave=True, name="page-expired"
    )
    return body(
        [
            expired if today > page.expires else state_view(manifest, today),
            callout(state) if page.expires >= today > page.review else None,
            words(page.when, 18, bold=True),
            *text_view(page.body),
            hint(facts),
        ]
    )


def text_view(text: str) -> list[ft.Control]:
    """The page's text: its headings as headings, what stands between them as Markdown."""
    first, *others = HEADINGS.split(text)
    parts = under_heading(first)
    for title, under in zip(others[::2], others[1::2], strict=True):
        parts.append(stack([heading(title.strip(), 20, 2), *under_heading(under)], 4))
    return parts


def under_heading(text: str) -> list[ft.Control]:
    """Markdown, but for its tables: eight columns on a phone would be a letter wide."""
    parts = TABLE.split(text)
    return [table_view(text) if text.startswith("|") else markdown(text) for text in parts if text.strip()]


def table_view(text: str) -> ft.Control:
    """A row under another: its first cell, then each other that is filled in, under the head of its column."""
    head, _, *rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines()]

    def cell_view(name: str, text: str) -> ft.Control:
        lines: list[ft.Control] = [words(name, 14, bold=True, color=t.QUIET), words(text, 17)]
        return ft.Container(
            ft.Column(lines, spacing=0, tight=True),
            border=ft.Border.all(1, t.LINE),
            border_radius=8,
            padding=ft.Padding.symmetric(horizontal=10, vertical=4),
        )

    def row_view(cells: list[str]) -> ft.Control:
        not_empty = [cell_view(name, text) for name, text in zip(head[1:], cells[1:], strict=False) if text]
        return stack([words(cells[0], 17, bold=True), row(not_empty, 6, wrap=True, run_spacing=6)], 4)

    return card([row_view(cells) for cells in rows], spacing=14)


def markdown(text: str) -> ft.Control:
    """In the colours of the theme, at the size the phone is set to: no size of the letters is fixed to the screen."""

    plain = t.text_style(17, color=t.TEXT, height=1.4)
    bold = t.text_style(17, ft.FontWeight.W_700, color=t.TEXT, height=1.4)
    sheet = ft.MarkdownStyleSheet(
        p_text_style=plain,
        list_bullet_text_style=plain,
        strong_text_style=bold,
        h3_text_style=bold,
        table_head_text_style=bold,
        table_body_text_style=plain,
        block_spacing=10,
        list_indent=46,
        table_cells_padding=ft.Padding.symmetric(horizontal=8, vertical=6),
    )
    return ft.Markdown(text.strip(), extension_set=ft.MarkdownExtensionSet.GITHUB_FLAVORED, md_style_sheet=sheet)


# --- the law ------------------------------------------------------------------------------------------------------


@part
def rules_screen(ui: Ui, at: At) -> ft.Control:
    session = ui.signed_in()

    def read() -> tuple[PackSet, dict[str, str]]:
        return session.packs, dict(session.phone.packs.refused)

    packs, refused = use_reading(read, session.store.on_change, front=at.front)
    today = today_of(ui)
    used = packs.rules_on(today).manifest.pack_id
    inside = body(
        [
            words("An incident keeps the law it began with, even after newer law comes into force.", 16),
            refused_view(refused),
            *(rule_pack_view(pack, today, pack.manifest.pack_id == used) for pack in packs.rules),
        ],
        spacing=24,
    )
    return frame(ui, at, "The law on this phone", inside, back=lambda _: ui.go("/"))


def rule_pack_view(pack: RulePack, today: date, used: bool) -> ft.Control:
    facts = pack.manifest
    head = card(
        [
            heading(facts.title, 18, 2),
            words(facts.state(today) + (" · new incidents use it" if used else ""), 16, bold=True),
            hint(f"Version {facts.version} · Owner: {facts.owner} · Review {day(facts.review_due)}"),
            state_view(facts, today) if used else None,
        ]
    )
    provisions = [provision_view(provision) for provision in pack.rules.provisions]
    return marked(f"law-{facts.pack_id}", stack([head, *provisions], 10), container=True)


def provision_view(provision: Provision) -> ft.Control:
    sign = ft.Icon(ft.Icons.HELP_OUTLINE, size=18, color=t.TEXT)
    mark = None if provision.confirmed else row([sign, words(UNCONFIRMED, 15, bold=True, expand=True)], 6)
    return card([words(provision.text, 16), hint(f"Source: {provision.source}"), mark], spacing=6, pad=14)


# --- what both say ------------------------------------------------------------------------------------------------


def about(manifest: Manifest) -> str:
    return f"Version {manifest.version} · {manifest.owner}"


def day(when: date) -> str:
    return f"{when.day} {when:%b %Y}"


def state_view(manifest: Manifest, today: date) -> ft.Control | None:
    """A banner unless the pack is in force and in date: what one reads may not be what holds."""
    state = manifest.state(today)
    if state == "In force":
        return None
    dates = f"Review was due {day(manifest.review_due)}, expiry {day(manifest.expires)}."
    advice = f"{manifest.title}, version {manifest.version}. {dates}"
    return callout(state, advice, grave=today > manifest.expires, name="pack-state")


def refused_view(refused: Mapping[str, str]) -> ft.Control | None:
    """The packs that came and are not used, each with the reason."""
    if not refused:
        return None
    lines = "\n".join(f"{why}." if pack_id in why else f"{pack_id}: {why}." for pack_id, why in sorted(refused.items()))
    return callout("Not used on this phone. Tell your supervisor", lines, name="packs-refused")


def news_view(version: str, go: Go) -> ft.Control | None:
    """The quiet line at home while this nurse has opened nothing of the guidance in force (`Session.new_guidance`)."""
    if not version:
        return None
    return link("new-guidance", f"New guidance: version {version}", lambda _: go("/guidance"), ft.Icons.MENU_BOOK)
