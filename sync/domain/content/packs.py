"""Packs: law, guidance and services as versioned, dated values that can be replaced without a new app.

A pack is a manifest and the files it names by digest; it travels as one JSON bundle. What a pack says about itself is
here; the packs a program has together are a `PackSet`. Folders and signatures: `sync.pack_files`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from sync.core.times import day_in_words

Kind = Literal["rules", "guidance", "directory"]
PACK_ID = r"^[a-z][a-z0-9.-]{0,79}$"  # it stands in an address and is the name of a file


class PackWrong(ValueError):
    """A pack that cannot be used, and why. Its message says nothing of the pack's content."""


class PackPart(BaseModel):
    """A part of a pack's content. A key that this version does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Manifest(BaseModel):
    """What a pack says of itself. `effective_from` null: not in force, and no day is known on which it will be.

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
        """The order of packs: by the day they come into force, then by the day of issue."""
        return self.effective_from or date.min, self.issued, self.pack_id

    def in_force(self, today: date) -> bool:
        return self.effective_from is not None and self.effective_from <= today

    def state(self, today: date) -> str:
        """In words: in force, not in force, due for review, out of date."""
        if today > self.expires:
            return f"Out of date since {day_in_words(self.expires)}"
        if not self.in_force(today):
            since = self.effective_from
            return f"Not in force before {day_in_words(since)}" if since else "Not in force: no date"
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


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()
