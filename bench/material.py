"""What is measured with: the same incidents, sealed on a phone, and as the JSON documents that every peer is given.

The incidents are those of the project's own generator. A nurse's phone seals them as the app does, each tap on the
ribbon a change of its own; a document is a record as it then stands: ids, author, times, answers, strokes.
"""

import bz2
import json
import lzma
import math
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from bench import certificate
from bench.notes import rewritten
from bench.recorded import PIN, centre, phone
from demo import PASSWORD
from demo.synthetic import Case, generate
from field_app.phone.session import Session
from field_app.phone.store.disk import Intent, SystemClock
from sync.core.canonical import digest
from sync.core.times import to_millis
from sync.domain.catalogue import RIBBON
from sync.domain.documents.handover_sheet import sheet_digest
from sync.domain.forms import of_question
from sync.domain.records.fold import Record
from sync.domain.records.incident import Incident
from sync.domain.records.standing import document
from sync.pack_files import shipped
from sync.protocol.messages import Change

SENDER, READER = "amina.yusuf", "tom.ellery"
ZSTD = "import sys, zstandard; print(len(zstandard.ZstdCompressor(level=19).compress(sys.stdin.buffer.read())))"
Document = dict[str, Any]


class GivenClock(SystemClock):
    """The phone's clock while it records an incident of some time ago: at any millisecond, as a person taps."""

    def __init__(self) -> None:
        super().__init__()
        self.at, self._last_ms, self._hand = datetime.now(UTC), 0, Random(1)

    def now(self) -> datetime:
        now = self.at + timedelta(milliseconds=self._hand.randrange(1000))
        self._last_ms = to_millis(now)
        return now

    def monotonic_ms(self) -> int:
        """As on a phone that was never turned off: a little after the time was asked for."""
        return self._last_ms + self._hand.randrange(2)


@dataclass(frozen=True)
class Set:
    """So many incidents: the folders of a centre, of a phone that has them waiting, of an empty one; the documents."""

    incidents: int
    folder: Path
    records: int
    changes: int
    newest: tuple[str, ...]  # ids of the newest 50 incidents
    sizes: dict[str, int]  # bytes of the documents: as JSON, and compressed as one

    @property
    def documents(self) -> Path:
        return self.folder / "documents.ndjson"

    @property
    def floor_codec(self) -> str:
        return "zstd-19" if "zstd-19" in self.sizes else "xz"

    @property
    def floor_size(self) -> int:
        return self.sizes[self.floor_codec]


def sets(folder: Path, counts: Sequence[int], zstd: Path | None = None) -> dict[int, Set]:
    """A set for each count; the smaller ones are beginnings of the larger. `zstd`: a Python that has zstandard."""
    base, recorded = folder / "base", {}
    clock = GivenClock()
    served = centre(base / "centre").start()
    sender, reader = phone(base / "sender", served.url, clock), phone(base / "reader", served.url)
    sender.sign_in(SENDER, PASSWORD, PIN)
    reader.sign_in(READER, PASSWORD, PIN).phone.close()
    assert served.child
    served.child.terminate()
    served.child.wait()
    waiting, sealed = cases(), 0
    for count in counts:
        session = sender.unlock(SENDER, PIN)
        for case in islice(waiting, count - sealed):
            seal(session, clock, case)
        sealed = count
        docs, newest = list(documents(session)), tuple(incident.incident_id for incident in session.store.incidents(50))
        changes = session.store.sync.hello().device_seq
        sender.close()
        copied = folder / f"set {count}"
        shutil.copytree(base, copied)
        certificate.make(copied)
        recorded[count] = Set(count, copied, len(docs), changes, newest, sizes(docs, copied / "documents.ndjson", zstd))
        sender = phone(base / "sender", served.url, clock)
    sender.close()
    return recorded


def cases() -> Iterator[Case]:
    """Incidents that one nurse recorded alone, without end to speak of."""
    for case in generate(shipped(training=True), seed=1, end=date(2026, 11, 1), months=36):
        if not any(step.beside for step in case.steps):
            yield case


