"""The centre behind TLS, as behind the proxy of a deployment: `python -m bench.centre HOST PORT CERTIFICATES`."""

import sys
from pathlib import Path

import uvicorn

APPLICATION = "sync.api.__main__:application"


def main(host: str, port: str, certificates: str) -> None:
    folder = Path(certificates)
    uvicorn.run(
        APPLICATION,
        factory=True,
        host=host,
        port=int(port),
        log_config=None,
        access_log=False,
        server_header=False,
        ssl_certfile=folder / "centre.crt",
        ssl_keyfile=folder / "centre.key",
    )


if __name__ == "__main__":
    main(*sys.argv[1:4])
