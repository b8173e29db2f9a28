"""A centre at another time is the same centre: its demo people are there, its clock is the other one."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from demo import PASSWORD
from sync.client.http import Client
from sync.client.memory_device import Device
from sync.protocol.exchange import sync_once
from tools.world import Process


def test_a_demo_nurse_signs_in_at_a_centre_whose_clock_is_ahead(tmp_path: Path):
    ahead = {"ALONGSIDE_RUN": "sync.api", "ALONGSIDE_AHEAD_S": "3600", "ALONGSIDE_TRAINING": "1", "ALONGSIDE_DEMO": "1"}
    centre = Process("tools.other_clock", tmp_path / "centre", "/ready", **ahead).start()
    client, device = Client(centre.url), Device("Phone", lambda: datetime.now(UTC))
    try:
        device.sign_in(partial(client.sign_in, training=True), "amina.yusuf", PASSWORD)
        report = sync_once(device, client)
    finally:
        client.close()
        centre.kill()
    assert report.code == ""
    assert abs(timedelta(milliseconds=report.clock_offset_ms or 0) - timedelta(hours=1)) < timedelta(minutes=1)
