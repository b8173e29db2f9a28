"""Signing in, sessions, who may do what."""

import pytest
from sqlalchemy import select, update

from demo import PASSWORD, PEOPLE
from sync.api.accounts import access
from sync.api.accounts.access import Caller, authorise
from sync.api.storage.schema import device, enrolment, practitioner, session
from sync.client.memory_device import Device
from sync.core.errors import Problem
from sync.core.roles import MAY
from tests.steps.centre.running import SCOPE, Phone, Running, new_id, problem


def failing(phone: Phone, username: str = "amina.yusuf", password: str = "wrong") -> Problem:
    with pytest.raises(Problem) as caught:
        phone.sign_in(username, password)
    return caught.value


def test_a_sign_in_says_who_where_and_whom_to_trust(running: Running, phone) -> None:
    answer = phone.sign_in("amina.yusuf")
    assert answer["practitioner"] == {
        "practitioner_id": "amina.yusuf", "name": "Amina Yusuf", "role": "nurse", "registration_number": "18A2417E",
        "collar_number": "", "force": "",
    }  # fmt: skip
    assert answer["team"] == {"team_id": "cambridgeshire", "name": "Cambridgeshire joint response"}
    assert answer["scope"] == SCOPE
    assert answer["organisation"].keys() == {"org", "name", "epoch"}
    assert answer["centre_key"] == running.centre.signer.public
    officer = running.device("dan.hart").sign_in("dan.hart")
    assert (officer["team"], officer["scope"], officer["practitioner"]["collar_number"]) == (None, None, "2417")


def test_only_a_digest_of_the_token_and_a_hash_of_the_password_are_kept(running: Running, phone) -> None:
    with running.db.read() as conn:
        kept = conn.execute(select(session.c.token_sha256)).scalars().all()
        hashes = conn.execute(select(practitioner.c.password_hash)).scalars().all()
    assert access.token_hash(phone.client.token) in kept
    assert phone.client.token not in kept
    assert len(hashes) == len(PEOPLE)
    assert all(one.startswith("$argon2id$") for one in hashes)


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(phone) -> None:
    wrong = [failing(phone), failing(phone, "no.body"), failing(phone, "amina.yusuf' --")]
    assert {(one.status, one.code, one.advice) for one in wrong} == {(401, "sign_in_wrong", wrong[0].advice)}


def test_a_leaver_cannot_sign_in(running: Running, phone) -> None:
    with running.db.write() as conn:
        conn.execute(update(practitioner).values(active=False))
    assert failing(phone, password=PASSWORD).code == "sign_in_wrong"
    problem(phone.search(), 401, "sign_in_needed")


def test_a_device_must_prove_that_it_holds_its_key(running: Running, phone) -> None:
    device = phone.device
    other = Device("Other", running.clock)
    claim = {
        "username": "amina.yusuf", "password": PASSWORD, "user_public_key": device.user.public, "training": True,
        "device": {"device_id": new_id(), "name": "Phone", "public_key": device.key.public},
    }  # fmt: skip
    with running.http() as http:
        for proof in ("", "A" * 86, other.key.sign("enrol", {}), device.key.sign("enrol", {"device_id": "x"})):
            problem(http.post("/v1/sign-in", json={**claim, "proof": proof}), 400, "proof_wrong")
        short = {**claim, "user_public_key": "AAAA", "proof": "x"}
        problem(http.post("/v1/sign-in", json=short), 400, "proof_wrong")


def test_a_device_cannot_take_the_place_of_another(running: Running, phone) -> None:
    thief = Device("Thief", running.clock, device_id=phone.device.device_id)
    with pytest.raises(Problem) as caught:
        Phone(running, thief, phone.client).sign_in("tom.ellery")
    assert caught.value.code == "device_key_differs"


def test_a_revoked_device_cannot_sign_in_or_read(running: Running, phone) -> None:
    with running.db.write() as conn:
        conn.execute(update(device).values(revoked=True))
    assert failing(phone, password=PASSWORD).code == "device_revoked"
    problem(phone.search(), 403, "device_revoked")


