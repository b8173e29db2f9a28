"""The measurements in docs/performance.md: `./build.sh bench [app | sync | centre]`, or `--quick` to try it.

The run:
    figures.py      what a figure is
    alone.py        a group of measurements in a process of its own
    report.py       the table, the JSON, the page
The app (needs Chromium where it says so):
    starts.py       start to ready
    taps.py         tap to visible answer, memory of the phone app; Chromium
    bare.py         a bare Flet app: their floor
    seals.py        one durable seal
    sections.py     opening a section, lines a form
    effort.py       taps and characters of the vignettes; Chromium
    recorded.py     an incident as a nurse records it
Sync beside its peers:
    race.py         the same incidents over the same links; jobs.py: which, and how often
    compare.py      what the rows say; plot.py: as a picture
    columns.py      how each column is started; phone.py, centre.py: ours; peers/: the others
    links.py        the links and their floor; lane.py: two namespaces and a link; emulator.py: what carries the packets
    material.py     what is sent; notes.py: its free text; certificate.py: for TLS
    costs.py        bytes a change
    stores.py       a phone's store as it grows
    ingest.py       many phones at one centre
The centre:
    strangers.py    what somebody unknown can make it do; attackers.py: the requests, and fifty who send nothing else
    growth.py       what a request costs as its history grows
"""
