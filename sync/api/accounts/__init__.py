"""People and devices: who is calling, what they may do, what they read.

people.py  organisations, teams and practitioners  signin.py           name, password, a device's proof -> a session
access.py  whoever holds a session; `authorise`    device_commands.py  what a device is commanded to do
read_log.py  the audit trail of reads
"""
