"""The centre as an ASGI app. `create_app(settings)` does not touch the database; starting up migrates it."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from anyio.to_thread import current_default_thread_limiter, run_sync
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from sync import VERSION
from sync.api import logging
from sync.api.accounts.people import NewTeam, WrongDatabase, make_organisation, make_teams
from sync.api.accounts.sign_in_limits import Addresses
from sync.api.ingest import change_log
from sync.api.ingest.request_reader import MAX_BODY
from sync.api.problems import ProblemBody, TooManyTries, answer, for_status
from sync.api.pull import packs
from sync.api.routes import devices, exchange, handovers, health, incidents, sign_in, undecided
from sync.api.routes import packs as pack_routes
from sync.api.routes.bodies import SMALL_BODY
from sync.api.routes.centre import Centre, system_clock
from sync.api.settings import Settings, centre_signer
from sync.api.shapes import CommandIn, DeviceIn, IncidentSearch, SignInRequest, StateCheck
from sync.api.storage.database import Database
from sync.api.storage.migrations import migrate
from sync.core.errors import Problem
from sync.pack_files import publishers, shipped

HEADERS = {
    b"cache-control": b"no-store",
    b"x-content-type-options": b"nosniff",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
ROUTERS = tuple(
    part.router for part in (exchange, sign_in, incidents, undecided, handovers, devices, pack_routes, health)
)
LARGE = {"/v1/sync": MAX_BODY}  # by address, where a body may be more than a small one
THREADS = 4  # requests worked on at a time: Python does one, the database the others; more only take memory
STATE = ("practitioner_id", "device_id", "batches", "changes", "code")


def create_app(
    settings: Settings, clock: Callable[[], datetime] = system_clock, teams: Sequence[NewTeam] = ()
) -> FastAPI:
    """The centre over these settings. `teams`: made at the start, where they are not there.

    A database that is away raises nothing here: /ready says so. Raises PackWrong for a folder of packs that cannot be
    handed out and outside training for a build without a publisher, ValueError for a signing key that is none.
    """
    own = shipped(training=settings.training)
    shelf = packs.shelf(settings.packs, publishers(training=settings.training))
    db = Database(settings.database_url)
    signer, addresses = centre_signer(settings.data), Addresses(settings.desks)
    centre = Centre(settings, db, signer, packs.known(own, shelf), clock, shelf, addresses=addresses)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = THREADS
        await run_sync(prepare, centre, teams)
        logging.note("started", version=VERSION)
        yield
        db.close()
        logging.note("stopped")

    app = FastAPI(
        title="Alongside: the centre",
        version=VERSION,
        lifespan=life,
        redoc_url=None,
        docs_url="/docs" if settings.docs else None,
    )
    app.state.centre = centre
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(RequestGuard)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.proxies))
    app.openapi = lambda: _openapi(app)
    return app


def prepare(centre: Centre, teams: Sequence[NewTeam] = ()) -> None:
    """Bring the schema to this version; make the organisation, and these teams where they are not there.

    Raises WrongDatabase.
    """
    now = centre.clock()
    with centre.db.write() as conn:
        migrate(conn)
        try:
            make_organisation(conn, centre.org, "Alongside", now, training=centre.settings.training)
        except WrongDatabase as wrong:
            logging.note("wrong_database", error=str(wrong))
            raise
        change_log.reconsider(conn, centre.org)
        make_teams(conn, centre.org, teams)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    request.state.code = error.code
    if isinstance(error, TooManyTries):
        return answer(error.code, {"retry-after": str(error.wait_s)}, advice=error.advice)
    more = {} if error.count is None else {"count": error.count}
    return answer(error.code, None, **more)


async def _invalid(request: Request, error: Exception) -> Response:
    """The answer to a body of the wrong shape: where and of which kind, never what stood there.

    That may be a name or an NHS number.
    """
    assert isinstance(error, RequestValidationError)
    request.state.code = "request_invalid"
    parts = [{"loc": _place(part), "type": part["type"]} for part in error.errors()]
    return answer("request_invalid", errors=parts[:20])


def _place(error: dict[str, Any]) -> list[str]:
    """Where it is wrong. The name of a part that no shape has is left out: it is content too."""
    known = error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]
    return [str(name) for name in known]


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    request.state.code = for_status(error.status_code)
    return answer(request.state.code, dict(error.headers or {}))


class RequestGuard:
    """Around every request: safe headers, one log line, and a problem answer for whatever goes wrong inside.

    What says that it is too large does not get inside.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, size = time.perf_counter(), 0, 0
        app = self.app if declared_bytes(scope) <= LARGE.get(scope["path"], SMALL_BODY) else answer("too_large")

        async def sending(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [pair for pair in message.get("headers", ()) if pair[0].lower() not in HEADERS]
                message = {**message, "headers": [*own, *HEADERS.items()]}
            size += len(message.get("body", b""))
            await send(message)

        code = ""
        try:
            await app(scope, receive, sending)
        except ClientDisconnect:
            code = "line_cut"
        except Exception as error:  # noqa: BLE001 - the outermost edge: nothing of it may reach a client or a log
            away = isinstance(error, OperationalError | InterfaceError)
            code = "not_ready" if away else "centre_fault"
            logging.fault("fault", error, code=code)
            if not status:
                await answer(code)(scope, receive, sending)
        finally:
            state = scope.get("state", {})
            fields: dict[str, Any] = {name: state[name] for name in STATE if state.get(name) is not None}
            if code:
                fields["code"] = code
            ms = round((time.perf_counter() - began) * 1000)
            logging.note(
                "request", method=scope["method"], route=_route(scope), status=status, ms=ms, bytes=size, **fields
            )


def declared_bytes(scope: Scope) -> int:
    """How long the body is, where the request says so."""
    return next((int(value) for name, value in scope["headers"] if name == b"content-length" and value.isdigit()), 0)


def _route(scope: Scope) -> str:
    """The route's pattern, never the address as it was called: that may hold anything."""
    return getattr(scope.get("route"), "path", "unknown")


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, with the shapes that no route names by itself."""
    if not app.openapi_schema:
        description = FastAPI.openapi(app)
        schemas = description.setdefault("components", {}).setdefault("schemas", {})
        for shape in (ProblemBody, SignInRequest, DeviceIn, IncidentSearch, StateCheck, CommandIn):
            schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}))
            schemas[shape.__name__] = schema
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        app.openapi_schema = description
    return app.openapi_schema
