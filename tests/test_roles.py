"""Who may do what, cell by cell; a change of rights is a change here."""

from typing import get_args

import pytest

from sync.core.roles import MAY, ROLES, Action, may
from sync.protocol.messages import Op

CLINICAL = {"nurse", "liaison", "coordinator"}
SUPERVISOR = {"supervisor"}
TEAM = CLINICAL | SUPERVISOR
EXPECTED = {
    **dict.fromkeys(("change.set", "change.resolve", "change.retract", "change.transfer", "change.acknowledge"), TEAM),
    **dict.fromkeys(("change.sign", "change.cosign", "change.decline"), CLINICAL),
    **dict.fromkeys(("change.review", "change.return", "change.accept", "devices.list", "devices.command"), SUPERVISOR),
    **dict.fromkeys(("sync.pull", "incidents.list", "incidents.read"), TEAM),
    "handovers.read": {"officer"},
    "packs.read": TEAM | {"officer"},
}


@pytest.mark.parametrize("action", EXPECTED)
def test_each_cell_of_the_table(action: str) -> None:
    assert {role for role in ROLES if may(role, action)} == EXPECTED[action]


def test_every_action_has_a_row_and_every_act_of_a_change_is_one() -> None:
    assert set(MAY) == set(get_args(Action)) == set(EXPECTED)
    assert {f"change.{op}" for op in get_args(Op)} <= set(MAY)


@pytest.mark.parametrize("role", ["administrator", "spoc", "manager", "governance_lead"])
def test_a_role_has_no_rights_but_those_it_was_given(role: str) -> None:
    assert role in ROLES
    assert not [action for action in MAY if may(role, action)]


def test_what_is_not_in_the_table_is_refused() -> None:
    assert not may("nurse", "centre.stop")
    assert not may("wizard", "change.set")
