"""No score, no level of a person anywhere: screens, messages, addresses, exports, tables, law, guidance, services."""

import json
from pathlib import Path

import pytest

from field_app.phone.store.schema import open_db
from sync.api.app import create_app
from sync.api.settings import Settings
from sync.api.storage.schema import metadata
from tests.steps.packs import shipped
from tests.steps.words import forbidden, spoken

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for folder in ("field_app", "sync") for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_says_it(path: Path):
    assert [text for text in spoken(path) if forbidden(text)] == []


@pytest.mark.parametrize("kind", ["rules", "guidance", "directory"])
def test_no_pack_says_it(kind):
    for pack in shipped(kind):
        assert {name: forbidden(text) for name, text in pack.files.items() if forbidden(text)} == {}


def test_no_table_of_the_centre_or_the_phone_has_a_place_for_it(tmp_path):
    names = [
        name for table in metadata.sorted_tables for name in (table.name, *(column.name for column in table.columns))
    ]
    db = open_db(tmp_path / "phone.db")
    names += [row[0] for row in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    db.close()
    assert len(names) > 50
    assert [name for name in names if forbidden(name.replace("_", " "))] == []


def test_no_answer_of_the_centre_has_a_field_for_it(tmp_path):
    told = json.dumps(create_app(Settings(f"sqlite:///{tmp_path}/centre.db", tmp_path, training=True)).openapi())
    assert len(told) > 10_000
    assert forbidden(told) == []
