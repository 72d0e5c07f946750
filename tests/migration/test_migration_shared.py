"""A team's database: what the setup script makes, and who may do what in it."""

from __future__ import annotations

import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from ftgov.errors import FtgovError, MissingExtra, UsageError
from ftgov.records.model import ModelVersion
from ftgov.store import guards_postgres
from ftgov.store.guards import guard_faults
from ftgov.store.postgres import postgres_database, role_faults, without_password
from ftgov.store.schema import REVISION, revision_of
from ftgov.store.setup_sql import setup_sql
from ftgov.store.tables import SharedTable
from ftgov.store.workspace import Workspace
from postgres_server import OWNER
from store_support import AT, Home

BASE = ModelVersion(name="small-lm", kind="base")


def test_the_script_makes_what_the_tables_say(shared_home: Home) -> None:
    with shared_home.create() as workspace:
        assert revision_of(workspace.database) == REVISION
        options = {"compare_type": True, "compare_server_default": True}
        with workspace.database.transaction() as connection:
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, SharedTable.metadata) == []
            assert guard_faults(connection) == []
            assert set(guards_postgres.standing_triggers(connection)) == {
                "ledger_chain",
                "tree_complete",
                "link_ahead",
                *(
                    f"{table}_no_{what}"
                    for table in ("ledger", "tree", "link")
                    for what in ("change", "truncate")
                ),
            }
        assert role_faults(workspace.database) == []


def test_autogenerate_would_see_a_drift(shared_home: Home) -> None:
    with shared_home.create() as workspace:
        with shared_home.holder() as run:
            run("ALTER TABLE link ADD COLUMN extra text")
        with workspace.database.transaction() as connection:
            context = MigrationContext.configure(connection)
            assert len(compare_metadata(context, SharedTable.metadata)) == 1


def test_the_script_is_refused_a_second_time(shared_home: Home) -> None:
    assert shared_home.server is not None
    with shared_home.create() as workspace:
        workspace.ledger.append(BASE, actor="a", recorded_at=AT)
    done = shared_home.server.try_run(shared_home.database, setup_sql())
    assert done.returncode != 0
    assert 'schema "ftgov" already exists' in done.stderr
    with shared_home.open() as workspace:
        assert workspace.ledger.verify().entries == 1


@pytest.mark.parametrize(
    ("owner", "application"), [("a", "a"), ("Owner", "app"), ("o; DROP", "app"), ("", "app")]
)
def test_roles_that_need_quoting_or_are_one_are_refused(owner: str, application: str) -> None:
    with pytest.raises(UsageError):
        setup_sql(owner=owner, application=application)


def test_projects_see_their_own_rows_alone(shared_home: Home) -> None:
    with shared_home.create("ours") as ours, shared_home.create("theirs") as theirs:
        ours.ledger.append(BASE, actor="a", recorded_at=AT)
        assert theirs.ledger.head().entries == 0
        entry = theirs.ledger.append(BASE, actor="a", recorded_at=AT)
        assert entry.seq == 1
        assert ours.ledger.verify().faults == theirs.ledger.verify().faults == ()
    assert shared_home.server is not None
    with shared_home.server.connect(shared_home.database, "ftgov_app") as connection:
        for table in ("ledger", "tree", "link"):
            query = f"SELECT count(*) FROM ftgov.{table}"
            assert connection.execute(query).fetchone() == (0,)  # no project is set


def test_two_workspaces_of_one_name_share_a_project(shared_home: Home) -> None:
    with shared_home.create("loans") as first:
        first.ledger.append(BASE, actor="a", recorded_at=AT)
    colleague = shared_home._replace(root=shared_home.root / "elsewhere")
    with colleague.create("loans") as second:
        assert second.ledger.get(ModelVersion, "small-lm") == BASE


LOOSENED = {
    "ALTER TABLE ledger DISABLE TRIGGER ledger_chain": "the guard ledger_chain is missing",
    "DROP TRIGGER tree_no_change ON tree": "the guard tree_no_change is missing",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN NEW; END $$": "the guard refuse_change was altered",
    "CREATE TRIGGER eve AFTER INSERT ON link FOR EACH ROW EXECUTE FUNCTION refuse_change()": (
        "the trigger eve was added"
    ),
    "ALTER TABLE link NO FORCE ROW LEVEL SECURITY": "row-level security of the table link is",
    "CREATE RULE lose AS ON INSERT TO ledger WHERE NEW.type = 'x' DO INSTEAD NOTHING": (
        "the rule lose was added"
    ),
    "ALTER TABLE ledger DROP CONSTRAINT ledger_no_fork": (
        "the constraint or index ledger.ledger_no_fork is missing"
    ),
    "DROP INDEX link_above": "the constraint or index link_above is missing",
    "CREATE TABLE kid () INHERITS (ledger)": "the table kid inherits",
    "GRANT UPDATE ON ledger TO ftgov_app": "the role ftgov_app may UPDATE ledger",
    "GRANT UPDATE (body) ON ledger TO ftgov_app": "columns of ledger have rights",
    "DROP POLICY ledger_read ON ledger": "the row-level policy ledger_read is not",
    "CREATE POLICY eve ON ledger FOR SELECT USING (true)": "the row-level policy eve is not",
}


