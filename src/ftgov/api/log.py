"""The log: is the ledger what was written, and is every file that it names still there?"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from ftgov.api.people import known_as
from ftgov.api.tree_heads import KeptHead, read_head
from ftgov.errors import FtgovError, UsageError
from ftgov.records.base import Record
from ftgov.records.digest import Digest
from ftgov.store.ledger import Entry, Filter
from ftgov.store.workspace import Workspace

_MOST = 100  # missing files told by one check
_SETTLED_S = 3600.0  # what no entry names an hour later, none will


class LogCheck(Record):
    """What a verification of the whole workspace found; `faults` is empty where all is well.

    `elsewhere` are files that other workspaces of a shared ledger hold, which can't be checked
    here. `orphans` is erasable evidence that no entry names, left by an interrupted recording.
    """

    verdict: Literal["intact", "tampered", "incomplete", "nothing to verify"]
    entries: int
    head: str | None
    root: str | None
    heads: tuple[KeptHead, ...] = ()
    faults: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()


def _files(value: Any) -> Iterator[tuple[str, str, str]]:
    """Yield digest, name and ciphertext's digest of each evidence record inside a ledger body."""
    if isinstance(value, dict):
        if {"digest", "media_type", "name"} <= value.keys():
            yield str(value["digest"]), str(value["name"]), str(value.get("sealed") or "")
        for inner in value.values():
            yield from _files(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _files(inner)


def verify_log(
    workspace: Workspace, against: Sequence[Path] = (), *, log_key: str | None = None
) -> LogCheck:
    """Recompute the ledger's chain and tree, re-hash all evidence, look for files that are gone.

    An empty ledger is `nothing to verify`, which is not the same as intact. Memory does not grow
    with the number of entries.

    Args:
        workspace: Whose ledger and evidence.
        against: Tree heads that were exported earlier and kept elsewhere.
        log_key: The public key of the log that signed them; by default the workspace's own.

    Raises:
        NotAssessable: If a tree head can't be read.
        FtgovError: If the database is too damaged to be read at all.
    """
    kept = [read_head(workspace, path, log_key) for path in against]
    files = _Files(workspace)
    heads = [head for described, head in kept if described.signature == "valid"]
    ledger = workspace.ledger.verify(heads, visit=files.visit)
    faults = (*ledger.faults, *files.gone, *workspace.evidence.verify())
    verdict = "incomplete" if files.elsewhere and ledger.verdict == "intact" else ledger.verdict
    return LogCheck(
        verdict="tampered" if faults else verdict,
        entries=ledger.entries,
        head=ledger.head,
        root=ledger.root,
        heads=tuple(described for described, _ in kept),
        faults=faults,
        elsewhere=tuple(files.elsewhere),
        orphans=files.orphans() if not faults else (),
    )


class _Files:
    """Looks for the files that entries name, as the entries pass by."""

    def __init__(self, workspace: Workspace) -> None:
        self.gone: list[str] = []
        self.elsewhere: list[str] = []
        vault = workspace.evidence.sealed.vault
        settled = vault.older_than(time.time() - _SETTLED_S)
        self._unnamed = {key.sealed: key.plain for key in settled}
        self._candidates = frozenset(self._unnamed.values())
        self._named: set[Digest] = set()
        self._evidence = workspace.evidence
        self._ours_alone = workspace.database.engine.dialect.name == "sqlite"

    def visit(self, entry: Entry, body: dict[str, Any]) -> None:
        """Look for each file of an entry."""
        for digest, name, sealed in sorted(set(_files(body))):
            self._unnamed.pop(sealed, None)
            if digest in self._candidates:
                self._named.add(digest)
            if fault := self._evidence.fault(digest, sealed or None):
                here = self._ours_alone or self._was_here(digest, sealed)
                told = self.gone if here else self.elsewhere
                if len(told) < _MOST:
                    told.append(f"entry {entry.seq}: the file {name} ({digest[:19]}) {fault}")

    def _was_here(self, digest: Digest, sealed: str) -> bool:
        """Return whether a file that is absent can't be in another workspace of the ledger."""
        if sealed:
            return self._evidence.sealed.has_key_of(sealed, digest)
        return self._evidence.is_shared

    def orphans(self) -> tuple[Digest, ...]:
        """Return sealed contents that are here and that no record names, under this key or other.

        A key without its file is none: it was kept just before a crash, and opens nothing.
        """
        left = {
            plain
            for sealed, plain in self._unnamed.items()
            if plain not in self._named and self._evidence.has(sealed)
        }
        return tuple(sorted(left))


def shown_entries(
    workspace: Workspace,
    *,
    kind: str | None = None,
    name: str | None = None,
    actor: str | None = None,
    since: str | None = None,
    until: str | None = None,
    last: int | None = None,
) -> Iterator[Entry]:
    """Yield entries, oldest first; memory does not grow with their number.

    Args:
        workspace: Whose ledger.
        kind: Only of this type.
        name: Only of this name.
        actor: Only what this party recorded, by its id or as people know the person.
        since: Only from this time on, RFC 3339 UTC.
        until: Only up to this time, RFC 3339 UTC.
        last: Only the newest so many.

    Raises:
        UsageError: If a time is malformed.
    """
    if actor is not None and (person := next(iter(known_as(workspace, actor)), None)):
        actor = person.party.name
    try:
        wanted = Filter(type=kind, name=name, actor=actor, since=since, until=until)
    except ValidationError as fault:
        first = fault.errors()[0]
        raise UsageError(
            f"--{first['loc'][0]} cannot be {first['input']!r}.",
            why=str(first["msg"]),
            next_step="Write a time as 2026-11-21T09:30:00Z.",
        ) from fault
    if last is not None:
        yield from workspace.ledger.newest(wanted, limit=last)
    else:
        yield from workspace.ledger.entries(wanted)


def export_log(workspace: Workspace, path: Path, *, kind: str | None = None) -> int:
    """Write every entry with its record to a JSON Lines file; return how many there are.

    A line is an object with the entry's columns; `body` is the record's canonical text as it was
    hashed. Memory does not grow with their number.

    Raises:
        UsageError: If the file exists.
        FtgovError: If it can't be written.
    """
    count = 0
    try:
        with path.open("x", encoding="utf-8") as stream:
            for entry in shown_entries(workspace, kind=kind):
                stream.write(json.dumps(entry._asdict(), ensure_ascii=False) + "\n")
                count += 1
    except FileExistsError as fault:
        raise UsageError(
            f"{path} exists already.", next_step="Name another file with --output."
        ) from fault
    except OSError as fault:
        path.unlink(missing_ok=True)
        raise FtgovError(
            f"{path} cannot be written.", why=str(fault), next_step="Check the disk's space."
        ) from fault
    return count
