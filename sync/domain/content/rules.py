"""Rule packs: what law and local agreement lay down, as dated data. A pack says the numbers and words; code computes.

Sources stand in each pack, provision by provision: MHA 1983 ss135-136C as amended by the Policing and Crime Act 2017,
SI 2017/1036, MHA 2025 (Royal Assent 18 Dec 2025), MCA 2005, project specification 22 Nov 2026. An incident keeps the
pack it began with (its answer `rule_pack`); a pack with no commencement date is shown and never used by itself.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from sync.domain.content.packs import Manifest, Pack, PackPart

FILE = "rules.json"


class Provision(PackPart):
    """A rule in this project's words. `confirmed` false: a named person has to check it; the app says so."""

    code: str
    text: str
    source: str
    confirmed: bool = True

    @property
    def words(self) -> str:
        """The text as it is shown."""
        return self.text if self.confirmed else f"{self.text} (unconfirmed)"


class Rules(PackPart):
    """Ages in years; lengths of time in the unit of their name."""

    # the clock of sections 135 and 136
    permitted_hours: int
    extension_hours: int
    extension_reasons: tuple[str, ...]
    clock_alert_hours: tuple[int, ...]
    amhp_alert_hours: int
    assessment_target_hours: int
    # places and people
    police_station_child: Literal["never"]
    police_station_adult: Literal["conditions", "never"]
    police_station_conditions: tuple[str, ...]
    police_station_check_minutes: int
    may_be_consulted: tuple[str, ...]
    relative: str
    ambulance_minutes: int
    # ages
    adult_age: int
    capacity_age: int
    news2_age: int
    estimate_margin_years: int
    # time that is watched
    waiting_mark_hours: tuple[int, ...]
    handover_remind_minutes: int
    handover_limit_minutes: int
    escalation: str
    referral_hours: Mapping[str, int]
    triage_hours: Mapping[str, int]
    directory_stale_days: int
    provisions: tuple[Provision, ...]

    @property
    def permitted(self) -> timedelta:
        return timedelta(hours=self.permitted_hours)

    @property
    def longest_extension(self) -> timedelta:
        return timedelta(hours=self.extension_hours)

    @property
    def waiting_marks(self) -> tuple[timedelta, ...]:
        return tuple(timedelta(hours=hours) for hours in self.waiting_mark_hours)

    @property
    def remind(self) -> timedelta:
        return timedelta(minutes=self.handover_remind_minutes)

    @property
    def too_long(self) -> timedelta:
        return timedelta(minutes=self.handover_limit_minutes)

    def provision(self, code: str) -> Provision:
        """The provision of this code. Raises StopIteration when the pack does not have it."""
        return next(provision for provision in self.provisions if provision.code == code)


class RulePack(PackPart):
    manifest: Manifest
    rules: Rules


def read_rules(pack: Pack) -> RulePack:
    """The pack as rules. Raises ValueError or KeyError when it is none."""
    return RulePack(manifest=pack.manifest, rules=Rules.model_validate_json(pack.files[FILE]))
