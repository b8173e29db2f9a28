"""A supervisor at the desk: signs in, finds a record, sends it back, approves it."""

from playwright.sync_api import expect

from demo import PASSWORD
from tools.drive import Screen


class Supervisor:
    def __init__(self, screen: Screen, username: str):
        self.screen, self.username = screen, username

    def sign_in(self) -> None:
        self.screen.type("username", self.username)
        self.screen.type("password", PASSWORD)
        self.screen.tap("sign-in")
        self.on("go-review")

    def on(self, identifier: str) -> None:
        self.screen.shows(identifier)

    def find(self, words: str) -> None:
        """Search the records, and open the one that is found."""
        self.screen.tap("go-records")
        self.screen.at_prefix("row-").wait_for(state="attached")  # the list has come, and draws nothing anew
        self.screen.type("search", words)
        expect(self.screen.page.locator('[flt-semantics-identifier^="row-"]')).to_have_count(1)
        self.screen.tap(self.screen.at_prefix("row-"))
        self.screen.at_prefix("record-").wait_for(state="attached")

    def review(self, words: str) -> None:
        """Open a record from the review queue, once it is there."""
        self.screen.tap("go-review")
        row = self.screen.at_prefix("queue-").filter(has_text=words)
        row.wait_for(state="attached")  # the queue asks the centre by itself
        self.screen.tap(row)
        self.on("approve")

    def send_back(self, kind: str, name: str, comment: str) -> None:
        self.screen.tap(f"answer-{kind}-{name}")
        self.screen.type(f"comment-{kind}-{name}", comment)
        self.screen.tap("return")
        self.on("nothing-to-review")

    def approve(self) -> None:
        self.screen.tap("approve")
        self.on("nothing-to-review")
