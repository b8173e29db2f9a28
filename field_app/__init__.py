"""The Flet client: the phone app of the nurses, and the desktop console.

main.py       composition root of the phone app: its first frame
bootstrap.py  the rest of the phone app, once that frame is drawn
console.py    composition root of the console
phone/        the phone: who is signed in, what they do, when to sync, the sealed store
desk/         the console's line to the centre
packs.py      law, guidance and services as the program has them now
ui/           all that is drawn: the screens of both

Imports go down: main or console -> bootstrap -> ui -> phone or desk -> packs -> sync. `flet` is imported in ui and the
composition roots only. Screens read the store and never each other's state; a tap is one method of `Session`, and what
was committed draws the screens anew.
"""
