"""What every address works with: the centre, and whoever calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request

from sync.api.accounts.access import Caller, bearer, caller
from sync.api.accounts.sign_in_limits import Addresses
from sync.api.ops.load_shedding import LoadShedding
from sync.api.settings import Settings
from sync.api.storage.database import Database
from sync.core.hpke import SealingKey
from sync.core.signing import Signer
from sync.core.times import to_millis
from sync.domain.content.pack_set import PackSet
from sync.domain.content.packs import Pack

SIGNED_IN = ("sign_in_needed", "sign_in_expired", "device_revoked", "not_allowed", "request_invalid")


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Centre:
    """What the routes work with. It lives in the app's state."""

    settings: Settings
    db: Database
    signer: Signer
    packs: PackSet  # by which it reads incidents
    clock: Callable[[], datetime] = system_clock
    shelf: Mapping[str, Pack] = field(default_factory=dict)  # the packs it hands out
    rush: LoadShedding = field(default_factory=LoadShedding)
    strangers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))  # who have not proved themselves
    addresses: Addresses = field(default_factory=Addresses)  # from which passwords are tried

    @property
    def org(self) -> str:
        return self.settings.org

    @cached_property
    def sealing_key(self) -> SealingKey:
        """To which phones seal what they send while they are locked. It follows from the signing key."""
        return SealingKey(self.signer.derive(b"alongside/seal/1"))

    def now_ms(self) -> int:
        return to_millis(self.clock())


def centre_of(request: Request) -> Centre:
    return request.app.state.centre


def signed_in(request: Request) -> Caller:
    """Whoever calls; the log line of the request gets their id and the device's. Raises the problem answer."""
    centre = centre_of(request)
    with centre.db.read() as conn:
        who = caller(conn, centre.org, bearer(request.headers.get("authorization")), centre.now_ms())
    request.state.practitioner_id, request.state.device_id = who.practitioner_id, who.device_id
    return who


Here = Annotated[Centre, Depends(centre_of)]
Who = Annotated[Caller, Depends(signed_in)]
