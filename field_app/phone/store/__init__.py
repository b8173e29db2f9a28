"""The phone's store: plain SQLite in which nothing clinical ever lies in clear (docs/decisions/0003, 0020).

disk.py            the open database and its one lock; the rows of a vault; `Intent` and `Draft`, about to be written
full_disk.py       what a full disk means in words, and the room kept back for it
schema.py          the tables, as sqlite-utils migrations
keystore.py        the device's secret in the platform's key store, through keyring
vault.py           PIN -> the nurse's keys
pin.py             which PINs are too easy to guess; wrong ones, counted before they are tried, and their waits
envelope.py        one random key a row, AES-256-GCM, bound to what the row is
sealed_changes.py  the rows of changes, sealed and opened: needs the nurse's keys
next_change.py     what a nurse is about to record, as this device's next change
outbox.py          own changes until the centre's receipt names them: needs no key of the nurse's
sending.py         what the outbox answers in the sync protocol, locked or not
hello_count.py     how often this device has opened an exchange
pulled_log.py      the verified part of the team's log, and what comes back after a restore
views.py           incidents folded from changes, for screens
listing.py         cuts lists where nothing is left to do, and nowhere else
drafts.py          what is being filled in
commands.py        what the centre has commanded this device to do
sync_store.py      all of it as the sync engine sees it: `SyncStore` over the parts
locked_store.py    the outbox of a vault that nobody has unlocked, sent as it lies
store.py           all of it as a nurse and a screen see it: seal, drafts, lists, deliveries
"""
