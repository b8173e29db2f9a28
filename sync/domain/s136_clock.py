"""How long a person may be kept at a place of safety under section 135 or 136.

Sources, read 22 Nov 2026:
- 24 hours from arrival at the place of safety, or from the decision to keep a person at one (under section 135(1)
  kept at the premises: from when the constable first entered): MHA 1983 ss135(3ZA), 136(2A), put in by the Policing
  and Crime Act 2017 s82, in force 11 Dec 2017.
- An emergency department counts as a place of safety: Department of Health and Home Office guidance, Oct 2017, 4.4.
- A transfer to another place of safety does not restart the time: MHA Code of Practice 2015, 16.26.
- Extension: MHA 1983 s136B: by the doctor responsible for the examination, before the 24 hours end, for up to 12
  hours from their end, only because the person's condition makes an assessment in time not practicable.
The hours at which the app reminds (ALERTS) are this project's own, 22 Nov 2026. The Mental Health Act 2025 may change
these rules when it commences: unconfirmed, check legislation.gov.uk at each release.

Times are elapsed time in UTC: a day with a clock change is not 24 hours on the wall.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sync.domain.forms import Choice

PERMITTED = timedelta(hours=24)
LONGEST_EXTENSION = timedelta(hours=12)
AMHP_ALERT = timedelta(hours=3)
ALERTS = (timedelta(hours=12), timedelta(hours=18), timedelta(hours=21), timedelta(hours=23))


class Refusal(Choice):
    """Why an extension that was recorded does not lengthen the time."""

    LATE = "late", "It was not authorised inside the first 24 hours."
    REASON = "reason", "Only the person's condition is a reason to extend: not a bed, an AMHP or a doctor."
    TOO_LONG = "too_long", "It can be for 12 hours at most."


@dataclass(frozen=True)
class Extension:
    """What was recorded of an extension."""

    authorised_at: datetime
    for_condition: bool
    length: timedelta = LONGEST_EXTENSION


@dataclass(frozen=True)
class Alert:
    after: timedelta
    at: datetime
    amhp: bool = False  # the AMHP has not been told


@dataclass(frozen=True)
class Clock:
    """`expires_extended_at` only when the extension stands; `refusal` says why one does not."""

    starts_at: datetime
    expires_at: datetime
    expires_extended_at: datetime | None = None
    refusal: Refusal | None = None

    @property
    def ends_at(self) -> datetime:
        return self.expires_extended_at or self.expires_at

    def left(self, now: datetime) -> timedelta:
        """Time left; negative when it is over."""
        return self.ends_at - now

    def alerts_due(self, now: datetime, amhp_informed_at: datetime | None = None) -> tuple[Alert, ...]:
        """The reminders whose hour has come, earliest first."""
        due = [Alert(after, self.starts_at + after) for after in ALERTS]
        if amhp_informed_at is None:
            due.insert(0, Alert(AMHP_ALERT, self.starts_at + AMHP_ALERT, amhp=True))
        return tuple(alert for alert in due if alert.at <= now)

    def breach(self, now: datetime, ended_at: datetime | None = None) -> bool:
        """Kept beyond the time allowed. Ending at the very end is in time."""
        return (ended_at or now) > self.ends_at


def clock(starts_at: datetime, extension: Extension | None = None) -> Clock:
    """The time allowed from the start, and from what was recorded of an extension."""
    starts_at = starts_at.astimezone(UTC)
    expires_at = starts_at + PERMITTED
    if extension is None:
        return Clock(starts_at, expires_at)
    if not starts_at <= extension.authorised_at < expires_at:
        return Clock(starts_at, expires_at, refusal=Refusal.LATE)
    if not extension.for_condition:
        return Clock(starts_at, expires_at, refusal=Refusal.REASON)
    if not timedelta(0) < extension.length <= LONGEST_EXTENSION:
        return Clock(starts_at, expires_at, refusal=Refusal.TOO_LONG)
    return Clock(starts_at, expires_at, expires_at + extension.length)


def start(*, kept_at: datetime | None, arrivals: Iterable[datetime] = ()) -> datetime | None:
    """When the time began: when they were kept where they were, else at the first arrival; None if neither is known."""
    begun = kept_at or min(arrivals, default=None)
    return begun.astimezone(UTC) if begun else None
