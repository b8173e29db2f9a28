"""A link between two network namespaces: `python -m bench.emulator CLIENT SERVER CONTROL LINK SEED`. Linux, root.

Each namespace has a TUN device. This process carries the packets between them at the link's rate, after its delay,
through a queue that drops what does not fit, and loses some by a seed. The TCP at both ends is the kernel's own. Bytes,
packets, connections (SYN) and, where they travel in clear, requests are counted. A connection that is older than the
link allows is reset at both ends. Datagrams to CONTROL: `stats`, `reset` (counters to zero), `quit`.
"""

import ctypes
import fcntl
import json
import os
import select
import socket
import struct
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from random import Random

from bench.links import Link, link

ADDRESSES = ("10.77.0.1", "10.77.0.2")  # of the client, of the server
TUNSETIFF, TUN_PLAIN, CLONE_NEWNET = 0x400454CA, 0x0001 | 0x1000, 0x40000000
TCP, SYN, RESET, RESET_ACK = 6, 2, 4, 0x14
VERBS = (b"GET ", b"POST", b"PUT ", b"HEAD", b"DELE", b"OPTI", b"PATC")
LONGEST_S = 4 * 3600  # then it ends by itself
LONG_AGO = -1e9


def enter(namespace: str | int) -> None:
    """Enter a network namespace, named or as an open file. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    at = namespace if isinstance(namespace, int) else os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    if libc.setns(at, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
    os.close(at)


def device(namespace: str, address: str) -> int:
    """Make a TUN device in the namespace, and leave this process there. Returns the device's file descriptor."""
    enter(namespace)
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"link0", TUN_PLAIN))
    for command in (f"ip addr add {address}/30 dev link0", "ip link set link0 up mtu 1500 txqueuelen 1000"):
        subprocess.run(command.split(), check=True)
    return tun


@dataclass
class Way:
    """One direction: packets on their way, and what has been put on it."""

    rate: int
    room: int
    delay: float
    sink: int
    queue: deque[tuple[float, bytes]] = field(default_factory=deque)
    busy: float = 0.0
    size: int = 0  # bytes put on it
    packets: int = 0
    lost: int = 0
    dropped: int = 0

    def take(self, packet: bytes, now: float, is_lost: bool) -> None:
        if self.rate and (self.busy - now) * self.rate / 8 + len(packet) > self.room:
            self.dropped += 1
            return
        self.busy = max(now, self.busy) + (len(packet) * 8 / self.rate if self.rate else 0)
        self.size += len(packet)
        self.packets += 1
        if is_lost:
            self.lost += 1
        else:
            self.queue.append((self.busy + self.delay, packet))

    def deliver(self, now: float) -> None:
        while self.queue and self.queue[0][0] <= now:
            packet = self.queue.popleft()[1]
            try:
                os.write(self.sink, packet)
            except OSError:
                self.dropped += 1


class Segment:
    """The parts of a TCP packet that are needed here (RFC 9293)."""

    def __init__(self, packet: bytes):
        self.packet, self.start = packet, (packet[0] & 15) * 4
        self.source, self.target = packet[12:16], packet[16:20]
        self.ports = packet[self.start : self.start + 4]
        self.number, self.answer = struct.unpack("!II", packet[self.start + 4 : self.start + 12])
        self.flags = packet[self.start + 13]
        self.data = self.start + (packet[self.start + 12] >> 4) * 4

    def connection(self, from_client: bool) -> bytes:
        """The same for both directions of a connection."""
        if from_client:
            return self.source + self.target + self.ports
        return self.target + self.source + self.ports[2:] + self.ports[:2]

    def reset(self, onward: bool) -> bytes:
        """A packet that ends the connection: going on where this one goes, or back to where it came from."""
        size = len(self.packet) - self.data
        if onward:
            source, target, ports, number, answer = self.source, self.target, self.ports, self.number, self.answer
        else:
            source, target, ports = self.target, self.source, self.ports[2:] + self.ports[:2]
            number, answer = self.answer, (self.number + size) & 0xFFFFFFFF
        tcp = ports + struct.pack("!IIBBHHH", number, answer, 0x50, RESET_ACK, 0, 0, 0)
        tcp = tcp[:16] + _checksum(source + target + struct.pack("!BBH", 0, TCP, 20) + tcp) + tcp[18:]
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 40, 0, 0x4000, 64, TCP, 0) + source + target
        return ip[:10] + _checksum(ip) + ip[12:] + tcp


