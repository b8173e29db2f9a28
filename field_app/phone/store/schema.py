"""The phone's tables, as migrations: from the first release on, one that was shipped is never edited.

In clear lie the nurses' user names, random ids, numbers, states and times of sync: nothing that names who was cared
for, or says what was recorded.
The connection is in autocommit; every write goes through `atomic()` (sqlite-utils' implicit transaction would
swallow later writes, see docs/decisions/0003).
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sqlite_utils import Database, Migrations

from field_app.phone.store.full_disk import Reserve, is_full, telling_full

_SETTINGS = """journal_mode=WAL synchronous=FULL secure_delete=ON temp_store=MEMORY foreign_keys=ON trusted_schema=OFF
    cell_size_check=ON mmap_size=0 busy_timeout=5000"""
PRAGMAS = _SETTINGS.split()

# A sealed row: `day` (since 1970) names the day key; `wdek` is the row's own key under it, `ct` the content under that.
# `wrong` PINs, the last of them in `boot_id` at `monotonic_ms`: `mac` vouches for the three.
# A vault whose PIN was forgotten is `retired`; `locked` is what a phone needs of it that nobody has unlocked.
# `for_centre`: the day key once more, sealed to the centre's key.
# `apart` is "shift" or "reading", and empty for an incident; `seq` the highest log number of its changes. `void` of
# `outbox`: what a receipt said of it, as long as the change's own row, sealed, says otherwise.
FIRST = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value INTEGER) STRICT;

CREATE TABLE vault (
    vault_id BLOB PRIMARY KEY, username TEXT NOT NULL, retired INTEGER NOT NULL DEFAULT 0, kdf TEXT NOT NULL,
    salt BLOB NOT NULL, slot BLOB NOT NULL, wrong INTEGER NOT NULL, boot_id TEXT NOT NULL,
    monotonic_ms INTEGER NOT NULL, mac BLOB NOT NULL, profile BLOB NOT NULL, locked BLOB NOT NULL,
    hello_count INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE UNIQUE INDEX vault_username ON vault (username) WHERE retired = 0;
CREATE TABLE day_key (
    vault_id BLOB NOT NULL, day INTEGER NOT NULL, wrapped BLOB NOT NULL, for_centre BLOB NOT NULL,
    PRIMARY KEY (vault_id, day)) STRICT;

CREATE TABLE change (
    vault_id BLOB NOT NULL, change_id BLOB NOT NULL, record_id BLOB NOT NULL, incident_id BLOB NOT NULL,
    void INTEGER NOT NULL DEFAULT 0, day INTEGER NOT NULL, wdek BLOB NOT NULL, ct BLOB NOT NULL,
    PRIMARY KEY (vault_id, change_id)) STRICT;
CREATE INDEX change_record ON change (vault_id, record_id);

CREATE TABLE outbox (
    vault_id BLOB NOT NULL, device_seq INTEGER NOT NULL, change_id BLOB NOT NULL, record_id BLOB NOT NULL,
    incident_id BLOB NOT NULL, size INTEGER NOT NULL, seq INTEGER, received_ms INTEGER,
    verdict TEXT NOT NULL DEFAULT '', code TEXT NOT NULL DEFAULT '', field TEXT NOT NULL DEFAULT '',
    advice TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0, last_error TEXT NOT NULL DEFAULT '',
    void INTEGER, PRIMARY KEY (vault_id, device_seq)) STRICT;
CREATE INDEX outbox_change ON outbox (vault_id, change_id);
CREATE INDEX outbox_waiting ON outbox (vault_id, device_seq) WHERE received_ms IS NULL;
CREATE INDEX outbox_void ON outbox (vault_id) WHERE void IS NOT NULL;
CREATE VIEW waiting AS SELECT * FROM outbox WHERE received_ms IS NULL AND verdict <> 'refused';
CREATE VIEW delivery AS SELECT *, CASE
    WHEN received_ms IS NULL AND verdict = 'refused' THEN 'refused'
    WHEN received_ms IS NULL THEN 'waiting'
    WHEN verdict IN ('held', 'quarantined') THEN verdict
    ELSE 'received' END AS state FROM outbox;

CREATE TABLE incident (
    vault_id BLOB NOT NULL, incident_id BLOB NOT NULL, seq INTEGER NOT NULL DEFAULT 0, apart TEXT NOT NULL,
    is_finished INTEGER NOT NULL,
    day INTEGER NOT NULL, wdek BLOB NOT NULL, ct BLOB NOT NULL,
    PRIMARY KEY (vault_id, incident_id)) STRICT;
CREATE TABLE draft (
    vault_id BLOB NOT NULL, record_id BLOB NOT NULL, incident_id BLOB NOT NULL, day INTEGER NOT NULL,
    wdek BLOB NOT NULL, ct BLOB NOT NULL, PRIMARY KEY (vault_id, record_id)) STRICT;

CREATE TABLE pulled (
    vault_id BLOB PRIMARY KEY, epoch TEXT NOT NULL, scope TEXT NOT NULL, seq INTEGER NOT NULL,
    chain TEXT NOT NULL, first INTEGER NOT NULL, before TEXT NOT NULL) STRICT;
CREATE TABLE segment (
    segment_id INTEGER PRIMARY KEY, vault_id BLOB NOT NULL, scope TEXT NOT NULL, epoch TEXT NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, before TEXT NOT NULL, chain TEXT NOT NULL,
    signature TEXT NOT NULL) STRICT;
CREATE INDEX segment_epoch ON segment (vault_id, epoch, last);
CREATE TABLE entry (
    segment_id INTEGER NOT NULL, seq INTEGER NOT NULL, change_id BLOB NOT NULL, received_ms INTEGER NOT NULL,
    void INTEGER NOT NULL, PRIMARY KEY (segment_id, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE ended (
    vault_id BLOB NOT NULL, epoch TEXT NOT NULL, kept INTEGER NOT NULL, at_ms INTEGER NOT NULL,
    returned INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (vault_id, epoch)) STRICT;

CREATE TABLE command (
    vault_id BLOB NOT NULL, command_id TEXT NOT NULL, kind TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (vault_id, command_id)) STRICT
"""

migrations = Migrations("phone")


@migrations()
def m001_first(db: Database) -> None:
    for statement in FIRST.split(";\n"):
        db.execute(statement)


def open_db(path: Path) -> Database:
    """The phone's database, made or brought up to date. Raises DiskFull when there is no room to make it.

    On a full disk it opens for this process alone: then SQLite needs no file for shared memory, and can read.
    """
    with telling_full():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        Reserve(path).make_room()
        try:
            return _opened(path, PRAGMAS)
        except sqlite3.OperationalError as error:
            if not is_full(error):
                raise
            return _opened(path, ["locking_mode=EXCLUSIVE", *PRAGMAS])


def _opened(path: Path, pragmas: Sequence[str]) -> Database:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        db = Database(connection)
        with db.atomic():
            migrations.apply(db)
    except BaseException:
        connection.close()
        raise
    return db


def place_of(db: Database) -> Path | None:
    """Where the database lies; None for one in memory."""
    file = db.execute("PRAGMA database_list").fetchone()[2]
    return Path(file) if file else None
