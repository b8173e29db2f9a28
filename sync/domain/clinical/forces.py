"""The police force, its districts, and what it calls its vulnerability report.

Source: project specification 3(a) and 3(h), 22 Nov 2026: configured, and names differ by force. Unconfirmed and
replaceable: another service replaces all three. The districts are those of the local authorities.
"""

from sync.domain.forms import Choice


class PoliceForce(Choice):
    CAMBRIDGESHIRE = "cambridgeshire", "Cambridgeshire Constabulary"


class District(Choice):
    CAMBRIDGE = "cambridge", "Cambridge"
    EAST = "east_cambridgeshire", "East Cambridgeshire"
    FENLAND = "fenland", "Fenland"
    HUNTINGDONSHIRE = "huntingdonshire", "Huntingdonshire"
    PETERBOROUGH = "peterborough", "Peterborough"
    SOUTH = "south_cambridgeshire", "South Cambridgeshire"
    OUTSIDE = "outside", "Outside the force area"


VULNERABILITY_REPORT = "Vulnerability report"
VULNERABILITY_REPORT_NAMES = ("PPN ", "VIST ", "VA ")
