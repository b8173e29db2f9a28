"""What stops the work, each with a stable code for machines and a line that says what to do.

AlongsideError
 ├─ NotReachable        no answer: no signal, centre stopped, line cut
 │   ├─ Unconnected     no connection came about: nothing was sent
 │   └─ CaptivePortal   an answer, but not the centre's (a Wi-Fi log-in page)
 ├─ Problem             the centre answered and said no (RFC 9457): status, code, title, advice
 ├─ Untrusted           a signature, a receipt or a chain does not verify
 └─ DiskFull            this device could not write

No message ever holds clinical content: they are shown, logged and kept.
"""


class AlongsideError(Exception):
    code = "error"
    advice = "Try again. If it happens again, tell your supervisor; nothing recorded is lost."

    def __init__(self, message: str, *, code: str | None = None, advice: str | None = None):
        super().__init__(message)
        self.code = code or self.code
        self.advice = advice or self.advice


class NotReachable(AlongsideError):
    code = "not_reachable"
    advice = "No connection to the centre. Carry on: everything is kept on this phone and sent later."


class Unconnected(NotReachable):
    """No connection came about. It tells the send window nothing of how much the line carries."""


class CaptivePortal(NotReachable):
    code = "captive_portal"
    advice = "This network wants you to log in first. Open the browser and log in, or use mobile data."


class Problem(AlongsideError):
    """The centre refused (RFC 9457). `status`: of HTTP; the message is the title.

    `count`: of `hello_stale`, the last count that the centre has heard of this device.
    """

    def __init__(self, status: int, code: str, title: str, advice: str, count: int | None = None):
        super().__init__(title, code=code, advice=advice)
        self.status, self.count = status, count


class Untrusted(AlongsideError):
    code = "untrusted"
    advice = "The centre's answer could not be verified, so nothing was marked as received. Tell your supervisor."


class DiskFull(AlongsideError):
    """This device could not write: that tells nothing of the line or of what was sent."""

    code = "disk_full"
    advice = "This phone's storage is full. Free some space now; what is on screen stays until it can be saved."
