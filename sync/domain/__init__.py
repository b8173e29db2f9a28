"""The rules, pure: the standard library and pydantic only. No clock, no randomness, no disk, no network.

forms.py       what a form is: questions, answers, what is missing before a signature
catalogue/     the forms themselves, one file each
fold.py        changes -> a record as it stands, with its clashes
incident.py    the records of one incident together: task list, ribbon, documents and their digests
news2.py       NEWS2 (RCP 2017)       s136_clock.py  the section 136 clock (MHA 1983)
nhs_number.py  the NHS number         shifts.py      shift patterns that cross midnight
times.py       instants as text, and Europe/London
packs.py       a pack and its manifest              pack_set.py   the packs a program has, passed in
rules.py, guidance.py, directory.py  what each kind of pack holds
"""
