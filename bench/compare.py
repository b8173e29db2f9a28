"""What the comparison says: every column over every link as a table, and how it stands to what is aimed at.

F is the floor: one round trip and the documents, compressed as one, over the link's rate. A ratio is only ever taken
between figures of the same run.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from bench.columns import OURS
from bench.figures import Figure, median, span
from bench.links import link
from bench.report import wrapped

Row = dict[str, Any]
LINKS = ("loopback", "4G", "3G", "EDGE", "EDGE!10")
CUT = "EDGE!10"
TIMES_F = {
    ("push", "3G", 50): 1.25,
    ("push", "EDGE", 50): 1.2,
    ("pull", "3G", 50): 1.75,
    ("pull", "EDGE", 50): 1.2,
    ("push", "4G", 1000): 1.35,
    ("push", CUT, 50): 2.0,
    ("push", CUT, 1000): 2.0,
}
IDLE = (
    ("https", "requests", "", 1),
    ("sent", "bytes of its body", "B", 600),
    ("up", "bytes up, handshake and all", "B", None),
    ("down", "bytes down, handshake and all", "B", None),
)
TIMES_FASTER = {"rxdb": 3.0, "pouch": 4.5}  # push 50, 3G
AREA = "Sync against what is aimed at"


class Rows:
    """The rows of a run, and what follows from them. An operation that was not measured has no seconds: None."""

    def __init__(self, data: dict[str, Any]):
        self.data = data
        self.rows = [row for row in data["rows"] if "failed" not in row]
        self.failed = [row for row in data["rows"] if "failed" in row]
        self.sets = {int(size): about for size, about in data["sets"].items()}

    @property
    def usual(self) -> int:
        """The largest set up to 50 incidents that was run."""
        return max((row["incidents"] for row in self.rows if row["incidents"] <= 50), default=0)

    def of(self, column: str, do: str, on: str, incidents: int) -> list[Row]:
        sought = {"column": column, "do": do, "link": on, "incidents": incidents}
        return [row for row in self.rows if sought.items() <= row.items()]

    def seconds(self, column: str, do: str, on: str, incidents: int) -> float | None:
        return self.mid("wall", column, do, on, incidents)

    def mid(self, name: str, column: str, do: str, on: str, incidents: int) -> float | None:
        """The median of another figure of these rows."""
        values = [row[name] for row in self.of(column, do, on, incidents) if row.get(name) is not None]
        return median(values) if values else None

    def floor(self, do: str, on: str, incidents: int) -> float | None:
        if incidents not in self.sets:
            return None
        if do in ("push", "pull"):
            return link(on).floor(self.sets[incidents]["floor_size"], "up" if do == "push" else "down")
        return link(on).round_trip or None

    def ratio(self, do: str, on: str, incidents: int) -> float | None:
        mine, floor = self.seconds(OURS, do, on, incidents), self.floor(do, on, incidents)
        return mine / floor if mine and floor else None


# --- the table ---------------------------------------------------------------------------------------------------


def table(data: dict[str, Any]) -> str:
    """Markdown: seconds, how many F that is, and how many times ours it takes."""
    rows = Rows(data)
    titles = data["titles"]
    head = ["", "F", *titles.values()]
    lines = [f"| {' | '.join(head)} |", f"|---{'|--:' * (len(head) - 1)}|"]
    for do, incidents, on in operations(rows):
        cells = [cell(rows, name, do, on, incidents) for name in titles]
        if any(cells):
            floor = rows.floor(do, on, incidents)
            lines.append(f"| {label(do, incidents, on)} | {seconds(floor)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def operations(rows: Rows) -> Iterable[tuple[str, int, str]]:
    """What stands in the lines of the table, in order."""
    for do in ("push", "pull"):
        for incidents in rows.sets:
            for on in LINKS:
                yield do, incidents, on
    for on in LINKS:
        yield "idle", rows.usual, on


def label(do: str, incidents: int, on: str) -> str:
    what = "Nothing to do" if do == "idle" else f"{do.capitalize()} {incidents:,}"
    return f"{what}, {on.replace('!', ', reset every ')}{' s' if '!' in on else ''}"


def cell(rows: Rows, name: str, do: str, on: str, incidents: int) -> str:
    taken, floor = rows.seconds(name, do, on, incidents), rows.floor(do, on, incidents)
    if taken is None:
        return "never" if do == "push" and any(matches(row, name, on, incidents) for row in rows.failed) else ""
    parts = [seconds(taken)] + ([f"{taken / floor:.2f} F"] if floor else [])
    ours = rows.seconds(OURS, do, on, incidents)
    if name != OURS and ours:
        parts.append(f"{taken / ours:.1f} ×")
    return f"**{parts[0]}** · {' · '.join(parts[1:])}" if name == OURS and len(parts) > 1 else " · ".join(parts)


def matches(row: Row, name: str, on: str, incidents: int) -> bool:
    return (row["column"], row["link"], row["incidents"]) == (name, on, incidents)


def seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f} s" if value >= 100 else f"{value:.1f} s" if value >= 10 else f"{value:.2f} s"


# --- the figures with a target -----------------------------------------------------------------------------------


def figures(data: dict[str, Any]) -> list[Figure]:
    rows = Rows(data)
    return [*ratios(rows), *cut(rows), *idle(rows), *taps(rows), *centre(rows), *fresh(rows)]


def ratios(rows: Rows) -> list[Figure]:
    compared = []
    for (do, on, incidents), target in TIMES_F.items():
        if ratio := rows.ratio(do, on, incidents):
            walls = [row["wall"] for row in rows.of(OURS, do, on, incidents)]
            what = f"{label(do, incidents, on)}: times the floor"
            compared.append(Figure(AREA, what, ratio, "F", target, detail=span(walls, "s", 2)))
    ours = rows.seconds(OURS, "push", "3G", 50)
    for name, times in TIMES_FASTER.items():
        if ours and (theirs := rows.seconds(name, "push", "3G", 50)):
            what = f"{label('push', 50, '3G')}: of the time {rows.data['titles'][name]} takes"
            detail = f"{theirs / ours:.1f} times as fast"
            compared.append(Figure(AREA, what, ours / theirs, "×", 1 / times, detail=detail))
    return compared


def cut(rows: Rows) -> list[Figure]:
    """What was sent once more, as a share of what a push takes on the same link when nothing breaks."""
    resent = []
    for size in rows.sets:
        whole, broken = (rows.mid("up", OURS, "push", on, size) for on in ("EDGE", CUT))
        if whole and broken:
            what, cuts = f"{label('push', size, CUT)}: sent again", rows.mid("cuts", OURS, "push", CUT, size)
            resent.append(Figure(AREA, what, 100 * (broken / whole - 1), "%", 30, detail=f"{cuts:.0f} resets"))
    return resent


def idle(rows: Rows) -> list[Figure]:
    costs, size = [], rows.usual
    slowest = next((on for on in ("EDGE", "4G") if rows.of(OURS, "idle", on, size)), "")
    for name, what, unit, target in IDLE:
        if (value := rows.mid(name, OURS, "idle", slowest or "loopback", size)) is not None:
            costs.append(Figure(AREA, f"Nothing to do: {what}", value, unit, target))
    if slowest:
        for do, what, target in (("idle", "a new connection, TLS and all", 3.7), ("live", "a live connection", 1.2)):
            if (taken := rows.seconds(OURS, do, slowest, size)) is not None:
                trips = taken / link(slowest).round_trip
                costs.append(Figure(AREA, f"Nothing to do, {slowest}: round trips over {what}", trips, "", target))
    return costs


def taps(rows: Rows) -> list[Figure]:
    waits, size = [], rows.usual
    for on in LINKS:
        new, live = (rows.seconds(OURS, do, on, size) for do in ("tap", "tap-live"))
        signed = rows.seconds(OURS, "sign-in", on, size)
        if new and live:
            detail = f"new connection; over a live one {live * 1000:.0f} ms; "
            detail += f"sign-in of a new phone {(signed or 0) * 1000:.0f} ms"
            waits.append(Figure("From a tap to its verified receipt", on, new * 1000, "ms", detail=detail))
    return waits


def centre(rows: Rows) -> list[Figure]:
    """CPU a record, where a push is big enough to tell; memory as the centre's log grows."""
    loads, most = [], max(rows.sets)
    on = next((on for on in ("4G", "loopback") if rows.of(OURS, "push", on, most)), "")
    for name, title in rows.data["titles"].items():
        if on and (spent := rows.mid("server_cpu", name, "push", on, most)) is not None:
            what, ms = f"{title}, {most:,} incidents, {on}", 1000 * spent / rows.sets[most]["records"]
            target = 0.5 if name == OURS else None
            loads.append(Figure("CPU of the server a record pushed", what, ms, "ms", target))
    for size in rows.sets:
        if (weight := rows.mid("server_mb", OURS, "push", "loopback", size)) is not None:
            what, detail = f"After a push of {size:,} incidents", f"{rows.sets[size]['changes']:,} changes"
            loads.append(Figure("Memory of the centre", what, weight, "MB", 200, detail=detail))
    return loads


