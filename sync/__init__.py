"""What the phone, the console and the centre share, and the centre itself.

domain/        the rules, pure: forms and their catalogue, the fold, clocks, NEWS2, NHS number, documents
canonical.py   one value, one sequence of bytes (RFC 8785, restricted); strict reading
signing.py     Ed25519 with a named purpose; base64url
errors.py      the exceptions that stop the work, each with a code and what to do
wire.py        Change, Piece, Head, Entry, Verdict: what travels, and the protocols both ends keep
codec.py       changes and runs <-> the lines of a request or an answer
engine.py      sync_once(store, api): one exchange with the centre
client.py      the centre's API over httpx
device.py      a device in memory: the console's session, the phones of the demo and of tests
demo/          demo people and synthetic incidents, made through the real API
api/           the centre: FastAPI, SQLAlchemy Core, Alembic

Imports go one way: domain <- wire <- codec <- engine; client, device and api use those. Nothing here imports field_app.
"""

VERSION = "0.4.0"
PROTOCOL = 1
