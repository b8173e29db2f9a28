"""The console's end of the line to the centre.

desk.py         one supervisor or officer in one browser session: lists, incidents, decisions and their receipts
desk_models.py  what the desk reads at the centre, as dataclasses
"""
