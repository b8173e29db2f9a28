"""What the desk reads. Only within the caller's teams, and every read of a record is put down before it is answered.

incidents.py   a page of a list, one incident whole  live_board.py  what runs and waits in the incidents of a list
handovers.py   the sheets that an officer co-signed  devices.py     the teams' devices, and what they have not sent
undecided.py   what was sealed after leaving, for a supervisor to accept
"""
