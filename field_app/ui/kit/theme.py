"""Colours, type and measures: the NHS palette by day, the same hues dimmed for a dark car.

Every colour is a role of the Material scheme, so that light and night swap on the device without drawing anew:

    PAGE behind, SURFACE for cards, TEXT and QUIET for words, LINE and EDGE for borders, LINK for what can be followed,
    GO (green) for the one primary button and "done", ALERT (red) for errors, WARN (yellow) for what needs attention.

Contrast (WCAG 2.2 AA) is tested for every pair in `PAIRS`. Colours: NHS design system, read 22 Nov 2026.
"""

from datetime import datetime, time
from typing import Any

import flet as ft

from sync.core.times import local

GAP = 8  # every distance is a multiple
TOUCH = 48  # no target is smaller
WIDE = 840  # two panes from here
COLUMN = 680  # no line of a form is longer
NIGHT_FROM, NIGHT_UNTIL = time(19), time(6)

PAGE = ft.Colors.SURFACE_CONTAINER
SURFACE = ft.Colors.SURFACE
TEXT = ft.Colors.ON_SURFACE
QUIET = ft.Colors.ON_SURFACE_VARIANT
EDGE = ft.Colors.OUTLINE
LINE = ft.Colors.OUTLINE_VARIANT
LINK, ON_LINK = ft.Colors.PRIMARY, ft.Colors.ON_PRIMARY
CHOSEN, ON_CHOSEN = ft.Colors.PRIMARY_CONTAINER, ft.Colors.ON_PRIMARY_CONTAINER
BAR, ON_BAR = ft.Colors.SECONDARY, ft.Colors.ON_SECONDARY
WARN, ON_WARN = ft.Colors.SECONDARY_CONTAINER, ft.Colors.ON_SECONDARY_CONTAINER
WARN_EDGE = ft.Colors.SECONDARY_FIXED
GO, ON_GO = ft.Colors.TERTIARY, ft.Colors.ON_TERTIARY
DONE, ON_DONE = ft.Colors.TERTIARY_CONTAINER, ft.Colors.ON_TERTIARY_CONTAINER
ALERT, ON_ALERT = ft.Colors.ERROR, ft.Colors.ON_ERROR
WRONG, ON_WRONG = ft.Colors.ERROR_CONTAINER, ft.Colors.ON_ERROR_CONTAINER

PALETTES = """
    primary                   #005eb8  #85bff5
    on_primary                #ffffff  #05233d
    primary_container         #e1edf9  #173852
    on_primary_container      #003087  #d6e9fc
    secondary                 #003087  #12202b
    on_secondary              #ffffff  #e4eaee
    secondary_container       #fff4d3  #3a2f10
    on_secondary_container    #212b32  #ffe7a8
    secondary_fixed           #ffb81c  #ffcb52
    tertiary                  #007f3b  #5ccb92
    on_tertiary               #ffffff  #04220f
    tertiary_container        #dff1e7  #14382a
    on_tertiary_container     #00471f  #bdeed2
    error                     #d5281b  #ff9488
    on_error                  #ffffff  #3a0602
    error_container           #fbe8e6  #44191a
    on_error_container        #8a150c  #ffdad5
    surface                   #ffffff  #172127
    on_surface                #212b32  #e4eaee
    on_surface_variant        #4c6272  #aab9c3
    outline                   #4c6272  #8799a5
    outline_variant           #d8dde0  #33424c
    surface_container         #f0f4f5  #0c1317
    surface_container_high    #ffffff  #1d2930
    surface_container_highest #e8edee  #26333b
    surface_container_low     #ffffff  #172127
    inverse_surface           #212b32  #e4eaee
    on_inverse_surface        #ffffff  #172127
    inverse_primary           #a8d1f7  #005eb8
    surface_tint              #ffffff  #172127
"""  # the role in the Material scheme, by day, by night
DAY = {role: day for role, day, _ in map(str.split, PALETTES.strip().splitlines())}
NIGHT = {role: night for role, _, night in map(str.split, PALETTES.strip().splitlines())}
FILLED = """
    primary primary_container secondary secondary_container tertiary tertiary_container error error_container
    inverse_surface
"""
PAIRS = (  # words on what they stand on: at least 4.5 to 1
    *((role, "surface") for role in ["on_surface", "on_surface_variant", "primary", "tertiary", "error"]),
    *((role, "surface_container") for role in ["on_surface", "on_surface_variant", "primary"]),
    *(("on_" + ground, ground) for ground in FILLED.split()),
)
EDGES = (("outline", "surface"), ("outline", "surface_container"), ("primary", "primary_container"))  # 3 to 1

FONTS = {"DejaVu": "/fonts/DejaVuSans.ttf"}


def text_style(size: float, weight: ft.FontWeight | None = None, **about: Any) -> ft.TextStyle:
    """Roboto is named first, or the fallback would become the main font."""
    return ft.TextStyle(size=size, weight=weight, font_family="Roboto", font_family_fallback=["DejaVu"], **about)


def line_below() -> ft.Border:
    return ft.Border.only(bottom=ft.BorderSide(1, LINE))


def line_above() -> ft.Border:
    return ft.Border.only(top=ft.BorderSide(1, LINE))


def theme(palette: dict[str, str]) -> ft.Theme:
    """A Material theme in these colours."""
    return ft.Theme(
        color_scheme=ft.ColorScheme(**palette),
        scaffold_bgcolor=palette["surface_container"],
        divider_color=palette["outline_variant"],
        focus_color=ft.Colors.with_opacity(0.35, palette["secondary_fixed"]),
        visual_density=ft.VisualDensity.STANDARD,
        text_theme=ft.TextTheme(
            body_large=text_style(17),
            body_medium=text_style(16),
            body_small=text_style(14),
            label_large=text_style(16, ft.FontWeight.W_600),
            label_medium=text_style(14),
            title_small=text_style(16, ft.FontWeight.W_600),
            title_medium=text_style(18, ft.FontWeight.W_600),
            title_large=text_style(20, ft.FontWeight.W_600),
            headline_small=text_style(24, ft.FontWeight.W_700),
        ),
        page_transitions=ft.PageTransitionsTheme(
            android=ft.PageTransitionTheme.NONE, linux=ft.PageTransitionTheme.NONE, windows=ft.PageTransitionTheme.NONE
        ),
    )


def is_night(now: datetime) -> bool:
    """Whether it is the time of day at which the phone is dark unless somebody chose otherwise."""
    clock = local(now).time()
    return clock >= NIGHT_FROM or clock < NIGHT_UNTIL


def set_up(page: ft.Page, title: str, *, dark: bool) -> None:
    """Name, fonts and both themes of a new page."""
    page.title, page.fonts = title, FONTS
    page.theme, page.dark_theme = theme(DAY), theme(NIGHT)
    page.theme_mode = ft.ThemeMode.DARK if dark else ft.ThemeMode.LIGHT


def dress(page: ft.Page, dark: bool) -> None:
    """Light or night on this page."""
    mode = ft.ThemeMode.DARK if dark else ft.ThemeMode.LIGHT
    if page.theme_mode != mode:
        page.theme_mode = mode
        page.update()


def contrast(first: str, second: str) -> float:
    """The WCAG contrast of two colours written "#rrggbb"."""

    def light(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(first), light(second)))
    return (high + 0.05) / (low + 0.05)
