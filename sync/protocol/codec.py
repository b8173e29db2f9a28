"""A whole request and a whole response as lines, and back: the hello and the messages of `sync.protocol.messages`.

What takes more than its own fields has a module of its own: `sync.protocol.batch`, `sync.protocol.segment`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any

from pydantic import TypeAdapter

from sync.core.signing import Signer
from sync.protocol.batch import Batch, batch_lines
from sync.protocol.line_stream import Line, Unreadable, known_fields
from sync.protocol.messages import End, Hello, LogSegment, Resend, ResponsePart, Verdict, Welcome
from sync.protocol.segment import OwnChanges, read_segment, segment_lines

MESSAGES = {"welcome": Welcome, "verdict": Verdict, "resend": Resend, "end": End}  # lines that are one field by field
SHAPES: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in MESSAGES.items()}
HELLO_TYPES = dict.fromkeys(("device_id", "app_version", "device_head", "signature"), str)
HELLO_TYPES |= dict.fromkeys(("device_seq", "acked", "flush_bytes", "count"), int)
HELLO_TYPES |= {"clock": dict, "newest": bool, "spell_out": bool}
HELLO_NULLABLE = {"scope": str, "head": dict, "verified_from": dict}
HELLO_IDS = ("want", "commands_done")
HELLO_OPTIONAL = {"verified_from", "flush_bytes", "newest", "spell_out", *HELLO_IDS}  # left out when empty


def request_lines(
    hello: Hello, batches: Iterable[Batch], full: bool = False, returned: Iterable[LogSegment] = ()
) -> Iterator[Line]:
    """The lines of a request. `full`: its changes whole; `returned`: segments that a restored centre has lost.

    Those go first: of an own change among them the centre then knows that it counted before.
    """
    yield hello_line(hello)
    for segment in returned:
        yield from segment_lines(segment)
    for batch in batches:
        yield from batch_lines(batch, full)


def hello_line(hello: Hello) -> Line:
    """The first line of a request."""
    fields = asdict(hello).items()
    return {"t": "hello", **{name: value for name, value in fields if value or name not in HELLO_OPTIONAL}}


def hello_claim(line: Line) -> Line:
    """What a device signs (purpose "hello"): every field of the line, those of a later version too."""
    return {name: value for name, value in line.items() if name not in ("t", "signature")}


def sign_hello(hello: Hello, count: int, key: Signer) -> Hello:
    """The hello as this device says it now: with the next count, and signed."""
    counted = replace(hello, count=count)
    return replace(counted, signature=key.sign("hello", hello_claim(hello_line(counted))))


def read_hello(line: Line) -> Hello:
    """Raises Unreadable naming the field that is missing or of the wrong type."""
    try:
        hello = Hello(**known_fields(Hello, line))
    except TypeError:
        raise Unreadable("bad_hello", "a missing field") from None
    for name, kind in HELLO_TYPES.items():
        if type(getattr(hello, name)) is not kind:
            raise Unreadable("bad_hello", name)
    for name, kind in HELLO_NULLABLE.items():
        if not isinstance(getattr(hello, name), kind | None):
            raise Unreadable("bad_hello", name)
    for name in HELLO_IDS:
        ids = line.get(name, [])
        if not isinstance(ids, list) or not all(isinstance(text, str) for text in ids):
            raise Unreadable("bad_hello", name)
    return hello


def response_lines(parts: Iterable[ResponsePart]) -> Iterator[Line]:
    """A response as lines, for the device that asked."""
    for part in parts:
        match part:
            case Welcome():
                yield {"t": "welcome", **{name: value for name, value in asdict(part).items() if value is not None}}
            case Verdict():
                yield {"t": "verdict", **{name: value for name, value in asdict(part).items() if value != ""}}
            case Resend():
                yield {"t": "resend", **asdict(part)}
            case End():
                yield {"t": "end", **{name: value for name, value in asdict(part).items() if value}}
            case LogSegment():
                yield from segment_lines(part)


def read_response(lines: Iterable[Line], own: OwnChanges) -> Iterator[ResponsePart]:
    """The response as values, as its lines come; lines of an unknown type are passed over. Raises Unreadable.

    `own`: the reading device's changes by number, which receipts speak of.
    """
    lines = iter(lines)
    for line in lines:
        try:
            match line["t"]:
                case "welcome" | "verdict" | "resend" | "end" as kind:
                    yield _sound(SHAPES[kind].validate_python(known_fields(MESSAGES[kind], line)))
                case "segment":
                    yield read_segment(line["before"], lines, own)
        except Unreadable:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            raise Unreadable("bad_response", line["t"]) from None


def _sound(message: Any) -> Any:
    """The message. Raises Unreadable for an end whose problem does not say what it is."""
    problem = message.problem if isinstance(message, End) else None
    if problem is not None and not all(isinstance(problem.get(name), str) for name in ("code", "advice")):
        raise Unreadable("bad_response", "a problem")
    return message
