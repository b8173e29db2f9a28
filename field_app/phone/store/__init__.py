"""The phone's store: plain SQLite in which nothing clinical ever lies in clear (docs/decisions/0003).

envelope.py  one random key per row, AES-256-GCM, bound to what the row is
vault.py     PIN -> the nurse's keys; wrong PINs are counted before they are tried
keystore.py  the device's secret in the platform's key store, through keyring
schema.py    the tables, as sqlite-utils migrations
store.py     seal, settle, apply: each one transaction
delivery.py  what has been received and what has not, in the words of the strip
"""
