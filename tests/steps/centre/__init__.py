"""A centre on loopback for tests.

`running`     a real one with the demo people, and devices that talk to it through the real client
`places`      databases and schemas on one PostgreSQL server
`fixtures`    a centre on SQLite and on PostgreSQL, for a folder's conftest to take over
`statements`  what a statement must keep to in a database distributed by organisation
`watch`       holds what the program sends to PostgreSQL against that
`history`     a centre with as many incidents behind it as are wanted
`asked`       what phones and desks ask of it: each route in each of its ways
`work`        how much a database does for each statement
"""