def _checksum(data: bytes) -> bytes:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", ~total & 0xFFFF)


class Emulator:
    """Both directions of one link, and what has passed over it. `client`, `server`: the TUN devices."""

    def __init__(self, emulated: Link, client: int, server: int, seed: str):
        self.link, self.client, self.server = emulated, client, server
        self.up = Way(emulated.up, emulated.queue(emulated.up), emulated.round_trip / 2, server)
        self.down = Way(emulated.down, emulated.queue(emulated.down), emulated.round_trip / 2, client)
        self.chance = Random(f"{emulated.name}:{seed}")
        self.born: dict[bytes, float] = {}
        self.connections: set[bytes] = set()
        self.requests: set[bytes] = set()
        self.cuts = 0

    def carry(self, source: int) -> None:
        """Take the packets that wait at one end."""
        way = self.up if source == self.client else self.down
        for _ in range(64):
            try:
                packet = os.read(source, 65536)
            except BlockingIOError:
                return
            now = time.perf_counter()
            if packet[0] >> 4 != 4:
                continue
            if packet[9] == TCP:
                segment = Segment(packet)
                self._count(segment, source == self.client)
                if self.link.cut_s and self._cut(segment, source == self.client, now):
                    continue
            way.take(packet, now, bool(self.link.loss) and self.chance.random() < self.link.loss)

    def _count(self, segment: Segment, from_client: bool) -> None:
        if from_client and segment.flags & SYN:
            self.connections.add(segment.ports + struct.pack("!I", segment.number))
        elif from_client and segment.packet[segment.data : segment.data + 4] in VERBS:
            self.requests.add(segment.ports + struct.pack("!I", segment.number))

    def _cut(self, segment: Segment, from_client: bool, now: float) -> bool:
        """Reset a connection that is older than the link allows, at both ends. True when the packet is dropped."""
        which = segment.connection(from_client)
        if from_client and segment.flags & SYN:
            self.born[which] = now
        born = self.born.get(which, LONG_AGO)
        if now - born <= self.link.cut_s:
            return False
        if not segment.flags & RESET:
            self.cuts += born != LONG_AGO
            self.born[which] = LONG_AGO
            os.write(self.client, segment.reset(onward=not from_client))
            os.write(self.server, segment.reset(onward=from_client))
        return True

    def stats(self) -> dict[str, int]:
        both = (self.up, self.down)
        return {
            "up": self.up.size,
            "down": self.down.size,
            "lost": sum(way.lost for way in both),
            "dropped": sum(way.dropped for way in both),
            "waiting": sum(len(way.queue) for way in both),
            "requests": len(self.requests),
            "connections": len(self.connections),
            "cuts": self.cuts,
        }

    def reset(self) -> None:
        for way in (self.up, self.down):
            way.size = way.packets = way.lost = way.dropped = 0
        self.connections.clear()
        self.requests.clear()
        self.cuts = 0

    def serve(self, control: socket.socket) -> None:
        """Carry packets until `quit` comes, until whoever started this has ended, or for LONGEST_S."""
        parent, end = os.getppid(), time.monotonic() + LONGEST_S
        while os.getppid() == parent and time.monotonic() < end:
            now = time.perf_counter()
            next_due = min((way.queue[0][0] for way in (self.up, self.down) if way.queue), default=now + 1.0)
            ready, _, _ = select.select([self.client, self.server, control], [], [], max(0.0, next_due - now))
            for source in ready:
                if isinstance(source, int):
                    self.carry(source)
                    continue
                order, asker = source.recvfrom(100)
                if order == b"quit":
                    return
                if order == b"reset":
                    self.reset()
                source.sendto(json.dumps(self.stats()).encode(), asker)
            now = time.perf_counter()
            for way in (self.up, self.down):
                way.deliver(now)


def main(client: str, server: str, control: str, name: str, seed: str) -> None:
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    ends = [device(namespace, address) for namespace, address in zip((client, server), ADDRESSES, strict=True)]
    enter(home)  # whoever asks is there
    os.nice(-10)  # a packet that waits for this process is a slower link
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as place:
        place.bind(control)
        Emulator(link(name), ends[0], ends[1], seed).serve(place)


if __name__ == "__main__":
    main(*sys.argv[1:6])
