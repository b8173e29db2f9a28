"""The phone's screens: each a component (state and hooks) and plain view functions (data in, controls out).

start.py          opens the app on a page: lifecycle, network, the net under every handler
routes.py         address -> stack of views
state.py          `Ui`: who is here, what is in hand, going and doing
sign_in.py        who uses this phone, with which PIN
troubles.py       an error in words
home.py           shift home
shift.py          start or join a shift
incident.py       one incident: where it stands, who has it, how to finish it
shown.py          what the screens of one incident share
ribbon.py         its time ribbon, and the next step
tasks.py          its sections
times.py          all its times
section.py        one section: a form, page by page
draft_in_hand.py  its draft, while it is on the screen
seen.py           a person who may have been met before
hand_on.py        hand it to the next shift, a colleague or a crisis team
check.py          check and sign
officer.py        officer's turn
records.py        each record and its receipt
guidance.py       guidance and law
directory.py      the service directory
"""
