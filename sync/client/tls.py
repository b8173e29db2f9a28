"""TLS to the centre: whom to trust, and why a certificate did not verify.

OpenSSL looks for the first fault in this order: a chain to a trusted authority, the host's name, the dates. So where
the dates are at fault all else has verified, and the centre is asked for the time: then it is the clock here, or the
certificate. Where the chain or the name is at fault, the certificate is looked at: one for another host is a network's
own; one for the centre's name that nobody vouches for is said as such. Nothing but `GET /health` is sent to find out.
"""

import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

from sync.core.errors import KEPT, CaptivePortal, CertificateWrong, ClockWrong, NotReachable, Unconnected
from sync.core.times import day_and_clock

if TYPE_CHECKING:
    import httpx
    from cryptography.x509 import Certificate

NOT_YET_VALID, EXPIRED = 9, 10  # X509_V_ERR_…
NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME
SPOKE_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST")  # an answer in clear, of a log-in page
CLOSE = timedelta(hours=1)  # two clocks so near to each other are not the cause

Ask = Callable[[ssl.SSLContext], AbstractContextManager["httpx.Response"]]  # GET /health


def trusting(authority: str) -> ssl.SSLContext:
    """Trust the world's authorities, or those that SSL_CERT_FILE or SSL_CERT_DIR names, and those in this PEM file.

    Raises CertificateWrong for a file without any.
    """
    import httpx

    context = httpx.create_ssl_context()
    if authority:
        try:
            context.load_verify_locations(cafile=authority)
        except OSError:  # ssl.SSLError is one
            advice = f"Nothing is sent: tell your administrator. ALONGSIDE_CA names no file of certificates. {KEPT}"
            raise CertificateWrong("the authority given to this app cannot be read", advice=advice) from None
    return context


def why(error: BaseException, authority: str, host: str, ask: Ask) -> NotReachable:
    """What a connection that did not come about is to be called. `error`: what the HTTP library raised."""
    fault = _cause(error)
    if isinstance(fault, ssl.SSLCertVerificationError):
        by_date = fault.verify_code in (NOT_YET_VALID, EXPIRED)
        return _why_not_now(authority, ask) if by_date else _why_not_trusted(host, ask)
    if isinstance(fault, ssl.SSLError) and fault.reason in SPOKE_NO_TLS:
        return CaptivePortal()
    if isinstance(fault, ssl.SSLError) and not isinstance(fault, ssl.SSLEOFError):
        return CertificateWrong("no safe connection to the centre could be made")
    return Unconnected(f"no connection: {type(error).__name__}")


def _cause(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


def _why_not_now(authority: str, ask: Ask) -> NotReachable:
    """The centre's certificate is for another time. Whoever holds its key is asked which time it is."""
    context = trusting(authority)
    context.verify_flags |= NO_CHECK_TIME
    seen = _seen(context, ask)
    here = datetime.now(UTC)
    if seen is None:
        return CertificateWrong(advice=f"{_look_at_the_clock(here)} {CertificateWrong.advice}")
    certificate, there = seen
    if there and _is_valid(certificate, there) and not (_is_valid(certificate, here) and abs(there - here) < CLOSE):
        what = f"It says {day_and_clock(here)}, the centre says {day_and_clock(there)}."
        return ClockWrong(advice=f"{what} {ClockWrong.advice}")
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    now = there or here
    title = "has run out" if last < now else "is not valid yet" if now < first else "rests on one that is not valid now"
    dates = f"It is valid from {day_and_clock(first)} to {day_and_clock(last)}."
    doubt = "" if there else f"{_look_at_the_clock(here)} "
    return CertificateWrong(
        f"the centre’s certificate {title}", advice=f"{doubt}Tell your administrator. {dates} {KEPT}"
    )


def _is_valid(certificate: "Certificate", at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _look_at_the_clock(here: datetime) -> str:
    return f"This device says it is {day_and_clock(here)}: if that is wrong, put its clock right first."


def _why_not_trusted(host: str, ask: Ask) -> NotReachable:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # only to look at who is there
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    seen = _seen(context, ask)
    return CertificateWrong() if seen is None or names(seen[0], host) else CaptivePortal()


def _seen(context: ssl.SSLContext, ask: Ask) -> "tuple[Certificate, datetime | None] | None":
    """The certificate of whoever is there, and the time they say it is; None without an answer."""
    import httpx
    from cryptography import x509

    try:
        with ask(context) as response:
            der = response.extensions["network_stream"].get_extra_info("ssl_object").getpeercert(True)
        return x509.load_der_x509_certificate(der), moment_of(response.headers.get("date", ""))
    except (httpx.HTTPError, AttributeError, KeyError, TypeError, ValueError):
        return None


def moment_of(date: str) -> datetime | None:
    """The moment that a date of HTTP names (RFC 9110); None when it names none."""
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def names(certificate: "Certificate", host: str) -> bool:
    """Whether a certificate is for this host (RFC 6125: names of the subject alternative name, `*` for one label)."""
    from cryptography import x509

    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    try:
        return ip_address(host) in alternatives.get_values_for_type(x509.IPAddress)
    except ValueError:
        own = host.lower().rstrip(".")
        known = [name.lower() for name in alternatives.get_values_for_type(x509.DNSName)]
        return own in known or f"*.{own.partition('.')[2]}" in known
