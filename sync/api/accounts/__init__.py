"""People and devices: who is calling, what they may do, what they read.

people.py          organisations, teams and practitioners, and the command that makes and changes them
employment.py      leaving, coming back, another role, team, name or password; a device shut out
grants.py          what has ended by that, and which sealed work still counts
signin.py          name, password, a device's proof -> a session
sign_in_limits.py  how often a password may be tried: by device, account and address
passwords.py       what is kept of one, and whether a given one is right
access.py          whoever holds a session; `authorise`
device_commands.py what a device is commanded to do
read_log.py        the audit trail of reads
"""
