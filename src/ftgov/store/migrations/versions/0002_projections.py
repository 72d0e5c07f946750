"""The projections: the Merkle tree's kept hashes and the links between what entries are about.

An older ledger gets both from its entries; not one entry is touched. The statements are copies, not
imports, as in every revision; the rows are made by the code of `store.projections`, which a later
revision must freeze a copy of before it changes what they say.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_GUARDS = (
    """CREATE TRIGGER tree_no_update BEFORE UPDATE ON tree BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE of its tree'); END""",
    """CREATE TRIGGER tree_no_delete BEFORE DELETE ON tree BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE of its tree'); END""",
    """CREATE TRIGGER tree_no_replace BEFORE INSERT ON tree
    WHEN EXISTS (SELECT 1 FROM tree WHERE level = NEW.level AND place = NEW.place) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no REPLACE of its tree'); END""",
    """CREATE TRIGGER tree_complete BEFORE INSERT ON tree
    WHEN ((NEW.place + 1) << NEW.level) > (SELECT coalesce(max(seq), 0) FROM ledger) BEGIN
    SELECT RAISE(ABORT, 'the ledger has not so many entries: no such hash of its tree'); END""",
    """CREATE TRIGGER link_no_update BEFORE UPDATE ON link BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE of its links'); END""",
    """CREATE TRIGGER link_no_delete BEFORE DELETE ON link BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE of its links'); END""",
    """CREATE TRIGGER link_no_replace BEFORE INSERT ON link
    WHEN EXISTS (SELECT 1 FROM link WHERE seq = NEW.seq AND place = NEW.place) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no REPLACE of its links'); END""",
    """CREATE TRIGGER link_ahead BEFORE INSERT ON link
    WHEN NEW.seq <= (SELECT coalesce(max(seq), 0) FROM ledger) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: links come with their entry'); END""",
)
_MINE = "(project = current_setting('ftgov.project', true))"
_TEXTS = ("below_type", "below_name", "relation", "above_type", "above_name")


def upgrade() -> None:
    """Make both tables, their indexes and guards, and fill them from the entries."""
    shared = op.get_context().dialect.name == "postgresql"
    project, number = _project(shared=shared), sa.BigInteger() if shared else sa.Integer()
    only = [column.name for column in project]
    strict = {} if shared else {"sqlite_strict": True, "sqlite_with_rowid": False}
    op.create_table(
        "tree",
        *project,
        sa.Column("level", number, nullable=False, autoincrement=False),
        sa.Column("place", number, nullable=False, autoincrement=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(*only, "level", "place"),
        **strict,
    )
    op.create_table(
        "link",
        *_project(shared=shared),
        sa.Column("seq", number, nullable=False, autoincrement=False),
        sa.Column("place", number, nullable=False, autoincrement=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.PrimaryKeyConstraint(*only, "seq", "place"),
        **strict,
    )
    op.create_index("link_below", "link", [*only, "below_type", "below_name"])
    op.create_index("link_above", "link", [*only, "above_type", "above_name"])
    if not op.get_context().as_sql:
        from ftgov.store.projections import fill

        fill(op.get_bind())
    for statement in _shared_guards() if shared else _GUARDS:
        op.execute(statement)


def _project(*, shared: bool) -> list[sa.Column[str]]:
    if not shared:
        return []
    default = sa.text("current_setting('ftgov.project')")
    return [sa.Column("project", sa.Text(), server_default=default, nullable=False)]


_COMPLETE = """CREATE FUNCTION ftgov.require_complete() RETURNS trigger
LANGUAGE plpgsql SET search_path = ftgov, pg_temp AS $body$
BEGIN
    IF ((NEW.place + 1) << NEW.level::int) >
        (SELECT coalesce(max(seq), 0) FROM ftgov.ledger WHERE project = NEW.project) THEN
        RAISE EXCEPTION 'the ledger has not so many entries: no such hash of its tree'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $body$"""
_AHEAD = """CREATE FUNCTION ftgov.require_ahead() RETURNS trigger
LANGUAGE plpgsql SET search_path = ftgov, pg_temp AS $body$
BEGIN
    IF NEW.seq <= (SELECT coalesce(max(seq), 0) FROM ftgov.ledger WHERE project = NEW.project) THEN
        RAISE EXCEPTION 'the ledger is append-only: links come with their entry'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $body$"""


def _shared_guards() -> list[str]:
    made = [
        _COMPLETE,
        _AHEAD,
        """CREATE TRIGGER tree_complete BEFORE INSERT ON ftgov.tree
        FOR EACH ROW EXECUTE FUNCTION ftgov.require_complete()""",
        """CREATE TRIGGER link_ahead BEFORE INSERT ON ftgov.link
        FOR EACH ROW EXECUTE FUNCTION ftgov.require_ahead()""",
    ]
    for table in ("tree", "link"):
        made += [
            f"""CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON ftgov.{table}
            FOR EACH ROW EXECUTE FUNCTION ftgov.refuse_change()""",
            f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON ftgov.{table}
            FOR EACH STATEMENT EXECUTE FUNCTION ftgov.refuse_change()""",
            f"ALTER TABLE ftgov.{table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE ftgov.{table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_read ON ftgov.{table} FOR SELECT USING {_MINE}",
            f"CREATE POLICY {table}_append ON ftgov.{table} FOR INSERT WITH CHECK {_MINE}",
        ]
    return made
