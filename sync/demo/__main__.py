"""`python -m sync.demo --people`: who can sign in. `python -m sync.demo --centre URL`: lay the demo incidents there."""

import argparse
import os
import sys
from pathlib import Path

from sync.demo import sign_ins
from sync.demo.lay import lay, now
from sync.errors import AlongsideError


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m sync.demo", description="Demo people and synthetic incidents.")
    parser.add_argument("--people", action="store_true", help="print the demo sign-ins")
    parser.add_argument("--centre", metavar="URL", help="lay the incidents that this centre does not have yet")
    options = parser.parse_args(argv)
    if not options.people and not options.centre:
        parser.error("say what to do: --people or --centre URL")
    if options.people:
        print(sign_ins())
    folder = os.environ.get("ALONGSIDE_DATA")
    if options.centre:
        try:
            made = lay(options.centre, now(), Path(folder) if folder else None)
        except AlongsideError as error:
            print(f"The demo incidents could not be laid: {error} ({error.code}). {error.advice}", file=sys.stderr)
            return 1
        print(f"{made} demo incidents laid." if made else "The demo incidents are there already.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
