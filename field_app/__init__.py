"""The Flet client: the phone app of the nurses, and the desktop console.

    main.py         composition root of the phone app      console.py   composition root of the console
    session.py      who is signed in, and what they do: each method one durable transaction
    background.py   when to sync
    store/          schema, store (seal, settle, apply), vault (keys, PIN), keystore
    ui/             theme, routes, form (draws any form), answers (one widget per kind of answer), parts
    ui/screens/     one file per phone screen              ui/console/  one file per console screen

Imports go down: main -> ui -> session -> store -> sync. `flet` is imported in ui, main and console only. Screens read
the store and never each other's state; a tap is one method of `Session`, and what was committed draws the screens anew.
"""
