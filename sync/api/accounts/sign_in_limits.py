"""How often a password may be tried: counted by device, by account and by address.

A device on which this person has signed in before has a count of its own: nothing that strangers do reaches it.
Strangers are never shut out, only slowed, to one try a minute from an address. Counts of devices and accounts stand in
the database, so that a restart forgets none; those of addresses in memory, a moving window of the library `limits`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

from anyio import CapacityLimiter
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Connection, case, delete, select

from sync.api.accounts.access import token_hash
from sync.api.problems import TooManyTries
from sync.api.storage.database import Database, insert_into
from sync.api.storage.schema import sign_in_failure

HERE, HERE_MS = 10, 15 * 60_000  # failures on a known device in 15 minutes: then it waits for their end
ACCOUNT, ACCOUNT_MS = 50, 24 * 60 * 60_000  # failures of an account on unknown devices in a day: then they are slowed
FROM_ADDRESS = RateLimitItemPerMinute(30, 15)  # failures on unknown devices in 15 minutes: then its tries are slowed
SLOWED_MS = 60_000  # between two tries of whoever is slowed
IN_LINE, COME_BACK_S = 100, 10  # strangers whose passwords are checked one after another; more come back later
STRANGERS_AT_ONCE = 1  # passwords of unknown devices checked at a time: a known device never waits for them
counted = sign_in_failure.c


@dataclass(frozen=True)
class Trying:
    """Somebody who tries a password. Its repr names nobody.

    `device_id` is empty unless this person has signed in on that device before.
    """

    username: str
    device_id: str
    address: str

    @property
    def account(self) -> str:
        return token_hash(f"account {self.username.casefold()}")

    @property
    def here(self) -> str:
        return token_hash(f"here {self.device_id} {self.account}")

    def __repr__(self) -> str:
        return "Trying(here)" if self.device_id else "Trying(elsewhere)"


class Addresses:
    """The failed tries from each address, those of the desk servers left out, and the line in which strangers wait."""

    def __init__(self, desks: Iterable[str] = (), limit: RateLimitItem = FROM_ADDRESS) -> None:
        self._desks = [ip_network(desk) for desk in desks]
        self._limit, self._failures = limit, MovingWindowRateLimiter(MemoryStorage())
        self.strangers, self._in_line = CapacityLimiter(STRANGERS_AT_ONCE), 0

    def counted_as(self, host: str | None) -> str:
        """The address by which tries from this host are counted: "" for a desk server, which counts for itself.

        Of IPv6 it is the network of 64 bits: one household, or one phone.
        """
        try:
            address = ip_address(host or "")
        except ValueError:
            return host or "unknown"
        if isinstance(address, IPv6Address):
            address = address.ipv4_mapped or address
        if any(address in desk for desk in self._desks if desk.version == address.version):
            return ""
        return str(address if address.version == 4 else IPv6Network((address, 64), strict=False))

    def failed(self, address: str) -> None:
        if address:
            self._failures.hit(self._limit, address)

    def too_many(self, address: str) -> bool:
        return bool(address) and not self._failures.test(self._limit, address)

    @contextmanager
    def in_line(self) -> Iterator[None]:
        """A stranger's place in the line. Raises the problem answer when too many are in it already."""
        if self._in_line >= IN_LINE:
            raise TooManyTries(COME_BACK_S)
        self._in_line += 1
        try:
            yield
        finally:
            self._in_line -= 1


def allow(db: Database, org: str, trying: Trying, addresses: Addresses, now_ms: int) -> None:
    """Raise the problem answer when this has been tried too often for another try now. Takes a slowed one's turn."""
    with db.read() as conn:
        failures, since_ms = _counted(conn, org, trying.here if trying.device_id else trying.account)
    if trying.device_id:
        if failures >= HERE and since_ms > now_ms - HERE_MS:
            raise TooManyTries(_seconds(since_ms + HERE_MS - now_ms))
    elif addresses.too_many(trying.address):
        _take_turn(db, org, token_hash(f"turn {trying.address}"), now_ms)
    elif failures >= ACCOUNT and since_ms > now_ms - ACCOUNT_MS:
        _take_turn(db, org, token_hash(f"turn {trying.address} {trying.account}"), now_ms)


def count_failure(conn: Connection, org: str, trying: Trying, addresses: Addresses, now_ms: int) -> None:
    """Count a wrong password."""
    conn.execute(delete(sign_in_failure).where(counted.org == org, counted.since_ms <= now_ms - ACCOUNT_MS))
    if trying.device_id:
        _count(conn, org, trying.here, now_ms, HERE_MS)
    else:
        _count(conn, org, trying.account, now_ms, ACCOUNT_MS)
        addresses.failed(trying.address)


def forget_here(conn: Connection, org: str, trying: Trying) -> None:
    """The right password was given here."""
    conn.execute(delete(sign_in_failure).where(counted.org == org, counted.subject == trying.here))


def forget_failures(conn: Connection, org: str, username: str) -> None:
    """Forget what unknown devices tried for this account: it has a new password."""
    account = Trying(username, "", "").account
    conn.execute(delete(sign_in_failure).where(counted.org == org, counted.subject == account))


def _counted(conn: Connection, org: str, subject: str) -> tuple[int, int]:
    """How many failures since when."""
    asked = select(counted.failures, counted.since_ms).where(counted.org == org, counted.subject == subject)
    row = conn.execute(asked).first()
    return (row.failures, row.since_ms) if row else (0, 0)


def _count(conn: Connection, org: str, subject: str, now_ms: int, window_ms: int) -> None:
    """One failure more; the first of a window begins it."""
    is_old = counted.since_ms <= now_ms - window_ms
    again = {
        "failures": case((is_old, 1), else_=counted.failures + 1),
        "since_ms": case((is_old, now_ms), else_=counted.since_ms),
    }
    first = insert_into(conn, sign_in_failure).values(org=org, subject=subject, since_ms=now_ms, failures=1)
    conn.execute(first.on_conflict_do_update(index_elements=["org", "subject"], set_=again))


def _take_turn(db: Database, org: str, subject: str, now_ms: int) -> None:
    """Take the one turn of this minute. Raises the problem answer where it is taken."""
    with db.read() as conn:
        _, since_ms = _counted(conn, org, subject)
    if since_ms > now_ms - SLOWED_MS:
        raise TooManyTries(_seconds(since_ms + SLOWED_MS - now_ms))
    free = counted.since_ms <= now_ms - SLOWED_MS
    with db.write() as conn:
        turn = insert_into(conn, sign_in_failure).values(org=org, subject=subject, since_ms=now_ms, failures=0)
        turn = turn.on_conflict_do_update(index_elements=["org", "subject"], set_={"since_ms": now_ms}, where=free)
        if conn.execute(turn.returning(counted.since_ms)).first() is None:
            raise TooManyTries(_seconds(SLOWED_MS))  # another process took it in this moment


def _seconds(millis: int) -> int:
    return max(1, -(-millis // 1000))
