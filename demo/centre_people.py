"""The demo teams as a centre makes them at its start."""

from demo import PASSWORD, people, team
from sync.api.accounts.people import NewPractitioner, NewTeam


def teams(count: int) -> tuple[NewTeam, ...]:
    """So many demo teams with their people. An officer belongs to no team."""
    return tuple(_team(number) for number in range(count))


def _team(number: int) -> NewTeam:
    team_id, name = team(number)
    workers = (
        NewPractitioner(username, full_name, role, () if role == "officer" else (team_id,), **numbers)
        for username, full_name, role, numbers in people(number)
    )
    return NewTeam(team_id, name, tuple(workers), PASSWORD)
