"""Who may do what: one table of role × action, for the centre, the phone and the console.

A row is an action, a cell a role that may do it. What a person may see of a team is decided beside it by their teams.
Source: project specification 4 and 7, 22 Nov 2026 (nurse, liaison practitioner, coordinator, supervisor, officer). The
other four are roles of the same specification that no action is given to yet.
"""

from collections.abc import Mapping
from typing import Literal, get_args

Role = Literal[
    "nurse", "officer", "coordinator", "liaison", "supervisor", "administrator", "spoc", "manager", "governance_lead"
]
Action = Literal[
    "change.set",
    "change.resolve",
    "change.retract",
    "change.transfer",
    "change.acknowledge",
    "change.sign",
    "change.cosign",
    "change.decline",
    "change.review",
    "change.return",
    "change.accept",
    "sync.pull",
    "incidents.list",
    "incidents.read",
    "handovers.read",
    "devices.list",
    "devices.command",
    "packs.read",
]
ROLES: tuple[Role, ...] = get_args(Role)

_CLINICAL: frozenset[Role] = frozenset({"nurse", "liaison", "coordinator"})
_SUPERVISOR: frozenset[Role] = frozenset({"supervisor"})
_TEAM: frozenset[Role] = _CLINICAL | _SUPERVISOR
_OFFICER: frozenset[Role] = frozenset({"officer"})

MAY: Mapping[str, frozenset[Role]] = {  # a row for each `Action`
    "change.set": _TEAM,
    "change.resolve": _TEAM,
    "change.retract": _TEAM,
    "change.transfer": _TEAM,
    "change.acknowledge": _TEAM,
    "change.sign": _CLINICAL,
    "change.cosign": _CLINICAL,  # an officer's mark is carried by the nurse's device
    "change.decline": _CLINICAL,
    "change.review": _SUPERVISOR,
    "change.return": _SUPERVISOR,
    "change.accept": _SUPERVISOR,  # work that was sealed after its author had left
    "sync.pull": _TEAM,
    "incidents.list": _TEAM,
    "incidents.read": _TEAM,
    "handovers.read": _OFFICER,  # their own: what they co-signed
    "devices.list": _SUPERVISOR,
    "devices.command": _SUPERVISOR,
    "packs.read": _TEAM | _OFFICER,  # public words: law, guidance, services
}


def may(role: str, action: str) -> bool:
    """Whether this role may do this. False for a role or an action that is not in the table."""
    return role in MAY.get(action, frozenset())
