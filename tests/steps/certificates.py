"""Certificates for one test: an authority, and what it vouches for."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
LOOPBACK = ("127.0.0.1",)
Span = tuple[datetime, datetime]
TODAY: Span = (NOW - DAY, NOW + DAY)


@dataclass(frozen=True)
class Served:
    """What a server shows: its certificate and key, in files."""

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.certificate, self.key)
        return made


class Authority:
    """An authority. `pem`: its certificate, for whoever is to trust it."""

    def __init__(self, folder: Path, name: str = "Trust authority", span: Span = (NOW - 4000 * DAY, NOW + 4000 * DAY)):
        self._folder, self._key = folder, generate_private_key(SECP256R1())
        self._certificate = _signed(name, None, self._key, self._key, span, is_authority=True)
        self.pem = folder / f"{name}.pem"
        self.pem.write_bytes(self._certificate.public_bytes(Encoding.PEM))

    def vouch(self, hosts: Sequence[str] = LOOPBACK, span: Span = TODAY) -> Served:
        """A certificate for these hosts, in this time."""
        key = generate_private_key(SECP256R1())
        made = _signed("served", self._certificate, key, self._key, span, hosts=hosts)
        return _written(self._folder, made, key)


def by_itself(folder: Path, hosts: Sequence[str] = LOOPBACK, span: Span = TODAY) -> Served:
    """A certificate that only itself vouches for."""
    key = generate_private_key(SECP256R1())
    return _written(folder, _signed("itself", None, key, key, span, hosts=hosts), key)


def _signed(
    name: str,
    issuer: x509.Certificate | None,
    key: EllipticCurvePrivateKey,
    by: EllipticCurvePrivateKey,
    span: Span,
    *,
    hosts: Sequence[str] = (),
    is_authority: bool = False,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(span[0]).not_valid_after(span[1])
    builder = builder.add_extension(x509.BasicConstraints(is_authority, None), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
         "decipher_only"), False)  # fmt: skip
    signs = x509.KeyUsage(True, key_cert_sign=is_authority, crl_sign=is_authority, **usage)
    builder = builder.add_extension(signs, critical=True)
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
    return builder.sign(by, SHA256())


def _host(host: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)


def _written(folder: Path, certificate: x509.Certificate, key: EllipticCurvePrivateKey) -> Served:
    number = format(certificate.serial_number, "x")
    served = Served(folder / f"{number}.crt", folder / f"{number}.key")
    served.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    served.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return served
