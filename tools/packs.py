"""Who signs the packs in `assets/packs/`: `./build.sh publisher "NAME" [KEY FILE]`.

Makes the key file unless it is there, names its owner the publisher in `publishers.json` in place of the demonstration
publisher, and signs every pack anew. Without a name it signs them with the key that ALONGSIDE_PUBLISHER_KEY names, else
the demonstration publisher's, which is no secret and is trusted in training alone.

The facts of a pack (owner, dates) stand in its `pack.json` and are kept; its files are listed and signed as they are.
"""

import argparse
import json
import os
import secrets
import sys
from hashlib import sha256
from pathlib import Path

from sync.core.signing import Signer
from sync.domain.content.packs import Manifest, Pack, digest_of
from sync.pack_files import DEMONSTRATION, MANIFEST, SHIPPED, signed

SECRET_OF_THE_DEMONSTRATION = b"Alongside demonstration publisher: never for care"
SEED = 32
NEXT = """\
{name} is the publisher of the packs now. Next:
  1. Keep {key} offline, mode 0600: whoever has it can change the law and the guidance that nurses see.
     It is not the centre's key, and never lies on the centre.
  2. Let your named people check the content (docs/content.md), and sign again after every change:
     ALONGSIDE_PUBLISHER_KEY={key} python -m tools.packs
  3. Commit assets/packs/, and build phone app, console and centre from it (docs/deploy.md)."""


def publisher() -> Signer:
    path = os.environ.get("ALONGSIDE_PUBLISHER_KEY")
    return key_of(Path(path)) if path else Signer(sha256(SECRET_OF_THE_DEMONSTRATION).digest())


def key_of(path: Path) -> Signer:
    """The key in this file. Raises ValueError for a file that is none."""
    seed = path.read_bytes()
    if len(seed) != SEED:
        raise ValueError(f"{path} is not a publisher's key: it must hold {SEED} random bytes")
    return Signer(seed)


def make_key(path: Path) -> None:
    """A new key in a new file that only its owner reads."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(SEED))


def become_publisher(name: str, key: Path, packs: Path = SHIPPED) -> Signer:
    """Put this key's owner in the demonstration publisher's place, and sign every pack. Raises ValueError, OSError."""
    if not key.exists():
        make_key(key)
    signer, listed = key_of(key), packs / "publishers.json"
    known = json.loads(listed.read_text(encoding="utf-8"))
    trust = {public: owner for public, owner in known.items() if public != DEMONSTRATION} | {signer.public: name}
    listed.write_text(json.dumps(trust, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sign_all(signer, packs)
    return signer


def sign_all(signer: Signer, packs: Path = SHIPPED) -> None:
    for folder in sorted(path for path in packs.iterdir() if path.is_dir()):
        pack = sign_folder(folder, signer)
        print(f"signed {pack.manifest.pack_id}: {len(pack.files)} files")


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


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./build.sh publisher", description=__doc__)
    parser.add_argument("name", nargs="?", help="who publishes law, guidance and services: the trust, as it is called")
    parser.add_argument("key", nargs="?", type=Path, default=Path("publisher.key"), help="default: publisher.key")
    options = parser.parse_args(argv)
    try:
        if options.name:
            become_publisher(options.name, options.key)
            print(NEXT.format(name=options.name, key=options.key))
        else:
            sign_all(publisher())
    except (OSError, ValueError) as wrong:
        print(f"Nothing is signed: {wrong}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
