"""Write the manifests of the packs in `assets/packs/` anew and sign them: `python -m tools.packs`.

The facts of a pack (owner, dates) stand in its `pack.json` and are kept; its files are listed and signed as they are.
The key: 32 bytes in the file that ALONGSIDE_PUBLISHER_KEY names, else the demonstration publisher's, which is no secret
and must not be trusted where people are cared for.
"""

import json
import os
from hashlib import sha256
from pathlib import Path

from sync.core.signing import Signer
from sync.domain.content.packs import Manifest, Pack, digest_of
from sync.pack_files import MANIFEST, SHIPPED, signed

DEMONSTRATION = b"Alongside demonstration publisher: never for care"


def publisher() -> Signer:
    path = os.environ.get("ALONGSIDE_PUBLISHER_KEY")
    return Signer(Path(path).read_bytes() if path else sha256(DEMONSTRATION).digest())


def sign_folder(folder: Path, signer: Signer) -> Pack:
    """Sign what the folder holds now."""
    head = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    paths = sorted(path for path in folder.iterdir() if path.name != MANIFEST)
    files = {path.name: path.read_text(encoding="utf-8") for path in paths}
    facts = {**head["manifest"], "files": {name: digest_of(text) for name, text in files.items()}}
    pack = signed(Pack(Manifest.model_validate(facts), files), signer)
    bundle = pack.bundle()
    del bundle["files"]
    (folder / MANIFEST).write_text(json.dumps(bundle, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return pack


def main() -> None:
    signer = publisher()
    for folder in sorted(path for path in SHIPPED.iterdir() if path.is_dir()):
        pack = sign_folder(folder, signer)
        print(f"signed {pack.manifest.pack_id}: {len(pack.files)} files")


if __name__ == "__main__":
    main()
