"""Where alembic starts: it runs the migrations on the connection that `store.schema` hands over."""

from __future__ import annotations

from alembic import context

from ftgov.store.tables import StoreTable

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=StoreTable.metadata,
    transactional_ddl=True,  # SQLite rolls DDL back too; alembic does not expect that of it
)
with context.begin_transaction():
    context.run_migrations()
