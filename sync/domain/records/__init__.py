"""What a set of changes means: records, and the incident they make together.

fold.py           changes -> a record as it stands, with its clashes
incident.py       the records of one incident, its times, and the law it is under
standing.py       what is signed and reviewed, and how far the incident is
tasks.py          the task list: its sections, and what is missing
clocks.py         the clocks that run now
interruptions.py  the three things that interrupt a nurse
handing_on.py     handing an incident on, and who has it
matching.py       whether a person was met before
delivery.py       what the centre has received
"""
