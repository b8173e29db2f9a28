"""Clinical and legal rules. Each module names its source and date; numbers that may change stand in the rule pack.

modes.py             how a contact was made
events.py            the events of the time ribbon, as one table
timeline.py          the ribbon: the times kept, questions about them, the next steps
waiting.py           how long officers wait
shifts.py            the cars and the hours they work
s136_clock.py        how long a person may be kept at a place of safety
places_of_safety.py  where a person may be kept
news2.py             the National Early Warning Score 2
nhs_number.py        NHS numbers
forces.py            the police force, its districts, its vulnerability report
"""
