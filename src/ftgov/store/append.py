"""Adding to the ledger: drafts get their place at the chain's end, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from ftgov.errors import LedgerTampered
from ftgov.store.chain import Entry, seal
from ftgov.store.draft import Draft
from ftgov.store.projections import LinkRow, grow, keep_links, link_rows
from ftgov.store.queries import Key, current_of, end_of, marked

_ENTRY: Final = (
    f"INSERT INTO ledger ({', '.join(Entry._fields)}) "
    f"VALUES ({', '.join('?' * len(Entry._fields))})"
)


def placed(connection: Connection, drafts: Sequence[Draft]) -> list[Entry]:
    """Return the entry that holds each draft: the one that stands, or a new one at the chain's end.

    The caller's transaction holds the write lock, so that nobody appends in between.
    """
    standing = current_of(connection, list({(draft.type, draft.name) for draft in drafts}))
    before, previous = end_of(connection)
    seq, added, links, found = before, list[Entry](), list[LinkRow](), list[Entry]()
    for draft in drafts:
        key: Key = (draft.type, draft.name)
        entry = standing.get(key)
        if entry is None or not draft.says(entry.record_digest, entry.body):
            seq += 1
            entry = _sealed(draft, seq, previous)
            previous = entry.digest
            standing[key] = entry
            added.append(entry)
            links += link_rows(seq, draft.links)
        found.append(entry)
    if added:
        keep_links(connection, links)  # before their entries: a guard lets nobody add any later
        connection.exec_driver_sql(marked(connection, _ENTRY), [tuple(one) for one in added])
        if end_of(connection) != (seq, previous):
            raise LedgerTampered(
                "The database took the entries and did not keep them.",
                why="Something in it, a rule or a trigger, turns an INSERT into nothing.",
                next_step="ftgov log verify",
            )
        grow(connection, before, seq)
    return found


def _sealed(draft: Draft, seq: int, previous: str) -> Entry:
    entry = Entry(
        seq,
        draft.type,
        draft.name,
        draft.body,
        draft.record_digest,
        previous,
        "",
        draft.actor,
        draft.recorded_at,
    )
    return entry._replace(digest=seal(entry))
