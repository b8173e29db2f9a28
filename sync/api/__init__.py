"""The centre: keeps every change it is given, says so with a signature, and hands them on within a team.

settings.py    where it runs, from the environment          problems.py   every answer that says no
database.py    one engine, reading and writing              schema.py     the tables; migrations/ makes them
people.py      organisations, teams, practitioners          access.py     sessions, and who may do what
signin.py      a name, a password, a device's proof         intake.py     a request's bytes -> verified pieces
log.py         a piece -> the change log                    judge.py      what is to be said about one change
views.py       the log -> what lists and searches read      runs.py       receipts and pages under signed heads
answer.py      verdicts, receipts, the pull, gaps           queries.py    lists, one incident, handovers, devices
routes.py      addresses, no logic; shapes.py their bodies  journal.py    log lines without patient data
app.py         create_app(settings); __main__.py serves it

Order: the counter row of the organisation is locked before anything else is read; bytes are stored before any rule
judges them; an answer follows the commit that makes it true.
"""
