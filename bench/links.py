"""The links that are measured: rates, round trip, loss; and the floor, the least time that bytes take on one.

`EDGE!10` is EDGE, on which every connection is reset when it is ten seconds old: a car that loses the cell.
"""

from dataclasses import dataclass, replace

KEPT = 32 * 1024  # bytes a link keeps waiting before it drops; more on a fast one
KEPT_S = 0.4


@dataclass(frozen=True)
class Link:
    """Rates in bits a second, 0: not limited. `round_trip` in seconds; `loss`: share of packets, each way."""

    name: str
    up: int = 0
    down: int = 0
    round_trip: float = 0.0
    loss: float = 0.0
    cut_s: float = 0.0

    def queue(self, rate: int) -> int:
        """Bytes that wait in one direction before more are dropped."""
        return max(KEPT, round(KEPT_S * rate / 8)) if rate else 1 << 30

    def floor(self, size: int, way: str) -> float | None:
        """Seconds that one round trip and these bytes take, "up" or "down"; None on a link without a rate."""
        rate = self.up if way == "up" else self.down
        return self.round_trip + size * 8 / rate if rate else None


LINKS = {
    link.name: link
    for link in (
        Link("loopback"),
        Link("4G", 10_000_000, 10_000_000, 0.050),
        Link("3G", 384_000, 1_000_000, 0.200, 0.01),
        Link("EDGE", 100_000, 100_000, 0.600),
    )
}


def link(name: str) -> Link:
    """The link of this name, "EDGE!10" among them. Raises KeyError or ValueError for an unknown name."""
    plain, _, cut = name.partition("!")
    return replace(LINKS[plain], name=name, cut_s=float(cut)) if cut else LINKS[plain]
