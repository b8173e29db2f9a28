"""A TCP proxy on loopback that counts what passes: connections, requests, bytes each way."""

import socket
import threading
from contextlib import suppress

VERBS = (b"POST /v1/", b"GET /v1/")


class CountingProxy:
    def __init__(self, host: str, port: int):
        self.target = (host, port)
        self.up = self.down = self.connections = self.requests = 0
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self) -> None:
        self.up = self.down = self.connections = self.requests = 0

    def cut(self) -> None:
        """End every connection, as time does between two syncs."""
        with self._lock:
            ended, self._open = self._open, []
        for one in ended:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self.target)
                with self._lock:
                    self.connections += 1
                    self._open += [near, far]
                threading.Thread(target=self._pump, args=(near, far, True), daemon=True).start()
                threading.Thread(target=self._pump, args=(far, near, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                with self._lock:
                    if up:
                        self.up += len(data)
                        self.requests += sum(data.count(verb) for verb in VERBS)
                    else:
                        self.down += len(data)
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
