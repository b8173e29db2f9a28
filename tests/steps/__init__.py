"""What test modules share: builders, and the steps that people take, so that no test imports another.

`builders`      invented people, a clock that stands still, changes, batches, segments, a phone's store
`scripted_centre`  a centre in memory that answers a phone as a test's script says
`records`       forms, changes and incidents for the rules; an answer to every question
`observations`  a set of observations from one line of text
`packs`         packs made from the shipped ones, signed by the demo publisher or by a stranger
`small_disk`    a small disk in memory, and what fills it
`page`          the project's own pages: tables, sections, marked examples
`words`         what no screen may say about a person
`waiting`       waiting for something to come true, no longer than so many seconds
`at_a_phone`    a nurse at a phone with a real centre: fixtures, and how to wait for what arrives
`centre/`       a centre on loopback, on SQLite and PostgreSQL; what its statements must keep to
`ui/`           the app headless: Flet's session with a fake client; steps on the phone's and the desk's screens
`play/`         people's own steps at a screen, the vignettes, and what these take of a nurse
"""