def test_a_second_person_and_a_second_key_are_added_on_a_device(running: Running, phone) -> None:
    phone.sign_in("tom.ellery")
    phone.device.user = Device("x", running.clock).user  # a forgotten PIN: a new key of her own
    phone.sign_in("amina.yusuf")
    with running.db.read() as conn:
        rows = conn.execute(select(enrolment.c.practitioner_id).order_by(enrolment.c.practitioner_id)).scalars().all()
    assert rows == ["amina.yusuf", "amina.yusuf", "tom.ellery"]


def test_a_session_ends_after_twelve_hours_or_on_signing_out(running: Running, phone) -> None:
    assert phone.search().status_code == 200
    running.clock.forward(hours=12)
    problem(phone.search(), 401, "sign_in_expired")
    phone.sign_in("amina.yusuf")
    token = phone.client.token
    phone.client.sign_out()
    assert phone.client.token is None
    phone.client.token = token
    problem(phone.search(), 401, "sign_in_needed")


@pytest.mark.parametrize("header", ["", "Bearer", "Basic abc", "Bearer wrong", "Bearer a b"])
def test_no_or_a_wrong_token_is_no_session(running: Running, header) -> None:
    with running.http() as http:
        problem(http.post("/v1/incidents/search", json={}, headers={"authorization": header}), 401, "sign_in_needed")


# --- who may do what ----------------------------------------------------------------------------------------------

ALLOWED = {
    "nurse": {"change.set", "change.resolve", "change.retract", "change.transfer", "change.acknowledge", "change.sign",
              "change.cosign", "change.decline", "sync.pull", "incidents.list", "incidents.read", "packs.read"},
    "supervisor": {"change.set", "change.resolve", "change.retract", "change.transfer", "change.acknowledge",
                   "change.review", "change.return", "change.accept", "sync.pull", "incidents.list", "incidents.read",
                   "devices.list", "devices.command", "packs.read"},
    "officer": {"handovers.read", "packs.read"},
}  # fmt: skip
ALLOWED["liaison"] = ALLOWED["coordinator"] = ALLOWED["nurse"]


@pytest.mark.parametrize("role", [*ALLOWED, "someone"])
def test_each_role_may_do_what_the_table_says_and_no_more(role) -> None:
    who = Caller("a", "A", role, ("t",))
    assert {action for action in MAY if authorise(who, action)} == ALLOWED.get(role, set())
    assert not authorise(who, "an.action.nobody.wrote.down")
    assert not any(authorise(who, action, "team:other") for action in MAY)
    assert not any(authorise(Caller("a", "A", role, ("t",), active=False), action) for action in MAY)


ROUTES = {
    "/v1/incidents/search": {"nurse", "supervisor"},
    "/v1/incidents/{incident_id}": {"nurse", "supervisor"},
    "/v1/undecided": {"supervisor"},
    "/v1/handovers": {"officer"},
    "/v1/devices": {"supervisor"},
    "/v1/packs": {"nurse", "supervisor", "officer"},
    "/v1/packs/{pack_id}": {"nurse", "supervisor", "officer"},
}

TRIED_ELSEWHERE = {"/v1/devices/{device_id}/commands"}


def test_every_reading_route_has_a_rule_and_keeps_to_it(running: Running, phone, desk) -> None:
    with running.http() as http:
        paths = http.get("/openapi.json").json()["paths"]
    assert set(paths) - {
        "/v1/sync",
        "/v1/sign-in",
        "/v1/sign-out",
        "/health",
        "/ready",
        "/v1/state",
    } - TRIED_ELSEWHERE == set(ROUTES)
    incident = phone.record({"location": "Old Bridge"}).incident_id
    phone.sync()
    by_role = {"nurse": phone, "supervisor": desk, "officer": running.device("dan.hart")}
    for path, roles in ROUTES.items():
        for role, one in by_role.items():
            response = (
                one.search() if "search" in path else one.get(path.format(incident_id=incident, pack_id="rules-2017.1"))
            )
            if role in roles:
                assert response.status_code == 200, (path, role)
            else:
                problem(response, 403, "not_allowed")
