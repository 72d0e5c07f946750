"""Which entries of a ledger somebody wants to see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from ftgov.records.base import Record, Time
from ftgov.store.queries import COLUMNS
from ftgov.store.tables import LEDGER


class Filter(Record):
    """Narrows the entries of a ledger; None stands for any.

    `since` and `until` are RFC 3339 UTC times, both included.
    """

    type: str | None = None
    name: str | None = None
    actor: str | None = None
    since: Time | None = None
    until: Time | None = None

    def query(self) -> Select[Any]:
        """Return the query for these entries, in no order yet."""
        columns = LEDGER.c
        query = select(*COLUMNS)
        for column, wanted in (
            (columns.type, self.type),
            (columns.name, self.name),
            (columns.actor, self.actor),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        if self.since is not None:
            query = query.where(columns.recorded_at >= self.since)
        if self.until is not None:
            query = query.where(columns.recorded_at <= self.until)
        return query
