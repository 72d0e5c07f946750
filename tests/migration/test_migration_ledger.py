"""The shipped migrations: they make what the code expects, and old ledgers keep their digests."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
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
from ftgov.store.guards_sqlite import SQLITE_GUARDS
from ftgov.store.ledger import Ledger
from ftgov.store.schema import OLDER, REVISION, make_current, migrate, revision_of
from ftgov.store.sqlite import sqlite_database
from ftgov.store.tables import StoreTable
from ftgov.store.workspace import Workspace

GOLDEN = Path(__file__).parent / "golden_0001.sql"
GOLDEN_HEAD = "sha256:8022b4eb290e3d57e7c53f0bc35f919a37d171f369690ee9d251bfe740ee088b"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    migrate(sqlite_database(path, create=True))
    return path


def test_the_revision_is_the_newest_that_is_shipped() -> None:
    config = Config()
    config.set_main_option("script_location", "ftgov.store:migrations")
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [REVISION]
    assert scripts.get_bases() == ["0001"]


def test_the_migrations_make_what_the_tables_say(database: Path) -> None:
    with sqlite_database(database).transaction() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, StoreTable.metadata) == []


def test_autogenerate_would_see_a_drift(database: Path) -> None:
    with (
        closing(sqlite_database(database)) as opened,
        opened.transaction(writes=True) as connection,
    ):
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
    with sqlite_database(database).transaction() as connection:
        for pragma, value in wanted.items():
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_migrating_again_changes_nothing(database: Path) -> None:
    before = database.read_bytes()
    again = sqlite_database(database)
    migrate(again)
    make_current(again)
    again.close()
    assert database.read_bytes() == before


def test_a_failed_migration_leaves_an_empty_database(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    database = sqlite_database(path, create=True)
    with database.transaction(writes=True) as connection:
        connection.execute(text("CREATE TABLE other (x TEXT)"))
        connection.execute(text("CREATE INDEX ledger_by_name ON other (x)"))
    with pytest.raises(FtgovError):
        migrate(database)
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
    database = sqlite_database(path)
    make_current(database)
    assert revision_of(database) == REVISION
    ledger = Ledger(database)
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
    database.close()


GOLDEN_ROOTS = {
    "0001": (
        3,
        GOLDEN_HEAD,
        "sha256:b3bbeafbe1437b4b947d10a0a56c1b376ee6b330f66e288654478c4feb0f4311",
    ),
    "0002": (
        5,
        "sha256:16b199a5e877917b0b16418478adcacf05b60c4d07f2d30c8b8b45061377e2ed",
        "sha256:ae7a5d21be7ccd8482ab8c52fc745a25a5add044a1ccd88fdbc041b086adc18b",
    ),
}


def restored(root: Path, revision: str) -> Path:
    """A workspace whose database is the golden one of a revision; returns the database."""
    Workspace.create(root, name="w", recorded_at="2026-11-21T09:30:00Z").close()
    path = root / ".ftgov" / "store.db"
    path.unlink()
    link = sqlite3.connect(path)
    link.executescript((GOLDEN.parent / f"golden_{revision}.sql").read_text(encoding="utf-8"))
    link.close()
    return path


@pytest.mark.parametrize("revision", GOLDEN_ROOTS)
def test_a_golden_ledger_of_each_revision_opens_with_its_digests_unchanged(
    tmp_path: Path, revision: str
) -> None:
    assert (*OLDER, REVISION) == tuple(GOLDEN_ROOTS)
    path = restored(tmp_path / "w", revision)
    link = sqlite3.connect(path)
    before = link.execute("SELECT * FROM ledger ORDER BY seq").fetchall()
    link.close()
    with Workspace.open(tmp_path / "w") as workspace:
        check = workspace.ledger.verify()
        assert (check.entries, check.head, check.root) == GOLDEN_ROOTS[revision]
        assert check.faults == ()
    link = sqlite3.connect(path)
    assert link.execute("SELECT * FROM ledger ORDER BY seq").fetchall() == before
    triggers = link.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    assert dict(triggers.fetchall()) == SQLITE_GUARDS
    link.close()


def test_an_older_ledger_gets_its_links(tmp_path: Path) -> None:
    restored(tmp_path / "w", "0002")
    path = tmp_path / "w" / ".ftgov" / "store.db"
    link = sqlite3.connect(path)
    wanted = link.execute("SELECT * FROM link").fetchall()
    assert wanted
    for table in ("tree", "link"):
        link.execute(f"DROP TABLE {table}")
    link.execute("UPDATE alembic_version SET version_num = '0001'")
    link.commit()
    link.close()
    with Workspace.open(tmp_path / "w") as workspace:
        assert workspace.ledger.verify().faults == ()
        above = workspace.ledger.upstream("model", "loans-v1")
        assert {one.above_name for one in above} == {"small-lm", "tune-1", "loans"}
    link = sqlite3.connect(path)
    assert link.execute("SELECT * FROM link").fetchall() == wanted
    link.close()


def test_an_older_ledger_that_is_read_only_is_refused(tmp_path: Path) -> None:
    path = restored(tmp_path / "w", "0001")
    before = path.read_bytes()
    with pytest.raises(FtgovError, match="older ftgov") as caught:
        make_current(sqlite_database(path, read_only=True))
    assert "ftgov log verify" in caught.value.next_step
    assert path.read_bytes() == before


def test_four_programs_that_open_an_older_ledger_bring_it_up_once(tmp_path: Path) -> None:
    restored(tmp_path / "w", "0001")
    code = (
        "import sys; from pathlib import Path; from ftgov.store.workspace import Workspace\n"
        "with Workspace.open(Path(sys.argv[1])) as w: print(w.ledger.verify().faults)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "w")]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert [child.communicate(timeout=60)[0] for child in children] == ["()\n"] * 4
