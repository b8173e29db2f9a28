"""A nurse at the phone: signs in, answers questions by name, moves through sections. Counts nothing, waits for screens.

The screen is a browser's or a headless one: `tests.steps.play.screen`.
"""

from dataclasses import dataclass
from typing import Any

from demo import PASSWORD
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import Choice, pages, questions
from tests.steps.play.screen import Screen

PIN = "204816"
AGAIN, TRIES = 6.0, 10  # seconds before a tap that led nowhere is tapped again, and how often
WAYS_HOME = 60


class Nurse:
    def __init__(self, screen: Screen, username: str, pin: str = PIN):
        self.screen, self.username, self.pin = screen, username, pin
        self.kind = ""
        self.page = 0

    # --- getting in ---

    def sign_in(self) -> None:
        for name, text in (
            ("username", self.username),
            ("password", PASSWORD),
            ("pin", self.pin),
            ("pin-again", self.pin),
        ):
            self.screen.type(name, text)
        self.screen.tap("sign-in")
        self.on("new-incident")

    def unlock(self) -> None:
        self.on("pin")
        me = f"person-{self.username}"
        if self.screen.has(me) and not self.screen.is_on(me):
            self.screen.tap(me)
        self.screen.type("pin", self.pin)
        self.screen.tap("sign-in")
        self.on("strip")  # where they were: a browser that was quick to reconnect is taken back there
        self.go_home()

    def start_shift(self, car: str, officer: str) -> None:
        self.screen.tap("start-shift")
        self.on("crew-officer")
        self.screen.type("crew-officer", officer)
        self.screen.tap("start-shift")
        self.on("new-incident")
        self.screen.sees(car)

    def join_shift(self) -> None:
        self.screen.tap("start-shift")
        self.screen.tap(self.screen.first("join-"))
        self.on("new-incident")

    # --- moving about ---

    def go_home(self) -> None:
        for _ in range(WAYS_HOME):
            if self.screen.has("new-incident"):
                return
            self.screen.settled()
            self.screen.tap_if_there("back")
            self.screen.within(0.4, lambda: self.screen.has("new-incident"))
        self.screen.shoot("not-home")
        raise AssertionError(f"no way home from here:\n{self.screen.says()}")

    def go_to_incident(self) -> None:
        self.go_home()
        self.screen.tap(self.screen.first("incident-"))
        self.on("check")

    def work_offline(self, offline: bool) -> None:
        self.screen.tap("strip")
        self.on("work-offline")
        self.screen.tap("work-offline")
        self.screen.until(lambda: self.screen.is_on("work-offline") == offline, f"offline: {offline}")
        self.screen.tap("back")

    def sync(self) -> None:
        """Sync now, and wait until it is done."""
        self.screen.tap("strip")
        self.screen.tap("sync-now")
        self.screen.sees("All received", "Nothing to send")
        self.screen.pause(1.5)
        self.screen.tap("back")

    def sign_again(self) -> None:
        """After an amendment."""
        self.screen.tap("check")
        self.screen.type("pin", self.pin)
        self.screen.tap("sign")
        self.screen.sees("You signed this")
        self.screen.sees("All received")

    def on(self, identifier: str) -> None:
        self.screen.shows(identifier)

    def _tap_to(self, identifier: str, there: str) -> None:
        """Tap, and be where it leads. While one screen slides over another nothing hears a tap, so once more then."""
        self.screen.settled()
        self.screen.tap(identifier)
        for _ in range(TRIES):
            if self.screen.within(AGAIN, lambda: self.screen.has(there)):
                return
            self.screen.tap_if_there(identifier)
        raise AssertionError(f"{identifier} did not lead to {there}")

    # --- answering ---

    def new_incident(self) -> None:
        self._tap_to("new-incident", "section-incident")

    def section(self, kind: str, *, reason: str = "", **answers: Any) -> None:
        """Open a section, answer this, take what the record offers, say of the rest that it is not known, and leave.

        `reason`: the rest could not be assessed, for this reason.
        """
        self.open(kind)
        self.finish(reason=reason, **answers)

    def open(self, kind: str, *, amend: bool = False) -> None:
        """Open a section. `amend`: the incident is signed, and its nurse has to say that they amend it."""
        if amend and self.screen.has("amend"):
            self.screen.tap("amend")
            self.screen.gone("amend")
        form = kind.rstrip("0123456789-").removeprefix("add-")
        if not self.screen.has(f"section-{kind}") and not kind.startswith("add-"):
            self.screen.tap("other-sections")
        self._tap_to(kind if kind.startswith("add-") else f"section-{kind}", "continue")
        self.kind = form
        self.page = 0

    def answer(self, **answers: Any) -> None:
        """Answer questions of the open section, turning the page where that is needed. None: could not get it."""
        form = CATALOGUE[self.kind]
        order = list(questions(form))
        for name in sorted(answers, key=order.index):
            self._turn_to(pages(form).index(questions(form)[name].page))
            self._give(name, answers[name])

    def _give(self, name: str, value: Any) -> None:
        screen = self.screen
        if value is None:
            screen.tap(f"unavailable-{name}")
            self._choose(f"{name}-unavailable", "not_known")
        elif isinstance(value, Choice):
            self._choose(name, value.value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, item in enumerate(value, start=1):
                self._give_item(name, number, item)
        elif isinstance(value, list):
            for each in value:
                self._choose(name, each.value)
        elif isinstance(value, Interrupts):
            self._give(name, value.answer)
            self._go_on(value.kind)
        elif value is NOW:
            screen.tap(f"answer-{name}-now")
            screen.gone(f"answer-{name}-now")
        elif isinstance(value, At):
            screen.tap(f"answer-{name}-edit")
            screen.type(f"answer-{name}", value.clock)
            if value.day:
                screen.tap(f"answer-{name}-{value.day}")
            screen.tap(f"answer-{name}-use")
            screen.gone(f"answer-{name}-use")
        else:
            screen.type(f"answer-{name}", str(value))

    def _choose(self, name: str, code: str) -> None:
        """Choose. A long list opens first, and closes on a choice."""
        screen, option, folded = self.screen, f"answer-{name}-{code}", f"answer-{name}"
        screen.until(lambda: screen.has(option) or screen.has(folded), option)
        if folds := not screen.has(option):
            screen.tap(folded)
        screen.tap(option)
        closed = lambda: not screen.has(option)  # noqa: E731
        chosen = closed if folds else lambda: screen.is_on(option)
        screen.until(lambda: screen.first_if_there("interruption-") or chosen(), f"{option} is chosen")

    def _go_on(self, interruption: str) -> None:
        """What interrupts is read, and gone on from."""
        self.screen.shows(f"interruption-{interruption}")
        self.screen.shoot(f"interruption-{interruption}")
        self.screen.tap(f"interruption-{interruption}-record")
        self.screen.until(lambda: not self.screen.first_if_there("interruption-"), "the interruption goes")

    def _give_item(self, name: str, number: int, parts: dict[str, Any]) -> None:
        self.screen.tap(f"add-{name}")
        for part, value in parts.items():
            self._give(f"{name}-{number}-{part}", value)
        self.screen.tap(f"done-{name}-{number}")
        self.on(f"edit-{name}-{number}")

    def finish_section(self, kind: str, **answers: Any) -> None:
        """Open a section again, and end it: every answer that is still needed could not be got."""
        self.open(kind)
        self.finish(**answers)

    def add(self, kind: str, **answers: Any) -> None:
        """Open a section again, answer this too, and leave."""
        self.open(kind)
        self.answer(**answers)
        self.leave()

    def replace(self, name: str, text: str) -> None:
        self._turn_to(pages(CATALOGUE[self.kind]).index(questions(CATALOGUE[self.kind])[name].page))
        self.screen.clear(f"answer-{name}")
        self.screen.type(f"answer-{name}", text)

    def finish(self, *, reason: str = "", **answers: Any) -> None:
        """Page by page: answer these and take what the record offers. What is still missing is not known."""
        form = CATALOGUE[self.kind]
        left = dict(answers)
        while True:
            here = [name for name in left if questions(form)[name].page == pages(form)[self.page]]
            self.answer(**{name: left.pop(name) for name in here})
            self.take_suggestions()
            if "Done" in self.screen.text_of("continue"):
                break
            self._turn_on()
        assert not left, f"not asked as things are: {', '.join(left)}"
        self.rest(reason)
        self.leave()

    def take_suggestions(self) -> None:
        """What the record offers on this page, all of it."""
        self.screen.settled()
        while True:
            if self.screen.tap_if_there("use-suggestions"):
                self.screen.gone("use-suggestions")
            elif suggestion := self.screen.first_if_there("use-suggestion-"):
                self.screen.tap(suggestion)
                self.screen.gone(suggestion)
            else:
                return

    def rest(self, reason: str = "") -> None:
        """What is still missing could not be got."""
        if self.screen.tap_if_there("rest"):
            if reason:
                self.screen.tap("answer-rest-unable")
                self.screen.type("rest-reason", reason)
                self.screen.tap("rest-use")
            else:
                self.screen.tap("answer-rest-not_known")
            self.screen.gone("rest-of-section")

    def leave(self) -> None:
        """Go back to the incident, which seals what was answered."""
        self.screen.tap("back")
        self.screen.gone("continue")
        self.on("section-incident")

    def _turn_to(self, page: int) -> None:
        if self.page > page:
            self.screen.tap("pages")
            self.screen.tap(f"page-{page + 1}")
            self.screen.sees(f"Page {page + 1} of")
            self.page = page
        while self.page < page:
            self._turn_on()

    def turn_to_first(self) -> None:
        self._turn_to(0)

    def _turn_on(self) -> None:
        """To the next page that asks something."""
        self.screen.tap("continue")
        self.page = self.screen.until(self._other_page, f"another page than {self.page + 1}") - 1

    def _other_page(self) -> int:
        """The number of the page on the screen, once it is not the one that was; else 0."""
        numbers = map(int, self.screen.reads(r"Page (\d+) of"))
        return next((number for number in numbers if number != self.page + 1), 0)

    def stamp(self, label: str) -> None:
        """The ribbon's next step, once it is the one expected; sealed when another one is."""
        expected = lambda: label in self.screen.text_if_there("next-step")  # noqa: E731
        self.screen.until(expected, label)
        self.screen.tap("next-step")
        self.screen.until(lambda: not expected(), f"after {label}")

    def officer_signs(self) -> None:
        """The officer whom the sheet names reads it and signs on the glass."""
        self._tap_to("officer", "signature-pad")
        self.screen.draw("signature-pad")
        self.screen.tap("officer-sign")
        self.screen.type("pin", self.pin)
        self.screen.tap("take-back")
        self.on("section-incident")

    def sign(self) -> None:
        """Check and sign: nothing is missing."""
        self.screen.tap("check")
        self.screen.sees("Everything needed is answered")
        self.screen.type("pin", self.pin)
        self.screen.tap("sign")
        self.screen.sees("You signed this")


@dataclass(frozen=True)
class At:
    """A time typed by its clock; `day`: yesterday or today, where the clock alone would say another."""

    clock: str
    day: str = ""


@dataclass(frozen=True)
class Interrupts:
    """A choice upon which this card interrupts, of `sync.domain.records.interruptions.KINDS`."""

    answer: Choice
    kind: str


NOW = object()