def seal(session: Session, clock: GivenClock, case: Case) -> None:
    """Every change of one incident, up to the nurse's signature. Records get the ids that the app gives them."""
    ids = {case.incident_id: case.incident_id}
    for step in case.steps:
        clock.at = step.at
        taps = {name: value for name, value in step.answers.items() if name in RIBBON}
        given = {name: value for name, value in step.answers.items() if name not in taps}
        typed = rewritten(given, step.record_id)
        if step.record_id not in ids:
            ids[step.record_id] = session.store.new_record_id(case.incident_id)
        for patch in (typed, *({name: value} for name, value in taps.items())):
            if patch:
                _seal(session, Intent(ids[step.record_id], case.incident_id, step.kind, "set", patch))
    officer = next((value for step in case.steps for value in of_question(step.answers, "officers").values()), None)
    if case.cosigned_at and officer:
        clock.at = case.cosigned_at
        about = {"force": officer["force"], "collar_number": officer["collar_number"], "name": officer["name"]}
        session.cosign(case.incident_id, sheet_digest(_recorded(session, case)), about, strokes(case.incident_id))
    clock.at = case.signed_at
    session.sign(case.incident_id, digest(document(_recorded(session, case))), PIN)


def _seal(session: Session, intent: Intent) -> None:
    incident = session.store.incident(intent.incident_id)
    record = incident.records.get(intent.record_id) if incident else None
    heads = record.heads if record else ()
    session.store.seal(session.who.practitioner_id, session.who.role, [replace(intent, parents=heads)])


def _recorded(session: Session, case: Case) -> Incident:
    incident = session.store.incident(case.incident_id)
    assert incident
    return incident


def strokes(seed: str) -> list[list[list[int]]]:
    """A signature on glass as the app keeps one: about 200 points [x, y, ms], 16 ms apart."""
    hand, drawn, ms = Random(seed), [], 0
    for stroke in range(4):
        x, y, turn, points = 20.0 + 70 * stroke, 90.0, hand.random() * 6, []
        for step in range(50):
            x += 1.2 + 2.5 * math.cos(turn + step / 4) + hand.gauss(0, 0.4)
            y += 4.0 * math.sin(turn + step / 3) + hand.gauss(0, 0.5)
            ms += 16
            points.append([round(x), round(y), ms])
        drawn.append(points)
        ms += hand.randint(120, 400)
    return drawn


# --- the same as documents ---------------------------------------------------------------------------------------


def documents(session: Session) -> Iterator[Document]:
    """One for each record, oldest incident first."""
    for incident in reversed(session.store.incidents(1_000_000)):
        for record in incident.records.values():
            yield plain(session, record)


def plain(session: Session, record: Record) -> Document:
    history = sorted(session.store.history(record.record_id), key=lambda change: change.device_seq)
    signatures = [signature(change) for change in history if change.op in ("sign", "cosign")]
    first, last = history[0], history[-1]
    return {
        "id": record.record_id,
        "kind": record.kind,
        "incident_id": record.incident_id,
        "version": len(history),
        "form_version": first.form_version,
        "author": first.author,
        "role": first.role,
        "device_id": first.device_id,
        "created_at": first.recorded_at,
        "updated_at": last.recorded_at,
        "answers": dict(record.values),
        **({"signatures": signatures} if signatures else {}),
    }


def signature(change: Change) -> Document:
    signer = change.patch.get("officer") or change.author
    return {"op": change.op, "at": change.recorded_at, "by": signer, "strokes": change.patch.get("strokes", [])}


def sizes(docs: Sequence[Document], path: Path, zstd: Path | None) -> dict[str, int]:
    """Writes the documents, one a line. Returns the bytes of all of them: plain, and as small as they get."""
    lines = [json.dumps(doc, separators=(",", ":"), ensure_ascii=False).encode() for doc in docs]
    path.write_bytes(b"\n".join(lines) + b"\n")
    whole = b"[" + b",".join(lines) + b"]"
    sizes = {"json": len(whole), "bz2": len(bz2.compress(whole)), "xz": len(lzma.compress(whole, preset=9))}
    if zstd:
        with suppress(subprocess.CalledProcessError):
            done = subprocess.run([zstd, "-c", ZSTD], input=whole, capture_output=True, check=True)
            sizes["zstd-19"] = int(done.stdout)
    return sizes
