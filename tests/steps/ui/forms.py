"""A form with one question of each kind of answer, so that the screens are tested without anything clinical."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from sync.domain.forms import Choice, Context, Event, Form, Moment, Note, YesNo, ask, group


class Colour(Choice):
    RED = "red", "Red"
    GREEN = "green", "Green"
    BLUE = "blue", "Blue, as of the sky in the evening"


class Letter(Choice):
    A = "a", "A"
    B = "b", "B"
    C = "c", "C"
    D = "d", "D"
    E = "e", "E"
    F = "f", "F"
    G = "g", "G"
    H = "h", "H"
    I = "i", "I"  # noqa: E741
    J = "j", "J"
    K = "k", "K"


class Friend(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")

    name: str = Field("", title="Name")
    likes: Colour | None = Field(None, title="Likes")


def _even(number: int) -> str | None:
    return None if number % 2 == 0 else "Enter an even number."


class Everything(Form):
    kind, title = "person", "Everything"

    colour: Colour | None = ask("Which colour?", page="One", required=True)
    letters: tuple[Colour, ...] | None = ask("Which colours besides?")
    letter: Letter | None = ask("Which letter?")
    sure: YesNo | None = ask("Are you sure?", required=True)
    why: str | None = ask("Why not?", when=lambda form, context: form.sure == YesNo.NO, required=True)
    name: str | None = ask("Name", required=True, phrases=("Not told",))
    story: str | None = ask("Story", long=True, phrases=("Once", "Then"))
    count: int | None = ask("How many?", check=_even, unit="pieces")
    heat: Decimal | None = ask("How hot?")
    born: date | None = ask("Born")
    at: Moment | None = ask("When?")
    happened: Event | None = ask("Happened")
    friends: dict[str, Friend] = group("Friends", required=True)

    last: str | None = ask("Last", page="Two")
    nick: str | None = ask("Likes to be called", suggest=lambda form, context: form.name)
    coat: Colour | None = ask("Colour of the coat", required=True, suggest=lambda form, context: form.colour)
    guests: dict[str, Friend] = group(
        "Guests", page="Three", suggest=lambda form, context: tuple(form.friends.values())
    )
    drink: Colour | None = ask("Drink", suggest=lambda form, context: form.colour)

    @classmethod
    def notes(cls, form: "Everything", context: Context) -> Iterable[Note]:
        if form.colour == Colour.RED:
            yield Note("Red is loud.", grave=True)
