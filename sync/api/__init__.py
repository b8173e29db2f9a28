"""The centre: keeps every change it is given, says so with a signature, and hands them on within a team.

__main__.py  the composition root: python -m sync.api  app.py       create_app(settings), as an ASGI app
routes/      the addresses, a file for each noun       shapes.py    the bodies of requests and answers
ingest/      a request's bytes -> the change log       pull/        verdicts, receipts, the log, gaps, packs
desk/        lists, one incident, handovers, devices   accounts/    people, sessions, devices; who may do what
storage/     the database and its tables               ops/         backup, restore, distribution, load
settings.py  where it runs, from the environment       problems.py  every answer that says no
logging.py   log lines without patient data

Order: the counter row of the organisation is locked before anything else is read; bytes are stored before any rule
judges them; an answer follows the commit that makes it true.
"""
