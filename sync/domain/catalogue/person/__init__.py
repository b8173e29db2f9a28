"""The person: who they are, as far as it is known.

form.py        the questions, and what follows from the answers
codes.py       the lists, and how single answers are checked
conditions.py  when each question is asked
age.py         how old they are, and whether the rules for children apply
"""
