"""Headless Flet: the real session, diff and hooks, with no Flutter; and a real phone with a centre that never answers.

A fake `Connection` plays the client: it encodes every message with the real encoder (which also takes the snapshots
later diffs need), answers `invoke_method` from a table and echoes `push_route` as a route change. Controls are found by
the identifier of their `Semantics`, as in a browser.
"""

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
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
from field_app.ui.kit.pressing import is_resting
from sync.core.errors import NotReachable
from tests.steps.builders import SEALING, SHIPPED

HOLDERS, PARENTS = (BaseControl, list, tuple, dict), ("_parent", "parent")
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


def inside(control: BaseControl) -> list[Any]:
    """What a control holds, in the order of its fields."""
    if type(control).__name__ == "Component":
        return [control._b]
    order, unset = places(type(control))
    given = control._values
    held = [(order[name], value) for name, value in given.items() if isinstance(value, HOLDERS) and name in order]
    held += [(order[name], value) for name in unset if isinstance(value := getattr(control, name, None), HOLDERS)]
    return [value for _, value in sorted(held, key=lambda pair: pair[0])]


def closed(control: BaseControl) -> bool:
    """Whether it is a dialog that nobody sees."""
    return isinstance(control, ft.DialogControl) and not control.open


@cache
def places(kind: type) -> tuple[dict[str, int], tuple[str, ...]]:
    """The fields of a kind of control in order; and those whose values are not among the set ones (`_values`)."""
    names = [f.name for f in dataclasses.fields(kind) if not f.metadata.get("skip") and f.name not in PARENTS]
    return {name: place for place, name in enumerate(names)}, tuple(
        name for name in names if name not in kind._prop_defaults
    )


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

    async def still(self, seconds: float) -> None:
        """Waits until nothing has been sent to the screen for so long."""
        known = -1
        while known != len(self.client.messages):
            known = len(self.client.messages)
            await self.settle(seconds)

    async def until(self, true: Callable[[], Any], seconds: float = 5) -> Any:
        """Waits for something to become true."""
        end = time.monotonic() + seconds
        while not (found := true()):
            if time.monotonic() > end:
                raise AssertionError(f"it did not come; the screen says {self.texts()}")
            await asyncio.sleep(0.01)
        return found

    # --- finding ---

    def walk(self, root: Any = None, *, leaving: bool = False) -> Iterator[BaseControl]:
        """Live controls, in tree order: of the view in front and of dialogs; `leaving`: of closed ones too."""
        ahead = [self.page._dialogs, self.front()] if root is None else [root]
        seen: set[int] = set()
        while ahead:
            value = ahead.pop()
            if isinstance(value, list | tuple):
                ahead.extend(reversed(value))
            elif isinstance(value, dict):
                ahead.extend(reversed(value.values()))
            elif isinstance(value, BaseControl) and id(value) not in seen:
                if not leaving and value is not root and closed(value):
                    continue
                seen.add(id(value))
                yield value
                ahead.extend(reversed(inside(value)))

    def front(self) -> Any:
        """The view in front."""
        views = ft.unwrap_component(self.page.views)
        return views[-1] if isinstance(views, list) else views

    def all(self, kind: type = BaseControl, **attrs: Any) -> list[Any]:
        """Every such control, also of a dialog that is closed and not yet dismissed."""
        everything = (c for c in self.walk(leaving=True) if isinstance(c, kind))
        return [c for c in everything if all(getattr(c, k, None) == v for k, v in attrs.items())]

    def named(self) -> Iterator[ft.Semantics]:
        """What bears an identifier."""
        return (c for c in self.walk() if isinstance(c, ft.Semantics) and c.identifier)

    def has(self, identifier: str) -> bool:
        return any(c.identifier == identifier for c in self.named())

    def at(self, identifier: str) -> ft.Semantics:
        found = [c for c in self.named() if c.identifier == identifier]
        assert len(found) == 1, f"{identifier}: {len(found)} on the screen; it has {self.identifiers()}"
        return found[0]

    def identifiers(self) -> list[str]:
        return [str(c.identifier) for c in self.named()]

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

    def spoken(self) -> list[str]:
        """Every text on the screen, and every name that only a screen reader says, in order."""
        words = []
        for c in self.walk():
            if isinstance(c, ft.Semantics):
                words += [c.label, c.value]
            elif isinstance(c, ft.Text):
                words += [c.value or "".join(span.text or "" for span in c.spans or []), c.semantics_label]
            elif isinstance(tip := getattr(c, "tooltip", None), str):
                words.append(tip)
        return [text for text in words if text]

    def is_on(self, identifier: str) -> bool:
        """Whether this choice is chosen, this switch on."""
        switches = [c for c in self.walk(self.at(identifier)) if isinstance(c, ft.Switch)]
        return bool(switches[0].value if switches else self.at(identifier).checked)

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

    def tappable(self, identifier: str) -> Any:
        """What hears a tap on what carries this identifier; None when nothing does."""
        for control in self.walk(self.at(identifier)):
            clicks = getattr(control, "on_click", None) is not None and not isinstance(control, ft.TextField)
            if (clicks or isinstance(control, ft.Switch)) and not getattr(control, "disabled", False):
                return control
        return None

    async def tap(self, identifier: str, *, settle: float = 0.06) -> None:
        """Taps what carries this identifier: not sooner after the last tap than a person means another."""
        await self.until(lambda: not is_resting(self.session, identifier))
        control = self.tappable(identifier)
        assert control, f"{identifier} cannot be tapped, or not now"
        if isinstance(control, ft.Switch):
            await self.event(control, "change", not control.value, settle=settle, value=not control.value)
        else:
            await self.event(control, "click", settle=settle)

    async def type(self, identifier: str, text: str, *, after: str = "", blur: bool = True) -> None:
        """Types into a field, key by key, `after` what it holds, and leaves it."""
        for end in range(1, len(text) + 1):
            await self.change(identifier, after + text[:end])
        if blur:
            await self.blur(identifier)

    async def change(self, identifier: str, text: str) -> None:
        """This now stands in the field."""
        await self.event(self.inside(identifier, ft.TextField), "change", text, settle=0, value=text)

    async def blur(self, identifier: str) -> None:
        await self.event(self.inside(identifier, ft.TextField), "blur")

    async def go(self, route: str) -> None:
        self.page.navigate(route)
        await self.settle()


