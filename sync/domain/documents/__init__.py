"""The documents made from an incident.

handover_sheet.py  the officer's copy, line by line, and its digest
police_words.py    the words of questions on it
"""
