"""The centre behind TLS, as behind the proxy of a deployment: `python -m bench.centre HOST PORT CERTIFICATES`."""

import sys
from pathlib import Path

import uvicorn

from sync.api.ops.connections import uvicorn_settings
from sync.api.settings import from_environment

APPLICATION = "sync.api.__main__:application"


def main(host: str, port: str, certificates: str) -> None:
    folder = Path(certificates)
    uvicorn.run(
        APPLICATION,
        factory=True,
        host=host,
        port=int(port),
        **uvicorn_settings(from_environment().connections),
        ssl_certfile=folder / "centre.crt",
        ssl_keyfile=folder / "centre.key",
    )


if __name__ == "__main__":
    main(*sys.argv[1:4])
