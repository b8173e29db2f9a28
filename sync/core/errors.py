"""What stops the work, each with a stable code for machines and a line that says what to do.

AlongsideError
 ├─ NotReachable           no answer of the centre: no signal, centre stopped, line cut
 │   ├─ Unconnected        no connection came about: nothing was sent
 │   │   ├─ NotEncrypted       the address would send in clear
 │   │   ├─ CertificateWrong   whoever is there cannot show that it is the centre
 │   │   └─ ClockWrong         ... since the clock here is wrong
 │   ├─ CaptivePortal      an answer, but of a network that wants a log-in first
 │   ├─ NetworkBlocks      something on the way refuses
 │   ├─ GatewayLimit       something on the way takes less at once
 │   ├─ Busy               the centre, or what stands before it, has too much to do
 │   ├─ CentreAway         what stands before the centre gets no answer from it
 │   ├─ NotTheCentre       any other answer that is not the centre's
 │   └─ Rewritten          something on the way changes what is sent
 ├─ Problem                the centre answered and said no (RFC 9457): status, code, title, advice
 ├─ Untrusted              a signature, a receipt or a chain does not verify, or an answer cannot be read
 └─ DiskFull               this device could not write

No message ever holds clinical content: they are shown, logged and kept.
"""

# The centre's codes for a request that it could not read: an old app, or something on the way that changed it.
NOT_UNDERSTOOD = ("bad_hello", "bad_batch", "no_type", "not_bz2", "not_json", "encoding_unsupported")
KEPT = "Until then everything is kept here."
TRY_ELSEWHERE = f"Use mobile data or another network. If it stays so there, tell your administrator. {KEPT}"


class AlongsideError(Exception):
    """`backoff_s`: seconds before which it is of no use to try again; 0: not said."""

    code = "error"
    title = "this did not work"
    advice = "Try again. If it happens again, tell your supervisor; what is recorded is kept."
    teaches = True  # the send window learns from it how much the line carries

    def __init__(self, message: str = "", *, code: str | None = None, advice: str | None = None, backoff_s: int = 0):
        super().__init__(message or self.title)
        self.code = code or self.code
        self.advice = advice or self.advice
        self.backoff_s = backoff_s


class NotReachable(AlongsideError):
    code = "not_reachable"
    title = "the centre cannot be reached"
    advice = "No connection to the centre. Carry on: everything is kept on this phone and sent later."


class Unconnected(NotReachable):
    """No connection came about, so nothing was sent."""

    teaches = False


class NotEncrypted(Unconnected):
    code = "not_encrypted"
    title = "the centre’s address is not a safe one"
    advice = f"Nothing is sent: the address in this app does not begin with https. Tell your administrator. {KEPT}"


class CertificateWrong(Unconnected):
    code = "certificate_wrong"
    title = "the centre could not show that it is the centre"
    advice = (
        "Nothing was sent. Use mobile data or another network, and log in where a network asks for it. If it stays so "
        f"there, tell your administrator that the centre’s certificate does not verify. {KEPT}"
    )


class ClockWrong(Unconnected):
    code = "clock_wrong"
    title = "the clock of this device is wrong"
    advice = f"Nothing can be sent until it is right. Set date and time to automatic in the settings. {KEPT}"


class CaptivePortal(NotReachable):
    code = "captive_portal"
    title = "this network wants you to log in first"
    advice = "Open the browser and log in, or use mobile data. If it stays so on mobile data, tell your administrator."
    teaches = False


class NetworkBlocks(NotReachable):
    code = "network_blocks"
    title = "this network does not let Alongside through"
    advice = TRY_ELSEWHERE


class GatewayLimit(NotReachable):
    code = "gateway_limit"
    title = "this was too much at once for something on the way"
    advice = f"It is sent in smaller parts by itself. {KEPT}"


class Busy(NotReachable):
    code = "busy"
    title = "the centre has too much to do"
    advice = f"It is tried again by itself. {KEPT}"
    teaches = False


class CentreAway(NotReachable):
    code = "centre_away"
    title = "the centre is not answering"
    advice = f"It is tried again by itself. If it stays so, tell your administrator. {KEPT}"


class NotTheCentre(NotReachable):
    code = "not_the_centre"
    title = "something else answered in the centre’s place"
    advice = (
        "If this network has a page to log in, log in first, or use mobile data. If it stays so there, tell your "
        f"administrator. {KEPT}"
    )


class Rewritten(NotReachable):
    """The client has found another way to put the same on the line, and takes it from now on."""

    code = "rewritten"
    title = "something on the way changes what is sent"
    advice = TRY_ELSEWHERE


ON_THE_LINE: tuple[type[NotReachable], ...] = (
    NotReachable,
    NotEncrypted,
    CertificateWrong,
    ClockWrong,
    CaptivePortal,
    NetworkBlocks,
    GatewayLimit,
    Busy,
    CentreAway,
    NotTheCentre,
    Rewritten,
)


class Problem(AlongsideError):
    """The centre refused (RFC 9457). `status`: of HTTP; the message is the title.

    `count`: of `hello_stale`, the last count that the centre has heard of this device.
    """

    def __init__(
        self, status: int, code: str, title: str, advice: str, count: int | None = None, *, backoff_s: int = 0
    ):
        super().__init__(title, code=code, advice=advice, backoff_s=backoff_s)
        self.status, self.count = status, count


class Untrusted(AlongsideError):
    code = "untrusted"
    title = "the centre’s answer could not be verified"
    advice = "The centre's answer could not be verified, so nothing was marked as received. Tell your supervisor."


class DiskFull(AlongsideError):
    """This device could not write: that tells nothing of the line or of what was sent."""

    code = "disk_full"
    teaches = False
    advice = "This phone's storage is full. Free some space now; what is on screen stays until it can be saved."
