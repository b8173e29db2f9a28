"""How many wrong passwords may come from one address (a moving window in this process's memory; library: limits).

The centre sees one server in place of all its browsers. So the server itself counts what strangers try, by where they
are, and their tries slow down nobody else. A browser in which somebody has signed in before is not counted here: the
centre knows its device.
"""

import ipaddress
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from sync.core.errors import AlongsideError, Problem

MOST, WINDOW_S = 10, 15 * 60
WRONG = "sign_in_wrong"


class AddressWaits(AlongsideError):
    code = "too_many_tries_here"


class AddressLimit:
    """The wrong passwords of browsers that are not known yet. Safe from several threads."""

    def __init__(self, most: int = MOST, window_s: int = WINDOW_S):
        self._item = RateLimitItemPerSecond(most, window_s)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._trying: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def counted(self, address: str) -> Iterator[None]:
        """A try from this address. Raises AddressWaits when there have been so many that it is not even made."""
        network = network_of(address)
        with self._lock:
            window = self._limiter.get_window_stats(self._item, network)
            if window.remaining <= self._trying[network]:
                raise _too_many(window.reset_time - time.time())
            self._trying[network] += 1
        try:
            yield
        except Problem as problem:
            if problem.code == WRONG:
                self._limiter.hit(self._item, network)
            raise
        finally:
            with self._lock:
                self._trying[network] -= 1
                self._trying += Counter()  # without those at nought


def network_of(address: str) -> str:
    """What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 one. Any other text stays as it is."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(getattr(known, "ipv4_mapped", None) or known)


def _too_many(left_s: float) -> AddressWaits:
    minutes = max(1, round(left_s / 60 + 0.5))
    advice = f"Wait {minutes} min, then try again. Where you have signed in before, you still can."
    return AddressWaits("too many wrong passwords came from this network", advice=advice)
