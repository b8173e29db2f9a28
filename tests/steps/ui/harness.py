"""Headless Flet: the real session, diff and hooks, with no Flutter; and a real phone with a centre that never answers.

A fake `Connection` plays the client: it encodes every message with the real encoder (which also takes the snapshots
later diffs need), answers `invoke_method` from a table and echoes `push_route` as a route change. Controls are found by
the identifier of their `Semantics`, as in a browser.
"""

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flet as ft
import msgpack
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page, context
from flet.messaging.connection import Connection
from flet.messaging.protocol import MessageAction, configure_encode_object_for_msgpack
from flet.messaging.session import Session as FletSession
from flet.pubsub.pubsub_hub import PubSubHub

from field_app.phone.phone import Phone
from field_app.phone.session import Session
from sync.core.errors import NotReachable
from tests.steps.builders import SHIPPED

NOW = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
PIN = "739164"


class FakeClient(Connection):
    def __init__(self, loop: asyncio.AbstractEventLoop):
        super().__init__()
        self.loop = loop
        self.executor = ThreadPoolExecutor(2)
        self.pubsubhub = PubSubHub(loop=loop, executor=self.executor)
        self.page_url, self.page_name = "http://test", ""
        self.messages: list[Any] = []
        self.invoked: list[tuple[str, Any]] = []
        self.crashes: list[str] = []
        self.session: Any = None

    def send_message(self, message: Any) -> None:
        msgpack.packb([message.action, message.body], default=configure_encode_object_for_msgpack(BaseControl))
        self.messages.append(message)
        if message.action == MessageAction.SESSION_CRASHED:
            self.crashes.append(message.body.message)
        elif message.action == MessageAction.INVOKE_METHOD:
            self.loop.call_soon(self._answer, message.body)

    def _answer(self, body: Any) -> None:
        self.invoked.append((body.name, body.args))
        self.session.handle_invoke_method_results(body.control_id, body.call_id, None, None)
        if body.name == "push_route":
            route = body.args["route"]
            self.session.apply_patch(self.session.page._i, {"route": route})
            self.loop.create_task(self.session.dispatch_event(self.session.page._i, "route_change", {"route": route}))

    def dispose(self) -> None:
        """Part of `Connection`."""


