"""Settings from the environment, and the signing key."""

import stat
from pathlib import Path

import pytest

from sync.api.settings import centre_signer, from_environment


def test_sqlite_in_the_data_folder_unless_a_database_is_named(tmp_path: Path) -> None:
    plain = from_environment({"ALONGSIDE_DATA": str(tmp_path)})
    assert plain.database_url == f"sqlite:///{tmp_path}/centre.db"
    assert (plain.host, plain.port) == ("127.0.0.1", 8602)
    for url in ("postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"):
        assert from_environment({"DATABASE_URL": url}).database_url == "postgresql+psycopg://u@h/d"
    assert from_environment({"ALONGSIDE_TRAINING": "1", "ALONGSIDE_DEMO": "1", "ALONGSIDE_PORT": "9000"}).demo


def test_what_cannot_be_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ALONGSIDE_PORT must be a number"):
        from_environment({"ALONGSIDE_PORT": "x"})
    with pytest.raises(ValueError, match="PostgreSQL"):
        from_environment({"ALONGSIDE_WORKERS": "2", "ALONGSIDE_DATA": str(tmp_path)})


def test_the_signing_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = centre_signer(tmp_path / "new")
    assert centre_signer(tmp_path / "new").public == first.public
    assert stat.S_IMODE((tmp_path / "new" / "centre.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["centre.key"]


def test_a_damaged_signing_key_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "centre.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="backup"):
        centre_signer(tmp_path)
