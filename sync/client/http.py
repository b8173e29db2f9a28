"""The centre over HTTP: the port `SyncApi`, signing in, the lists of the desk, the packs.

httpx takes a third of a second to import on a phone, so it is imported, and the one `httpx.Client` is made, at the
first request. The body of a sync streams up batch by batch and its response streams down.

An answer is judged by what it says, not by its headers, which others may change. Raises `NotReachable` (no answer of
the centre; its subclasses say why), `Problem` (the centre says no) and `Untrusted` (an answer that cannot be read).
"""

import ssl
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sync.client import answers
from sync.client.address import Address
from sync.client.between import refused_by_proxy
from sync.client.request_form import RequestForm
from sync.client.response import JSON, NDJSON, read_json, read_lines, refusal, unread
from sync.client.tls import trusting, why
from sync.core.canonical import canonical
from sync.core.errors import AlongsideError, NotEncrypted, NotReachable, Problem, Rewritten, Untrusted
from sync.core.signing import Signer
from sync.protocol.batch import Batch
from sync.protocol.codec import read_response, request_lines
from sync.protocol.line_stream import Unreadable, compressed
from sync.protocol.messages import FLUSH_BYTES, UNSTREAMED_BYTES, Hello, LogSegment, OwnChange, ResponsePart
from sync.protocol.segment import OwnChanges

if TYPE_CHECKING:
    import httpx

