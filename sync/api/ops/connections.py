"""A connection before there is a request and after its answer: how long it may take, how much it may hold.

uvicorn limits neither. A centre that is reached directly would hold every half-sent head for ever, a head of any size,
and every body that goes on after it was refused. Behind a proxy the proxy does the same.
"""

from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES, HEAD_S = 16 * 1024, 10.0
PIPELINED = 8  # requests that wait behind the one being answered
STALLED_S = 120.0  # in which nobody takes any of an answer
REST_BYTES, REST_S = 1024 * 1024, 10.0  # of a body, once it is answered: so long its sender may go on before it reads


class TooMuch(ValueError):
    """A head that is too large, or too many requests at once. uvicorn answers 400 and closes."""


class BoundedConnection(HttpToolsProtocol):
    """An HTTP connection that ends when a head is too large or too slow, a body goes on after its answer, or nobody
    takes the answer.
    """

    _timer: TimerHandle | None = None
    _looking: TimerHandle | None = None  # whether an answer is being taken
    _unwritten = -1  # bytes of an answer that were not yet taken, at the last look
    _head = 0  # bytes of this request's head, and of its trailer
    _silent = 0  # bytes that came since the parser last had something to say
    _rest = 0  # bytes of a body after its answer
    _is_whole = False  # this request's body has ended

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=1, low=0)  # told at once when something is not taken
        self._close_in(HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        self._close_in(None)
        self._look_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._silent += len(data)
        super().data_received(data)
        if self._silent > HEAD_BYTES or self._rest > REST_BYTES:
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = self._silent = self._rest = 0
        self._is_whole = False
        self._close_in(HEAD_S)

    def on_url(self, url: bytes) -> None:
        self._in_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._in_head(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._close_in(None)
        self._silent = 0
        super().on_headers_complete()
        if len(self.pipeline) > PIPELINED:
            raise TooMuch("requests at once")

    def on_body(self, body: bytes) -> None:
        self._silent = 0
        if self.cycle.response_complete:
            self._rest += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_whole, self._silent = True, 0
        super().on_message_complete()
        if self.cycle.response_complete:
            self._close_in(self.timeout_keep_alive)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and not self._is_whole:
            self._close_in(REST_S)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        self._look_no_more()
        super().resume_writing()

    def _look(self) -> None:
        """End the connection where none of the answer has been taken since the last look."""
        unwritten = self.transport.get_write_buffer_size()
        if unwritten == self._unwritten:
            self.transport.abort()
            return
        self._unwritten, self._looking = unwritten, self.loop.call_later(STALLED_S, self._look)

    def _look_no_more(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._looking, self._unwritten = None, -1

    def _in_head(self, size: int) -> None:
        self._head += size
        if self._head > HEAD_BYTES:
            raise TooMuch("a head")

    def _close_in(self, seconds: float | None) -> None:
        """Close after so many seconds, and not when it was said before; None: not at all."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self.transport.close)


def uvicorn_settings(connections: int) -> dict[str, Any]:
    """How every centre is served. `connections`: at a time, idle ones too; above, 503 and closed."""
    return {
        "http": BoundedConnection,
        "ws": "none",
        "limit_concurrency": connections,
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,  # the app itself reads them, of the proxies that the settings name
        "timeout_graceful_shutdown": 3,
    }
