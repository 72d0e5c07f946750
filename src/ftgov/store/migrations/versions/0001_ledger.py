"""The ledger: one STRICT, append-only table with its guards.

The statements are copies, not imports: what this revision made must never change, whatever the
code of later releases says.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_GUARDS = (
    """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE'); END""",
    """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE'); END""",
    """CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger
    WHEN EXISTS (SELECT 1 FROM ledger
        WHERE seq = NEW.seq OR digest = NEW.digest OR previous = NEW.previous) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no REPLACE, no fork'); END""",
    """CREATE TRIGGER ledger_chain BEFORE INSERT ON ledger
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
    OR NEW.previous IS NOT coalesce((SELECT digest FROM ledger ORDER BY seq DESC LIMIT 1),
        'sha256:0000000000000000000000000000000000000000000000000000000000000000') BEGIN
    SELECT RAISE(ABORT, 'the ledger is a chain: wrong seq or previous digest'); END""",
)


_REFUSE = """CREATE FUNCTION ftgov.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = ftgov, pg_temp AS $body$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
        MESSAGE = 'the ledger is append-only: no ' || TG_OP || ' of ' || TG_TABLE_NAME;
END $body$"""
_CHAIN = """CREATE FUNCTION ftgov.require_chain() RETURNS trigger
LANGUAGE plpgsql SET search_path = ftgov, pg_temp AS $body$
DECLARE
    final record;
BEGIN
    SELECT seq, digest INTO final FROM ftgov.ledger
        WHERE project = NEW.project ORDER BY seq DESC LIMIT 1;
    IF NEW.seq IS DISTINCT FROM coalesce(final.seq, 0) + 1
        OR NEW.previous IS DISTINCT FROM coalesce(final.digest,
        'sha256:0000000000000000000000000000000000000000000000000000000000000000') THEN
        RAISE EXCEPTION 'the ledger is a chain: wrong seq or previous digest'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $body$"""
_MINE = "(project = current_setting('ftgov.project', true))"
_SHARED_GUARDS = (
    _REFUSE,
    _CHAIN,
    """CREATE TRIGGER ledger_chain BEFORE INSERT ON ftgov.ledger
    FOR EACH ROW EXECUTE FUNCTION ftgov.require_chain()""",
    """CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ftgov.ledger
    FOR EACH ROW EXECUTE FUNCTION ftgov.refuse_change()""",
    """CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ftgov.ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ftgov.refuse_change()""",
    "ALTER TABLE ftgov.ledger ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE ftgov.ledger FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY ledger_read ON ftgov.ledger FOR SELECT USING {_MINE}",
    f"CREATE POLICY ledger_append ON ftgov.ledger FOR INSERT WITH CHECK {_MINE}",
)
_TEXTS = ("type", "name", "body", "record_digest", "previous", "digest", "actor", "recorded_at")


def upgrade() -> None:
    """Make the table, its index and its guards."""
    if op.get_context().dialect.name == "postgresql":
        _upgrade_shared()
        return
    op.create_table(
        "ledger",
        sa.Column("seq", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.CheckConstraint("seq >= 1", name="ledger_seq_from_one"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("previous"),
        sa.UniqueConstraint("digest"),
        sqlite_strict=True,
    )
    op.create_index("ledger_by_name", "ledger", ["type", "name", "seq"])
    for statement in _GUARDS:
        op.execute(statement)


def _upgrade_shared() -> None:
    project = sa.text("current_setting('ftgov.project')")
    op.create_table(
        "ledger",
        sa.Column("project", sa.Text(), server_default=project, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, autoincrement=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.CheckConstraint("seq >= 1", name="ledger_seq_from_one"),
        sa.CheckConstraint("project <> ''", name="ledger_has_project"),
        sa.PrimaryKeyConstraint("project", "seq"),
        sa.UniqueConstraint("project", "previous", name="ledger_no_fork"),
        sa.UniqueConstraint("project", "digest", name="ledger_digest_once"),
    )
    op.create_index("ledger_by_name", "ledger", ["project", "type", "name", "seq"])
    for statement in _SHARED_GUARDS:
        op.execute(statement)
