"""What the phone, the console and the centre share, and the centre itself.

core/          a value's bytes and digest, signatures, times, kinds of answer, roles, errors
domain/        the rules, pure: forms and their catalogue, law and clinical rules, records, documents
protocol/      what travels between a device and the centre, how it is verified, and one exchange
pack_files.py  packs in folders, and who signed them
client/        the device's end: the centre's API over HTTP, a device in memory
api/           the centre

A package imports only what stands above it. Nothing here imports field_app.
"""

VERSION = "0.4.0"
PROTOCOL = 1
