"""nginx in front of a centre, as it comes: its defaults, TLS by an authority of one's own, HTTP/2, gzip."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.steps.certificates import Served

ROOT = Path(__file__).parents[2]
PLACES = os.pathsep.join([str(ROOT / "build/nginx/usr/sbin"), os.environ.get("PATH", ""), "/usr/sbin"])
CONF = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  gzip on;
  {more}
  {server}
}}
"""
DEFAULTS = "server { location / { proxy_pass http://127.0.0.1:8602; } }"
SHOWS = "server { listen 127.0.0.1:%d ssl http2; ssl_certificate %s; ssl_certificate_key %s;"


def documented() -> str:
    """The settings that docs/deploy.md gives as an example."""
    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    return page.partition("With nginx, for example")[2].split("```")[1]


def program() -> str:
    """nginx; where there is none, the test is left out and says so, and fails where nothing may be left out."""
    found = shutil.which("nginx", path=PLACES)
    if found is None:
        leave_out = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        leave_out("nginx is not here: ./build.sh test fetches it, or your system's package manager")
    return found


@contextmanager
def before(centre: str, folder: Path, shows: Served, more: str = "", server: str = DEFAULTS) -> Iterator[str]:
    """Serve the centre by way of nginx; gives the address. `more`: settings beside its defaults."""
    nginx = program()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = "user root;" if os.geteuid() == 0 else ""
    folder.mkdir()
    server = server.replace("http://127.0.0.1:8602", centre)
    server = server.replace("server {", SHOWS % (port, shows.certificate, shows.key))
    conf = folder / "nginx.conf"
    conf.write_text(CONF.format(user=user, folder=folder, more=more, server=server))
    running = subprocess.Popen([nginx, "-c", str(conf), "-e", str(folder / "error.log")], stderr=subprocess.DEVNULL)
    try:
        for _ in range(1000):
            assert running.poll() is None, (folder / "error.log").read_text()
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.01)
        yield f"https://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(10)
