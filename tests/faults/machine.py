"""Phones, one centre and a broken line, driven by Hypothesis.

Editing during a push, kills, cuts, repeats, wrong clocks. Requests and answers come twice, late and in another order;
clocks jump by days, in the middle of a sync too; a sign-in runs out and a device is revoked while its batches arrive.
Three devices, two of them one nurse's.
"""

import shutil
import tempfile
from contextlib import nullcontext
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from field_app.phone.store.store import Store
from tests.faults import figures
from tests.faults.line import TestCentre
from tests.faults.rig import Rig
from tests.steps.builders import uid

DAYS = 2
BRIEF = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True,
    phases=[Phase.generate], database=None, report_multiple_bugs=False,
)  # fmt: skip
phones = st.sampled_from([0, 1, 2])
records = st.sampled_from([1, 2])
fields = st.sampled_from(["location", "cad_ref", "officer_safety_note"])
words = st.sampled_from(["a", "b", None])
cuts = st.none() | st.integers(0, 2500)


class Machine(RuleBasedStateMachine):
    template: Path
    centre: type[TestCentre] = TestCentre
    store: type[Store] = Store
    family: str = ""  # under which its runs are counted; a broken variant has none

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(prefix="machine"))
        self.rig = Rig(self.folder, self.template, self.centre, self.store)
        for username in ("amina.yusuf", "tom.ellery", "amina.yusuf"):
            self.rig.phone(username)

    def phone(self, which):
        return self.rig.phones[which]

    # --- recording ------------------------------------------------------------------------------------------------

    @rule(which=phones, record=records, name=fields, value=words)
    def seal(self, which, record, name, value):
        self.rig.seal(self.phone(which), record, {name: value})

    @rule(which=phones, record=records, name=fields, value=words)
    def seal_on_what_was_seen_before(self, which, record, name, value):
        """As when a section was open while a pull arrived: the parents are older than the heads."""
        pocket = self.phone(which)
        history = pocket.store.history(uid(record))
        parents = tuple(sorted(history[0].parents)) if history else ()
        self.rig.seal(pocket, record, {name: value}, parents=parents)

    # --- the line -------------------------------------------------------------------------------------------------

    @rule(which=phones, up=cuts, down=cuts)
    def sync(self, which, up, down):
        self.rig.sync(self.phone(which), up=up, down=down)

    @rule(which=phones, up=cuts, down=cuts)
    def a_locked_phone_deposits(self, which, up, down):
        self.rig.deposit(self.phone(which), up=up, down=down)

    @rule(which=phones, record=records, name=fields, up=cuts)
    def sync_while_editing(self, which, record, name, up):
        pocket, left = self.phone(which), iter("xy")

        def during():
            if value := next(left, None):
                self.rig.seal(pocket, record, {name: value})

        self.rig.sync(pocket, up=up, during=during)

    @rule(which=phones, down=cuts)
    def a_request_goes_out_twice_at_once(self, which, down):
        self.rig.sync(self.phone(which), twice=True, down=down)

    @rule(which=phones, late=st.integers(0, 9))
    def a_request_of_long_ago_arrives_again(self, which, late):
        self.rig.repeat_request(self.phone(which), late)

    @rule(which=phones, late=st.integers(0, 9))
    def an_answer_of_long_ago_comes_instead(self, which, late):
        self.rig.repeat_answer(self.phone(which), late)

    # --- kills, clocks, sign-ins ----------------------------------------------------------------------------------

    @rule(which=phones)
    def kill_the_phone(self, which):
        self.rig.restart(self.phone(which))
        self.rig.note()

    @rule(which=phones)
    def kill_the_centre_in_the_middle(self, which):
        self.rig.sync(self.phone(which), during=self.rig.centre.restart)

    @rule(which=phones)
    def kill_the_phone_in_the_middle(self, which):
        """Whatever was committed when it died is what it finds."""
        self.rig.sync(self.phone(which), down=300)
        self.rig.restart(self.phone(which))

    @rule(which=phones, record=records)
    def kill_a_locked_phone_in_the_middle(self, which, record):
        self.rig.seal(self.phone(which), record, {"cad_ref": "locked"})
        self.rig.deposit(self.phone(which), down=300)
        self.rig.restart(self.phone(which))

    @rule(seconds=st.integers(0, 60))
    def time_passes(self, seconds):
        self.rig.clock.forward(seconds=seconds)

    @rule(which=phones, days=st.integers(-DAYS, DAYS))
    def a_clock_is_set(self, which, days):
        self.phone(which).clock.forward(days=days)

    @rule(which=phones, days=st.integers(-DAYS, DAYS))
    def the_centre_s_clock_jumps_in_the_middle(self, which, days):
        jumps = iter([days])
        self.rig.sync(self.phone(which), during=lambda: self.rig.clock.forward(days=next(jumps, 0)))

    @rule(which=phones, record=records)
    def a_sign_in_runs_out_in_the_middle(self, which, record):
        self.rig.seal(self.phone(which), record, {"cad_ref": "late"})
        self.rig.sync(self.phone(which), during=lambda: self.rig.end_sessions(self.phone(which)))

    @rule(which=phones, record=records)
    def a_device_is_revoked_in_the_middle(self, which, record):
        self.rig.seal(self.phone(which), record, {"cad_ref": "revoked"})
        self.rig.sync(self.phone(which), during=lambda: self.rig.revoke(self.phone(which)))

    @rule(which=phones)
    def a_nurse_signs_in_again(self, which):
        self.rig.revoke(self.phone(which), False)
        self.rig.sign_in(self.phone(which))

    def at_rest(self):
        """What has to hold in the end, beside the checker's invariants."""

    def teardown(self):
        if not hasattr(self, "rig"):
            return
        try:
            for pocket in self.rig.phones:
                self.rig.revoke(pocket, False)
                self.rig.sign_in(pocket)
            with figures.counted(self.family) if self.family else nullcontext():
                self.rig.check()
                self.at_rest()
        finally:
            self.rig.close()
            shutil.rmtree(self.folder, ignore_errors=True)


def made(template: Path, base: type[Machine] = Machine, **parts: object) -> type[Machine]:
    """The machine over copies of this centre, or one with some of its parts broken."""
    return type("Made", (base,), {"template": template, **parts})
