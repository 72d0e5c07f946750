"""The tables, as SQLModel classes: plumbing only, for a table class validates nothing.

Records are validated before they come here; columns are Text and Integer alone, so that SQLite's
STRICT tables take them and what was hashed is read back as it was written. On PostgreSQL the same
columns stand behind a project, which the database fills in and guards (row-level security), so that
no query names it. `ledger` is the truth; `tree` and `link` are projections that a check rebuilds.
Source: SQLite, "STRICT Tables", https://www.sqlite.org/stricttables.html.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Index, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

PROJECT_SETTING: Final = "ftgov.project"
"""The setting of a PostgreSQL session that says which project's rows it sees."""

_STRICT: dict[str, Any] = {"sqlite_strict": True}
_KEYED: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}


class _Entry(SQLModel):
    type: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    record_digest: str = Field(sa_type=Text)
    actor: str = Field(sa_type=Text)
    recorded_at: str = Field(sa_type=Text)


class _Link(SQLModel):
    below_type: str = Field(sa_type=Text)
    below_name: str = Field(sa_type=Text)
    relation: str = Field(sa_type=Text)
    above_type: str = Field(sa_type=Text)
    above_name: str = Field(sa_type=Text)


class StoreTable(SQLModel, registry=registry()):
    """The base of the tables in a SQLite file, with a catalogue of its own to tell drift by."""


class LedgerRow(_Entry, StoreTable, table=True):
    """One entry of the ledger as it lies in the database; see `chain.Entry` for the meaning."""

    __tablename__ = "ledger"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="ledger_seq_from_one"),
        Index("ledger_by_name", "type", "name", "seq"),
        _STRICT,
    )

    seq: int = Field(primary_key=True)
    previous: str = Field(sa_type=Text, unique=True)
    digest: str = Field(sa_type=Text, unique=True)


class TreeRow(StoreTable, table=True):
    """The hash of a complete subtree over 2^level entries; levels are multiples of eight."""

    __tablename__ = "tree"
    __table_args__ = (_KEYED,)

    level: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    hash: str = Field(sa_type=Text)


class LinkRow(_Link, StoreTable, table=True):
    """What an entry says that one thing derives from another; `records.links` says how."""

    __tablename__ = "link"
    __table_args__ = (
        Index("link_below", "below_type", "below_name"),
        Index("link_above", "above_type", "above_name"),
        _KEYED,
    )

    seq: int = Field(primary_key=True)
    place: int = Field(primary_key=True)


class SharedTable(SQLModel, registry=registry()):
    """The base of the tables in a PostgreSQL database, which many projects share."""


def _project() -> Any:
    default = text(f"current_setting('{PROJECT_SETTING}')")
    return Field(primary_key=True, sa_type=Text, sa_column_kwargs={"server_default": default})


class SharedLedgerRow(_Entry, SharedTable, table=True):
    """One entry of a project's ledger."""

    __tablename__ = "ledger"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="ledger_seq_from_one"),
        CheckConstraint("project <> ''", name="ledger_has_project"),
        UniqueConstraint("project", "previous", name="ledger_no_fork"),
        UniqueConstraint("project", "digest", name="ledger_digest_once"),
        Index("ledger_by_name", "project", "type", "name", "seq"),
    )

    project: str = _project()
    seq: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    previous: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)


class SharedTreeRow(SharedTable, table=True):
    """The hash of a complete subtree of a project's ledger."""

    __tablename__ = "tree"

    project: str = _project()
    level: int = Field(primary_key=True, sa_type=BigInteger)
    place: int = Field(primary_key=True, sa_type=BigInteger)
    hash: str = Field(sa_type=Text)


class SharedLinkRow(_Link, SharedTable, table=True):
    """A link that an entry of a project's ledger states."""

    __tablename__ = "link"
    __table_args__ = (
        Index("link_below", "project", "below_type", "below_name"),
        Index("link_above", "project", "above_type", "above_name"),
    )

    project: str = _project()
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    place: int = Field(primary_key=True, sa_type=BigInteger)


LEDGER: Table = StoreTable.metadata.tables["ledger"]
TREE: Table = StoreTable.metadata.tables["tree"]
LINK: Table = StoreTable.metadata.tables["link"]
