"""Every answer in which the centre says no (RFC 9457): a stable code, what happened, what to do. Never any content."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from sync.core.errors import Problem

MEDIA_TYPE = "application/problem+json"

_TABLE = """
bad_hello | 400 | The request's first line is not a hello | Send again. If it stays so, tell your administrator.
bad_batch | 400 | A part of the request is not of the protocol | Send again. If it stays so, tell your administrator.
bad_query | 400 | The list cannot be asked for in this way | Go back to the first page.
cut_short | 400 | The request ended early | Send again: what had arrived whole is kept.
no_type | 400 | A line does not say what it is | Send again. If it stays so, tell your administrator.
not_bz2 | 400 | The request's body is not bz2 | Send again. If it stays so, tell your administrator.
not_json | 400 | The request's body is not JSON of the protocol | Send again. If it stays so, tell your administrator.
protocol_unsupported | 400 | The centre does not speak this version of the protocol | Update the app.
proof_wrong | 400 | The device did not prove that it holds its key | Sign in again; if it stays so, install anew.
sign_in_expired | 401 | The sign-in has run out | Sign in again. What was sent has been received.
sign_in_needed | 401 | This needs a sign-in | Sign in.
sign_in_wrong | 401 | The name or the password is wrong | Check both and try again.
device_revoked | 403 | This device is no longer allowed | What it holds is still sent. Tell your supervisor.
not_allowed | 403 | Your role does not allow this | Ask your supervisor.
scope_not_yours | 403 | These are another team's records | Choose your own team, or ask your supervisor.
unknown_device | 403 | The centre does not know this device | Sign in once with a connection to enrol it.
hello_wrong | 403 | The device's signature does not verify | Tell your supervisor; it must be enrolled anew.
not_found | 404 | There is nothing here for you | Check the address, or go back to the list.
method_not_allowed | 405 | This address does not do that | Update the app.
too_slow | 408 | The request took too long to arrive | Send again: what had arrived whole is kept.
device_key_differs | 409 | This device was enrolled with another key | Tell your supervisor; it must be enrolled anew.
history_differs | 409 | The centre's history is not the one this device has seen | \
What the device holds is kept. Tell your supervisor.
training_differs | 409 | One of the two is for training with made-up people, and the other is not | \
Use the address of the right centre: ask whoever set this device up.
epoch_ended | 409 | The centre was restored from a backup | Nothing to do: what it lost is sent again by itself.
hello_stale | 409 | A later hello of this device has come already | \
Nothing to do: the device counts on from there by itself.
too_large | 413 | The request is too large | Send less at once; the app does so by itself.
encoding_unsupported | 415 | The body's encoding is not supported | Send bz2, or nothing encoded.
request_invalid | 422 | A part of the request is missing or of the wrong kind | Look at the parts named in errors.
too_many_tries | 429 | Too many failed sign-ins | Wait a minute and try again.
centre_fault | 500 | The centre made a mistake | Try again later. Nothing acknowledged is lost.
not_ready | 503 | The centre is not ready | Try again in a moment.
"""
KINDS: dict[str, tuple[int, str, str]] = {  # by code: HTTP status, title, advice
    code: (int(status), title, advice)
    for code, status, title, advice in (line.split(" | ") for line in _TABLE.strip().splitlines())
}


class ProblemBody(BaseModel):
    """A problem answer (RFC 9457). `code` is stable; `title` and `advice` are for people."""

    type: str = Field(examples=["urn:alongside:problem:sign_in_needed"])
    title: str
    status: int
    code: str
    advice: str
    count: int | None = Field(default=None, description="hello_stale only: the last count that was heard")
    errors: list[dict[str, Any]] = Field(default=[], description="request_invalid only: loc and type of each")


def problem(code: str, count: int | None = None) -> Problem:
    """The exception that becomes this answer. A code that is not in the table counts as "bad_batch".

    `count`: of `hello_stale`, the last that was heard.
    """
    status, title, advice = KINDS[code if code in KINDS else "bad_batch"]
    return Problem(status, code if code in KINDS else "bad_batch", title, advice, count)


class TooManyTries(Problem):
    """Too many passwords were tried. `wait_s`: in how many seconds the next try is looked at."""

    def __init__(self, wait_s: int):
        status, title, _ = KINDS["too_many_tries"]
        minutes = -(-wait_s // 60)
        advice = f"Wait {'a minute' if minutes == 1 else f'{minutes} minutes'} and try again."
        super().__init__(status, "too_many_tries", title, advice)
        self.wait_s = wait_s


def as_line(code: str) -> dict[str, Any]:
    """A problem as it stands in the last line of a sync's answer."""
    status, title, advice = KINDS[code]
    return {"code": code, "status": status, "title": title, "advice": advice}


def answer(code: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """A problem as an HTTP answer. `more`: further members of its body."""
    status, title, advice = KINDS[code]
    body = {"type": f"urn:alongside:problem:{code}", "title": title, "status": status, "code": code, "advice": advice}
    return JSONResponse({**body, **more}, status, headers=headers, media_type=MEDIA_TYPE)


def documented(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The problem answers of a route, by status, for its OpenAPI description."""
    answers: dict[int | str, dict[str, Any]] = {}
    for code in sorted({*codes, "centre_fault", "not_ready"}, key=lambda code: KINDS[code][0]):
        status, title, _ = KINDS[code]
        entry = answers.setdefault(status, {"description": "", "content": {MEDIA_TYPE: {"schema": _SCHEMA}}})
        entry["description"] = "; ".join(filter(None, [entry["description"], f"`{code}`: {title}"]))
    return answers


_SCHEMA = {"$ref": "#/components/schemas/ProblemBody"}


def for_status(status: int) -> str:
    """The code of a problem that FastAPI answers by itself."""
    plain = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 400: "not_json"}
    return plain.get(status, "centre_fault" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "request_invalid")
