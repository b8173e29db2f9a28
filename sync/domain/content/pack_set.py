"""The packs a program has, as one immutable value: the law, the guidance and the services in force on a day.

Composition roots make it (`sync.pack_files.shipped`) and pass it on. Whoever receives a further pack makes a new set
with it. Who signed a pack is checked before (`sync.pack_files.trusted`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Protocol, Self, TypeVar

from sync.domain.content.directory import Directory, read_directory
from sync.domain.content.guidance import GuidancePack, read_guidance
from sync.domain.content.packs import Manifest, Pack, PackWrong
from sync.domain.content.rules import RulePack, read_rules


class Dated(Protocol):
    """A pack as its kind reads it."""

    @property
    def manifest(self) -> Manifest: ...


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, repr=False)
class PackSet:
    """The packs of each kind by rank: the one that came into force last first, those without a date at the end."""

    rules: tuple[RulePack, ...] = ()
    guidance: tuple[GuidancePack, ...] = ()
    directories: tuple[Directory, ...] = ()

    @classmethod
    def of(cls, packs: Iterable[Pack]) -> Self:
        """The set of these packs. Raises PackWrong when this version cannot read one of them."""
        return reduce(cls.with_pack, packs, cls())

    def with_pack(self, pack: Pack) -> Self:
        """A new set that has this pack too, in place of one of the same id. Raises PackWrong when it cannot be read."""
        try:
            if pack.manifest.kind == "rules":
                return replace(self, rules=_with(self.rules, read_rules(pack)))
            if pack.manifest.kind == "guidance":
                return replace(self, guidance=_with(self.guidance, read_guidance(pack)))
            return replace(self, directories=_with(self.directories, read_directory(pack)))
        except PackWrong:
            raise
        except (ValueError, KeyError):
            raise PackWrong(f"{pack.manifest.pack_id} is not a pack this version can read") from None

    def rules_on(self, day: date) -> RulePack:
        """The law in force on this day."""
        return _in_force(self.rules, day)

    def rule_pack(self, pack_id: object, day: date) -> RulePack:
        """The rule pack of this id; the law in force on the day when the set does not have it."""
        return next((pack for pack in self.rules if pack.manifest.pack_id == pack_id), None) or self.rules_on(day)

    def guidance_on(self, day: date) -> GuidancePack:
        """The guidance in force on this day."""
        return _in_force(self.guidance, day)

    def directory_on(self, day: date) -> Directory:
        """The service directory in force on this day."""
        return _in_force(self.directories, day)

    def __repr__(self) -> str:
        packs = (*self.rules, *self.guidance, *self.directories)
        return f"PackSet({', '.join(pack.manifest.pack_id for pack in packs)})"


def _with(packs: tuple[D, ...], pack: D) -> tuple[D, ...]:
    others = (other for other in packs if other.manifest.pack_id != pack.manifest.pack_id)
    return tuple(sorted((*others, pack), key=lambda ranked: ranked.manifest.rank, reverse=True))


def _in_force(packs: tuple[D, ...], day: date) -> D:
    """The pack that came into force last; when none is in force on this day, the pack of the lowest rank."""
    return next((pack for pack in packs if pack.manifest.in_force(day)), packs[-1])
