"""What a stranger can send to a centre, the worst of each kind that was thought of; and fifty who do nothing else."""

import bz2
import itertools
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sync.client.memory_device import Device
from sync.core.canonical import canonical

MB = 1 << 20
PACKED = b"content-encoding: bz2\r\n"
HELLO = {
    "t": "hello", "device_id": "00000000-0000-4000-8000-000000000001", "app_version": "1", "device_seq": 0,
    "device_head": "0" * 64, "acked": 0, "scope": None, "head": None, "clock": {"wall": "2026-12-01T00:00:00.000Z"},
    "count": 1, "signature": "A" * 86,
}  # fmt: skip


@dataclass(frozen=True)
class Attack:
    """A request: its head without the length, and its body in pieces."""

    what: str
    head: bytes
    pieces: Callable[[], Iterator[bytes]]
    length: int | None = None  # declared; None: in chunks

    @property
    def is_small(self) -> bool:
        return self.length is not None and self.length < MB


def attacks(device_id: str) -> list[Attack]:
    """`device_id`: of a device that the centre knows, though not its key."""
    hello, sync = canonical(HELLO) + b"\n", head("POST /v1/sync")
    batch = b'{"t":"batch","first":1,"n":1,"prev":"' + b"0" * 64 + b'"}\n{"t":"c"}\n{"t":"sig","sig":"x"}\n'
    known = canonical({**HELLO, "device_id": device_id, "want": [f"{n:064x}" for n in range(500)]}) + b"\n"
    packed = {
        "swell to 64 MB of empty lines": b"\n" * 64 * MB,
        "swell to 6,700,000 lines": hello + b'{"t":"x"}\n' * 6_700_000,
        "swell to 300,000 batches": hello + batch * 300_000,
        "swell to 64 MB of open brackets": b"[" * 64 * MB,
    }
    command, x = head(f"POST /v1/devices/{device_id}/commands"), b"x" * MB
    with_token = command + b"authorization: Bearer x\r\n"
    return [
        *(whole(f"{len(body):,} bytes that {what}", sync + PACKED, body) for what, body in map_values(packed)),
        whole("60 kB of empty bz2 streams", sync + PACKED, bz2.compress(b"") * 4_300),
        whole("60,000 open brackets in a hello", sync, b'{"t":"hello","want":' + b"[" * 60_000 + b"\n"),
        whole("a known device's longest hello, signed by another", sync, known),
        whole("60,000 open brackets in a sign-in", head("POST /v1/sign-in"), b"[" * 60_000),
        Attack("300 MB without a token", command, lambda: itertools.repeat(x, 300), 300 * MB),
        Attack("300 MB without a token, in chunks", command, lambda: itertools.repeat(x, 300)),
        Attack("300 MB with a wrong token, in chunks", with_token, lambda: itertools.repeat(x, 300)),
        Attack("300 MB to the sync, in chunks", sync, lambda: itertools.chain([hello], itertools.repeat(x, 300))),
        Attack("20,000 pieces of one byte", sync, lambda: itertools.repeat(b" ", 20_000)),
        whole("a header of 200,000 bytes", head("GET /health") + b"x: " + b"a" * 200_000 + b"\r\n", b""),
        whole("40,000 headers", head("GET /health") + b"a:\r\n" * 40_000, b""),
    ]


def guesses(count: int) -> list[Attack]:
    """Sign-ins with a wrong password: each of another name, on a device that has never signed in and has its key."""
    found = []
    for number in range(count):
        device = Device("Stranger", lambda: datetime.now(UTC))
        claim = {"device_id": device.device_id, "public_key": device.key.public, "username": f"user{number}"}
        claim["user_public_key"] = device.user.public
        about = {"device_id": device.device_id, "name": device.name, "public_key": device.key.public}
        asked = {"username": claim["username"], "password": "wrong", "device": about, "training": True}
        proof = {"user_public_key": device.user.public, "proof": device.key.sign("enrol", claim)}
        found.append(whole("a wrong password", head("POST /v1/sign-in"), canonical({**asked, **proof})))
    return found


def head(line: str) -> bytes:
    return f"{line} HTTP/1.1\r\nhost: x\r\n".encode()


def map_values(bodies: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    return ((what, bz2.compress(body)) for what, body in bodies.items())


def whole(what: str, begun: bytes, body: bytes) -> Attack:
    return Attack(what, begun, lambda: iter([body]), len(body))


def send(port: int, attack: Attack) -> None:
    """One request, up to its answer or to the end of the connection."""
    with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), timeout=600)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chunked = attack.length is None
        length = b"transfer-encoding: chunked" if chunked else b"content-length: %d" % attack.length
        line.sendall(attack.head + length + b"\r\n\r\n")
        with suppress(OSError):
            for piece in attack.pieces():
                line.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
            line.sendall(b"0\r\n\r\n" if chunked else b"")
        line.recv(65536)


def main(port: str, device_id: str, count: str, what: str = "small") -> None:
    """So many attackers at once, each with one request after the other, until this process is ended.

    `what`: "small", the small ones of the attacks, or "guesses".
    """
    small = guesses(300) if what == "guesses" else [attack for attack in attacks(device_id) if attack.is_small]

    def work(first: int) -> None:
        for attack in itertools.cycle([*small[first:], *small[:first]]):
            send(int(port), attack)

    for number in range(int(count)):
        threading.Thread(target=work, args=(number % len(small),), daemon=True).start()
    print("attacking", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
