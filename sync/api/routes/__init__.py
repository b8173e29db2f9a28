"""The addresses of the centre, a file for each noun. No logic: each reads its arguments, asks one function, answers.

centre.py     what every address works with: the centre, and whoever calls
bodies.py     the one way in which a body is read
exchange.py   /v1/sync and /v1/state              sign_in.py    /v1/sign-in and /v1/sign-out
incidents.py  /v1/incidents                       handovers.py  /v1/handovers
devices.py    /v1/devices                         packs.py      /v1/packs
health.py     /health and /ready                  undecided.py  /v1/undecided
"""
