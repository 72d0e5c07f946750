"""Ledgers on both databases, for tests that must hold on either."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ftgov.store.guards_sqlite import SQLITE_GUARDS
from ftgov.store.workspace import Workspace
from postgres_server import OWNER, Server

AT = "2026-11-21T09:30:00Z"
LATER = "2026-11-21T10:00:00Z"


class Home(NamedTuple):
    """A place for workspaces: the kind of database, and its address where it is no file."""

    kind: str
    root: Path
    server: Server | None = None
    database: str = ""

    @property
    def address(self) -> str | None:
        """The address that `init --database` takes, or None for a file."""
        return self.server.url(self.database) if self.server else None

    def create(self, name: str = "w") -> Workspace:
        """Make a workspace and open it."""
        return Workspace.create(self.root / name, name=name, recorded_at=AT, database=self.address)

    def open(self, name: str = "w") -> Workspace:
        """Open a workspace again."""
        return Workspace.open(self.root / name)

    @contextmanager
    def holder(self, name: str = "w") -> Iterator[Callable[..., list[Any]]]:
        """Yield what runs SQL as whoever holds the database: the file, or the owner's role."""
        if self.server is None:
            link = sqlite3.connect(self.root / name / ".ftgov" / "store.db", isolation_level=None)
            try:
                yield lambda query, values=(): link.execute(query, values).fetchall()
            finally:
                link.close()
            return
        with self.server.connect(self.database) as connection:
            connection.execute(f"SET ROLE {OWNER}")
            connection.execute("SET search_path = ftgov, pg_temp")
            connection.execute("SELECT set_config('ftgov.project', %s, false)", (name,))

            def run(query: str, values: tuple[object, ...] = ()) -> list[Any]:
                done = connection.execute(
                    query.replace("?", "%s") if values else query, values or None
                )
                return list(done.fetchall()) if done.description else []

            yield run


TABLES = ("ledger", "tree", "link")


def drop_guards(home: Home, run: Callable[..., list[Any]]) -> None:
    """Take every guard away, as whoever holds the database can."""
    if home.kind == "sqlite":
        for name in SQLITE_GUARDS:
            run(f"DROP TRIGGER {name}")
        return
    for table in TABLES:
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        run(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def stand_guards(home: Home, run: Callable[..., list[Any]]) -> None:
    """Put the guards back, so that nothing shows but what was done between."""
    if home.kind == "sqlite":
        for statement in SQLITE_GUARDS.values():
            run(statement)
        return
    for table in TABLES:
        run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
