"""Programs beside the product. `build.sh` calls most of them.

run.py          start the centre, the phone app and the console, and stop them together
stage.py        lay out the folder from which the APK is built
packs.py        sign the packs in `assets/packs/`
faults.py       the figures of the fault runs
screenshots.py  the pictures in `docs/`
world.py        a centre, phones and consoles as real processes, for tests, pictures and benchmarks
drive.py        a browser in which they are used
other_clock.py  a phone or a centre at another time than this machine's
"""
