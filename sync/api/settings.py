"""Where the centre runs and where it keeps things, from the environment.

DATABASE_URL         PostgreSQL ("postgresql://…"); without it SQLite, in the data folder
ALONGSIDE_DATA       the data folder: centre.db and the signing key. Default ./.alongside/centre
ALONGSIDE_HOST       default 127.0.0.1                      ALONGSIDE_PORT     default 8602
ALONGSIDE_WORKERS    processes; more than 1 needs PostgreSQL
ALONGSIDE_ORG        the organisation served. Default "alongside"
ALONGSIDE_TRAINING   1: a centre for training, with made-up people only; it and the others refuse each other
ALONGSIDE_DEMO       1: make the demo people at start; 2 and more: those of so many teams. In training only
ALONGSIDE_DOCS       1: serve /docs
ALONGSIDE_MIN_APP    the oldest version of the app that understands everything; phones below it say so
ALONGSIDE_CONNECTIONS  connections at a time, idle ones too; further ones are told to come again. Default 1000
ALONGSIDE_QUIET_S    seconds without a byte after which a device's request is given up. Default 120
ALONGSIDE_BODY_S     seconds after which it is in any case. Default 1800
ALONGSIDE_DESKS      addresses or networks of desk servers, with commas between: wrong passwords are counted there
ALONGSIDE_PROXIES    the same of the proxies in front, of which X-Forwarded-For is believed
ALONGSIDE_PACKS      the folder of the packs handed out; without it those that came with the program
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from sync.core.signing import Signer
from sync.pack_files import SHIPPED

SEED = 32
MIN_APP_VERSION = "0.1.0"


@dataclass(frozen=True)
class Settings:
    database_url: str
    data: Path
    host: str = "127.0.0.1"
    port: int = 8602
    workers: int = 1
    org: str = "alongside"
    training: bool = False
    demo: int = 0  # teams
    docs: bool = False
    packs: Path = SHIPPED
    connections: int = 1000  # at a time, idle ones too
    quiet_s: float = 120  # without a byte, while a device sends
    body_s: float = 1800  # for all that it sends in one request
    min_app_version: str = MIN_APP_VERSION  # the oldest app that understands everything; it never stops a push
    desks: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings. Raises ValueError for a number or an address that is none, and for what cannot go together."""
    data = Path(env.get("ALONGSIDE_DATA") or ".alongside/centre").expanduser().resolve()
    url = database_url(env.get("DATABASE_URL", ""), data)
    settings = Settings(
        url,
        data,
        env.get("ALONGSIDE_HOST") or "127.0.0.1",
        _number(env, "ALONGSIDE_PORT", 8602),
        _number(env, "ALONGSIDE_WORKERS", 1),
        env.get("ALONGSIDE_ORG") or "alongside",
        env.get("ALONGSIDE_TRAINING") == "1",
        _number(env, "ALONGSIDE_DEMO", 0),
        env.get("ALONGSIDE_DOCS") == "1",
        Path(env["ALONGSIDE_PACKS"]).expanduser().resolve() if env.get("ALONGSIDE_PACKS") else SHIPPED,
        _number(env, "ALONGSIDE_CONNECTIONS", 1000),
        _number(env, "ALONGSIDE_QUIET_S", 120),
        _number(env, "ALONGSIDE_BODY_S", 1800),
        env.get("ALONGSIDE_MIN_APP") or MIN_APP_VERSION,
        _addresses(env, "ALONGSIDE_DESKS"),
        _addresses(env, "ALONGSIDE_PROXIES"),
    )
    if settings.sqlite and settings.workers > 1:
        raise ValueError("Several workers need PostgreSQL: set DATABASE_URL, or leave ALONGSIDE_WORKERS out.")
    if settings.demo and not settings.training:
        raise ValueError("Demo people are for training only: set ALONGSIDE_TRAINING=1, or leave ALONGSIDE_DEMO out.")
    return settings


def database_url(url: str, data: Path) -> str:
    """The address as SQLAlchemy wants it; SQLite in the data folder when there is none."""
    if not url:
        return f"sqlite:///{data / 'centre.db'}"
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def centre_signer(data: Path) -> Signer:
    """The key that signs receipts: a file only its owner reads, made at the first start.

    Several processes may start at once: the file appears whole, under its name, or not at all. Raises ValueError for a
    file that is not a key.
    """
    path = data / "centre.key"
    if not path.exists():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".centre.key.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(SEED))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    seed = path.read_bytes()
    if len(seed) != SEED:
        raise ValueError(f"{path} is not a signing key. Put back the one from the backup: phones trust no other.")
    return Signer(seed)


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{name} must be a number.")
    return int(text)


def _addresses(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    addresses = tuple(part.strip() for part in (env.get(name) or "").split(",") if part.strip())
    for address in addresses:
        try:
            ip_network(address)
        except ValueError:
            raise ValueError(f"{name} must be addresses or networks, with commas between; {address} is none.") from None
    return addresses
