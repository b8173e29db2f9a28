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
from sync.core.roles import MAY
from sync.domain.documents.handover_sheet import OFFICER_STATEMENT
from sync.domain.records.standing import NURSE_STATEMENT
from sync.protocol.batch import batch_lines
from sync.protocol.messages import (
    NO_CHANGE,
    Change,
    End,
    Head,
    Hello,
    LogSegment,
    Op,
    Resend,
    ResponsePart,
    Role,
    Verdict,
    VerdictName,
    Welcome,
)
from sync.protocol.sealed import SealedChange, sealed_lines
from sync.protocol.segment import segment_lines
from tests.steps.builders import Device, segment
from tests.steps.page import PROTOCOL, ROOT, first_names, rows, section, ticked

LINES = ("5. The request", "6. The response")  # with a table of lines each
REFUSED_WHILE_READING = {  # what is said of one envelope that cannot be read, and where
    "bad_change": "compact",
    "change_too_large": "compact",
    "not_opened": "sealed",
}
NAMED = re.compile(r"(?:^|; )((?:`[a-z0-9_]+`(?:, )?)+)")  # what a cell is about: ticked names at the start of a part


def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text())


def texts(node: ast.AST) -> set[str]:
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def named(cell: str) -> list[str]:
    """The names that a cell speaks of, each with what follows up to the next."""
    return [name for some in NAMED.findall(cell) for name in ticked(some)]


def table(heading: str, first: str) -> list[list[str]]:
    """The rows of the one table under a heading whose first column is called so."""
    text = section(PROTOCOL, heading)
    start = text.index(f"| {first} |")
    return rows(text[start : text.index("\n\n", start)])


def fields_of_lines() -> dict[str, set[str]]:
    """By type of line, the fields that the page gives it."""
    return {ticked(row[0])[0]: set(named(row[1])) for heading in LINES for row in table(heading, "line")}


def test_every_problem_code_stands_in_the_page_with_its_status_and_the_other_way_round():
    told: dict[str, set[int]] = {}
    for status, codes in table("13. Problems", "status"):
        for code in named(codes):
            told[code] = {int(number) for number in status.split(", ")}
    assert told.keys() == problems.KINDS.keys()
    assert all(kind[0] in told[code] for code, kind in problems.KINDS.items())


def test_every_line_type_stands_in_the_page_and_the_other_way_round():
    modules = [f"sync/protocol/{name}.py" for name in ("codec", "batch", "segment", "sealed")]
    written = set(re.findall(r'"t": "(\w+)"', "".join((ROOT / module).read_text() for module in modules)))
    up = {"hello", "batch", "c", "full", "day_key", "sealed", "sig"}
    read = up | {"welcome", "verdict", "resend", "segment", "own", "head", "end"}
    taken = set().union(*(texts(tree(module)) for module in ("sync/api/ingest/request_reader.py", *modules)))
    assert written == read <= taken
    assert fields_of_lines().keys() == read


def test_every_field_of_a_hello_stands_in_the_page():
    assert first_names(section(PROTOCOL, "`hello`")) == {field.name for field in fields(Hello)}


@pytest.mark.parametrize("kind", [Welcome, Verdict, Resend, Head, End])
def test_every_field_of_a_message_stands_in_the_page(kind):
    assert fields_of_lines()[kind.__name__.lower()] == {field.name for field in fields(kind)}


def test_every_part_of_a_response_has_its_line():
    messages = {kind.__name__.lower() for kind in get_args(ResponsePart) if kind is not LogSegment}
    assert messages | {"segment", "own", "c", "head"} == {ticked(row[0])[0] for row in table(LINES[1], "line")}


def test_every_field_of_the_lines_of_a_batch_and_of_a_segment_stands_in_the_page():
    device = Device()
    device.change(1, {"location": "x"})
    written = [*batch_lines(device.batch()), *batch_lines(device.batch(), full=True)]
    ids = (device.device_id, 1, NO_CHANGE, "0" * 64, device.made[0].record_id, device.made[0].incident_id)
    written += sealed_lines([SealedChange(*ids, True, 1, b"key", b"wdek", b"ct")])
    written += [*segment_lines(segment(device.made)), *segment_lines(segment(device.made, own=device.device_id))]
    for line in written:
        if line["t"] != "c":
            optional = {"void"} if line["t"] == "own" else set()
            assert fields_of_lines()[line["t"]] - optional == line.keys() - {"t"}, line["t"]


def test_every_field_op_and_role_of_a_change_stands_in_the_page():
    text = section(PROTOCOL, "3. A change")
    ops = set(get_args(Op))
    assert first_names(text) == set(Change.model_fields) | ops
    roles = re.search(r"^Roles: (.+?)\. ", text, re.M | re.S)
    assert roles
    assert set(ticked(roles[1])) == set(get_args(Role))
    for pattern in (Change.model_fields["record_id"], Change.model_fields["kind"], Change.model_fields["recorded_at"]):
        assert pattern.metadata[0].pattern in PROTOCOL


def test_who_may_do_what_is_the_table_of_roles():
    text = section(PROTOCOL, "3. A change")
    clinical, team = (
        re.search(rf"\*{name}\* is ([a-z, ]+?)[;.]", text.replace("\n", " ")) for name in ("Clinical", "team")
    )
    assert clinical
    assert team
    groups = {"supervisor": {"supervisor"}, "clinical": set(re.split(", | and ", clinical[1]))}
    assert team[1] == "clinical and supervisor"
    groups["team"] = groups["clinical"] | groups["supervisor"]
    for ops, _, who in table("3. A change", "`op` | what it does | who"):
        for op in ticked(ops):
            assert MAY[f"change.{op}"] == groups[who], op  # type: ignore[index]


def test_every_code_of_a_verdict_stands_in_the_page_and_the_other_way_round():
    verdicts = table("7. Verdicts", "verdict")
    assert {ticked(row[0])[0] for row in verdicts} == set(get_args(VerdictName))
    assert {code for row in verdicts for code in named(row[2])} == codes_in_the_code()


def test_the_codes_that_make_an_entry_void_are_the_codes():
    void = {code for row in table("7. Verdicts", "verdict") if row[1] == "yes" for code in named(row[2])}
    calls = [node for node in ast.walk(tree("sync/api/ingest/validate.py")) if isinstance(node, ast.Call)]
    assert void == {text for call in calls if getattr(call.func, "id", "") == "_void" for text in texts(call.args[0])}


def codes_in_the_code() -> set[str]:
    """What the centre's rules, its ingest and its log say of a change: the codes given where a verdict is made."""
    found = set(REFUSED_WHILE_READING)
    assert all(code in texts(tree(f"sync/protocol/{module}.py")) for code, module in REFUSED_WHILE_READING.items())
    place = {"Judgement": 1, "_void": 0, "Verdict": 2, "_refuse": 1}
    names = ("validate", "request_reader", "envelopes", "change_log")
    for path in (f"sync/api/ingest/{name}.py" for name in names):
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
    limits = [row for row in rows(section(PROTOCOL, "15. Versions and limits")) if len(row) == 3]
    assert len(limits) > 10
    for _, name, value in limits:
        module, _, constant = ticked(name)[0].rpartition(".")
        assert getattr(importlib.import_module(module), constant) == int(value), name


def test_the_statements_are_the_codes():
    said = {
        ticked(row[0])[0]: row[1]
        for row in rows(section(PROTOCOL, "14. The fold, documents, signatures"))
        if "STATEMENT" in row[0]
    }
    assert said == {"NURSE_STATEMENT": NURSE_STATEMENT, "OFFICER_STATEMENT": OFFICER_STATEMENT}
