"""Demo people and synthetic incidents. Everything in it is made up.

stories.py     what the incidents say          lay.py         through the real API, as real devices
__main__.py    `python -m sync.demo`

The people below are made by the centre itself when it starts with ALONGSIDE_DEMO=1.
"""

PASSWORD = "along-the-river"
TEAM_ID, TEAM = "cambridgeshire", "Cambridgeshire joint response"
PEOPLE = (
    ("amina.yusuf", "Amina Yusuf", "nurse", {"registration_number": "18A2417E"}),
    ("tom.ellery", "Tom Ellery", "nurse", {"registration_number": "09I3361E"}),
    ("ruth.okoro", "Ruth Okoro", "supervisor", {"registration_number": "02F1158E"}),
    ("dan.hart", "Dan Hart", "officer", {"collar_number": "2417", "force": "Cambridgeshire"}),
)


def sign_ins() -> str:
    """The demo sign-ins, for the person at the terminal."""
    lines = [f"  {username:<14} {role:<11} {name}" for username, name, role, _ in PEOPLE]
    return "\n".join(["Sign in as:", *lines, f"  password for all: {PASSWORD}"])
