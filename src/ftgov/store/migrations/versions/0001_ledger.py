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


def upgrade() -> None:
    """Make the table, its index and its four guards."""
    texts = ("type", "name", "body", "record_digest", "previous", "digest", "actor", "recorded_at")
    op.create_table(
        "ledger",
        sa.Column("seq", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.CheckConstraint("seq >= 1", name="ledger_seq_from_one"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("previous"),
        sa.UniqueConstraint("digest"),
        sqlite_strict=True,
    )
    op.create_index("ledger_by_name", "ledger", ["type", "name", "seq"])
    for statement in _GUARDS:
        op.execute(statement)
