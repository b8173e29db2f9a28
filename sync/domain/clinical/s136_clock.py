"""How long a person may be kept at a place of safety under section 135 or 136. The hours stand in the rule pack.

Sources, read 22 Nov 2026:
- 24 hours from arrival at the place of safety, or from the decision to keep a person at one (under section 135(1)
  kept at the premises: from when the constable first entered): MHA 1983 ss135(3ZA), 136(2A), put in by the Policing
  and Crime Act 2017 s82, in force 11 Dec 2017.
- An emergency department counts as a place of safety: Department of Health and Home Office guidance, Oct 2017, 4.4.
- A transfer to another place of safety does not restart the time: MHA Code of Practice 2015, 16.26.
- Extension: MHA 1983 s136B: by the doctor responsible for the examination, before the 24 hours end, for up to 12
  hours from their end, only because the person's condition makes an assessment in time not practicable; at a police
  station a superintendent approves it too.
The hours at which the app reminds are this project's own, 22 Nov 2026. The Mental Health Act 2025 may change
these rules when it commences: unconfirmed, check legislation.gov.uk at each release.

Times are elapsed time in UTC: a day with a clock change is not 24 hours on the wall.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sync.domain.content.rules import Rules
from sync.domain.forms import Choice


class ExtensionRefusal(Choice):
    """Why an extension that was recorded does not lengthen the time."""

    LATE = "late", "It was not authorised inside the permitted time."
    REASON = "reason", "Only the person's condition is a reason to extend: not a bed, an AMHP or a doctor."
    TOO_LONG = "too_long", "It is longer than the law allows."
    SUPERINTENDENT = "superintendent", "At a police station a superintendent approves it too: none is recorded."


@dataclass(frozen=True)
class Extension:
    """What was recorded of an extension. `reason`: a code; the rule pack lists those that count."""

    authorised_at: datetime
    reason: str
    length: timedelta
    approved: bool = True  # by a superintendent, where that is needed


@dataclass(frozen=True)
class ClockAlert:
    """A reminder. `after`: the start of the clock."""

    after: timedelta
    at: datetime
    amhp: bool = False  # the AMHP has not been told


@dataclass(frozen=True)
class DetentionClock:
    """When the time allowed starts and ends. `expires_extended_at`: None unless an extension counts.

    `refusal`: why an extension that was recorded does not count.
    """

    starts_at: datetime
    expires_at: datetime
    rules: Rules = field(repr=False)
    expires_extended_at: datetime | None = None
    refusal: ExtensionRefusal | None = None

    @property
    def ends_at(self) -> datetime:
        return self.expires_extended_at or self.expires_at

    def left(self, now: datetime) -> timedelta:
        """Time left; negative when it is over."""
        return self.ends_at - now

    def alerts_due(self, now: datetime, amhp_informed_at: datetime | None = None) -> tuple[ClockAlert, ...]:
        """The reminders whose hour has come, earliest first."""
        lengths = [timedelta(hours=hours) for hours in self.rules.clock_alert_hours]
        due = [ClockAlert(after, self.starts_at + after) for after in lengths]
        if amhp_informed_at is None:
            after = timedelta(hours=self.rules.amhp_alert_hours)
            due.insert(0, ClockAlert(after, self.starts_at + after, amhp=True))
        return tuple(alert for alert in due if alert.at <= now)

    def breach(self, now: datetime, ended_at: datetime | None = None) -> bool:
        """Whether the person is or was kept beyond the time allowed. An end at the very last moment is in time."""
        return (ended_at or now) > self.ends_at


def clock(starts_at: datetime, rules: Rules, extension: Extension | None = None) -> DetentionClock:
    """The clock that these rules give from the start, with an extension if one was recorded."""
    starts_at = starts_at.astimezone(UTC)
    expires_at = starts_at + rules.permitted
    if extension is None:
        return DetentionClock(starts_at, expires_at, rules)
    if refusal := _refusal(starts_at, expires_at, extension, rules):
        return DetentionClock(starts_at, expires_at, rules, refusal=refusal)
    return DetentionClock(starts_at, expires_at, rules, expires_at + extension.length)


def _refusal(starts_at: datetime, expires_at: datetime, extension: Extension, rules: Rules) -> ExtensionRefusal | None:
    if not starts_at <= extension.authorised_at < expires_at:
        return ExtensionRefusal.LATE
    if extension.reason not in rules.extension_reasons:
        return ExtensionRefusal.REASON
    if not timedelta(0) < extension.length <= rules.longest_extension:
        return ExtensionRefusal.TOO_LONG
    return None if extension.approved else ExtensionRefusal.SUPERINTENDENT


def start(*, kept_at: datetime | None, arrivals: Iterable[datetime] = ()) -> datetime | None:
    """When the time began: at the decision to keep the person there, else at the first arrival; None when unknown."""
    starts_at = kept_at or min(arrivals, default=None)
    return starts_at.astimezone(UTC) if starts_at else None
