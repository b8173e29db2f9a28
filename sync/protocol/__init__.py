"""The sync protocol, both ends: what travels, how it is written, when it is believed. In words: `docs/protocol.md`.

messages.py      changes, the log and its hash chain, the messages of an exchange
line_stream.py   lines <-> bytes: NDJSON in bz2 streams
delta.py         strokes and instants as steps, random bytes in few letters
derived_ids.py   nonces and record ids that follow from what was drawn before
compact.py       a change without what those before it say, and back
sealed.py        a change that a locked phone sends as it lies <-> a line
batch.py         changes under a device's signature -> lines
segment.py       entries of a log up to a signed head <-> lines
codec.py         a whole request, a whole response <-> lines
verify.py        when a segment is believed: hash chain and signature
send_window.py   how much goes up at once, and which change is at fault
ports.py         the centre and the device's store, as an exchange sees them
exchange.py      one exchange: the outbox up, receipts and the log down
anti_entropy.py  do both hold the same log: 256 sums

A module imports only those above it.
"""