def fresh(rows: Rows) -> list[Figure]:
    """A phone that has nothing yet, and a centre that has much."""
    pulls, most = [], max(rows.sets)
    for on in LINKS:
        usable, whole = rows.mid("usable", OURS, "pull", on, most), rows.seconds(OURS, "pull", on, most)
        if usable and whole:
            aim = 2.0 if on == "loopback" and most >= 1000 else None
            detail = f"complete after {seconds(whole)}; {rows.mid('memory_mb', OURS, 'pull', on, most):.0f} MB"
            area, what = f"A fresh phone, {most:,} incidents at the centre", f"{on}: the newest 50 are listed"
            pulls.append(Figure(area, what, usable, "s", aim, detail=detail))
    return pulls


# --- words -------------------------------------------------------------------------------------------------------


def legend(data: dict[str, Any]) -> str:
    """What was sent, and what is not in the table."""
    sentences = []
    for size, about in sorted(data["sets"].items(), key=lambda entry: int(entry[0])):
        small = ", ".join(f"{codec} {bytes_:,}" for codec, bytes_ in about["sizes"].items() if codec != "json")
        counts = f"{about['records']:,} records in {about['changes']:,} changes"
        sentences.append(f"{int(size):,} incidents: {counts}, {about['sizes']['json']:,} bytes of JSON ({small}).")
    first = next(iter(data["sets"].values()))
    sentences.append(f"F uses {first['floor']}.")
    if data["no_links"]:
        sentences.append(f"Only loopback: {data['no_links']}.")
    sentences += [f"Without {title}: {why}." for title, why in data["missing"].items()]
    failed = {(row["column"], f"{row['incidents']:,}", row["link"]) for row in data["rows"] if "failed" in row}
    sentences += [f"Did not end: {', '.join(which)}." for which in sorted(failed)]
    sentences.append("An empty cell was not run, since it would take very long.")
    return " ".join(sentences)


def page(data: dict[str, Any]) -> Sequence[str]:
    columns = "; ".join(f"{title}: {about}" for title, about in data["about"].items())
    return [wrapped(legend(data)), "", table(data), "", wrapped(f"{columns}.")]
