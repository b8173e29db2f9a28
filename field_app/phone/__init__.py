"""The phone below its screens.

devices.py         the devices of this program: one on a phone, one for each browser
phone.py           this device: its database, its vaults, its line to the centre
session.py         one nurse at one screen: each thing a nurse does is one durable transaction
open_drafts.py     the drafts of one window: what two windows gave is kept
background.py      when to sync
deposits.py        the vaults that nobody has unlocked: what waits in them is sent as it lies
signing_claims.py  what a signature, an offer or an acceptance says
packs.py           law, guidance and services, kept beside the database
store/             the sealed store: changes, outbox, pulled log, drafts, vault
"""
