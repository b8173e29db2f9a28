"""The console's end of the line to the centre.

desk.py          one supervisor or officer in one browser session: lists, incidents, decisions and their receipts
desk_devices.py  the device of each browser, by which the centre knows it
desk_models.py   what the desk reads at the centre, as dataclasses
"""
