"""Running a centre: commands for its operator, and what it does under load.

backup.py         a backup of SQLite while it runs     restore.py        after a backup was put back: a new epoch
distribute.py     distributes the tables over a Citus  load_shedding.py  phones are asked to come later
connections.py    how long a connection may take before its request and after its answer
"""
