"""A contact: with the person, or advice to an officer or the control room.

form.py        the questions, and what follows from the answers
codes.py       the lists, and what is recorded of one officer
conditions.py  when each question is asked, what a value may be, and what is offered from the record
officers.py    the officers of an incident, and how long each of them waits
"""
