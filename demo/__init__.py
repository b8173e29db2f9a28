"""Demo people and synthetic incidents. Everything in it is made up.

stories/          six incidents under way, each standing somewhere else
synthetic/        months of closed incidents, from a seed
lay.py            lays the stories at a centre, through the real API, as real devices
past.py           lays those months in the same way
centre_people.py  the teams and people as a centre makes them
__main__.py       `python -m demo`

The centre itself makes the people below when it starts with ALONGSIDE_TRAINING=1 and ALONGSIDE_DEMO=1; with a higher
number it makes so many teams.
"""

Person = tuple[str, str, str, dict[str, str]]

PASSWORD = "along-the-river"
TEAM_ID, TEAM = "cambridgeshire", "Cambridgeshire joint response"
PEOPLE: tuple[Person, ...] = (
    ("amina.yusuf", "Amina Yusuf", "nurse", {"registration_number": "18A2417E"}),
    ("tom.ellery", "Tom Ellery", "nurse", {"registration_number": "09I3361E"}),
    ("ruth.okoro", "Ruth Okoro", "supervisor", {"registration_number": "02F1158E"}),
    ("dan.hart", "Dan Hart", "officer", {"collar_number": "2417", "force": "Cambridgeshire"}),
)


def team(number: int) -> tuple[str, str]:
    """The id and the name of a demo team; number 0 is the team above."""
    return (f"team-{number + 1}", f"Demo team {number + 1}") if number else (TEAM_ID, TEAM)


def people(number: int) -> tuple[Person, ...]:
    """Who works in a demo team."""
    if not number:
        return PEOPLE
    nurses = [(f"nurse{nurse}.{number + 1}", f"Nurse {nurse}, team {number + 1}", "nurse", {}) for nurse in (1, 2)]
    return (*nurses, (f"lead.{number + 1}", f"Lead, team {number + 1}", "supervisor", {}))


def sign_ins() -> str:
    """The demo sign-ins, for the person at the terminal."""
    lines = [f"  {username:<14} {role:<11} {name}" for username, name, role, _ in PEOPLE]
    return "\n".join(["Sign in as:", *lines, f"  password for all: {PASSWORD}"])
