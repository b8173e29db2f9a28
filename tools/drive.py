"""Driving a Flet app in Chromium through its accessibility tree, as a screen reader would.

Flutter draws on a canvas; what a person can read and press is in the semantics tree, which this turns on. Nothing here
waits for a time: only for what should be on the screen.
"""

import functools
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Route, TimeoutError, expect

from tools.semantics import AT_END, ENABLE, FIRST, FOCUS, FOCUSED, ON, PRESS, PRESS_IF, READS, SETTLED

T = TypeVar("T")
PATIENCE = int(os.environ.get("ALONGSIDE_PATIENCE", "60000"))  # ms; a busy machine is slow over the first frame
AGAIN = 1_500  # ms before the focus is asked for again
APART = 0.5  # seconds between two taps of one button; a sooner one is part of the first (field_app/ui/kit/pressing.py)


class Screen:
    """One browser window on one app; a driver of `tests.steps.play.screen`.

    `outside` collects every request that left this machine: there must be none.
    """

    def __init__(self, browser: Browser, url: str, shape: dict, shots: Path, name: str, **more):
        self.context: BrowserContext = browser.new_context(**{**shape, **more})
        self.url, self.shots, self.name = url, shots, name
        self.outside: list[str] = []
        self.taps, self.typed = 0, []  # the effort of the person: taps, and the texts they typed
        self._tapped: dict[str, float] = {}  # by button, when it was tapped last
        self.context.route(re.compile(r"^https?://(?!127\.0\.0\.1|localhost)"), self._refuse)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)

    def _refuse(self, route: Route) -> None:
        self.outside.append(route.request.url)
        route.abort()

    def open(self) -> "Screen":
        self.page.goto(self.url)
        self.page.wait_for_function(ENABLE, polling=300, timeout=2 * PATIENCE)
        return self

    def close(self) -> None:
        self.context.close()

    # --- finding ----------------------------------------------------------------------------------------------

    def at(self, identifier: str) -> Locator:
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]').first

    def at_prefix(self, prefix: str) -> Locator:
        """The first element whose identifier begins with this prefix."""
        return self.page.locator(f'[flt-semantics-identifier^="{prefix}"]').first

    def has(self, identifier: str) -> bool:
        return self.at(identifier).count() > 0

    def first(self, prefix: str) -> str:
        """Wait for something whose identifier begins so; the identifier of the first."""
        self.at_prefix(prefix).wait_for(state="attached")
        return self.until(lambda: self.first_if_there(prefix), prefix)

    def first_if_there(self, prefix: str) -> str:
        return self.page.evaluate(FIRST, prefix)

    def text_of(self, identifier: str) -> str:
        return self.at(identifier).text_content() or ""

    def text_if_there(self, identifier: str) -> str:
        """The text with this identifier, asked for at once; "" when nothing has it now."""
        return "\n".join(self.at(identifier).all_text_contents())

    def is_on(self, identifier: str) -> bool:
        """Whether this choice is chosen, this switch on."""
        return self.page.evaluate(ON, identifier)

    def reads(self, pattern: str) -> list[str]:
        """The first group of this pattern in each text that it matches from its beginning."""
        return self.page.evaluate(READS, pattern)

    def says(self) -> str:
        """Everything on the screen, as a screen reader would have it."""
        return self.page.locator("body").aria_snapshot()

    # --- waiting ----------------------------------------------------------------------------------------------

    def until(self, true: Callable[[], T], what: str, seconds: float = PATIENCE / 1000) -> T:
        """Wait until this gives something true, and give that back."""
        end = time.monotonic() + seconds
        while not (value := true()):
            if time.monotonic() > end:
                raise AssertionError(f"{self.name}: it did not come: {what}")
            self.page.wait_for_timeout(50)
        return value

    def within(self, seconds: float, true: Callable[[], object]) -> bool:
        """Whether this comes true within so many seconds."""
        with suppress(AssertionError):
            return bool(self.until(true, "", seconds))
        return False

    def shows(self, identifier: str) -> None:
        self.at(identifier).wait_for(state="attached")

    def gone(self, identifier: str) -> None:
        expect(self.at(identifier)).to_have_count(0)

    def sees(self, *texts: str) -> None:
        """Wait until one of these texts is on the screen."""
        places = [self.page.get_by_text(text).or_(self.page.locator(f'[aria-label*="{text}"]')) for text in texts]
        expect(functools.reduce(Locator.or_, places).first).to_be_attached()

    def sees_not(self, text: str) -> None:
        expect(self.page.get_by_text(text).or_(self.page.locator(f'[aria-label*="{text}"]'))).to_have_count(0)

    def holds(self, identifier: str, text: str) -> None:
        """Wait until the field with this identifier holds this text (a field tells its value once it has the focus)."""
        field = self._focus(identifier)
        expect(field).to_have_value(text)

    def settled(self) -> None:
        """Wait until nothing has changed for a quarter of a second of frames; a slow machine takes longer over them."""
        self.page.evaluate(SETTLED, [15, 120])

    def pause(self, seconds: float) -> None:
        self.page.wait_for_timeout(seconds * 1000)

    # --- acting -----------------------------------------------------------------------------------------------

    def tap(self, what: str | Locator) -> None:
        """Tap the element with this identifier (or locator): as TalkBack does for buttons, with a pointer otherwise.

        It is looked up and pressed in one step: Flutter gives an element to another node when it draws anew.
        """
        place = self.at(what) if isinstance(what, str) else what
        for _ in range(20):  # while one screen slides over another, a button may be there and not yet be one
            place.wait_for(state="attached")
            with suppress(Error):
                pressed = self.tap_if_there(what) if isinstance(what, str) else place.evaluate(PRESS)
                if pressed:
                    self.taps += not isinstance(what, str)
                    return
            self.page.wait_for_timeout(100)
        place.click(force=True)
        self.taps += 1

    def tap_if_there(self, identifier: str) -> bool:
        """Tap it when it is on the screen now. Returns whether it was."""
        if (wait := self._tapped.get(identifier, 0) + APART - time.monotonic()) > 0:
            self.pause(wait)
        pressed = self.page.evaluate(PRESS_IF, f'[flt-semantics-identifier="{identifier}"]')
        self.taps += pressed
        if pressed:
            self._tapped[identifier] = time.monotonic()
        return pressed

    @contextmanager
    def uncounted(self) -> Iterator[None]:
        """Leave what is done meanwhile out of the counts of taps and typed texts."""
        taps, texts = self.taps, len(self.typed)
        yield
        self.taps, self.typed = taps, self.typed[:texts]

    def press(self, name: str, role: str = "button") -> None:
        self.tap(self.page.get_by_role(role, name=name).first)  # type: ignore[arg-type]

    def type(self, identifier: str, text: str) -> None:
        """Type into the field with this identifier, key by key, after what is there."""
        taps, before, until = self.taps, None, time.monotonic() + PATIENCE / 1000
        while before is None:  # a screen that is drawn anew may take the focus away, at any moment
            assert time.monotonic() < until, f"{identifier} does not keep the focus"
            self._focus(identifier)
            self.page.keyboard.press("ControlOrMeta+End")
            with suppress(TimeoutError):
                self.page.wait_for_function(AT_END, timeout=AGAIN)
                before = self.page.evaluate("() => document.activeElement.value ?? null")
        self.taps = taps + 1
        self.typed.append(text)
        self.page.keyboard.type(text, delay=15)
        shown = self.page.evaluate("() => document.activeElement.value")
        assert shown == before + text, f"{identifier} held {before!r}, {text!r} was typed, it holds {shown!r}"

    def clear(self, identifier: str) -> None:
        self._focus(identifier)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.press("Delete")

    def leave_field(self) -> None:
        """Move on from the field that is typed into."""
        self.page.keyboard.press("Tab")

    def _focus(self, identifier: str) -> Locator:
        """Give the field the focus as a screen reader does, until Flutter listens to it.

        Not with a pointer: while the page scrolls to the field, a press may reach what was there before.
        """
        self.taps += 1
        self.at(identifier).wait_for(state="attached")
        for _ in range(PATIENCE // AGAIN):
            if not self.page.evaluate(FOCUSED, identifier):
                self.page.evaluate(FOCUS, identifier)
            with suppress(TimeoutError):
                self.page.wait_for_function(FOCUSED, arg=identifier, timeout=AGAIN)
                return self.page.locator(":focus")
        raise AssertionError(f"{identifier} does not take the focus")

    def draw(self, identifier: str) -> None:
        """A signature on the glass."""
        self.scroll_to(identifier)
        self.taps += 1
        place = self.at(identifier)
        place.wait_for(state="attached")
        box = place.bounding_box()
        assert box
        mouse, left, top = self.page.mouse, box["x"], box["y"]
        for start, turn in ((0.15, 0.3), (0.5, 0.7)):
            mouse.move(left + box["width"] * start, top + box["height"] * 0.5)
            mouse.down()
            for step in range(12):
                x = left + box["width"] * (start + 0.3 * step / 12)
                mouse.move(x, top + box["height"] * (0.5 + (0.25 if step % 4 < 2 else -0.25) * turn))
                self.page.wait_for_timeout(20)
            mouse.up()
        self.page.wait_for_timeout(300)  # Flutter takes a tap this soon after a pointer for the same tap

    def scroll_to(self, identifier: str) -> None:
        """Turn the wheel until this is in the middle of the screen."""
        size = self.page.viewport_size
        assert size
        self.page.mouse.move(size["width"] / 2, size["height"] / 2)
        place = self.at(identifier)
        for _ in range(150):
            box = place.bounding_box() if place.count() else None
            if box and box["y"] + box["height"] < size["height"] * 0.85:
                return
            far = not box or box["y"] > 2 * size["height"]
            self.page.mouse.wheel(0, 600 if far else 150)  # on a phone's screen a quarter of it
            self.page.wait_for_timeout(60)

    def shoot(self, what: str) -> Path:
        """Take a picture. Returns its file."""
        self.shots.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(700)  # a screen slides in
        path = self.shots / f"{self.name}-{what}.png"
        self.page.screenshot(path=path)
        return path
