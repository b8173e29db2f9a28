"""Two phones, one centre and a broken line, driven by Hypothesis: editing during a push, kills, cuts, repeats."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from field_app.store.store import Store
from tests.builders import uid
from tests.faults.rig import Rig, TestCentre

phones = st.sampled_from([0, 1])
records = st.sampled_from([1, 2])
fields = st.sampled_from(["location", "cad_ref", "officer_safety_note"])
words = st.sampled_from(["a", "b", None])
cuts = st.none() | st.integers(0, 2500)


class Machine(RuleBasedStateMachine):
    template: Path
    centre: type[TestCentre] = TestCentre
    store: type[Store] = Store

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(prefix="machine"))
        self.rig = Rig(self.folder, self.template, self.centre, self.store)
        self.rig.phone()
        self.rig.phone("tom.ellery")

    def phone(self, which):
        return self.rig.phones[which]

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

    @rule(which=phones, up=cuts, down=cuts)
    def sync(self, which, up, down):
        self.rig.sync(self.phone(which), up=up, down=down)

    @rule(which=phones, record=records, name=fields, up=cuts)
    def sync_while_editing(self, which, record, name, up):
        pocket, left = self.phone(which), iter("xy")

        def during():
            if value := next(left, None):
                self.rig.seal(pocket, record, {name: value})

        self.rig.sync(pocket, up=up, during=during)

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

    @rule(seconds=st.integers(0, 60))
    def time_passes(self, seconds):
        self.rig.clock.forward(seconds=seconds)

    def teardown(self):
        if not hasattr(self, "rig"):
            return
        try:
            self.rig.check()
        finally:
            self.rig.close()
            shutil.rmtree(self.folder, ignore_errors=True)
