"""The description that is served: every route with its answers, its problems among them."""

from pathlib import Path

import sync.api
from sync.api.problems import KINDS, MEDIA_TYPE
from tests.steps.centre.running import Running


def test_every_route_documents_its_problem_answers(running: Running) -> None:
    with running.http() as http:
        spec = http.get("/openapi.json").json()
    assert set(spec["paths"]) == {
        "/v1/sync", "/v1/state", "/v1/sign-in", "/v1/sign-out",
        "/v1/incidents/search", "/v1/incidents/{incident_id}", "/v1/undecided", "/v1/handovers",
        "/v1/devices", "/v1/devices/{device_id}/commands", "/v1/packs", "/v1/packs/{pack_id}",
        "/health", "/ready",
    }  # fmt: skip
    named: set[str] = set()
    for path, methods in spec["paths"].items():
        for about in methods.values():
            for status, answer in about["responses"].items():
                if int(status) < 400:
                    continue
                assert answer["content"][MEDIA_TYPE]["schema"]["$ref"].endswith("/ProblemBody"), (path, status)
                codes = {code for code in KINDS if f"`{code}`" in answer["description"]}
                assert {KINDS[code][0] for code in codes} == {int(status)}, (path, status)
                named |= codes
    of_the_last_line = {"history_differs", "epoch_ended", "scope_not_yours", "unknown_device"}  # named where sync ends
    assert named | of_the_last_line | {"method_not_allowed"} == set(KINDS)
    for name in ("ProblemBody", "SignInRequest", "SignInAnswer", "IncidentSearch", "IncidentPage", "IncidentWhole"):
        assert name in spec["components"]["schemas"]
    assert "HTTPValidationError" not in str(spec)


def test_nothing_typed_can_come_into_an_address(running: Running) -> None:
    """Addresses end in the logs of proxies: what is read by GET is named by ids, and by a number of the log."""
    with running.http() as http:
        paths = http.get("/openapi.json").json()["paths"]
    taken = [
        (path, one["in"], one["name"])
        for path, what in paths.items()
        for one in what.get("get", {}).get("parameters", ())
    ]
    ids = [("/v1/incidents/{incident_id}", "path", "incident_id"), ("/v1/packs/{pack_id}", "path", "pack_id")]
    assert sorted(taken) == sorted([*ids, ("/v1/handovers", "query", "after"), ("/v1/undecided", "query", "after")])
    assert "query_params" not in "".join(file.read_text() for file in Path(sync.api.__file__).parent.rglob("*.py"))


def test_every_reference_leads_somewhere(running: Running) -> None:
    with running.http() as http:
        spec = http.get("/openapi.json").json()

    def references(value) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*(references(one) for one in value.values()))
        return set().union(*(references(one) for one in value)) if isinstance(value, list) else set()

    for name in references(spec):
        assert name.rpartition("/")[2] in spec["components"]["schemas"], name


def test_health_and_readiness(running: Running) -> None:
    with running.http() as http:
        assert http.get("/health").json()["status"] == "ok"
        assert http.get("/ready").json()["status"] == "ready"
