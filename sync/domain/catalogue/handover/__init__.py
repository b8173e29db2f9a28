"""The handover to those who take over.

form.py     the questions, how long handover has been waited for, and the notes
summary.py  the words that are offered from the record
"""
