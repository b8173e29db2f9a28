"""Packs for tests: made from those that are shipped, signed by the demonstration publisher or by a stranger."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sync.core.signing import Signer
from sync.domain.content import rules
from sync.domain.content.packs import Kind, Pack, digest_of
from sync.pack_files import MANIFEST, signed
from tests.steps.builders import SHIPPED
from tools.packs import publisher

STRANGER = Signer(b"s" * 32)


def shipped(kind: Kind) -> list[Pack]:
    """The packs of this kind that came with the program."""
    return [pack for pack in SHIPPED if pack.manifest.kind == kind]


def later(
    pack_id: str, kind: Kind = "rules", signer: Signer | None = None, files: Mapping[str, str] | None = None,
    **about: Any
) -> Pack:  # fmt: skip
    """A later pack of this kind with other facts, signed."""
    base = shipped(kind)[0]
    texts = dict(files or base.files)
    facts = {"pack_id": pack_id, "version": pack_id.partition("-")[2], "effective_from": date(2026, 1, 1), **about}
    named = {"files": {name: digest_of(text) for name, text in texts.items()}}
    made = replace(base, manifest=base.manifest.model_copy(update=facts | named), files=texts)
    return signed(made, signer or publisher())


def rules_with(pack_id: str, effective_from: date | None, **changed: Any) -> Pack:
    """A rule pack in which these rules are other ones."""
    text = json.dumps({**json.loads(shipped("rules")[0].files[rules.FILE]), **changed})
    return later(pack_id, files={rules.FILE: text}, effective_from=effective_from)


def lay(pack: Pack, folder: Path) -> Path:
    """The pack as a folder in this folder."""
    place = folder / pack.manifest.pack_id
    place.mkdir(parents=True)
    head = pack.bundle()
    for name, text in head.pop("files").items():
        (place / name).write_text(text, encoding="utf-8")
    (place / MANIFEST).write_text(json.dumps(head), encoding="utf-8")
    return place
