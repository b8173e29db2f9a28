"""The database of the centre: SQLite, PostgreSQL, or PostgreSQL distributed by organisation.

database.py          one engine; transactions that read and transactions that write
schema.py            the tables                     migrations/      the schema's history
distribution.py      the tables over a cluster      projections.py   what lists and searches read, from the log
folded_incidents.py  the log read back and folded
"""
