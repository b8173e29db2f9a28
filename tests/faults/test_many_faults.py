"""No order of edits, syncs, cuts and kills breaks an invariant; a suite that misses a broken engine is none."""

import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from field_app.phone.store import views
from field_app.phone.store.store import Store
from sync.api.ingest import request_reader
from sync.api.problems import problem
from sync.api.pull import log_pages
from sync.api.storage.schema import change_log
from sync.core.canonical import parse
from sync.domain.records.fold import fold_records
from tests.faults import checker
from tests.faults.line import TestCentre
from tests.faults.machine import BRIEF, made

FAMILY = "many faults at random (Hypothesis)"


def test_two_phones_one_centre_and_a_broken_line(template):
    run_state_machine_as_test(made(template, family=FAMILY), settings=BRIEF)


@pytest.mark.fault
def test_two_phones_one_centre_and_a_broken_line_at_length(template):
    run_state_machine_as_test(
        made(template, family=FAMILY), settings=settings(BRIEF, max_examples=200, stateful_step_count=40)
    )


# --- negative controls: each is broken on purpose, and has to be caught ---------------------------------------------


class MarksAllAsSent(Store):
    """The mistake of every second app: after a push, everything that was waiting is called sent."""

    def __init__(self, disk, vault):
        super().__init__(disk, vault)
        settle = self.outbox.settle

        def settle_all(entries):
            settle(entries)
            disk.db.execute("UPDATE outbox SET seq = coalesce(seq, 0), received_ms = coalesce(received_ms, 1)")

        self.outbox.settle = settle_all


class AcknowledgesBeforeCommit(TestCentre):
    """Receipts go out, then the machine dies before the transaction is on the disk."""

    def arrive(self, ingest, data):
        if not (kept := self.folder / "before.db").exists():
            with closing(sqlite3.connect(self.folder / "centre.db")) as conn:
                conn.execute("VACUUM INTO ?", (str(kept),))
        super().arrive(ingest, data)

    def answers(self, response):
        yield from super().answers(response)
        self.db.close()
        for old in self.folder.glob("centre.db*"):
            old.unlink()
        shutil.move(self.folder / "before.db", self.folder / "centre.db")
        self.restart()


class TimestampCursor(TestCentre):
    """The pull goes on from the time of the last entry, as if no two could have one time."""

    def answers(self, response):
        with _patched(log_pages, "page_after", self._page(log_pages.page_after)):
            yield from super().answers(response)

    def _page(self, real):
        def page(asked, at):
            log = change_log.c
            with self.db.read() as conn:
                last = conn.execute(change_log.select().where(log.seq == at[0])).first()
                same = [] if last is None else conn.execute(
                    change_log.select().where(log.scope == last.scope, log.received_ms == last.received_ms)
                    .order_by(log.seq)
                ).all()  # fmt: skip
            return real(asked, (same[-1].seq, same[-1].chain) if same else at)

        return page


class RollsBackTheBatch(TestCentre):
    """One change that is not on top of what the centre has, and the whole request is rolled back: 409 Conflict."""

    def arrive(self, ingest, data):
        with _patched(request_reader, "take", self._take(request_reader.take)):
            super().arrive(ingest, data)

    def _take(self, real):
        def take(db, org, sender, changes, packs, now_ms):
            here, stored = {change.change_id for change in changes}, self.log()
            heads = {row.change_id for row in stored} - {p for row in stored for p in parse(row.body)["parents"]}
            known = {row.record_id for row in stored}
            for change in changes:
                fresh = change.change_id not in {row.change_id for row in stored}
                if fresh and change.record_id in known and not set(change.parents) & (heads | here):
                    raise problem("history_differs")
            return real(db, org, sender, changes, packs, now_ms)

        return take


def last_writer_wins(steps, void=()):
    """Every answer has the value that was given last by the clock; there is never a clash."""
    records = {}
    for record_id, record in fold_records(steps, void).items():
        last = {name: max(given, key=lambda one: (one.at, one.change_id)) for name, given in record.clashes.items()}
        records[record_id] = replace(record, answers={**record.answers, **last}, clashes={})
    return records


@contextmanager
def _patched(module, name, made):
    real = getattr(module, name)
    setattr(module, name, made)
    try:
        yield
    finally:
        setattr(module, name, real)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({"store": MarksAllAsSent}, id="mark-all-pending-as-sent"),
        pytest.param({"centre": AcknowledgesBeforeCommit}, id="acknowledge-before-commit"),
        pytest.param({"centre": TimestampCursor}, id="timestamp-cursor"),
        pytest.param({"centre": RollsBackTheBatch}, id="whole-batch-rollback-on-one-conflict"),
    ],
)
def test_a_broken_variant_is_caught(template, parts):
    with pytest.raises(AssertionError, match=r"I\d+: "):
        run_state_machine_as_test(made(template, **parts), settings=BRIEF)


def test_last_writer_wins_is_caught_though_both_ends_agree_on_it(template):
    """The checker works out for itself which answers clash; asking the same fold again would prove nothing."""
    with (
        _patched(checker, "fold_records", last_writer_wins),
        _patched(views, "fold_records", last_writer_wins),
        pytest.raises(AssertionError, match=r"I5: a clash is lost"),
    ):
        run_state_machine_as_test(made(template), settings=BRIEF)
