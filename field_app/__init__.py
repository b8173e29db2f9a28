"""The Flet client: the phone app of the nurses, and the desktop console.

    main.py       composition root of the phone app: its first frame
    bootstrap.py  and all the rest of it: this device, its keys, its screens
    console.py    composition root of the console
    ui/           the screens of both
    phone/        what the phone does without a screen: its session, its store, when it syncs
    desk/         the console's line to the centre
    packs.py      the packs that are used, and those that are fetched
    attendance.py whether somebody is there
    address_limit.py  how many wrong passwords may come from one address
    log_filter.py     what of a library's lines may be logged

Imports go down this list. `flet` is imported in `ui` and the composition roots only. Screens read the store and never
each other's state; a tap is one method of `Session`, and what was committed draws the screens anew.
"""
