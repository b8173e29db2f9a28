"""Which browser asks: the origins it may come from, and the cookie that binds it to a device of its own.

A page of another site may open a web socket to this machine, and a name that it owns may lead here (DNS rebinding). So
a request counts only with the one Host, a web socket only with the one Origin too, that an administrator has named.

The cookie is a random token. On disk and in Flet a device goes by the token's hash, which opens nothing. A cookie with
SameSite=Strict does not come with a link that was followed from another site: a second one, which says only that there
is a device, comes with it, so that nobody is given a new device in place of their own.
"""

import hashlib
import re
import secrets
from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Header = tuple[bytes, bytes]
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
KEPT_S = 400 * 86_400  # the longest that a browser keeps a cookie; each opening of the page begins it anew
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EVERY_ADDRESS = ("", "0.0.0.0", "::")


@dataclass(frozen=True)
class Browser:
    """`device`: the name of its device; `address`: where in the network it is."""

    device: str
    address: str


_asking: ContextVar[Browser | None] = ContextVar("browser", default=None)


def asking() -> Browser | None:
    """The browser whose web socket this task serves; None on a phone, where the app runs by itself."""
    return _asking.get()


def serve(browser: Browser) -> None:
    """From here on this task, and every task it starts, works for this browser."""
    _asking.set(browser)


def origins(named: str, host: str, port: int) -> frozenset[str]:
    """The origins named in a setting, with spaces or commas between them; else those of this machine's own address.

    Raises ValueError for what is no origin.
    """
    given = named.lower().replace(",", " ").split()
    if wrong := [origin for origin in given if not re.fullmatch(r"https?://[^/@\s]+", origin)]:
        raise ValueError(f"{wrong[0]} is no origin such as https://phone.example.nhs.uk")
    own = LOOPBACK if host in (*LOOPBACK, *EVERY_ADDRESS, "::1") else (f"[{host}]" if ":" in host else host,)
    return frozenset(given or (f"http://{name}:{port}".removesuffix(":80") for name in own))


@dataclass(frozen=True)
class Door:
    """Where browsers may come from, and by which name of a cookie this program knows them."""

    origins: frozenset[str]
    name: str

    def origin(self, scope: Scope) -> str:
        """The origin that this request asks for, by its Host; "" when that is missing, twice there or not ours."""
        host = _one(scope, b"host").lower()
        ours = sorted(origin for origin in self.origins if host and origin.partition("://")[2] == host)
        return ours[-1] if ours else ""  # by https, where both are named

    def browser(self, scope: Scope) -> Browser | None:
        """Whose web socket this is; None when it is not to be opened."""
        origin, token = _one(scope, b"origin").lower(), self._token(scope)
        if not token or not self.origin(scope) or origin not in self.origins:
            return None
        if origin.partition("://")[2] != _one(scope, b"host").lower():
            return None
        return Browser(device_name(token), (scope.get("client") or ("",))[0])

    def cookies(self, scope: Scope) -> list[Header]:
        """What a page gives its browser: a device of its own, or the one it has for longer."""
        token = self._token(scope)
        if not token and "1" in _cookies(scope, self._known(scope)):
            return []  # it has one, which was not sent: the page was opened from another site
        kept = [(self._device(scope), token or secrets.token_urlsafe(32), "Strict", KEPT_S)]
        kept.append((self._known(scope), "1", "Lax", KEPT_S - 86_400))  # never longer than what it speaks of
        secure = "; Secure" if self._is_secure(scope) else ""
        return [
            (b"set-cookie", f"{name}={value}; Path=/; HttpOnly; SameSite={same}; Max-Age={age}{secure}".encode())
            for name, value, same, age in kept
        ]

    def _token(self, scope: Scope) -> str:
        """The token of the browser's device; "" without one, or with two different ones."""
        tokens = {value for value in _cookies(scope, self._device(scope)) if TOKEN.fullmatch(value)}
        return tokens.pop() if len(tokens) == 1 else ""

    def _is_secure(self, scope: Scope) -> bool:
        return self.origin(scope).startswith("https:")

    def _device(self, scope: Scope) -> str:
        return f"{'__Host-' if self._is_secure(scope) else ''}alongside_{self.name}"

    def _known(self, scope: Scope) -> str:
        return f"{self._device(scope)}_known"


def device_name(token: str) -> str:
    """The name of a browser's device: 32 characters of the hash of its token."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def _one(scope: Scope, name: bytes) -> str:
    """The header of this name; "" when there is none, or more than one."""
    found = [value for key, value in scope["headers"] if key.lower() == name]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def _cookies(scope: Scope, name: str) -> set[str]:
    """Every value that the browser sent for this cookie. What other programs of this host have set is no concern."""
    lines = (value.decode("latin-1") for key, value in scope["headers"] if key.lower() == b"cookie")
    pairs = (pair.strip().partition("=") for line in lines for pair in line.split(";"))
    return {value for key, _, value in pairs if key == name}
