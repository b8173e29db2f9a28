"""A nurse at the phone: signs in, answers questions by name, moves through sections. Counts nothing, waits for screens."""

from typing import Any

from playwright.sync_api import expect

from sync.demo import PASSWORD
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import Choice, pages, questions
from tools.drive import Screen

PIN = "204816"


class Nurse:
    def __init__(self, screen: Screen, username: str, pin: str = PIN):
        self.screen, self.username, self.pin = screen, username, pin
        self.kind = ""

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
        if self.screen.at(f"person-{self.username}").count():
            self.screen.tap(f"person-{self.username}")
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
        self.screen.tap(self.screen.at_prefix("join-"))
        self.on("new-incident")

    # --- moving about ---

    def go_home(self) -> None:
        while not self.screen.at("new-incident").count():
            self.screen.tap_if_there("back")
            self.screen.page.wait_for_timeout(400)

    def go_to_incident(self) -> None:
        self.go_home()
        self.screen.tap(self.screen.at_prefix("incident-"))
        self.on("check")

    def work_offline(self, offline: bool) -> None:
        self.screen.tap("strip")
        self.on("work-offline")
        self.screen.tap("work-offline")
        expect(self.screen.at("work-offline")).to_have_attribute("aria-checked", str(offline).lower())
        self.screen.tap("back")

    def sync(self) -> None:
        """Sync now, and wait until it is done."""
        self.screen.tap("strip")
        self.screen.tap("sync-now")
        self.screen.sees("All received")
        self.screen.page.wait_for_timeout(1500)
        self.screen.tap("back")

    def sign_again(self) -> None:
        """After an amendment."""
        self.screen.tap("check")
        self.screen.type("pin", self.pin)
        self.screen.tap("sign")
        self.screen.sees("You signed this")
        self.screen.sees("All received")

    def on(self, identifier: str) -> None:
        self.screen.at(identifier).wait_for(state="attached")

    # --- answering ---

    def open(self, kind: str, *, amend: bool = False) -> None:
        """Open a section. `amend`: the incident is signed, and its nurse has to say that they amend it."""
        if amend and self.screen.at("amend").count():
            self.screen.tap("amend")
            expect(self.screen.at("amend")).to_have_count(0)
        self.screen.tap(f"section-{kind}")
        self.on("continue")
        self.kind = kind
        self.page = 0

    def answer(self, **answers: Any) -> None:
        """Answer questions of the open section, turning the page where that is needed. None: could not get it."""
        for name, value in answers.items():
            form = CATALOGUE[self.kind]
            question = questions(form)[name]
            self._turn_to(pages(form).index(question.page))
            if value is None:
                self.screen.tap(f"unavailable-{name}")
                self.screen.tap(f"answer-{name}-unavailable-not_known")
                expect(self.screen.at(f"answer-{name}-unavailable-not_known")).to_have_attribute("aria-checked", "true")
            elif isinstance(value, Choice):
                self.screen.tap(f"answer-{name}-{value.value}")
                expect(self.screen.at(f"answer-{name}-{value.value}")).to_have_attribute("aria-checked", "true")
            elif value is NOW:
                self.screen.tap(f"answer-{name}-now")
            else:
                self.screen.type(f"answer-{name}", str(value))

    def replace(self, name: str, text: str) -> None:
        self.screen.clear(f"answer-{name}")
        self.screen.type(f"answer-{name}", text)

    def finish(self, **answers: Any) -> None:
        """Answer these, and say of every other question that is needed that its answer could not be got."""
        self.answer(**answers)
        form = CATALOGUE[self.kind]
        for number, page in enumerate(pages(form)):
            self._turn_to(number)
            for name, question in questions(form).items():
                if question.page == page and name not in answers and self.screen.at(f"unavailable-{name}").count():
                    self.answer(**{name: None})
        self.leave()

    def leave(self) -> None:
        """Go back to the incident, which seals what was answered."""
        self.screen.tap("back")
        self.on("section-incident")

    def _turn_to(self, page: int) -> None:
        if self.page > page:
            self.screen.tap("pages")
            self.screen.tap(f"page-{page + 1}")
            self.page = page
            self.screen.sees(f"Page {page + 1} of")
        while self.page < page:
            self.screen.tap("continue")
            self.page += 1
            self.screen.sees(f"Page {self.page + 1} of")

    def stamp(self, label: str) -> None:
        """The ribbon's next step, once it is the one expected."""
        expect(self.screen.at("next-step")).to_contain_text(label)
        self.screen.tap("next-step")


NOW = object()
