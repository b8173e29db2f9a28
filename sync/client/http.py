"""The centre over HTTP: the port `SyncApi`, signing in, the lists of the desk, the packs.

httpx takes a third of a second to import on a phone, so it is imported, and the one `httpx.Client` is made, at the
first request. The body of a sync streams up batch by batch and its response streams down.

Raises `NotReachable` (no answer), `CaptivePortal` (somebody else's answer), `Problem` (the centre says no) and
`Untrusted` (an answer that is not of the protocol).
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sync.core.canonical import canonical, parse
from sync.core.errors import CaptivePortal, NotReachable, Problem, Unconnected, Untrusted
from sync.core.signing import Signer
from sync.protocol.batch import Batch
from sync.protocol.codec import read_response, request_lines
from sync.protocol.line_stream import Limits, Line, LineReader, Unreadable, compressed
from sync.protocol.messages import FLUSH_BYTES, UNSTREAMED_BYTES, Hello, LogSegment, OwnChange, ResponsePart
from sync.protocol.segment import OwnChanges

if TYPE_CHECKING:
    import httpx

MAX_RESPONSE_BYTES = 256 * 1024 * 1024
NDJSON, PROBLEM = "application/x-ndjson", "application/problem+json"
CONNECT_S, QUIET_S = 10.0, 60.0  # to connect; without a byte either way
LITTLE = 8  # changes: more never go in one packet
LOG_IN_FIRST = 511  # Network Authentication Required (RFC 6585)


def nobody(_first: int, _count: int) -> Sequence[OwnChange]:
    """A client that has no store has no changes of its own."""
    return ()


class Client:
    """The centre at this address. `token` and `own` may be set later: after signing in, once the store is open.

    `own(first, count)`: this device's changes by number (`SyncStore.own`), which receipts speak of.
    `transport`: an httpx transport, for tests. `timeout`: seconds without a byte before it counts as no answer.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        own: OwnChanges = nobody,
        transport: "httpx.BaseTransport | None" = None,
        timeout: float = QUIET_S,
    ):
        self.base_url = base_url.rstrip("/")
        self.token = token
        self.own = own
        self._transport, self._timeout = transport, timeout
        self._connection: httpx.Client | None = None

    def __repr__(self) -> str:
        return f"Client({self.base_url})"

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # --- sync -----------------------------------------------------------------------------------------------

    def sync(
        self, hello: Hello, batches: Iterable[Batch], *, full: bool = False, returned: Iterable[LogSegment] = ()
    ) -> Iterator[ResponsePart]:
        flush = hello.flush_bytes or FLUSH_BYTES
        streams = compressed(request_lines(hello, batches, full, returned), 0, flush)  # the hello by itself
        headers = {"content-type": NDJSON, "content-encoding": "bz2", "accept": NDJSON, "accept-encoding": "bz2"}
        if hello.flush_bytes:  # a bad connection: what is left of its life may not be enough for another request
            headers["connection"] = "close"
        with (
            ThreadPoolExecutor(1) as packer,
            _our_errors(),
            self._http.stream(
                "POST", "/v1/sync", content=_body(hello, streams, packer), headers={**headers, **self._authority}
            ) as response,
        ):
            _check(response, NDJSON)
            yield from read_response(_lines(response), self.own)

    def state(self, scope: str, first: int, last: int, sums: Sequence[str]) -> tuple[set[int], set[str]]:
        """Where the centre's log differs from these sums of it: the buckets, and the ids it has in them."""
        answer = self._ask("POST", "/v1/state", {"scope": scope, "first": first, "last": last, "sums": list(sums)})
        return set(answer["buckets"]), set(answer["change_ids"])

    # --- signing in -----------------------------------------------------------------------------------------

    def sign_in(
        self,
        username: str,
        password: str,
        *,
        device: Signer,
        device_id: str,
        device_name: str,
        user_public_key: str,
        training: bool = False,
    ) -> dict[str, Any]:
        """A session for this person on this device, which signs that it is itself. The token is kept here too.

        `training`: whether this device is one for training, with made-up people; a centre that is not refuses it.
        """
        claim = {
            "device_id": device_id,
            "public_key": device.public,
            "user_public_key": user_public_key,
            "username": username,
        }
        answer = self._ask(
            "POST",
            "/v1/sign-in",
            {
                "username": username,
                "password": password,
                "user_public_key": user_public_key,
                "training": training,
                "device": {"device_id": device_id, "name": device_name, "public_key": device.public},
                "proof": device.sign("enrol", claim),
            },
        )
        if answer["training"] != training:
            raise Untrusted("a centre for training answers one that is not, or the other way round")
        self.token = answer["token"]
        return answer

    def sign_out(self) -> None:
        """End the session at the centre and forget it here, whether or not the centre was there to hear it."""
        try:
            self._ask("POST", "/v1/sign-out")
        finally:
            self.token = None

    # --- the desk -------------------------------------------------------------------------------------------

    def incidents(self, **search: Any) -> dict[str, Any]:
        """A page: view, q, standing, nature, car, since, until, sort, after, limit. `next` leads to the next one."""
        return self._ask("POST", "/v1/incidents/search", {name: value for name, value in search.items() if value})

    def incident(self, incident_id: str) -> dict[str, Any]:
        return self._ask("GET", f"/v1/incidents/{incident_id}")

    def undecided(self, after: int = 0) -> dict[str, Any]:
        """For a supervisor: a page of the incidents with changes that were sealed after leaving."""
        return self._ask("GET", f"/v1/undecided?after={after}")

    def handovers(self, after: int = 0) -> dict[str, Any]:
        """A page. `next` leads to the next one, given as `after`."""
        return self._ask("GET", f"/v1/handovers?after={after}" if after else "/v1/handovers")

    def devices(self) -> dict[str, Any]:
        return self._ask("GET", "/v1/devices")

    def command(self, device_id: str, kind: str = "wipe") -> str:
        """Command a device of the team to do this, once it has deposited everything. Returns the command's id."""
        return self._ask("POST", f"/v1/devices/{device_id}/commands", {"kind": kind})["command_id"]

    # --- packs ----------------------------------------------------------------------------------------------

    def packs(self) -> Any:
        """The packs the centre has: under `packs`, each with pack_id, kind, version and the digest of its bundle."""
        return self._ask("GET", "/v1/packs")

    def pack(self, pack_id: str) -> Any:
        """A pack's bundle. Whoever uses it has to check who signed it (`sync.pack_files`)."""
        return self._ask("GET", f"/v1/packs/{pack_id}")

    # --- underneath -----------------------------------------------------------------------------------------

    @property
    def _http(self) -> "httpx.Client":
        if self._connection is None:
            import httpx

            self._connection = httpx.Client(
                base_url=self.base_url,
                transport=self._transport,
                timeout=httpx.Timeout(self._timeout, connect=min(CONNECT_S, self._timeout)),
                headers={"user-agent": "alongside"},
                follow_redirects=False,
            )
        return self._connection

    @property
    def _authority(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"accept": "application/json", **self._authority}
        content = None
        if body is not None:
            content, headers["content-type"] = canonical(body), "application/json"
        with _our_errors():
            response = self._http.request(method, path, content=content, headers=headers)
            if response.status_code == 204:
                return None
            _check(response, "application/json")
            return _read(response.content)


