"""The measurements can be started: modules load, links and floors are right, the comparison reads its rows. Nothing is timed."""

import importlib
import json
import re
import struct
from pathlib import Path

import pytest

from bench import __main__ as started
from bench import compare, costs, emulator, notes, plot, race, report
from bench.figures import Figure
from bench.links import LINKS, link
from bench.material import sets
from sync.domain.catalogue import SECTIONS

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "bench" / "peers"


@pytest.mark.parametrize("group", [group for group in started.GROUPS if (ROOT / "bench" / f"{group}.py").exists()])
def test_every_group_can_be_measured(group: str):
    assert callable(importlib.import_module(f"bench.{group}").measure)


def test_a_link_is_known_by_its_name_also_when_its_connections_are_reset():
    assert link("EDGE!10").cut_s == 10
    assert link("EDGE!10").up == LINKS["EDGE"].up == 100_000
    assert link("3G").cut_s == 0
    with pytest.raises(KeyError):
        link("5G")


def test_the_floor_is_one_round_trip_and_the_bytes_over_the_rate():
    assert link("3G").floor(48_000, "up") == pytest.approx(0.2 + 1.0)
    assert link("3G").floor(125_000, "down") == pytest.approx(0.2 + 1.0)
    assert link("loopback").floor(48_000, "up") is None


def segment(flags: int = 0x18, data: bytes = b"POST /v1/sync") -> emulator.Segment:
    tcp = struct.pack("!HHIIBBHHH", 40000, 5984, 1000, 2000, 0x50, flags, 0, 0, 0)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + len(data), 0, 0, 64, 6, 0, b"\x0a\x4d\x00\x01", b"\x0a\x4d\x00\x02")
    return emulator.Segment(ip + tcp + data)


def test_a_reset_continues_what_was_sent_and_answers_who_sent_it():
    sent = segment()
    onward, back = (emulator.Segment(sent.reset(onward=onward)) for onward in (True, False))
    assert (onward.source, onward.number, onward.answer) == (sent.source, 1000, 2000)
    assert (back.source, back.number, back.answer) == (sent.target, 2000, 1000 + 13)
    assert onward.flags & back.flags & emulator.RESET
    for one in (onward, back):
        assert emulator._checksum(one.packet[:20]) == b"\0\0"


def test_both_directions_of_a_connection_are_one_connection():
    sent = segment()
    assert sent.connection(from_client=True) == emulator.Segment(sent.reset(onward=False)).connection(from_client=False)


def test_a_full_link_drops_and_a_slow_one_takes_its_time():
    way = emulator.Way(rate=8000, room=2000, delay=0.5, sink=0)
    for _ in range(3):
        way.take(bytes(1000), now=0.0, is_lost=False)
    assert [round(due, 3) for due, _ in way.queue] == [1.5, 2.5]
    assert (way.size, way.dropped) == (2000, 1)


def test_free_text_is_of_the_same_length_and_the_same_every_time():
    given = {"summary": "A" * 200, "nature": "primary", "count": 3}
    made = notes.rewritten(given, "seed")
    assert made == notes.rewritten(given, "seed") != notes.rewritten(given, "another")
    assert len(made["summary"]) in range(150, 201)
    assert (made["nature"], made["count"]) == ("primary", 3)


def test_the_documents_hold_what_the_phone_sealed(tmp_path):
    made = sets(tmp_path, (1,))[1]
    docs = [json.loads(line) for line in made.documents.read_text().splitlines()]
    assert len(docs) == made.records
    assert made.changes > made.records
    assert {one["kind"] for one in docs} <= set(SECTIONS)
    assert {one["incident_id"] for one in docs} == set(made.newest)
    assert min(made.sizes["bz2"], made.sizes["xz"]) < made.sizes["json"]
    lines = costs.requested(made)
    assert costs.weight(lines) > costs.weight([costs.blanked(line, costs.RANDOM) for line in lines])


def rows(**more) -> dict:
    """A run in which everyone took two seconds and this project one."""
    sizes = {"json": 400_000, "zstd-19": 45_000}
    sets_ = {"50": {"records": 200, "changes": 500, "sizes": sizes, "floor": "zstd-19", "floor_size": 45_000}}
    titles = {"ours": "Alongside", "rxdb": "RxDB", "pouch": "PouchDB"}
    row = {
        "link": "3G",
        "incidents": 50,
        "turn": 0,
        "up": 50_000,
        "down": 900,
        "server_cpu": 0.1,
        "server_mb": 100.0,
        "n": 1,
    }
    made = [{**row, "column": name, "do": "push", "wall": 1.0 if name == "ours" else 4.0} for name in titles]
    return {"rows": made, "sets": sets_, "titles": titles, "about": {}, "missing": {}, "no_links": "", **more}


def test_the_comparison_says_times_the_floor_and_times_ours():
    data = rows()
    assert compare.Rows(data).ratio("push", "3G", 50) == pytest.approx(1.0 / (0.2 + 45_000 * 8 / 384_000))
    assert "| Push 50, 3G | 1.14 s | **1.00 s** · 0.88 F | 4.00 s · 3.52 F · 4.0 × |" in compare.table(data)


def test_what_did_not_end_is_said_and_counts_nowhere():
    data = rows()
    data["rows"].append({"column": "pouch", "link": "EDGE!10", "incidents": 50, "failed": "timed out"})
    assert "never" in compare.table(data)
    assert "Did not end: pouch" in compare.told(data)


def test_a_target_is_met_or_missed_by_the_same_run():
    found = {figure.what: figure for figure in compare.figures(rows())}
    assert found["Push 50, 3G: times the floor"].met
    assert found["Push 50, 3G: of the time RxDB takes"].met
    assert not found["Push 50, 3G: of the time PouchDB takes"].met


def test_the_picture_has_a_bar_for_each_column():
    drawn = plot.svg(rows())
    assert drawn.count("<rect") == 1 + 3 + 3
    assert "4.0 s" in drawn


def test_a_part_is_written_between_its_own_marks_only(tmp_path):
    page = tmp_path / "page.md"
    (one, one_end), (two, two_end) = report.MARKS["app"], report.MARKS["sync"]
    page.write_text(f"a\n{one}\nold\n{one_end}\nb\n{two}\nold\n{two_end}\nc\n")
    report.rewrite("sync", "new", page)
    assert page.read_text() == f"a\n{one}\nold\n{one_end}\nb\n{two}\n\nnew\n\n{two_end}\nc\n"
    for marks in report.MARKS.values():
        assert all(mark in report.PAGE.read_text() for mark in marks)


def test_a_plan_in_quick_has_every_column_once_a_link():
    jobs = race.plan(True, ["loopback"])
    assert {job.column for job in jobs} == {"ours", "rxdb", "pouch", "kinto", "forms"}
    assert len(jobs) == 5


def test_the_lock_of_the_peers_names_no_place_to_fetch_from():
    locked = json.loads((PEERS / "package-lock.json").read_text())
    assert not [name for name, about in locked["packages"].items() if "resolved" in about]
    assert all("integrity" in about for name, about in locked["packages"].items() if name)


def test_figures_are_said_in_their_units():
    assert report.said(1.234, "F") == "1.23 F"
    assert report.said(3.6, "") == "3.60"
    assert report.said(1, "") == "1"
    assert Figure("a", "b", 1.0, "s", 2.0).met
    assert re.fullmatch(r"\d+ B", report.said(24.2, "B"))


def test_a_target_below_one_is_not_said_to_be_none():
    assert report.said(0.5, "ms", whole=True) == "0.5 ms"
    assert report.said(20, "ms", whole=True) == "20 ms"