CONNECT_S, QUIET_S = 10.0, 60.0  # to connect; without a byte either way
LITTLE = 8  # changes: more never go in one packet


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
        address: str | Address,
        token: str | None = None,
        *,
        own: OwnChanges = nobody,
        transport: "httpx.BaseTransport | None" = None,
        timeout: float = QUIET_S,
    ):
        self.address = address if isinstance(address, Address) else Address(address)
        self.token = token
        self.own = own
        self._transport, self._timeout = transport, timeout
        self._connection: httpx.Client | None = None
        self._form, self._was_unread = RequestForm(), False

    def __repr__(self) -> str:
        return f"Client({self.address.url})"

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def forget_line(self) -> None:
        """Forget what the last network spoilt: this may be another one."""
        self._form, self._was_unread = RequestForm(), False

    # --- sync -----------------------------------------------------------------------------------------------

    def sync(
        self, hello: Hello, batches: Iterable[Batch], *, full: bool = False, returned: Iterable[LogSegment] = ()
    ) -> Iterator[ResponsePart]:
        flush, form = hello.flush_bytes or FLUSH_BYTES, self._form
        streams = compressed(request_lines(hello, batches, full, returned), 0, flush, form.packed)  # hello by itself
        headers = {"content-type": NDJSON, "accept": NDJSON, **form.headers, **self._authority}
        if hello.flush_bytes:  # a bad connection: what is left of its life may not be enough for another request
            headers["connection"] = "close"
        with ThreadPoolExecutor(1) as packer, self._our_errors():
            content = _body(hello, streams, packer, form.whole)
            with self._http.stream("POST", "/v1/sync", content=content, headers=headers) as response:
                if response.status_code != 200:
                    error = refusal(response)
                    code = error.code if isinstance(error, Problem) else ""
                    raise self._learned(form, form.after(response.status_code, code), error)
                try:
                    yield from read_response(read_lines(response), self.own)
                except Unreadable as error:
                    again, self._was_unread = self._was_unread, True
                    raise self._learned(form, form.after_answer(error.code) if again else form, unread(error)) from None
                self._was_unread = False

    def _learned(self, form: RequestForm, better: RequestForm, error: AlongsideError) -> AlongsideError:
        """Take this form from now on. Returns what to raise: `error` itself, where no other form is left to try."""
        if better != form:
            self._form = better
        is_new = (better.plain and not form.plain) or (better.whole and not form.whole)
        return Rewritten() if is_new else error

    def state(self, scope: str, first: int, last: int, sums: Sequence[str]) -> tuple[set[int], set[str]]:
        """Where the centre's log differs from these sums of it: the buckets, and the ids it has in them."""
        asked = {"scope": scope, "first": first, "last": last, "sums": list(sums)}
        answer = self._ask("POST", "/v1/state", answers.StateReply, asked)
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
            answers.SignInReply,
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
        asked = {name: value for name, value in search.items() if value}
        return self._ask("POST", "/v1/incidents/search", answers.IncidentPageReply, asked)

    def incident(self, incident_id: str) -> dict[str, Any]:
        return self._ask("GET", f"/v1/incidents/{incident_id}", answers.IncidentReply)

    def undecided(self, after: int = 0) -> dict[str, Any]:
        """For a supervisor: a page of the incidents with changes that were sealed after leaving."""
        return self._ask("GET", f"/v1/undecided?after={after}", answers.UndecidedReply)

    def handovers(self, after: int = 0) -> dict[str, Any]:
        """A page. `next` leads to the next one, given as `after`."""
        return self._ask("GET", f"/v1/handovers?after={after}" if after else "/v1/handovers", answers.HandoversReply)

    def devices(self) -> dict[str, Any]:
        return self._ask("GET", "/v1/devices", answers.DevicesReply)

    def command(self, device_id: str, kind: str = "wipe") -> str:
        """Command a device of the team to do this, once it has deposited everything. Returns the command's id."""
        path = f"/v1/devices/{device_id}/commands"
        return self._ask("POST", path, answers.CommandReply, {"kind": kind})["command_id"]

    # --- packs ----------------------------------------------------------------------------------------------

    def packs(self) -> Any:
        """The packs the centre has: under `packs`, each with pack_id, kind, version and the digest of its bundle."""
        return self._ask("GET", "/v1/packs", answers.PackListReply)

    def pack(self, pack_id: str) -> Any:
        """A pack's bundle. Whoever uses it has to check who signed it (`sync.pack_files`)."""
        return self._ask("GET", f"/v1/packs/{pack_id}", answers.PackReply)

    # --- underneath -----------------------------------------------------------------------------------------

    @property
    def _http(self) -> "httpx.Client":
        """The one connection pool. Raises NotEncrypted or CertificateWrong, before anything is sent."""
        if self._connection is None:
            import httpx

            url = httpx.URL(self.address.url)
            self.address.check(url)
            is_tls = url.scheme == "https" and self._transport is None
            context = trusting(self.address.authority) if is_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._connection = self._pool(context)
        return self._connection

    def _pool(self, context: ssl.SSLContext) -> "httpx.Client":
        import httpx

        return httpx.Client(
            base_url=self.address.url,
            transport=self._transport,
            timeout=httpx.Timeout(self._timeout, connect=min(CONNECT_S, self._timeout)),
            headers={"user-agent": "alongside"},
            verify=context,
            trust_env=httpx.URL(self.address.url).scheme == "https",  # nothing in clear goes by way of a proxy
            follow_redirects=False,
        )

    @contextmanager
    def _asked(self, context: ssl.SSLContext) -> "Iterator[httpx.Response]":
        """Whether it is well, asked by this trust. Nothing that is anybody's goes with it."""
        with self._pool(context) as pool, pool.stream("GET", "/health") as response:
            yield response

    @property
    def _authority(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    def _ask(self, method: str, path: str, shape: type[answers.Reply] | None = None, asked: Any = None) -> Any:
        """The answer, once it has this shape; without one, none is expected."""
        headers = {"accept": JSON, "accept-encoding": "gzip", **self._authority}
        content = None
        if asked is not None:
            content, headers["content-type"] = canonical(asked), JSON
        with self._our_errors(), self._http.stream(method, path, content=content, headers=headers) as response:
            if response.status_code == 204 and shape is None:
                return None
            if response.status_code != 200 or shape is None:
                raise refusal(response)
            return read_json(response, shape)

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        """Raise what went wrong on the line as an error of `sync.core.errors`."""
        import httpx

        try:
            yield
        except httpx.ProxyError as error:
            raise refused_by_proxy(str(error)) from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise why(error, self.address.authority, httpx.URL(self.address.url).host, self._asked) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise NotEncrypted from None
        except httpx.RequestError as error:
            raise NotReachable(f"no answer: {type(error).__name__}") from None


def _body(hello: Hello, streams: Iterator[bytes], packer: Executor, is_whole: bool) -> bytes | Iterator[bytes]:
    """The body: a short one whole, in fewer packets; else each stream is compressed while the one before is sent."""
    if is_whole:
        return b"".join(streams)
    opening, compressing = next(streams), packer.submit(next, streams, b"")
    if hello.device_seq - hello.acked <= LITTLE:
        first = compressing.result()
        if len(opening) + len(first) < UNSTREAMED_BYTES:
            return b"".join([opening, first, *streams])

    def parts() -> Iterator[bytes]:
        yield opening
        stream: bytes | None = compressing.result() or None
        while stream is not None:
            following = packer.submit(next, streams, None)
            yield stream
            stream = following.result()

    return parts()
