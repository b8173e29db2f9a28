"""Packs: law, guidance and services as versioned, dated files that can be replaced without a new app.

A pack is a folder, or the same as one JSON bundle: `pack.json`, its manifest, and the files the manifest names by
digest. Who signed it is checked in `sync.pack_files`; here is what a pack says about itself. Pure but for `from_folder`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

SHIPPED = Path(__file__).parents[3] / "assets" / "packs"
MANIFEST = "pack.json"
Kind = Literal["rules", "guidance", "directory"]
PACK_ID = r"^[a-z][a-z0-9.-]{0,79}$"  # it stands in an address and is the name of a file


class PackWrong(ValueError):
    """A pack that cannot be used, and why. Its message says nothing of the pack's content."""


class Manifest(BaseModel):
    """What a pack says of itself. `effective_from` null: it is not in force, and no day is known on which it will be.

    A `pack_id` names one content for ever: incidents refer to it. What is corrected is a new version with a new id.
    """

    model_config = ConfigDict(frozen=True, extra="allow")  # a later version may say more; the signature covers it

    pack_id: Annotated[str, StringConstraints(pattern=PACK_ID)]
    kind: Kind
    version: str
    title: str
    owner: str
    issued: date
    effective_from: date | None
    review_due: date
    expires: date
    files: Mapping[str, str]  # name: SHA-256 of its bytes

    @property
    def rank(self) -> tuple[date, date, str]:
        """Greater: in force later; of two from one day, issued later."""
        return self.effective_from or date.min, self.issued, self.pack_id

    def in_force(self, today: date) -> bool:
        return self.effective_from is not None and self.effective_from <= today

    def state(self, today: date) -> str:
        """In words: in force, not in force, due for review, out of date."""
        if today > self.expires:
            return f"Out of date since {_day(self.expires)}"
        if not self.in_force(today):
            return (
                f"Not in force before {_day(self.effective_from)}" if self.effective_from else "Not in force: no date"
            )
        return "Due for review" if today > self.review_due else "In force"


@dataclass(frozen=True)
class Pack:
    manifest: Manifest
    files: Mapping[str, str]
    signer: str = ""
    signature: str = ""

    @property
    def signed_value(self) -> dict[str, Any]:
        """What the signature covers: the manifest, and by its digests every file."""
        return self.manifest.model_dump(mode="json", exclude_unset=True)

    def bundle(self) -> dict[str, Any]:
        """The pack as one value, to be sent."""
        return {
            "manifest": self.signed_value,
            "files": dict(self.files),
            "signer": self.signer,
            "signature": self.signature,
        }


def from_bundle(value: Any) -> Pack:
    """The pack in a bundle, its files checked against the manifest. Raises PackWrong."""
    try:
        manifest = Manifest.model_validate(value["manifest"])
        files = {str(name): str(text) for name, text in value["files"].items()}
        pack = Pack(manifest, files, str(value["signer"]), str(value["signature"]))
    except (ValidationError, KeyError, TypeError, AttributeError):
        raise PackWrong("this is not a pack") from None
    if {name: digest_of(text) for name, text in files.items()} != dict(manifest.files):
        raise PackWrong(f"a file of {manifest.pack_id} is not the one its manifest names")
    return pack


def from_folder(folder: Path) -> Pack:
    """The pack in a folder. Raises PackWrong."""
    import json

    try:
        head = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        names = head["manifest"]["files"]
        files = {name: (folder / Path(name).name).read_text(encoding="utf-8") for name in names}
    except (OSError, ValueError, KeyError, TypeError):
        raise PackWrong(f"{folder.name} is not a pack") from None
    return from_bundle({**head, "files": files})


def shipped(kind: Kind) -> list[Pack]:
    """The packs of this kind that came with the app."""
    return [from_folder(folder) for folder in sorted(SHIPPED.glob(f"{kind}-*")) if folder.is_dir()]


class Held(Protocol):
    """A pack as its kind reads it."""

    @property
    def manifest(self) -> Manifest: ...


H = TypeVar("H", bound=Held)


class Known(Generic[H]):
    """The packs of one kind that a program knows: what came with it, and what it learned since."""

    def __init__(self, kind: Kind, read: Callable[[Pack], H]):
        self._read = read
        self.held: dict[str, H] = {}
        for pack in shipped(kind):
            self.learn(pack)

    def learn(self, pack: Pack) -> H:
        """Know this pack from now on. The caller has checked who signed it. Raises PackWrong."""
        try:
            made = self._read(pack)
        except PackWrong:
            raise
        except (ValueError, KeyError):
            raise PackWrong(f"{pack.manifest.pack_id} is not a pack this version can read") from None
        self.held[made.manifest.pack_id] = made
        return made

    def all(self) -> list[H]:
        """The newest in force first, then those not in force."""
        return sorted(self.held.values(), key=lambda held: held.manifest.rank, reverse=True)

    def current(self, today: date) -> H:
        """The pack in force on this day: the one that came into force last."""
        found = self.all()
        return next((held for held in found if held.manifest.in_force(today)), found[-1])

    def of(self, pack_id: object, today: date) -> H:
        """The pack of this id; the one in force when this program does not have it."""
        return (self.held.get(pack_id) if isinstance(pack_id, str) else None) or self.current(today)


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
