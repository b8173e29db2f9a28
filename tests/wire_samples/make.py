"""`python -m tests.wire_samples.make`: the messages of this version, to be kept for ever beside those before it.

Run once for each version that is shipped; a folder that exists is never written again.
"""

import json
from dataclasses import replace
from pathlib import Path

from sync import VERSION
from sync.core.canonical import canonical
from sync.core.times import to_millis
from sync.protocol.codec import answer_lines, request_lines
from sync.protocol.derived_ids import next_nonce, record_id
from sync.protocol.epochs import stamped
from sync.protocol.messages import (
    NO_CHANGE,
    Again,
    End,
    Head,
    Hello,
    LogEntry,
    LogSegment,
    Verdict,
    Welcome,
    chain_hash,
)
from tests.builders import CENTRE, NOON, SCOPE, Device, uid

HERE = Path(__file__).parent
EPOCH = "0123456789abcdef.0"


def device(number: int) -> Device:
    """Every op there is, on two records of two incidents, with parents near, far and elsewhere."""
    made = Device(number)
    first = made.change(1, {"location": "Mill Road, Café", "nature": "mh_primary", "cad_ref": "~7"})
    person = made.change(
        record_id(uid(1), made.device_id, 1), {"given_name": "Ida", "officers.1a2b3c4d5e6f": {"role": "crew"}},
        incident_id=uid(1), kind="person", nonce=next_nonce(first.nonce),
    )  # fmt: skip
    made.change(1, {"location": None}, parents=(first.change_id,), occurred_at="2026-11-22T11:59:30.000Z")
    made.change(1, {"location": "Old Bridge"}, parents=(first.change_id,), op="resolve", nonce="another0000")
    made.change(3, {"temperature": "36.8", "later_question": {"unavailable": "declined"}}, parents=("f" * 64,))
    strokes = [[[100 + n, 200 - n, 16 * n] for n in range(9)], [[5, 5, 900]]]
    for op, patch in {
        "sign": {"digest": "d" * 64, "statement": "s", "signature": "x" * 86},
        "cosign": {"digest": "d" * 64, "statement": "s", "strokes": strokes, "signature": "x" * 86},
        "decline": {"officer": {}, "reason": "left"}, "review": {"digest": "d" * 64}, "return": {"comments": []},
        "transfer": {"to_kind": "shift", "at": "2026-11-22T11:00:00.000Z"}, "acknowledge": {"accepted": True}, "retract": {"reason": "twice"},
    }.items():  # fmt: skip
        parents = (made.made[-1].change_id, person.change_id)[: 1 + (op == "retract")]
        made.change(1, patch, op=op, parents=parents, nonce=next_nonce(made.made[-1].nonce))
    return made


def log(*devices: Device) -> LogSegment:
    """Both devices' changes, one after the other in turn, every third of them void."""
    chain, entries = NO_CHANGE, []
    for place, change in enumerate(one for pair in zip(*(each.made for each in devices), strict=True) for one in pair):
        void = place % 3 == 2
        entries.append(LogEntry(7 * place + 3, stamped(to_millis(NOON), void=void), change, void))
        chain = chain_hash(chain, change.change_id, entries[-1].seq, entries[-1].received_ms)
    head = Head(EPOCH, SCOPE, entries[-1].seq, chain)
    return LogSegment(NO_CHANGE, tuple(entries), replace(head, signature=CENTRE.sign("head", head.claim())))


def messages() -> dict[str, list[dict]]:
    mine, theirs = device(1), device(2)
    clock = {"wall": "2026-11-22T12:00:00.000Z", "boot_id": "boot-1", "monotonic_ms": 1}
    hello = Hello(mine.device_id, VERSION, 13, mine.made[-1].change_id, 0, SCOPE, None, clock)
    problem = {"code": "sign_in_expired", "status": 401, "title": "t", "advice": "a"}
    answers = [
        Welcome(EPOCH, "2026-11-22T12:00:00.000Z", "0.1.0"), Verdict(5, "held", "parent_missing", "f" * 64, "a"), Again(3, full=True),
        log(mine, theirs), End(more=True, gaps=((1, 2), (9, 9)), backoff_s=30, orders=({"kind": "later"},), problem=problem),
    ]  # fmt: skip
    return {
        "request": list(request_lines(hello, [mine.piece(mine.made[:6]), mine.piece(mine.made[6:])])),
        "request_full": list(request_lines(hello, [mine.piece()], full=True)),
        "answer": list(answer_lines(answers, mine.device_id)),
    }


def main() -> None:
    folder = HERE / VERSION
    folder.mkdir()
    for name, lines in messages().items():
        (folder / f"{name}.ndjson").write_bytes(b"".join(canonical(line) + b"\n" for line in lines))
    said = {number: [change.change_id for change in device(number).made] for number in (1, 2)}
    (folder / "ids.json").write_text(json.dumps(said, indent=1) + "\n")


if __name__ == "__main__":
    main()
