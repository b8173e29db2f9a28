"""The rules, pure: the standard library and pydantic only. No clock, no randomness, no disk, no network.

content/    what the packs hold: law, guidance, services
forms/      the form engine; it knows no form
clinical/   clinical and legal rules, each with its source
catalogue/  the forms, in the order of an incident's task list
records/    what a set of changes means: fold, incident, clocks, tasks, signatures
documents/  the documents made from an incident

Each imports only what stands above it.
"""