class App:
    """A page with `main` on it. `slowest` is the longest that one handler held the event loop, in seconds."""

    def __init__(self, main: Callable[[ft.Page], Any], *, route: str = "/", width: int = 412, height: int = 915):
        self.main = main
        self.attrs = {"route": route, "width": width, "height": height, "platform": ft.PagePlatform.ANDROID.value}
        self.slowest = 0.0

    async def __aenter__(self) -> "App":
        self.client = FakeClient(asyncio.get_running_loop())
        self.session = self.client.session = FletSession(self.client)
        self.page = self.session.page
        self._token = _context_page.set(self.page)
        self.session.apply_page_patch(self.attrs)
        body = self.session.get_page_patch()
        self.client.send_message(type("M", (), {"action": MessageAction.REGISTER_CLIENT, "body": body})())
        context.reset_auto_update()
        self.made = self.main(self.page)
        await self.session.after_event(self.page)
        await self.settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.session.close()
        for _turn in range(20):
            await asyncio.sleep(0.01)
        with contextlib.suppress(LookupError, ValueError):
            _context_page.reset(self._token)
        self.client.executor.shutdown(wait=False)

    async def settle(self, seconds: float = 0.06) -> None:
        """Lets threads finish and what they changed be drawn."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(0.005)
        if self.client.crashes:
            raise AssertionError("the session crashed: " + self.client.crashes[0])

    async def until(self, true: Callable[[], Any], seconds: float = 5) -> Any:
        """Waits for something to become true."""
        end = time.monotonic() + seconds
        while not (found := true()):
            if time.monotonic() > end:
                raise AssertionError(f"it did not come; the screen says {self.texts()}")
            await asyncio.sleep(0.01)
        return found

    # --- finding ---

    def walk(self, root: Any = None) -> Iterator[BaseControl]:
        """Live controls, in tree order: of the view in front and of open dialogs."""
        seen: set[int] = set()

        def rec(value: Any) -> Iterator[BaseControl]:
            if isinstance(value, BaseControl):
                if id(value) in seen:
                    return
                seen.add(id(value))
                yield value
                if type(value).__name__ == "Component":
                    yield from rec(value._b)
                    return
                for f in dataclasses.fields(value):
                    if f.name not in ("_parent", "parent") and not f.metadata.get("skip"):
                        yield from rec(getattr(value, f.name, None))
            elif isinstance(value, list | tuple):
                for each in value:
                    yield from rec(each)
            elif isinstance(value, dict):
                for each in value.values():
                    yield from rec(each)

        if root is not None:
            yield from rec(root)
            return
        views = ft.unwrap_component(self.page.views)
        yield from rec(views[-1] if isinstance(views, list) else views)
        yield from rec(self.page._dialogs)

    def all(self, kind: type = BaseControl, **attrs: Any) -> list[Any]:
        return [
            c for c in self.walk() if isinstance(c, kind) and all(getattr(c, k, None) == v for k, v in attrs.items())
        ]

    def has(self, identifier: str) -> bool:
        return bool(self.all(ft.Semantics, identifier=identifier))

    def at(self, identifier: str) -> ft.Semantics:
        found = self.all(ft.Semantics, identifier=identifier)
        assert len(found) == 1, f"{identifier}: {len(found)} on the screen; it has {self.identifiers()}"
        return found[0]

    def identifiers(self) -> list[str]:
        return [c.identifier for c in self.all(ft.Semantics) if c.identifier]

    def inside(self, identifier: str, kind: type) -> Any:
        found = [c for c in self.walk(self.at(identifier)) if isinstance(c, kind)]
        assert found, f"{identifier} has no {kind.__name__}"
        return found[0]

    def texts(self, root: Any = None) -> list[str]:
        found = []
        for c in self.walk(root):
            if isinstance(c, ft.Text):
                found.append(c.value or "".join(span.text or "" for span in c.spans or []))
        return [text for text in found if text]

    def says(self, text: str) -> bool:
        return any(text in said for said in self.texts())

    # --- acting ---

    async def event(self, control: Any, name: str, data: Any = None, *, settle: float = 0.06, **props: Any) -> None:
        if props:
            self.session.apply_patch(control._i, props)
        began = time.perf_counter()
        work = asyncio.ensure_future(self.session.dispatch_event(control._i, name, data))
        await asyncio.sleep(0)  # a handler runs up to its first await in this turn of the loop
        self.slowest = max(self.slowest, time.perf_counter() - began)
        await work
        await self.settle(settle)

    async def tap(self, identifier: str, *, settle: float = 0.06) -> None:
        """Taps what carries this identifier."""
        for control in self.walk(self.at(identifier)):
            if getattr(control, "on_click", None) is not None and not isinstance(control, ft.TextField):
                assert not getattr(control, "disabled", False), f"{identifier} is disabled"
                await self.event(control, "click", settle=settle)
                return
        raise AssertionError(f"{identifier} cannot be tapped")

    async def type(self, identifier: str, text: str, *, blur: bool = True) -> None:
        """Types into a field, key by key, and leaves it."""
        for end in range(1, len(text) + 1):
            field = self.inside(identifier, ft.TextField)
            await self.event(field, "change", text[:end], settle=0, value=text[:end])
        if blur:
            await self.event(self.inside(identifier, ft.TextField), "blur")

    async def go(self, route: str) -> None:
        self.page.navigate(route)
        await self.settle()


class Stopped:
    """A clock that stands until it is moved."""

    boot_id = "test"

    def __init__(self, at: datetime = NOW):
        self.at = at

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def monotonic_ms(self) -> int:
        return 0


class NoCentre:
    """Signs a nurse in and is never heard of again."""

    token: str | None = None

    def sign_in(self, username: str, password: str, *_: Any, **__: Any) -> dict[str, Any]:
        if password != "right":
            raise NotReachable("no answer")
        return {
            "practitioner": {"practitioner_id": f"p.{username}", "name": f"{username.title()} Okafor", "role": "nurse"},
            "team": {"name": "Joint response, north"}, "scope": "team.north", "token": "t", "expires_at": "",
            "centre_key": "", "centre_public_key": "",
        }  # fmt: skip

    def sync(self, *_: Any, **__: Any) -> Any:
        raise NotReachable("no answer")

    def close(self) -> None: ...


def phone(folder: Path, at: datetime = NOW, *, training: bool = True) -> Phone:
    centre: Any = NoCentre
    return Phone(folder, centre, SHIPPED, training=training, clock=Stopped(at), scrypt_n=2**10)


def signed_in(device: Phone, name: str = "amara") -> Session:
    return device.sign_in(name, "right", PIN)
