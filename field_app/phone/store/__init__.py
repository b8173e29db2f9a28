"""The phone's store: plain SQLite in which nothing clinical ever lies in clear (docs/decisions/0003).

disk.py      the open database and its one lock; `Intent` and `Draft`, which are about to be written
schema.py    the tables, as sqlite-utils migrations
keystore.py  the device's secret in the platform's key store, through keyring
vault.py     PIN -> the nurse's keys; wrong PINs are counted before they are tried
envelope.py  one random key a row, AES-256-GCM, bound to what the row is
records.py   the rows: changes sealed and opened, incidents folded from them
outbox.py    own changes until the centre's receipt names them
exchange.py  the store as sync sees it: receipts, the pulled log, what comes back after a restore
store.py     what a nurse does and a screen reads: seal, drafts, lists, deliveries
"""
