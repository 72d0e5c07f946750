"""The tables, as SQLModel classes: plumbing only, for a table class validates nothing.

Records are validated before they come here; columns are Text and Integer alone, so that SQLite's
STRICT tables take them and what was hashed is read back as it was written.
Source: SQLite, "STRICT Tables", https://www.sqlite.org/stricttables.html.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Table, Text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class StoreTable(SQLModel, registry=registry()):
    """The base of the store's tables, with a catalogue of its own so that drift can be told."""


class LedgerRow(StoreTable, table=True):
    """One entry of the ledger as it lies in the database; see `chain.Entry` for the meaning."""

    __tablename__ = "ledger"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="ledger_seq_from_one"),
        Index("ledger_by_name", "type", "name", "seq"),
        {"sqlite_strict": True},
    )

    seq: int = Field(primary_key=True)
    type: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    record_digest: str = Field(sa_type=Text)
    previous: str = Field(sa_type=Text, unique=True)
    digest: str = Field(sa_type=Text, unique=True)
    actor: str = Field(sa_type=Text)
    recorded_at: str = Field(sa_type=Text)


LEDGER: Table = StoreTable.metadata.tables["ledger"]
