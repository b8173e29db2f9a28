"""The record of section 136, or 135, of the Mental Health Act.

form.py        the questions
codes.py       the lists, and the items of its groups
conditions.py  when each question is asked, what a value may be, and what is offered from the record
notes.py       what follows from the answers: the clock, dwellings, police stations, and the notes
"""
