"""The tables of docs/protocol.md name what the code has, and nothing else."""

import ast
import importlib
import re
from dataclasses import fields
from typing import get_args

import pytest
from fastapi.routing import APIRoute

from sync.api import problems, shapes
from sync.api.app import ROUTERS
from sync.domain.documents.handover_sheet import OFFICER_STATEMENT
from sync.domain.records.standing import NURSE_STATEMENT
from sync.protocol.messages import Change, End, Head, Hello, Op, Resend, Role, VerdictName, Welcome
from tests.steps.page import PROTOCOL, ROOT, first_names, rows, section, ticked

VERDICTS = rows(section(PROTOCOL, "7. Verdicts"))
REFUSED_WHILE_READING = {"bad_change", "change_too_large"}  # what `read_change` says of one envelope


def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text())


def texts(node: ast.AST) -> set[str]:
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_problem_code_stands_in_the_page_with_its_status_and_the_other_way_round():
    said = {ticked(row[0])[0]: int(row[1]) for row in rows(section(PROTOCOL, "13. Problems"))}
    assert said == {code: kind[0] for code, kind in problems.KINDS.items()}


def test_every_line_type_stands_in_the_page_and_the_other_way_round():
    modules = [f"sync/protocol/{name}.py" for name in ("codec", "batch", "segment")]
    written = set(re.findall(r'"t": "(\w+)"', "".join((ROOT / module).read_text() for module in modules)))
    read = {"hello", "batch", "c", "full", "sig"} | {"welcome", "verdict", "resend", "segment", "own", "head", "end"}
    taken = set().union(*(texts(tree(module)) for module in ("sync/api/ingest/request_reader.py", *modules)))
    assert written == read <= taken
    assert (
        first_names(section(PROTOCOL, "4. Transport")) - {"content-encoding", "accept-encoding", "authorization"}
        == read
    )


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("`hello`", Hello), ("`welcome`", Welcome), ("`resend`", Resend), ("`head`", Head), ("`end`", End)],
)
def test_every_field_of_a_line_stands_in_the_page(heading, kind):
    assert first_names(section(PROTOCOL, heading)) == {field.name for field in fields(kind)}


def test_every_field_op_and_role_of_a_change_stands_in_the_page():
    text = section(PROTOCOL, "3. A change")
    ops = set(get_args(Op))
    assert first_names(text) == set(Change.model_fields) | ops
    roles = re.search(r"^Roles: (.+?)\. ", text, re.M)
    assert roles
    assert set(ticked(roles[1])) == set(get_args(Role))
    for pattern in (Change.model_fields["record_id"], Change.model_fields["kind"], Change.model_fields["recorded_at"]):
        assert pattern.metadata[0].pattern in PROTOCOL


def test_every_code_of_a_verdict_stands_in_the_page_and_the_other_way_round():
    said = {(ticked(row[0])[0], *ticked(row[1])) for row in VERDICTS}
    assert {one[0] for one in said} == set(get_args(VerdictName))
    assert {one[1] for one in said if len(one) > 1} == codes_in_the_code()


def codes_in_the_code() -> set[str]:
    """What the centre's rules, its intake and its log say of a change: the codes given where a verdict is made."""
    found = set(REFUSED_WHILE_READING)
    assert found <= texts(tree("sync/protocol/compact.py"))
    place = {"Judgement": 1, "_void": 0, "Verdict": 2, "_refuse": 1}
    for path in ("sync/api/ingest/validate.py", "sync/api/ingest/request_reader.py", "sync/api/ingest/change_log.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in place and len(node.args) > place[name] and isinstance(node.args[place[name]], ast.Constant):
                    found |= texts(node.args[place[name]])
            elif isinstance(node, ast.Assign) and texts(node.value) and getattr(node.targets[0], "id", "") == "code":
                found |= (
                    texts(node.value.body) | texts(node.value.orelse) if isinstance(node.value, ast.IfExp) else set()
                )
            elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
                found |= {text for text in texts(node.value.elts[0]) if re.fullmatch(r"[a-z]+(_[a-z]+)+", text)}
    return found


def test_every_code_said_at_the_end_of_a_sync_is_a_problem():
    last = section(PROTOCOL, "13. Problems").rpartition("In `end.problem`")[2].partition("; there")[0]
    assert set(ticked(last)) <= problems.KINDS.keys()
    assert "history_differs" in ticked(last)


def test_every_route_stands_in_the_page_and_the_other_way_round():
    there = {
        f"{method} {route.path}"
        for router in ROUTERS
        for route in router.routes if isinstance(route, APIRoute)
        for method in route.methods
    }  # fmt: skip
    said = {name for name in first_names(section(PROTOCOL, "12. The other routes")) if " " in name}
    assert said == there


@pytest.mark.parametrize(
    ("cell", "shape"),
    [
        ("one of `incidents`", shapes.IncidentLine), ("page", shapes.IncidentPage),
        ("`/v1/incidents/{incident_id}`", shapes.IncidentWhole), ("one of `entries`", shapes.LogEntryOut),
        ("`/v1/handovers`", shapes.Handover), ("`/v1/devices`", shapes.DeviceLine), ("`/v1/packs`", shapes.PackList),
        ("one of `packs`", shapes.PackLine), ("`/v1/packs/{pack_id}`", shapes.PackBundle),
    ],
)  # fmt: skip
def test_every_field_of_an_answer_stands_in_the_page(cell, shape):
    row = next(row for row in rows(section(PROTOCOL, "12. The other routes")) if row[0] == cell)
    assert set(shape.model_fields) <= set(ticked(row[1]))


@pytest.mark.parametrize("shape", [shapes.SignInRequest, shapes.SignInAnswer])
def test_every_field_of_a_sign_in_stands_in_the_page(shape):
    text = section(PROTOCOL, "11. Signing in")
    assert set(shape.model_fields) <= first_names(text)
    assert first_names(text) <= shapes.SignInRequest.model_fields.keys() | shapes.SignInAnswer.model_fields.keys()


def test_every_limit_is_the_codes():
    limits = [row for row in rows(section(PROTOCOL, "16. Versions and limits")) if len(row) == 3]
    assert len(limits) > 10
    for _, name, value in limits:
        module, _, constant = ticked(name)[0].rpartition(".")
        assert getattr(importlib.import_module(module), constant) == int(value), name


def test_the_statements_are_the_codes():
    said = {
        ticked(row[0])[0]: row[1]
        for row in rows(section(PROTOCOL, "15. Answers, documents, signatures"))
        if "STATEMENT" in row[0]
    }
    assert said == {"NURSE_STATEMENT": NURSE_STATEMENT, "OFFICER_STATEMENT": OFFICER_STATEMENT}
