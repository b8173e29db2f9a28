"""Packs in folders, and who signed them. A pack is used only when a publisher trusted here has signed its manifest.

`assets/packs/publishers.json` names the publishers by their Ed25519 keys. What comes with the project is signed by its
demonstration publisher, whose private key is no secret: it is trusted in training alone, and a service becomes its own
publisher (`./build.sh publisher`, docs/deploy.md). Only the list in the program itself counts: a folder of packs cannot
bring its own. Composition roots read the packs here, once, and pass them on.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sync.core.signing import Signer, verified
from sync.domain.content.pack_set import PackSet
from sync.domain.content.packs import Pack, PackWrong, from_bundle

SHIPPED = Path(__file__).parents[1] / "assets" / "packs"
PUBLISHERS = SHIPPED / "publishers.json"
MANIFEST = "pack.json"
PURPOSE = "pack"
DEMONSTRATION = "YTV9pOZ8y5Bc6Q129jIfWFhrztCwzko7Sr_D1IyRNeE"  # the demonstration publisher's public key


class NoPublisher(PackWrong):
    """This build has no publisher of its own, and is to be used outside training."""

    def __init__(self) -> None:
        super().__init__(
            "its law and guidance are a demonstration. Before anybody is cared for, become their publisher "
            "(./build.sh publisher, docs/deploy.md) and build again. For training with made-up people, set "
            "ALONGSIDE_TRAINING=1"
        )


def publishers(*, training: bool) -> Mapping[str, str]:
    """The publishers trusted here: key, name. Raises NoPublisher, outside training, when that is nobody."""
    named = json.loads(PUBLISHERS.read_text(encoding="utf-8"))
    trust = {key: name for key, name in named.items() if training or key != DEMONSTRATION}
    if not trust:
        raise NoPublisher
    return trust


def trusted(pack: Pack, trust: Mapping[str, str]) -> Pack:
    """The pack, if one of these publishers signed it. Raises PackWrong if none did."""
    if pack.signer not in trust or not verified(pack.signer, PURPOSE, pack.signed_value, pack.signature):
        raise PackWrong(f"{pack.manifest.pack_id} is not signed by a publisher trusted here")
    return pack


def signed(pack: Pack, signer: Signer) -> Pack:
    return replace(pack, signer=signer.public, signature=signer.sign(PURPOSE, pack.signed_value))


def from_folder(folder: Path) -> Pack:
    """The pack in a folder: `pack.json` and the files it names. Raises PackWrong."""
    try:
        head = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        names = head["manifest"]["files"]
        files = {name: (folder / Path(name).name).read_text(encoding="utf-8") for name in names}
    except (OSError, ValueError, KeyError, TypeError):
        raise PackWrong(f"{folder.name} is not a pack") from None
    return from_bundle({**head, "files": files})


def shipped_packs(*, training: bool) -> tuple[Pack, ...]:
    """The packs that came with the program. Raises PackWrong when one is not what its publisher signed."""
    trust = publishers(training=training)
    folders = sorted(path for path in SHIPPED.iterdir() if path.is_dir())
    return tuple(trusted(from_folder(folder), trust) for folder in folders)


def shipped(*, training: bool) -> PackSet:
    """The set of the packs that came with the program. Raises PackWrong."""
    return PackSet.of(shipped_packs(training=training))