@pytest.mark.parametrize("statement", LOOSENED)
def test_a_guard_that_the_owner_loosened_is_found(shared_home: Home, statement: str) -> None:
    with shared_home.create() as workspace:
        workspace.ledger.append(BASE, actor="a", recorded_at=AT)
        with shared_home.holder() as run:
            run(statement)
        faults = workspace.ledger.verify().faults
    assert any(fault.startswith(LOOSENED[statement]) for fault in faults), faults


def test_a_role_that_may_do_too_much_is_told(shared_home: Home) -> None:
    assert shared_home.server is not None
    superuser = shared_home.server.superuser
    for role, words in (
        (superuser, ["stands above row-level security", "owns the tables", "may change or delete"]),
        (OWNER, ["owns the tables", "may change or delete"]),
    ):
        if role == OWNER:
            with shared_home.server.connect("postgres") as connection:
                connection.execute(f"ALTER ROLE {OWNER} LOGIN")
        database = postgres_database(shared_home.server.url(shared_home.database, role), "w")
        try:
            faults = role_faults(database)
        finally:
            database.close()
        assert len(faults) == len(words)
        assert all(word in fault for word, fault in zip(words, faults, strict=True))


def test_a_role_above_row_security_is_refused(shared_home: Home) -> None:
    assert shared_home.server is not None
    address = shared_home.server.url(shared_home.database, shared_home.server.superuser)
    with pytest.raises(FtgovError, match="can't be used as the role") as caught:
        Workspace.create(shared_home.root / "w", name="w", recorded_at=AT, database=address)
    assert "mix all projects" in caught.value.why
    assert not (shared_home.root / "w").exists()


def test_a_membership_that_is_not_inherited_is_told(shared_home: Home) -> None:
    assert shared_home.server is not None
    with shared_home.server.connect("postgres") as connection:
        connection.execute("CREATE ROLE sly LOGIN NOINHERIT")
        connection.execute(f"GRANT {OWNER} TO sly")
        connection.execute("GRANT ftgov_app TO sly")
    with shared_home.server.connect(shared_home.database) as connection:
        connection.execute("GRANT USAGE ON SCHEMA ftgov TO sly")
        connection.execute("GRANT SELECT, INSERT ON ftgov.ledger, ftgov.link TO sly")
    database = postgres_database(shared_home.server.url(shared_home.database, "sly"), "w")
    try:
        assert role_faults(database) == [
            "the role sly owns the tables, so it can drop their guards"
        ]
    finally:
        database.close()


def test_a_password_is_used_but_never_kept(shared_home: Home) -> None:
    assert shared_home.address is not None
    address = shared_home.address.replace("ftgov_app@", "ftgov_app:s3cret@")
    with Workspace.create(
        shared_home.root / "w", name="w", recorded_at=AT, database=address
    ) as workspace:
        workspace.ledger.append(BASE, actor="a", recorded_at=AT)
        assert "s3cret" not in workspace.database.label
    settings = (shared_home.root / "w" / "ftgov.toml").read_text()
    assert "ftgov_app@" in settings
    assert "s3cret" not in settings
    assert without_password("postgresql+psycopg://a:b@h/d") == "postgresql+psycopg://a@h/d"
    assert without_password("postgresql+psycopg://h/d?user=a&password=b").endswith("/d?user=a")


@pytest.mark.parametrize(
    "address",
    ["mysql://a@b/c", "postgresql://a@b/c", "postgresql+psycopg://a@b", "store.db", "", "a b:c@@"],
)
def test_an_address_of_another_kind_is_refused(shared_home: Home, address: str) -> None:
    root = shared_home.root / "other"
    with pytest.raises(UsageError, match="no address") as caught:
        Workspace.create(root, name="w", recorded_at=AT, database=address or "sqlite://")
    assert "postgresql+psycopg://" in caught.value.next_step
    assert not root.exists()


def test_a_server_that_is_not_there_is_told(shared_home: Home) -> None:
    root = shared_home.root / "other"
    nowhere = f"postgresql+psycopg://ftgov_app@/none?host={shared_home.root}"
    with pytest.raises(FtgovError, match="cannot be used now") as caught:
        Workspace.create(root, name="w", recorded_at=AT, database=nowhere)
    assert "server runs" in caught.value.next_step
    assert not root.exists()


def test_a_database_that_is_not_set_up_is_told(shared_home: Home) -> None:
    assert shared_home.server is not None
    address = shared_home.server.url("postgres")
    with pytest.raises(FtgovError, match="no ledger of ftgov") as caught:
        Workspace.create(shared_home.root / "w", name="w", recorded_at=AT, database=address)
    assert "ftgov database setup-sql" in caught.value.next_step


def test_a_newer_revision_is_refused_with_the_version_it_needs(shared_home: Home) -> None:
    shared_home.create().close()
    with shared_home.holder() as run:
        run("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(FtgovError, match="revision 9999"):
        shared_home.open()


def test_without_the_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra) as caught:
        postgres_database("postgresql+psycopg://a@h/d", "w")
    assert caught.value.next_step == "pip install 'ftgov[postgres]'"
