"""The measurements in docs/performance.md: `python -m bench`, or `python -m bench --quick` to try it.

figures.py  what a figure is       report.py   the table, the JSON, the page      alone.py  a group in its own process
starts.py   start to ready         taps.py     tap to visible answer, memory of the phone app      bare.py  their floor
seals.py    one durable seal       syncs.py    one sync of an incident, memory of the centre
recorded.py an incident to record  proxy.py    counts what passes
sections.py opening a section, lines a form    effort.py   taps and characters of the vignettes
"""
