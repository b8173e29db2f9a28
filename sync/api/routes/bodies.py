"""The one way in which a route reads a body: bounded in bytes, in pieces and in time.

A route that needs to know who asks knows it before it reads: a stranger's body stays in the socket, and is cut off.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from anyio import fail_after
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from sync.api.problems import problem
from sync.core.canonical import parse

S = TypeVar("S", bound=BaseModel)
SMALL_BODY, SMALL_S = 64 * 1024, 60.0  # bytes of a body that is one value, and how long it may take
READ = ("not_json", "too_large", "too_slow")  # problems of a body that is one value
HELLO_S = 30.0  # until a device has proved itself; until then:
PROMPT, GATHERED = 16, 4096  # pieces handed on at once, and bytes at a time after those
MAX_PIECES = 500  # in all


@dataclass
class Body:
    """A request's body as it comes. Iterating raises the problem answer for one that is too large or too slow."""

    request: Request
    max_bytes: int
    seconds: float  # from now until it has ended
    quiet_s: float  # without a byte
    trusted: bool = False  # each piece is handed on as it comes

    def __post_init__(self) -> None:
        self._until = monotonic() + self.seconds

    def trust(self, seconds: float) -> None:
        """Its sender is known: from now on it may take so long, in as many pieces as it likes."""
        self.trusted, self._until = True, monotonic() + seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces, held, came, count = aiter(self.request.stream()), b"", 0, 0
        while True:
            try:
                with fail_after(min(self.quiet_s, self._until - monotonic())):
                    piece = await anext(pieces)
            except StopAsyncIteration:
                break
            except TimeoutError:
                raise problem("too_slow") from None
            except ClientDisconnect:
                yield held
                raise
            held, came, count = held + piece, came + len(piece), count + 1
            if came > self.max_bytes:
                raise problem("too_large")
            if self.trusted or count <= PROMPT or len(held) >= GATHERED:
                yield held
                held = b""
            elif count > MAX_PIECES:
                raise problem("too_slow")
        yield held


def takes(shape: type[BaseModel]) -> dict[str, Any]:
    """The description of a body that `small_body` reads."""
    schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


async def small_body(request: Request, shape: type[S]) -> S:
    """The body as this shape.

    Raises the problem answer for one that is too large, too slow or not JSON, RequestValidationError for one of another
    shape.
    """
    body = b"".join([piece async for piece in Body(request, SMALL_BODY, SMALL_S, SMALL_S)])
    try:
        return shape.model_validate(parse(body))
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None
    except ValueError:
        raise problem("not_json") from None
