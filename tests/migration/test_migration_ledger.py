"""The shipped migrations: they make what the code expects, and old ledgers keep their digests."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import ftgov
from ftgov.errors import FtgovError
from ftgov.records.dataset import Dataset
from ftgov.records.party import Party
from ftgov.store.database import sqlite_engine, transaction
from ftgov.store.guards import SQLITE_GUARDS
from ftgov.store.ledger import Ledger
from ftgov.store.schema import REVISION, migrate, require_current
from ftgov.store.tables import StoreTable
from ftgov.store.workspace import Workspace

GOLDEN = Path(__file__).parent / "golden_0001.sql"
GOLDEN_HEAD = "sha256:8022b4eb290e3d57e7c53f0bc35f919a37d171f369690ee9d251bfe740ee088b"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    migrate(sqlite_engine(path, create=True), path)
    return path


def test_the_revision_is_the_newest_that_is_shipped() -> None:
    config = Config()
    config.set_main_option("script_location", "ftgov.store:migrations")
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [REVISION]
    assert scripts.get_bases() == ["0001"]


def test_the_migrations_make_what_the_tables_say(database: Path) -> None:
    with transaction(sqlite_engine(database), database) as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, StoreTable.metadata) == []


def test_autogenerate_would_see_a_drift(database: Path) -> None:
    with transaction(sqlite_engine(database), database, writes=True) as connection:
        connection.execute(text("ALTER TABLE ledger ADD COLUMN extra TEXT"))
        context = MigrationContext.configure(connection)
        assert len(compare_metadata(context, StoreTable.metadata)) == 1


def test_the_migrations_leave_guards_a_strict_table_and_a_log(database: Path) -> None:
    link = sqlite3.connect(database)
    triggers = link.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    assert dict(triggers.fetchall()) == SQLITE_GUARDS
    tables = link.execute("SELECT strict FROM pragma_table_list WHERE name = 'ledger'")
    assert tables.fetchone() == (1,)
    assert link.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    link.close()


def test_connections_are_wired_for_durable_appends(database: Path) -> None:
    wanted = {"synchronous": 2, "recursive_triggers": 1, "foreign_keys": 1, "busy_timeout": 30_000}
    with transaction(sqlite_engine(database), database) as connection:
        for pragma, value in wanted.items():
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_migrating_again_changes_nothing(database: Path) -> None:
    before = database.read_bytes()
    engine = sqlite_engine(database)
    migrate(engine, database)
    require_current(engine, database)
    assert database.read_bytes() == before


def test_a_failed_migration_leaves_an_empty_database(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    engine = sqlite_engine(path, create=True)
    with transaction(engine, path, writes=True) as connection:
        connection.execute(text("CREATE TABLE other (x TEXT)"))
        connection.execute(text("CREATE INDEX ledger_by_name ON other (x)"))
    with pytest.raises(FtgovError):
        migrate(engine, path)
    link = sqlite3.connect(path)
    names = link.execute("SELECT name FROM sqlite_master").fetchall()
    assert names == [("other",), ("ledger_by_name",)]
    link.close()


def test_opening_a_current_workspace_does_not_load_alembic(tmp_path: Path) -> None:
    at = "2026-11-21T09:30:00Z"
    Workspace.create(tmp_path / "w", name="w", recorded_at=at).close()
    code = (
        "import sys; from pathlib import Path; from ftgov.store.workspace import Workspace\n"
        "with Workspace.open(Path(sys.argv[1])) as w: w.ledger.verify()\n"
        "print([m for m in ('alembic', 'mako', 'numpy', 'duckdb') if m in sys.modules])"
    )
    source = str(Path(ftgov.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "w")],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_a_golden_ledger_keeps_its_digest_and_takes_more(tmp_path: Path) -> None:
    """The dump is a ledger that revision 0001 wrote; no later release may read it otherwise."""
    path = tmp_path / "store.db"
    link = sqlite3.connect(path)
    link.executescript(GOLDEN.read_text(encoding="utf-8"))
    link.close()
    engine = sqlite_engine(path)
    migrate(engine, path)
    require_current(engine, path)
    ledger = Ledger(engine, path)
    check = ledger.verify()
    assert (check.entries, check.head, check.faults) == (3, GOLDEN_HEAD, ())
    ada = ledger.get(Party, "ada")
    assert ada is not None
    assert (ada.role, ada.contact) == ("approver", 'Ada "Zoë" 𝄞\n')
    assert [one.name for one in ledger.every(Dataset)] == ["loans"]
    assert ledger.append(ada, actor="x", recorded_at="2030-01-01T00:00:00Z").seq == 3
    ben = Party(name="ben", role="signer")
    assert ledger.append(ben, actor="x", recorded_at="2030-01-01T00:00:00Z").seq == 4
    assert ledger.verify().verdict == "intact"
