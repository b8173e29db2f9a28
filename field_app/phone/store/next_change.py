"""A device's next change, made of what a nurse is about to record."""

from datetime import timedelta

from field_app.phone.store.disk import Disk, Intent
from sync.core.times import instant, local
from sync.domain.catalogue import CATALOGUE
from sync.protocol.messages import Change, Role


def next_change(intent: Intent, author: str, role: Role, disk: Disk, place: tuple[str, int, str], nonce: str) -> Change:
    """The intent as a change, with the times of both clocks now. `place`: device, number, id of the one before."""
    now = disk.clock.now()
    return Change(
        record_id=intent.record_id,
        incident_id=intent.incident_id,
        kind=intent.kind,
        form_version=CATALOGUE[intent.kind].version,
        op=intent.op,
        patch=dict(intent.patch),
        parents=intent.parents,
        author=author,
        role=role,
        device_id=place[0],
        device_seq=place[1],
        device_prev=place[2],
        recorded_at=instant(now),
        utc_offset_min=round((local(now).utcoffset() or timedelta()) / timedelta(minutes=1)),
        boot_id=disk.clock.boot_id,
        monotonic_ms=disk.clock.monotonic_ms(),
        clock_offset_ms=disk.clock_offset_ms,
        occurred_at=instant(intent.occurred_at) if intent.occurred_at else None,
        nonce=nonce,
    )
