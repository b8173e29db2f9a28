"""A centre that is served with a certificate by itself, with no proxy before it."""

from pathlib import Path

from tests.steps.centre.running import Clock, serving
from tests.steps.certificates import Authority


def test_a_phone_signs_in_sends_and_pulls(url, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with serving(url, tmp_path / "data", Clock(), tls=authority.vouch()) as running:
        running.authority = str(authority.pem)
        phone, other = running.device(), running.device("tom.ellery", "Second phone")
        changes = [phone.record({"officer_safety_note": "x" * 2_000}) for _ in range(100)]
        assert phone.sync().received == 100
        assert other.sync().pulled == 100
        assert [row.change_id for row in running.rows()] == [change.change_id for change in changes]
