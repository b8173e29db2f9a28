"""The device's end of the line to the centre.

address.py        where the centre is, and over which lines it may be reached
tls.py            whom to trust, and why a certificate did not verify
between.py        what an answer of something in between means
body.py           the bytes of an answer: bounded, and without a gateway's own compression
answers.py        the shapes of the centre's answers
response.py       an answer: the centre's lines, JSON or no, or somebody else's
request_form.py   how a request is put on the line where something spoils what passes
http.py           the centre over HTTP: `SyncApi`, signing in, the lists of the desk, packs
memory_device.py  a device in memory: `SyncStore` for the console, the demo and tests
"""
