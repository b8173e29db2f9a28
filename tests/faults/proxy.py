"""A line between a real client and a real centre that cuts, delays, slows, resets, swallows and repeats.

Bytes in, bytes out: an asyncio TCP proxy in a thread. One `Way` says what it does to the next connections; without
one it only counts.
"""

import asyncio
import random
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: close() sends RST
PORTION = 1460  # bytes of a segment


@dataclass
class Way:
    """What is done to a connection. `up`, `down`: bytes after which it ends, by a reset or not, never for None."""

    up: int | None = None
    down: int | None = None
    reset: bool = False
    swallow: bool = False  # the answer never comes: the line is dead, nobody says so
    twice: bool = False  # the request reaches the centre a second time, over a connection of its own
    delay_s: float = 0.0
    rate: int = 0  # bytes a second, 0: as fast as it goes
    loss: float = 0.0  # of portions: each has to be sent again, after a pause
    pause_s: float = 0.0
    flip: int | None = None  # the byte of the answer of which one bit is turned


@dataclass
class Proxy:
    """`address` stands for the centre's."""

    target: str
    way: Way = field(default_factory=Way)
    ways: deque[Way] = field(default_factory=deque)  # of the next connections, one each, before `way`
    connections: int = 0
    went_up: bytearray = field(default_factory=bytearray)  # of the last connection
    came_down: bytearray = field(default_factory=bytearray)
    port: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(1))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until the proxy ends: asyncio takes one that is cancelled for an error."""
        with suppress(asyncio.CancelledError):
            await self._serve(reader, writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        way, self.connections = self.ways.popleft() if self.ways else self.way, self.connections + 1
        self.went_up, self.came_down = bytearray(), bytearray()
        try:
            there_reader, there = await self._connect()
        except (OSError, asyncio.CancelledError):  # the centre is not there, or the proxy ends
            writer.close()
            return
        up = asyncio.create_task(self._carry(reader, there, way, way.up, self.went_up))
        down = asyncio.create_task(self._down(there_reader, writer, way))
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            await self._end(up, down, way)
            if way.twice and self.went_up:
                await self._repeat(bytes(self.went_up))
        finally:
            for task in (up, down):
                task.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            if way.reset:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            for one in (there, writer):
                one.close()
                with suppress(OSError):
                    await one.wait_closed()

    async def _end(self, up: asyncio.Task, down: asyncio.Task, way: Way) -> None:
        """A request may be over before its answer is; a cut ends both."""
        if up.done() and not down.done() and (way.up is None or len(self.went_up) < way.up):
            await asyncio.wait({down}, timeout=30)

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        if way.swallow:
            while await reader.read(PORTION):
                pass
            return
        await self._carry(reader, writer, way, way.down, self.came_down)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        place = urlsplit(self.target)
        return await asyncio.open_connection(place.hostname, place.port)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way, until: int | None, seen: bytearray
    ) -> None:
        if way.delay_s:
            await asyncio.sleep(way.delay_s)
        with suppress(ConnectionError):
            while data := await reader.read(PORTION):
                cut = until is not None and len(seen) + len(data) >= until
                data = bytearray(data[: until - len(seen)] if cut and until is not None else data)
                if way.flip is not None and seen is self.came_down and 0 <= way.flip - len(seen) < len(data):
                    data[way.flip - len(seen)] ^= 1
                seen += data
                if way.rate:
                    await asyncio.sleep(len(data) / way.rate)
                if way.loss and self.dice.random() < way.loss:
                    await asyncio.sleep(way.pause_s)
                writer.write(data)
                await writer.drain()
                if cut:
                    return

    async def _repeat(self, request: bytes) -> None:
        reader, writer = await self._connect()
        writer.write(request)
        with suppress(ConnectionError, TimeoutError):
            await asyncio.wait_for(reader.read(PORTION), 5)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@contextmanager
def between(target: str) -> Iterator[Proxy]:
    """A proxy in front of this address, until the end."""
    made, loop, up = Proxy(target), asyncio.new_event_loop(), threading.Event()

    async def main() -> None:
        server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
        made.port = server.sockets[0].getsockname()[1]
        up.set()
        try:
            await asyncio.Event().wait()
        finally:
            for listening in server.sockets:
                loop.remove_reader(listening.fileno())
            await asyncio.sleep(0)  # asyncio asks that what was accepted begins before the server closes
            server.close()

    def work() -> None:
        asyncio.set_event_loop(loop)
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(serving)
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    serving = loop.create_task(main())
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert up.wait(10)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join(10)
