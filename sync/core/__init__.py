"""What every other room stands on. It imports nothing of the project.

canonical.py  one value, one sequence of bytes (RFC 8785, restricted), and strict reading
signing.py    Ed25519 signatures with a named purpose; base64url
envelope.py   a row sealed under a key of its own, and that key under a day's (AES-256-GCM)
hpke.py       a key sealed to a public key (RFC 9180)
errors.py     the exceptions that stop the work, each with a code and what to do
times.py      instants as text, and wall time in England
kinds.py      an answer's key, and the kinds of answer: a choice, a moment, an event, why there is none
roles.py      role × action: who may do what
"""
