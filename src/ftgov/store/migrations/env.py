"""Where alembic starts: it runs the migrations on the connection that `store.schema` hands over.

Without a connection it writes the statements for an empty PostgreSQL database instead.
"""

from __future__ import annotations

from alembic import context

from ftgov.store.tables import SharedTable, StoreTable

attributes = context.config.attributes
if "written" in attributes:
    context.configure(
        dialect_name="postgresql",
        as_sql=True,
        output_buffer=attributes["written"],
        target_metadata=SharedTable.metadata,
        transactional_ddl=False,  # the whole script is one transaction
    )
else:
    connection = attributes["connection"]
    shared = connection.dialect.name == "postgresql"
    context.configure(
        connection=connection,
        target_metadata=(SharedTable if shared else StoreTable).metadata,
        transactional_ddl=True,  # SQLite rolls DDL back too; alembic does not expect that of it
    )
with context.begin_transaction():
    context.run_migrations()