def _body(hello: Hello, streams: Iterator[bytes], packer: Executor) -> bytes | Iterator[bytes]:
    """The body: a short one whole, in fewer packets; else each stream is compressed while the one before is sent."""
    opening, compressing = next(streams), packer.submit(next, streams, b"")
    if hello.device_seq - hello.acked <= LITTLE:
        first = compressing.result()
        if len(opening) + len(first) < UNSTREAMED_BYTES:
            return b"".join([opening, first, *streams])

    def body() -> Iterator[bytes]:
        yield opening
        stream: bytes | None = compressing.result() or None
        while stream is not None:
            following = packer.submit(next, streams, None)
            yield stream
            stream = following.result()

    return body()


@contextmanager
def _our_errors() -> Iterator[None]:
    """Raise what went wrong as an error of `sync.core.errors`."""
    import httpx

    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
        raise Unconnected(f"no connection: {type(error).__name__}") from None
    except httpx.RequestError as error:
        raise NotReachable(f"no answer: {type(error).__name__}") from None
    except Unreadable as error:
        raise Untrusted("the answer is not of the protocol", code=error.code) from None


def _lines(response: "httpx.Response") -> Iterator[Line]:
    """The response's lines as they come. httpx does not know bz2, so the bytes are taken raw."""
    reader = LineReader(response.headers.get("content-encoding") == "bz2", Limits(MAX_RESPONSE_BYTES))
    for data in response.iter_raw():
        yield from reader.feed(data)
    yield from reader.close()


def _check(response: "httpx.Response", wanted: str) -> None:
    """Raise unless it is the centre's own answer, of this type."""
    status, kind = response.status_code, response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == PROBLEM:
        response.read()
        raise _problem(status, _read(response.content))
    if status == 200 and kind == wanted:
        return
    if status >= 500 and status != LOG_IN_FIRST:
        raise NotReachable(f"no answer from the centre: {status}")
    raise CaptivePortal(f"not the centre's answer: {status}")


def _problem(status: int, body: Any) -> Problem:
    text = {name: str(body.get(name, "")) if isinstance(body, dict) else "" for name in ("code", "title", "advice")}
    count = body.get("count") if isinstance(body, dict) else None
    return Problem(
        status, text["code"] or "problem", text["title"], text["advice"], count if type(count) is int else None
    )


def _read(content: bytes) -> Any:
    try:
        return parse(content)
    except ValueError:
        raise Untrusted("the answer is not of the protocol", code="not_json") from None
