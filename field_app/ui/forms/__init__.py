"""The form engine's drawing side: any page of any form from its questions. Nothing here knows what a form is about.

form.py              a page: notes, questions, suggestions, clashes
answers.py           one widget for each kind of answer
choices.py           answers from a known list
date_time_fields.py  days and times
input_parsing.py     what was typed, read as a day or a time
groups.py            a question of several items
services.py          services of the directory under a question
unavailable.py       why an answer could not be got, one or all that are left
interruption.py      the card that interrupts
draft_reading.py     the answers in hand, and what follows from them
draft_editor.py      the draft in hand: answered, kept, sealed
"""
