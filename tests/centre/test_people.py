"""The command by which the first people are made, and by which somebody leaves."""

import io

import pytest

from sync.api.accounts import people
from sync.core.errors import Problem
from tests.steps.centre.running import Running


@pytest.fixture
def command(running: Running, monkeypatch):
    settings = running.centre.settings
    monkeypatch.setattr(people, "from_environment", lambda: settings)

    def run(*argv: str) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))
        return people.main(list(argv))

    return run


def test_a_team_and_a_person_are_made_and_can_sign_in(running: Running, phone, command) -> None:
    assert command("team", "suffolk", "Suffolk") == 0
    assert command("person", "Eve.Long", "Eve Long", "nurse", "--team", "suffolk", "--registration", "12A3456E") == 0
    answer = phone.sign_in("eve.long", "a long enough password")
    assert answer["team"] == {"team_id": "suffolk", "name": "Suffolk"}
    assert answer["practitioner"]["registration_number"] == "12A3456E"


def test_a_leaver_and_a_revoked_device_are_out_at_once(running: Running, phone, desk, command) -> None:
    assert command("leaver", "amina.yusuf") == 0
    assert phone.search().status_code == 401
    with pytest.raises(Problem):
        phone.sign_in("amina.yusuf")
    assert command("revoke", desk.device.device_id) == 0
    assert desk.search().status_code == 401
    assert command("person", "ruth.okoro", "Another", "nurse") == 1
    assert command("leaver", "no.body") == command("revoke", "none") == 1
