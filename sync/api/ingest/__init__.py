"""From a request's bytes to the change log.

request_reader.py  the bytes as they arrive -> the hello, and verified changes
envelopes.py       changes that come whole, in clear or sealed, one by one
hello.py           what a device says of itself, and by what it proves that it is this device
returned.py        what comes back after the centre was restored from a backup
change_log.py      verified changes go in, once, under the next numbers of the organisation
facts.py           what the centre knows that bears on them
validate.py        the verdict on one change
"""
