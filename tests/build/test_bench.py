"""The measurements can be started, one of them is, and what stands on the page is made from its rows."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import __main__ as started
from bench import centre as bench_centre
from bench import compare, plot, report

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "bench" / "peers"


@pytest.mark.parametrize("group", [group for group in started.GROUPS if (ROOT / "bench" / f"{group}.py").exists()])
def test_every_group_can_be_measured(group: str):
    assert callable(importlib.import_module(f"bench.{group}").measure)


def test_a_group_is_measured_in_a_process_of_its_own_and_printed():
    command = [sys.executable, "-m", "bench", "--quick", "--only", "seals"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "Durable seal: One change" in printed


def test_the_centre_of_the_comparison_is_the_one_that_is_served():
    module, _, function = bench_centre.APPLICATION.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def rows() -> dict:
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
    return {"rows": made, "sets": sets_, "titles": titles, "about": {}, "missing": {}, "no_links": ""}


def test_the_comparison_says_times_the_floor_and_times_ours():
    data = rows()
    assert compare.Rows(data).ratio("push", "3G", 50) == pytest.approx(1.0 / (0.2 + 45_000 * 8 / 384_000))
    assert "| Push 50, 3G | 1.14 s | **1.00 s** · 0.88 F | 4.00 s · 3.52 F · 4.0 × |" in compare.table(data)


def test_what_did_not_end_is_said_and_counts_nowhere():
    data = rows()
    data["rows"].append({"column": "pouch", "link": "EDGE!10", "incidents": 50, "failed": "timed out"})
    assert "never" in compare.table(data)
    assert "Did not end: pouch" in compare.legend(data)


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


def test_the_lock_of_the_peers_names_no_place_to_fetch_from():
    locked = json.loads((PEERS / "package-lock.json").read_text())
    assert not [name for name, about in locked["packages"].items() if "resolved" in about]
    assert all("integrity" in about for name, about in locked["packages"].items() if name)
