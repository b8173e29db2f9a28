"""The measurements in docs/performance.md: `./build.sh bench [app | sync]`, or `--quick` to try it.

figures.py  what a figure is       report.py   the table, the JSON, the page      alone.py  a group in its own process
starts.py   start to ready         taps.py     tap to visible answer, memory of the phone app      bare.py  their floor
seals.py    one durable seal       recorded.py an incident to record
sections.py opening a section, lines a form    effort.py   taps and characters of the vignettes

race.py     the same incidents over the same links, ours and its peers; compare.py, plot.py: what that says
columns.py  how each is started    peers/      their clients and servers          phone.py, centre.py  ours
links.py    the links, the floor   lane.py     two namespaces and a link          emulator.py  what carries the packets
material.py what is sent           notes.py    its free text                      certificate.py  for TLS
costs.py    bytes a change         stores.py   a phone's store as it grows        ingest.py  many phones at one centre
"""
