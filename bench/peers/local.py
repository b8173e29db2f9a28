"""What the Python clients of this folder share: a phone's store as plain as can be, in one SQLite table."""

import json
import os
import sqlite3
import sys
from pathlib import Path


def opened(folder: str) -> sqlite3.Connection:
    Path(folder).mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(Path(folder) / "local.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE IF NOT EXISTS record (id TEXT PRIMARY KEY, waits INTEGER, body BLOB)")
    db.execute("CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value)")
    return db


def seed(db: sqlite3.Connection, documents: str) -> int:
    lines = [line for line in Path(documents).read_bytes().split(b"\n") if line]
    db.execute("BEGIN")
    db.executemany("INSERT OR REPLACE INTO record VALUES (?, 1, ?)", [(json.loads(line)["id"], line) for line in lines])
    db.execute("COMMIT")
    return len(lines)


def mark(db: sqlite3.Connection, name: str):
    row = db.execute("SELECT value FROM mark WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def waiting(db: sqlite3.Connection) -> list:
    return db.execute("SELECT id, body FROM record WHERE waits ORDER BY rowid").fetchall()


def tries() -> int:
    return int(os.environ.get("TRIES", "1"))


def tell(**results) -> None:
    sys.stdout.write(json.dumps(results) + "\n")
    sys.stdout.flush()
