"""The ledger: an append-only chain of records, each entry sealed to the one before it.

The chain tells an altered, missing or forked entry. It cannot tell that the whole chain was
rewritten or its tail cut by somebody who holds the database: `verify` against a tree head that was
exported before does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Select, func, select

from ftgov.errors import FtgovError, LedgerTampered
from ftgov.records.base import Record
from ftgov.records.digest import bare
from ftgov.records.dossier import LedgerHead
from ftgov.records.links import Link
from ftgov.store.append import placed
from ftgov.store.chain import Entry, judged
from ftgov.store.check import LedgerCheck, Visit, checked
from ftgov.store.database import Database
from ftgov.store.draft import drafted
from ftgov.store.filters import Filter
from ftgov.store.projections import Nodes
from ftgov.store.queries import COLUMNS, Key, current_of, digest_at, end_of, head_of
from ftgov.store.tables import LEDGER
from ftgov.store.walk import Direction, stepped, walked
from ftgov.transparency.checkpoint import TreeHead
from ftgov.transparency.marks import marks
from ftgov.transparency.merkle import consistency_proof, inclusion_proof, root_of

R = TypeVar("R", bound=Record)
_ANY = Filter()
_PAGE = 1000
_HELD = 250


class Ledger:
    """An append-only chain of records in a database.

    Args:
        database: One that `schema` found current.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, record: Record, *, actor: str, recorded_at: str) -> Entry:
        """Record one thing; see `append_all`."""
        return self.append_all([record], actor=actor, recorded_at=recorded_at)[0]

    def append_all(self, records: Iterable[Record], *, actor: str, recorded_at: str) -> list[Entry]:
        """Record several things in one transaction: all of them or none.

        A record equal to the current one of its type and name is not recorded again: the entry that
        stands is returned. Other content under the same name is a new entry that supersedes it.

        Args:
            records: Records that have a `type` and a `name`.
            actor: Who records them: the id of a party.
            recorded_at: When, as RFC 3339 UTC text.

        Returns:
            An entry for each record, in order.

        Raises:
            FtgovError: If a record can't be written so that it reads back equal, or the database
                can't be written; nothing was recorded then.
        """
        drafts = [drafted(record, actor=actor, recorded_at=recorded_at) for record in records]
        self._require_writable()
        if not drafts:
            return []
        with self._database.transaction(writes=True) as connection:
            return placed(connection, drafts)

    def append_after(
        self, standing: Entry | None, record: Record, *, actor: str, recorded_at: str
    ) -> Entry | None:
        """Record one thing only if what stands under its type and name is what the caller saw.

        Args:
            standing: The current entry that the caller judged by; None where there was none.
            record: A record that has a `type` and a `name`.
            actor: Who records it: the id of a party.
            recorded_at: When, as RFC 3339 UTC text.

        Returns:
            Its entry, durable; None, with nothing recorded, where another stands by now.

        Raises:
            FtgovError: As `append_all` does.
        """
        draft = drafted(record, actor=actor, recorded_at=recorded_at)
        self._require_writable()
        key = (draft.type, draft.name)
        with self._database.transaction(writes=True) as connection:
            now = current_of(connection, [key]).get(key)
            if (now and now.seq) != (standing and standing.seq):
                return None
            return placed(connection, [draft])[0]

    def get(self, model: type[R], name: str) -> R | None:
        """Return the current record of a type and name, or None if there is none.

        Raises:
            LedgerTampered: If the entry is not what was recorded.
            FtgovError: If this program can't read the record.
        """
        key = (_type_of(model), name)
        entry = self.pick([key]).get(key)
        return self.read(model, entry) if entry else None

    def pick(self, keys: Sequence[Key]) -> dict[Key, Entry]:
        """Return the current entry of each type and name that has one, unread."""
        with self._database.transaction() as connection:
            return current_of(connection, keys)

    def every(self, model: type[R]) -> list[R]:
        """Return the current record of each name of a type, in order of first appearance.

        Raises:
            LedgerTampered: If an entry is not what was recorded.
            FtgovError: If this program can't read a record.
        """
        return list(self.current(model))

    def current(self, model: type[R]) -> Iterator[R]:
        """Yield what `every` returns; memory does not grow with the length of the records.

        What is recorded meanwhile may or may not be among them.
        """
        last = func.max(LEDGER.c.seq)
        spans = (
            select(last)
            .where(LEDGER.c.type == _type_of(model))
            .group_by(LEDGER.c.name)
            .order_by(func.min(LEDGER.c.seq))
        )
        with self._database.transaction() as connection:
            places = list(connection.execute(spans).scalars())
        for start in range(0, len(places), _HELD):
            page = places[start : start + _HELD]
            entries = {
                entry.seq: entry
                for entry in self._all(select(*COLUMNS).where(LEDGER.c.seq.in_(page)))
            }
            for seq in page:
                yield self.read(model, entries[seq])

    def read(self, model: type[R], entry: Entry) -> R:
        """Return the record that an entry holds.

        Raises:
            LedgerTampered: If the entry is not what was recorded.
            FtgovError: If this program can't read the record.
        """
        if fault := judged(entry).fault:
            raise LedgerTampered(
                f"Entry {entry.seq} of the ledger {self._database.label} was altered: {fault}.",
                next_step="ftgov log verify",
            )
        try:
            return model.model_validate_json(entry.body)
        except ValidationError as unreadable:
            raise FtgovError(
                f"Entry {entry.seq} ({entry.type} {entry.name}) is no {model.__name__} as this "
                "version of ftgov knows it.",
                why=str(unreadable),
                next_step="Upgrade ftgov, or record it again under the same name.",
            ) from unreadable

    def history(self, type: str | None = None, name: str | None = None) -> list[Entry]:  # noqa: A002
        """Return the entries as they stand, oldest first, optionally of one type or name."""
        return list(self.entries(Filter(type=type, name=name)))

    def entries(self, wanted: Filter = _ANY) -> Iterator[Entry]:
        """Yield the entries as they stand, oldest first; memory does not grow with their number."""
        after = 0
        while page := self._all(
            wanted.query().where(LEDGER.c.seq > after).order_by(LEDGER.c.seq).limit(_PAGE)
        ):
            yield from page
            after = page[-1].seq

    def newest(self, wanted: Filter = _ANY, *, limit: int) -> list[Entry]:
        """Return the newest entries, oldest first."""
        return self._all(wanted.query().order_by(LEDGER.c.seq.desc()).limit(limit))[::-1]

    def upstream(self, kind: str, name: str) -> list[Link]:
        """Return every current link on a way up from a thing: what it derives from."""
        return self._walked(kind, name, "up")

    def downstream(self, kind: str, name: str) -> list[Link]:
        """Return every current link on a way down from a thing: what derives from it."""
        return self._walked(kind, name, "down")

    def links(self, kind: str, name: str, direction: Direction) -> list[Link]:
        """Return the current links of a thing itself, one step up or down."""
        with self._database.transaction() as connection:
            return stepped(connection, kind, name, direction)

    def head(self) -> LedgerHead:
        """Return how many entries there are, and the digest of the last."""
        with self._database.transaction() as connection:
            return head_of(connection)

    def tree_head(self, origin: str) -> TreeHead:
        """Return the Merkle tree head over all entries, unsigned, with its marks.

        Raises:
            FtgovError: If there are no entries, and so nothing to vouch for.
        """
        with self._database.transaction() as connection:
            size, _ = end_of(connection)
            if not size:
                raise FtgovError(
                    "The ledger is empty: there is no tree head to export.",
                    next_step="Record something first.",
                )
            root = root_of(size, Nodes(connection))
            line = marks(size, lambda seq: _raw(digest_at(connection, seq)))
        return TreeHead(origin=origin, size=size, root=root, extensions=(line,))

    def inclusion(self, seq: int, size: int) -> tuple[bytes, ...]:
        """Return the RFC 6962 proof that an entry is in the tree over the first `size` entries.

        Raises:
            FtgovError: If there are not so many entries.
        """
        with self._database.transaction() as connection:
            self._require_size(end_of(connection)[0], size)
            return inclusion_proof(seq - 1, size, Nodes(connection))

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """Return the RFC 6962 proof that the tree over `second` entries grew out of `first`.

        Raises:
            FtgovError: If there are not so many entries.
        """
        with self._database.transaction() as connection:
            self._require_size(end_of(connection)[0], second)
            return consistency_proof(first, second, Nodes(connection))

    def verify(self, heads: Sequence[TreeHead] = (), *, visit: Visit | None = None) -> LedgerCheck:
        """Recompute everything: records, digests, chain, tree, links, guards, the file itself.

        Args:
            heads: Tree heads that were exported earlier and kept elsewhere.
            visit: Sees each sound entry and its record as it passes.

        Returns:
            A check whose faults name the seq where the ledger first breaks, and up to 100 in all.

        Raises:
            FtgovError: If the database is too damaged to be read at all.
        """
        with self._database.transaction() as connection:
            return checked(connection, heads, visit)

    def _walked(self, kind: str, name: str, direction: Direction) -> list[Link]:
        with self._database.transaction() as connection:
            return walked(connection, kind, name, direction)

    def _require_writable(self) -> None:
        if self._database.read_only:
            raise FtgovError(
                f"The ledger {self._database.label} is open for reading only.",
                why="You may not write to this workspace's folder.",
                next_step="Make the workspace writable for you, or work on a copy.",
            )

    def _require_size(self, entries: int, size: int) -> None:
        if size > entries:
            raise FtgovError(
                f"The ledger has {entries} entries, so there is no tree over {size}.",
                next_step="ftgov log verify --against FILE tells whether entries are gone.",
            )

    def _all(self, query: Select[Any]) -> list[Entry]:
        with self._database.transaction() as connection:
            return [Entry(*row) for row in connection.execute(query)]


def _raw(digest: str | None) -> bytes | None:
    return None if digest is None else bytes.fromhex(bare(digest))


def _type_of(model: type[Record]) -> str:
    field = model.model_fields.get("type")
    if field is None or not isinstance(field.default, str):
        raise FtgovError(f"A {model.__name__} is no kind of record that the ledger keeps.")
    return field.default


__all__ = ["Entry", "Filter", "Ledger", "LedgerCheck"]
