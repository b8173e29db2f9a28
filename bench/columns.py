"""The columns of the comparison: how the server of each is started and its client called. All of them really run.

A client is a command with DO URL DOCUMENTS FOLDER after it (seed, push, pull, idle); it prints one JSON line with the
seconds of the work alone, taken when the process is up, its modules are loaded and its client is made.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.alone import ROOT

HERE = ROOT / "bench" / "peers"
SETUP = ROOT / "build" / "peers"
PYTHON = SETUP / "venv-bench" / "bin" / "python"  # made by ./build.sh from requirements/bench.txt
NODE = SETUP / "node"
OURS = "ours"
ABOUT = {
    OURS: "TLS; ids, signatures, receipts, sign-in, audit",
    "rxdb": "memory storage; its HTTP replication to a small SQLite server",
    "pouch": "LevelDB, keep-alive; pouchdb-server",
    "kinto": "its own client; PostgreSQL, whose CPU is not counted",
    "forms": "in ODK's style; a small SQLite server",
}
KINTO = """[server:main]
use = egg:waitress#main
host = 0.0.0.0
port = {port}
[app:main]
use = egg:kinto
kinto.userid_hmac_secret = of-this-run-alone
multiauth.policies = basicauth
kinto.bucket_create_principals = system.Authenticated
kinto.storage_backend = kinto.core.storage.{backend}
kinto.permission_backend = kinto.core.permission.{backend}
kinto.cache_backend = kinto.core.cache.memory
kinto.storage_url = {url}
kinto.permission_url = {url}
"""


@dataclass(frozen=True)
class TablePlace:
    """Where one job runs: its folder, the port of its server, a PostgreSQL to make databases in ("" for none)."""

    folder: Path
    port: int
    postgres: str = ""

    @property
    def store(self) -> Path:
        return self.folder / "server"


@dataclass(frozen=True)
class Column:
    name: str
    title: str
    server: Callable[[TablePlace], list[str]]
    client: list[str]
    environment: Callable[[TablePlace], Mapping[str, str]] = lambda place: {"STORE": str(place.store)}
    setup: Callable[[TablePlace], list[list[str]]] = lambda place: []  # once the server runs, beside it
    about: str = ""
    ready: str = field(default="")  # why it cannot run here


def node_ready() -> str:
    """Install the peers of npm, once; why that cannot be, or ""."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "Node.js and npm are not here"
    stamp, locked = NODE / ".done", (HERE / "package-lock.json").read_text()
    if not stamp.exists() or stamp.read_text() != locked:
        shutil.rmtree(NODE, ignore_errors=True)
        NODE.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, NODE)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        npm = subprocess.run(command, cwd=NODE, capture_output=True, text=True, check=False)
        if npm.returncode:
            return f"npm could not install the peers: {npm.stderr[-300:]}"
        stamp.write_text(locked)
    for script in (*HERE.glob("*.js"), *HERE.glob("*.mjs")):  # beside their packages, where Node looks for them
        shutil.copy(script, NODE)
    return ""


def python_ready() -> str:
    return "" if PYTHON.exists() else "the environment of the peers is not there (./build.sh bench makes it)"


def uvicorn(what: str) -> Callable[[TablePlace], list[str]]:
    options = ["--app-dir", str(HERE), "--host", "0.0.0.0", "--log-level", "warning", "--no-access-log"]
    return lambda place: [str(PYTHON), "-m", "uvicorn", f"servers:{what}", "--port", str(place.port), *options]


def ours(place: TablePlace) -> list[str]:
    return [sys.executable, "-m", "bench.centre", "0.0.0.0", str(place.port), str(place.folder)]


def ours_environment(place: TablePlace) -> Mapping[str, str]:
    return {"ALONGSIDE_DATA": str(place.folder / "centre"), "ALONGSIDE_TRAINING": "1", "ALONGSIDE_DEMO": "1"}


def couch(place: TablePlace) -> list[str]:
    (place.store / "db").mkdir(parents=True)
    (place.store / "config.json").write_text(json.dumps({"log": {"file": str(place.store / "log.txt")}}))
    command = NODE / "node_modules" / "pouchdb-server" / "bin" / "pouchdb-server"
    options = ["-d", str(place.store / "db"), "-c", str(place.store / "config.json"), "-n"]
    return ["node", str(command), "-p", str(place.port), "-o", "0.0.0.0", *options]


def couch_setup(place: TablePlace) -> list[list[str]]:
    code = f"fetch('http://127.0.0.1:{place.port}/field', {{method: 'PUT'}}).then(r => process.exit(r.ok ? 0 : 1))"
    return [["node", "-e", code]]


def kinto(place: TablePlace) -> list[str]:
    place.store.mkdir(parents=True)
    backend = "postgresql" if place.postgres else "memory"
    text = KINTO.format(port=place.port, backend=backend, url=place.postgres)
    (place.store / "kinto.ini").write_text(text)
    command = str(PYTHON.parent / "kinto")
    if place.postgres:
        migrate = [command, "migrate", "--ini", str(place.store / "kinto.ini")]
        subprocess.run(migrate, check=True, capture_output=True)
    return [command, "start", "--ini", str(place.store / "kinto.ini")]


def kinto_setup(place: TablePlace) -> list[list[str]]:
    url, folder = f"http://127.0.0.1:{place.port}", str(place.folder / "setup")
    return [[str(PYTHON), str(HERE / "kinto_client.py"), "setup", url, "-", folder]]


def columns() -> list[Column]:
    """All of them. The first call installs the peers of npm."""
    node, python = node_ready(), python_ready()
    rx, pouch = (["node", str(NODE / script)] for script in ("rx.mjs", "pouch.js"))
    kinto_client, forms_client = ([str(PYTHON), str(HERE / f"{name}_client.py")] for name in ("kinto", "forms"))
    some = [
        Column(OURS, "Alongside", ours, [], ours_environment),
        Column("rxdb", "RxDB", uvicorn("rx"), rx, ready=node or python),
        Column("pouch", "PouchDB", couch, pouch, setup=couch_setup, ready=node),
        Column("kinto", "Kinto", kinto, kinto_client, setup=kinto_setup, ready=python),
        Column("forms", "one form a request", uvicorn("forms"), forms_client, ready=python),
    ]
    return [replace(column, about=ABOUT[column.name]) for column in some]
