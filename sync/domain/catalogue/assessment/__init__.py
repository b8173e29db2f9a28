"""The nurse's assessment. One record, its questions in three parts.

physical.py      physical health, emergencies and NEWS2
mental_state.py  what happened, and the mental state
safety.py        how the person, and others, stay safe
form.py          the whole: how soon the person is to be seen, the impression and the plan
codes.py         the lists
"""
