"""What phone, console and centre share, and the centre itself. In reading order; imports go up this list only.

core/          what everything stands on: canonical bytes, signatures, times, answers, roles, errors
domain/        the rules, pure: forms, law and clinical rules, records, documents
protocol/      the sync protocol: what travels, how it is spelled, how it is verified, one exchange
pack_files.py  packs of law, guidance and services in folders, and who signed them
client/        the device's end of the line: the centre's API over HTTP, a device in memory
api/           the centre: FastAPI, SQLAlchemy Core, Alembic

Nothing here imports field_app.
"""

VERSION = "0.5.0"
PROTOCOL = 1
