"""No order of edits, syncs, cuts and kills breaks an invariant; and a suite that cannot catch a broken engine is none."""

import shutil
import sqlite3
from contextlib import closing, contextmanager

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from field_app.store.store import Store
from sync.api import answer
from sync.api.schema import change_log
from tests.faults.machine import Machine
from tests.faults.rig import TestCentre

BRIEF = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True,
    phases=[Phase.generate], database=None, report_multiple_bugs=False,
)  # fmt: skip


def machine(template, **parts):
    return type("Made", (Machine,), {"template": template, **parts})


def test_two_phones_one_centre_and_a_broken_line(template):
    run_state_machine_as_test(machine(template), settings=BRIEF)


@pytest.mark.fault
def test_two_phones_one_centre_and_a_broken_line_at_length(template):
    run_state_machine_as_test(machine(template), settings=settings(BRIEF, max_examples=600, stateful_step_count=40))


# --- negative controls: each is broken on purpose, and has to be caught ---------------------------------------------


class MarksAllAsSent(Store):
    """The mistake of every second app: after a push, everything that was waiting is called sent."""

    def _settle(self, run):
        voided = super()._settle(run)
        self._db.execute(
            "UPDATE outbox SET seq = coalesce(seq, 0), received_ms = coalesce(received_ms, 1) WHERE vault_id = ?",
            (self._v,),
        )
        return voided


class AcknowledgesBeforeCommit(TestCentre):
    """Receipts go out, then the machine dies before the transaction is on the disk."""

    def arrive(self, intake, data):
        if not (kept := self.folder / "before.db").exists():
            with closing(sqlite3.connect(self.folder / "centre.db")) as conn:
                conn.execute("VACUUM INTO ?", (str(kept),))
        super().arrive(intake, data)

    def answers(self, reply):
        yield from super().answers(reply)
        self.db.close()
        for old in self.folder.glob("centre.db*"):
            old.unlink()
        shutil.move(self.folder / "before.db", self.folder / "centre.db")
        self.restart()


class TimestampCursor(TestCentre):
    """The pull goes on from the time of the last entry, as if no two could have one time."""

    def answers(self, reply):
        with _patched(answer, "pull_page", self._page(answer.pull_page)):
            yield from super().answers(reply)

    def _page(self, real):
        def page(asked, after):
            log = change_log.c
            with self.db.read() as conn:
                at = conn.execute(change_log.select().where(log.seq == after[0])).first()
                same = [] if at is None else conn.execute(
                    change_log.select().where(log.scope == at.scope, log.received_ms == at.received_ms).order_by(log.seq)
                ).all()  # fmt: skip
            return real(asked, (same[-1].seq, same[-1].chain) if same else after)

        return page


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
    ],
)
def test_a_broken_variant_is_caught(template, parts):
    with pytest.raises(AssertionError, match=r"I\d: "):
        run_state_machine_as_test(machine(template, **parts), settings=BRIEF)
