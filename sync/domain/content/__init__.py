"""What the packs hold: law, guidance and services, parsed here, read from disk elsewhere, and passed in.

packs.py      a pack and its manifest
pack_set.py   the packs a program has: those in force on a day
rules.py      a rule pack: what law and local agreement lay down
guidance.py   a guidance pack: short pages, and the search in them
directory.py  a directory pack: the services that can be asked for help
opening.py    when a service is open
"""