async def back(app: App) -> None:
    """The browser is there again."""
    client = FakeClient(asyncio.get_running_loop())
    client.session, app.client = app.session, client
    await app.session.connect(client)
    await app.settle()


@contextlib.asynccontextmanager
async def away(app: App) -> AsyncIterator[None]:
    """Nobody is connected; afterwards the browser is back."""
    await app.session.disconnect(60)
    yield
    await back(app)


class Stopped:
    """A clock that stands until it is moved; `ms`: the one that nobody can set."""

    boot_id = "test"
    ms = 0

    def __init__(self, at: datetime = NOW):
        self.at = at

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def monotonic_ms(self) -> int:
        return self.ms


class NoCentre:
    """Signs a nurse in and is never heard of again."""

    token: str | None = None

    def forget_line(self) -> None:
        """It learns nothing of any line."""

    def sign_in(self, username: str, password: str, *_: Any, **__: Any) -> dict[str, Any]:
        if password != "right":
            raise NotReachable("no answer")
        return {
            "practitioner": {"practitioner_id": f"p.{username}", "name": f"{username.title()} Okafor", "role": "nurse"},
            "team": {"name": "Joint response, north"}, "scope": "team.north", "token": "t", "expires_at": "",
            "centre_key": "", "seal_key": SEALING.public,
        }  # fmt: skip

    def sync(self, *_: Any, **__: Any) -> Any:
        raise NotReachable("no answer")

    def close(self) -> None: ...


def phone(folder: Path, at: datetime = NOW, *, training: bool = True) -> Phone:
    centre: Any = NoCentre
    return Phone(folder, centre, SHIPPED, training=training, clock=Stopped(at), scrypt_n=2**10)


def signed_in(device: Phone, name: str = "amara") -> Session:
    return device.sign_in(name, "right", PIN)
