"""The kit: what screens of both apps are built of. It knows no form and no record.

theme.py           colours by role, day and night
widgets.py         words, cards, callouts, tags; rows and columns; `named` and `marked` give identifiers
pressing.py        one press, one act: what stands under every button
buttons.py         the green one, the others, links
fields.py          text fields that lose no key; `echo`, what follows from the text while it is typed
error_boundary.py  `part`, the error boundary that every component stands behind; the net under every handler
hooks.py           what a component holds while it is drawn
activity.py        whether somebody is at a page
session_tasks.py   work that outlives a drawing; a line that says how it went
listeners.py       who is called when something changes
debounce.py        something done once, soon
frame.py           the frame of a phone's screen: bar, strip, body, thumb bar
strip.py           the strip: the line that says where the work is
signature_pad.py   a signature on glass
"""
