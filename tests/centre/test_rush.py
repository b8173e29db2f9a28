"""A centre with too much at once asks phones to come back later, and takes what they have sent.

It also says how old an app may be.
"""

from contextlib import ExitStack

from sync.api.ops.load_shedding import LoadShedding
from tests.steps.centre.running import Clock, Running, serving


def test_only_more_than_many_at_once_are_asked_to_come_back_later():
    rush = LoadShedding()
    with ExitStack() as running:
        for _ in range(LoadShedding.MANY):
            running.enter_context(rush)
        assert rush.backoff_s() == 0
        with rush:
            low, high = LoadShedding.LATER_S
            assert {low <= rush.backoff_s() <= high for _ in range(50)} == {True}
        assert rush.backoff_s() == 0
    assert rush.now == 0


def test_what_was_sent_in_a_rush_is_received_all_the_same(running: Running, phone, monkeypatch):
    change = phone.record({"location": "Old Bridge"})
    monkeypatch.setattr(LoadShedding, "MANY", 0)
    report = phone.sync()
    assert report.backoff_s >= 30
    assert change.change_id in phone.device.receipts


def test_the_oldest_app_that_understands_everything_is_a_setting(url, tmp_path):
    with serving(url, tmp_path / "data", Clock(), min_app_version="9.1.0") as running:
        phone = running.device()
        change = phone.record({"location": "Old Bridge"})
        report = phone.sync()
        assert (report.min_app_version, report.code) == ("9.1.0", "")
        assert change.change_id in phone.device.receipts
