"""What an answer is: the centre's lines, its JSON, its no; or somebody else's, which is named as such."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sync.client import body
from sync.client.answers import ProblemReply, Reply
from sync.client.between import backoff_s, meaning
from sync.core.canonical import parse
from sync.core.errors import AlongsideError, CaptivePortal, NotTheCentre, Problem, Untrusted
from sync.protocol.line_stream import Line, Unreadable

if TYPE_CHECKING:
    import httpx

NDJSON, JSON = "application/x-ndjson", "application/json"
MAX_LINES_BYTES = 64 * 1024 * 1024  # of the lines of one answer
MAX_PROBLEM_BYTES = 64 * 1024


def read_lines(response: "httpx.Response") -> Iterator[Line]:
    """The lines as they come. Where the answer's type is not the centre's, its first line has to show that it is."""
    lines = body.lines(response.iter_raw(), MAX_LINES_BYTES)
    if _type(response) != NDJSON:
        try:
            first = next(lines, {})
        except Unreadable:
            raise CaptivePortal from None
        if first.get("t") != "welcome":
            raise CaptivePortal
        yield first
    yield from lines


def read_json(response: "httpx.Response", shape: type[Reply]) -> Any:
    """The value of an answer that has this shape. Raises NotTheCentre or CaptivePortal."""
    try:
        value = parse(body.whole(response.iter_raw(), shape.most_bytes))
        shape.model_validate(value)
    except ValueError:  # of which Unreadable and pydantic's are
        raise NotTheCentre if _type(response) == JSON else CaptivePortal from None
    return value


def refusal(response: "httpx.Response") -> AlongsideError:
    """The centre's no, or what the status of an answer that is not the centre's means."""
    import httpx

    try:
        said = ProblemReply.model_validate(parse(body.whole(response.iter_raw(), MAX_PROBLEM_BYTES)))
    except (CaptivePortal, ValueError, httpx.RequestError):
        return meaning(response.status_code, response.headers)
    wait_s = backoff_s(response.headers)
    return Problem(response.status_code, said.code, said.title, said.advice, said.count, backoff_s=wait_s)


def unread(error: Unreadable) -> Untrusted:
    """What to raise for lines that are not of the protocol."""
    if error.code == "cut_short":
        return Untrusted("the answer ended early", code="cut_short", advice="It is tried again by itself.")
    advice = "Nothing was marked as received. It is tried again by itself; if it stays so, tell your supervisor."
    return Untrusted("the centre’s answer could not be read", code="bad_response", advice=advice)


def _type(response: "httpx.Response") -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()
