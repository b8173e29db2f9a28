"""Who signed a pack. A pack is used only when a publisher this service trusts has signed its manifest.

`assets/packs/publishers.json` names the publishers by their Ed25519 keys. What comes with the project is signed by its
demonstration publisher; a service puts in its own (docs/deploy.md). Only the list in the program itself counts: a
folder of packs cannot bring its own.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sync.core.signing import Signer, verified
from sync.domain.content import directory, guidance, rules
from sync.domain.content.packs import SHIPPED, Kind, Pack, PackWrong, shipped

PURPOSE = "pack"
KINDS: tuple[Kind, ...] = ("rules", "guidance", "directory")
LEARN: Mapping[Kind, Callable[[Pack], Any]] = {
    "rules": rules.learn,
    "guidance": guidance.learn,
    "directory": directory.learn,
}


def publishers() -> Mapping[str, str]:
    """The publishers trusted here: key, name."""
    return json.loads((SHIPPED / "publishers.json").read_text(encoding="utf-8"))


def trusted(pack: Pack, trust: Mapping[str, str]) -> Pack:
    """The same pack, when one of these publishers signed it. Raises PackWrong."""
    if pack.signer not in trust or not verified(pack.signer, PURPOSE, pack.signed_value, pack.signature):
        raise PackWrong(f"{pack.manifest.pack_id} is not signed by a publisher trusted here")
    return pack


def learn(pack: Pack, trust: Mapping[str, str]) -> Pack:
    """The same pack, checked, and known to the rules from now on. Raises PackWrong."""
    LEARN[trusted(pack, trust).manifest.kind](pack)
    return pack


def signed(pack: Pack, signer: Signer) -> Pack:
    return replace(pack, signer=signer.public, signature=signer.sign(PURPOSE, pack.signed_value))


def check_shipped(kinds: Iterable[Kind] = KINDS) -> None:
    """Stops the start of an app whose own packs were altered. Raises PackWrong."""
    trust = publishers()
    for kind in kinds:
        for pack in shipped(kind):
            trusted(pack, trust)
