"""The guard rail of a SQLite ledger: triggers that refuse all but an append at the chain's end.

They stop accidents and honest programs; whoever holds the file can drop them. That is why `verify`
asks whether they still stand, and why the chain and its exported heads are the evidence.
Two are not enough on SQLite: an `INSERT OR REPLACE` deletes without firing a DELETE trigger.
Source: SQLite, "CREATE TRIGGER" and "The ON CONFLICT Clause", https://www.sqlite.org/lang.html.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

SQLITE_GUARDS: Final[dict[str, str]] = {
    "ledger_no_update": """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE'); END""",
    "ledger_no_delete": """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE'); END""",
    "ledger_no_replace": """CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger
    WHEN EXISTS (SELECT 1 FROM ledger
        WHERE seq = NEW.seq OR digest = NEW.digest OR previous = NEW.previous) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no REPLACE, no fork'); END""",
    "ledger_chain": """CREATE TRIGGER ledger_chain BEFORE INSERT ON ledger
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
    OR NEW.previous IS NOT coalesce((SELECT digest FROM ledger ORDER BY seq DESC LIMIT 1),
        'sha256:0000000000000000000000000000000000000000000000000000000000000000') BEGIN
    SELECT RAISE(ABORT, 'the ledger is a chain: wrong seq or previous digest'); END""",
    "tree_no_update": """CREATE TRIGGER tree_no_update BEFORE UPDATE ON tree BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE of its tree'); END""",
    "tree_no_delete": """CREATE TRIGGER tree_no_delete BEFORE DELETE ON tree BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE of its tree'); END""",
    "tree_no_replace": """CREATE TRIGGER tree_no_replace BEFORE INSERT ON tree
    WHEN EXISTS (SELECT 1 FROM tree WHERE level = NEW.level AND place = NEW.place) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no REPLACE of its tree'); END""",
    "tree_complete": """CREATE TRIGGER tree_complete BEFORE INSERT ON tree
    WHEN ((NEW.place + 1) << NEW.level) > (SELECT coalesce(max(seq), 0) FROM ledger) BEGIN
    SELECT RAISE(ABORT, 'the ledger has not so many entries: no such hash of its tree'); END""",
    "link_no_update": """CREATE TRIGGER link_no_update BEFORE UPDATE ON link BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE of its links'); END""",
    "link_no_delete": """CREATE TRIGGER link_no_delete BEFORE DELETE ON link BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE of its links'); END""",
    "link_no_replace": """CREATE TRIGGER link_no_replace BEFORE INSERT ON link
    WHEN EXISTS (SELECT 1 FROM link WHERE seq = NEW.seq AND place = NEW.place) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no REPLACE of its links'); END""",
    "link_ahead": """CREATE TRIGGER link_ahead BEFORE INSERT ON link
    WHEN NEW.seq <= (SELECT coalesce(max(seq), 0) FROM ledger) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: links come with their entry'); END""",
}
"""The triggers a SQLite ledger must have, by name, as the shipped migrations leave them."""


_SHAPES: Final[dict[str, str]] = {
    "alembic_version": """CREATE TABLE alembic_version ( version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num) )""",
    "ledger": """CREATE TABLE ledger ( seq INTEGER NOT NULL, type TEXT NOT NULL,
    name TEXT NOT NULL, body TEXT NOT NULL, record_digest TEXT NOT NULL, previous TEXT NOT NULL,
    digest TEXT NOT NULL, actor TEXT NOT NULL, recorded_at TEXT NOT NULL, PRIMARY KEY (seq),
    CONSTRAINT ledger_seq_from_one CHECK (seq >= 1), UNIQUE (previous), UNIQUE (digest) )
    STRICT""",
    "ledger_by_name": "CREATE INDEX ledger_by_name ON ledger (type, name, seq)",
    "tree": """CREATE TABLE tree ( level INTEGER NOT NULL, place INTEGER NOT NULL,
    hash TEXT NOT NULL, PRIMARY KEY (level, place) ) WITHOUT ROWID, STRICT""",
    "link": """CREATE TABLE link ( seq INTEGER NOT NULL, place INTEGER NOT NULL,
    below_type TEXT NOT NULL, below_name TEXT NOT NULL, relation TEXT NOT NULL,
    above_type TEXT NOT NULL, above_name TEXT NOT NULL, PRIMARY KEY (seq, place) )
    WITHOUT ROWID, STRICT""",
    "link_below": "CREATE INDEX link_below ON link (below_type, below_name)",
    "link_above": "CREATE INDEX link_above ON link (above_type, above_name)",
}
SQLITE_SHAPES: Final = {name: " ".join(text.split()) for name, text in _SHAPES.items()}
"""The tables and indexes that a SQLite ledger consists of, by name, white space folded."""


def standing_shapes(connection: Connection) -> dict[str, str]:
    """Return the tables, indexes and views of the file, by name, white space folded."""
    query = (
        "SELECT name, sql FROM sqlite_master "
        "WHERE type <> 'trigger' AND name NOT LIKE 'sqlite_autoindex_%' AND name <> 'sqlite_stat1'"
    )
    found = connection.exec_driver_sql(query)
    return {str(name): " ".join(str(sql).split()) for name, sql in found}


def standing(connection: Connection) -> dict[str, str]:
    """Return the triggers of the file, by name, as they were written."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    return {str(name): str(sql) for name, sql in connection.exec_driver_sql(query)}
