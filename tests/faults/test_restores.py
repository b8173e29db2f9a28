"""At random: a centre is put back from a backup, with forgeries in its log. Nothing is lost, and none counts."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis.stateful import rule, run_state_machine_as_test

from field_app.phone.store.disk import Intent
from sync.api.ingest import returned
from tests.faults.machine import BRIEF, Machine, cuts, made, phones, records
from tests.steps.builders import uid

FAMILY = "a centre restored, with forgeries in its log (Hypothesis)"
NEVER_SIGNED_IN = ("ruth.okoro", "supervisor")  # on any of these phones


class Restores(Machine):
    """All that the machine does, with backups that are put back and changes in a supervisor's name."""

    @rule()
    def a_backup_is_made(self):
        if not hasattr(self, "backup"):
            self.backup = self.rig.back_up()

    @rule()
    def the_backup_is_put_back(self):
        if hasattr(self, "backup"):
            self.rig.restore(self.backup)
            self.rig.answers.clear()  # docs/faults.md: one of before the restore is not tried

    @rule(which=phones, record=records)
    def a_change_is_forged(self, which, record):
        pocket = self.phone(which)
        incident = pocket.store.incident(uid(record))
        known = incident.records.get(uid(record)) if incident else None
        forged = Intent(
            uid(record), uid(record), "incident", "set", {"location": "FORGED"}, known.heads if known else ()
        )
        [change] = pocket.store.seal(*NEVER_SIGNED_IN, [forged])
        self.rig.sealed[change.change_id] = change

    @rule(which=phones, record=records, down=cuts)
    def a_forgery_is_known_to_all_and_not_to_the_backup(self, which, record, down):
        self.a_backup_is_made()
        self.a_change_is_forged(which, record)
        for pocket in (self.phone(which), *self.rig.phones):
            self.rig.sync(pocket)
        self.the_backup_is_put_back()
        self.rig.sync(self.phone(which), down=down)

    def at_rest(self):
        counting = [row for row in self.rig.centre.log() if row.author == NEVER_SIGNED_IN[0] and not row.void]
        assert not counting, f"I12: {len(counting)} forged changes count"
        for pocket in self.rig.phones:
            unreturned = pocket.db.execute("SELECT count(*) FROM ended WHERE returned = 0").fetchone()[0]
            assert not unreturned, "I8: a phone goes on returning what the centre has"


def test_restores_at_random(template):
    run_state_machine_as_test(made(template, Restores, family=FAMILY), settings=BRIEF)


@pytest.mark.fault
def test_restores_at_random_at_length(template):
    run_state_machine_as_test(
        made(template, Restores, family=FAMILY), settings=settings(BRIEF, max_examples=200, stateful_step_count=40)
    )


def test_a_centre_that_believes_all_that_comes_back_is_caught(template, monkeypatch):
    sender = returned.Sender
    monkeypatch.setattr(returned, "Sender", lambda *who, **known: replace(sender(*who, **known), counted=True))
    with pytest.raises(AssertionError, match=r"I\d+: "):
        run_state_machine_as_test(made(template, Restores), settings=BRIEF)
