"""`python -m demo`: demo people and synthetic incidents.

`--people`: who can sign in. `--centre URL`: lay the demo there: six incidents under way, and a month of closed ones.
`--months 3 --teams 2 --seed 7`: lay so many more, without a URL at the centre of `./build.sh run`; a second team needs
a centre started with ALONGSIDE_DEMO=2 or higher.
"""

import argparse
import os
import sys
from pathlib import Path

from demo import sign_ins
from demo.lay import lay, now
from demo.past import lay_past, this_month
from demo.synthetic import Spread, generate
from sync.core.errors import AlongsideError
from sync.pack_files import shipped

SEED = 136  # of the past month; another one for what is laid besides, so that no id comes twice
LOCAL = "http://127.0.0.1:8602"
A_FEW = Spread(car_month=16, control_room_month=6, custody_month=2)  # a month small enough to be laid in seconds


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description="Demo people and synthetic incidents.")
    parser.add_argument("--people", action="store_true", help="print the demo sign-ins")
    parser.add_argument("--centre", metavar="URL", help="lay the incidents that this centre does not have yet")
    parser.add_argument("--months", type=int, metavar="N", help="lay so many months of incidents more")
    parser.add_argument("--teams", type=int, default=1, metavar="N", help="for so many teams")
    parser.add_argument("--seed", type=int, default=SEED + 1, metavar="S", help="the same seed, the same incidents")
    options = parser.parse_args(argv)
    if options.months and not options.centre:
        options.centre = os.environ.get("ALONGSIDE_CENTRE") or LOCAL
    if not options.people and not options.centre:
        parser.error("say what to do: --people, --centre URL or --months N")
    if options.people:
        print(sign_ins())
    if options.centre:
        try:
            laid = lay_all(options)
        except AlongsideError as error:
            print(f"The demo incidents could not be laid: {error} ({error.code}). {error.advice}", file=sys.stderr)
            return 1
        print(f"{laid} demo incidents laid." if laid else "The demo incidents are there already.")
    return 0


def lay_all(options: argparse.Namespace) -> int:
    """Lay what the options ask for; returns how many incidents were laid. Raises what the client raises."""
    at, folder, packs = now(), os.environ.get("ALONGSIDE_DATA"), shipped(training=True)
    if options.months:
        cases = generate(packs, options.seed, this_month(at), options.months, options.teams)
        return lay_past(options.centre, at, cases)
    under_way = lay(options.centre, at, Path(folder) if folder else None)
    return under_way + lay_past(options.centre, at, generate(packs, SEED, this_month(at), 1, settings=A_FEW))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
