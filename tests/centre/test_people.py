"""The command by which people and teams are made, and a person's life at the trust goes on."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert, select

from sync.api.storage.schema import device, practitioner
from sync.core.errors import Problem
from tests.steps.centre.running import Phone, Running, problem

Command = Callable[..., int]


def test_a_team_and_a_person_are_made_and_can_sign_in(phone: Phone, people_command: Command) -> None:
    assert people_command("team", "suffolk", "Suffolk") == 0
    made = ("person", "Eve.Long", "Eve Long", "nurse", "--team", "suffolk", "--registration", "12A3456E")
    assert people_command(*made) == 0
    answer = phone.sign_in("eve.long", "a long enough password")
    assert answer["team"] == {"team_id": "suffolk", "name": "Suffolk"}
    assert answer["practitioner"]["registration_number"] == "12A3456E"


def test_a_leaver_and_a_revoked_device_are_out_at_once(phone: Phone, desk: Phone, people_command: Command) -> None:
    assert people_command("leaver", "amina.yusuf") == 0
    assert phone.search().status_code == 401
    with pytest.raises(Problem):
        phone.sign_in("amina.yusuf")
    assert people_command("revoke", desk.device.device_id) == 0
    assert desk.search().status_code == 401


def test_whoever_comes_back_signs_in_with_the_password_they_had(
    running: Running, phone: Phone, people_command: Command
) -> None:
    people_command("leaver", "amina.yusuf")
    problem(phone.search(), 401, "sign_in_needed")
    assert people_command("back", "Amina.Yusuf") == 0
    problem(phone.search(), 401, "sign_in_needed")  # the sessions of before are over
    assert phone.sign_in("amina.yusuf")["team"]["team_id"] == "cambridgeshire"


def test_a_forgotten_password_is_set_anew_and_ends_every_sign_in(phone: Phone, people_command: Command) -> None:
    assert people_command("password", "amina.yusuf", password="another long one") == 0
    problem(phone.search(), 401, "sign_in_needed")
    with pytest.raises(Problem) as caught:
        phone.sign_in("amina.yusuf")
    assert caught.value.code == "sign_in_wrong"
    assert phone.sign_in("amina.yusuf", "another long one")
    assert phone.search().status_code == 200


def test_a_name_stands_wherever_the_person_does(phone: Phone, desk: Phone, people_command: Command) -> None:
    change = phone.record({"location": "Old Bridge"})
    phone.sync()
    assert people_command("name", "amina.yusuf", "Amina Khan") == 0
    assert phone.search().status_code == 200
    assert desk.client.incident(change.incident_id)["people"]["amina.yusuf"]["name"] == "Amina Khan"
    assert phone.sign_in("amina.yusuf")["practitioner"]["name"] == "Amina Khan"


@pytest.mark.parametrize(
    "argv",
    [
        ("leaver", "no.body"), ("back", "no.body"), ("role", "no.body", "nurse"), ("name", "no.body", "No Body"),
        ("move", "no.body", "--team", "cambridgeshire"), ("move", "amina.yusuf", "--team", "none"),
        ("password", "no.body"), ("revoke", "none"), ("unrevoke", "none"),
        ("person", "ruth.okoro", "Another", "nurse"), ("person", "new.one", "New", "nurse", "--team", "none"),
        ("person", "9x", "Nine", "nurse"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_said_and_nothing_is_done(
    running: Running, phone: Phone, people_command: Command, capsys, argv
) -> None:
    def everybody() -> list:
        with running.db.read() as conn:
            return list(conn.execute(select(practitioner).order_by(practitioner.c.practitioner_id)).all())

    before = everybody()
    assert people_command(*argv) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert everybody() == before
    assert phone.search().status_code == 200


@pytest.mark.parametrize("argv", [("password", "amina.yusuf"), ("person", "new.one", "New", "nurse")])
def test_nobody_gets_an_empty_password(phone: Phone, people_command: Command, capsys, argv) -> None:
    assert people_command(*argv, password="") == 1
    assert "1 to 1,024 characters" in capsys.readouterr().err
    assert phone.search().status_code == 200


def test_a_device_is_named_by_as_much_of_its_id_as_tells_it_apart(
    running: Running, phone: Phone, people_command: Command, capsys
) -> None:
    shown = phone.device.device_id[:8]
    assert people_command("revoke", shown) == 0
    assert people_command("unrevoke", shown) == 0
    assert people_command("revoke", shown[:7]) == people_command("revoke", "%" * 8) == 1
    twin = shown + "-0000-4000-8000-000000000000"
    with running.db.write() as conn:
        row = conn.execute(select(device).where(device.c.device_id == phone.device.device_id)).one()
        conn.execute(insert(device).values(**{**row._mapping, "device_id": twin}))
    capsys.readouterr()
    assert people_command("revoke", shown) == 1
    assert "Several devices" in capsys.readouterr().err
    assert people_command("revoke", phone.device.device_id) == 0


def test_each_command_says_what_it_did(phone: Phone, people_command: Command, capsys) -> None:
    device_id = phone.device.device_id
    for argv, words in {
        ("role", "amina.yusuf", "coordinator"): "Amina Yusuf (amina.yusuf) is now coordinator, and was nurse.",
        ("role", "amina.yusuf", "nurse"): "is now nurse, and was coordinator. 0 sign-ins ended.",
        ("move", "amina.yusuf", "--team", "cambridgeshire"): "is now in cambridgeshire.",
        ("leaver", "amina.yusuf"): "has left, and cannot sign in.",
        ("back", "amina.yusuf"): "is back, as nurse in cambridgeshire,",
        ("revoke", device_id): f"Phone {device_id[:8]} is shut out",
        ("unrevoke", device_id): f"Phone {device_id[:8]} may be used again.",
    }.items():
        assert people_command(*argv) == 0
        assert words in capsys.readouterr().out
    for again in (("back", "amina.yusuf"), ("role", "amina.yusuf", "nurse"), ("unrevoke", device_id)):
        assert people_command(*again) == 0
        assert "Nothing was changed." in capsys.readouterr().out
