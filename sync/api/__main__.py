"""Serve the centre: `python -m sync.api`. Settings come from the environment (sync/api/settings.py)."""

import sys

import uvicorn

from sync.api.pull import packs
from sync.api.settings import from_environment


def main() -> int:
    try:
        settings = from_environment()
        packs.shelf(settings.packs)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    uvicorn.run(
        "sync.api.app:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=64 * 1024,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
