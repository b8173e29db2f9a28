"""Where the centre is, and over which lines it may be reached: TLS, or plain HTTP that does not leave this machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from sync.core.errors import NotEncrypted

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True)
class Address:
    """`authority`: a PEM file of authorities that are trusted besides the world's; "" for none.

    `plain_http`: plain HTTP may leave this machine. For training alone: whoever is on the way reads everything.
    """

    url: str
    authority: str = ""
    plain_http: bool = False

    @classmethod
    def given(cls, url: str, environment: Mapping[str, str], *, training: bool) -> "Address":
        """The address as ALONGSIDE_CA and, in training only, ALONGSIDE_PLAIN_HTTP=1 say it is to be reached."""
        plain = training and environment.get("ALONGSIDE_PLAIN_HTTP") == "1"
        return cls(url, environment.get("ALONGSIDE_CA", ""), plain)

    def check(self, url: "httpx.URL") -> None:
        """Raise NotEncrypted where `url`, this address as it was read, may not be used."""
        if url.scheme == "https" or (url.scheme == "http" and (self.plain_http or stays_here(url.host))):
            return
        raise NotEncrypted


def stays_here(host: str) -> bool:
    """Whether what is sent to this host never leaves the machine: localhost, 127.0.0.0/8, ::1."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
