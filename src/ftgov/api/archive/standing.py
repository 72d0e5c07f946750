"""What is archived already: read once per run, so that each page is compared without a query."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ftgov.errors import LedgerTampered
from ftgov.providers.names import name_of
from ftgov.providers.shapes.jobs import NONCE
from ftgov.providers.shapes.unit import Where
from ftgov.records.archived import Archived
from ftgov.records.digest import Digest, bare
from ftgov.store.chain import judged
from ftgov.store.ledger import Filter
from ftgov.store.workspace import Workspace

_LONGEST = 1024  # of an id, as it is recorded
REACHES = ("results", "rights")
"""What a look at a thing may cover beyond it: contents of result files, who may use its models."""

SWEEP = "sweep"
"""The part of a listing's own entry that says that the listing was read to its end."""


class Known(NamedTuple):
    """An archived thing, as far as a later look is compared with it.

    Attributes:
        native_id: Its id at the host.
        settled: Whether the host says that it is over.
        tombstoned: Whether the host shows it no longer.
        item: The first 16 bytes of the digest of its own JSON.
        state: A mark of all that the host shows of it, 16 bytes.
        missed: Whether a whole listing left it out once.
        reach: What the look covered beyond the thing itself.
        scope: Whose view showed it.
    """

    native_id: str
    settled: bool
    tombstoned: bool
    item: bytes
    state: bytes
    missed: bool = False
    reach: frozenset[str] = frozenset()
    scope: str | None = None


def archived_name(where: Where, resource: str, native_id: str) -> str:
    """Return the name under which a thing is archived."""
    return name_of("/".join((where.provider, where.tenant or "", resource, native_id)))


def state_of(made: Archived) -> bytes:
    """Return a mark that changes with whatever the host shows of a thing, not with the look."""
    parts = [[part.resource, part.items, part.content] for part in made.parts]
    flags = [flag.model_dump() for flag in made.flags]
    files = [file.digest for file in made.files]
    told = [parts, files, flags, made.settled, made.content_unavailable]
    return _mark([*told, [part.refused for part in made.parts], list(made.reach)])


def _state_in(body: dict[str, Any]) -> bytes:
    """Return the same mark of a thing as the ledger has it."""
    parts = [[part["resource"], part["items"], part["content"]] for part in body["parts"]]
    files = [file["digest"] for file in body["files"]]
    told = [parts, files, body["flags"], body["settled"], body["content_unavailable"]]
    refused = [part["refused"] for part in body["parts"]]
    return _mark([*told, refused, list(body.get("reach", ()))])


def _mark(told: list[Any]) -> bytes:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()[:16]


def item_mark(content: Digest) -> bytes:
    """Return what is held of the digest of a thing's own JSON."""
    return bytes.fromhex(bare(content))[:16]


class Standing:
    """The archived things of one tenant, and the names that files and jobs have.

    Args:
        workspace: Where to look.
        where: Whose things; others are left out.
    """

    def __init__(self, workspace: Workspace, where: Where) -> None:
        self._where = where
        # 34 bytes for each thing: a large account has tens of thousands.
        self._known: dict[str, dict[str, bytes]] = {}
        self._swept: dict[tuple[str, str], str] = {}
        self._scopes: list[str | None] = [None]
        self.names: dict[str, str] = {}
        for body in _bodies(workspace, "archived"):
            if (body["provider"], body["tenant"]) == (where.provider, where.tenant):
                self._take_body(body)
        for kind in ("dataset", "job"):
            for body in _bodies(workspace, kind):
                self._learn_name(kind, body)

    @staticmethod
    def counts(workspace: Workspace, provider: str) -> dict[str, int]:
        """Return how many things of each resource of a host are archived and not gone."""
        found: dict[str, str] = {}
        for body in _bodies(workspace, "archived"):
            if body["provider"] == provider and body["tombstoned_at"] is None:
                found[body["name"]] = body["resource"]
            else:
                found.pop(body["name"], None)
        return dict(Counter(found.values()))

    def get(self, resource: str, native_id: str) -> Known | None:
        """Return what is known of a thing, or None."""
        found = self._known.get(resource, {}).get(native_id[:_LONGEST])
        return None if found is None else self._unpacked(native_id, found)

    def swept_at(self, resource: str, native_id: str) -> str | None:
        """Return when a listing was last read to its end, or None where it was not yet."""
        return self._swept.get((resource, native_id))

    def learn(self, made: Archived) -> None:
        """Take in a thing that was just recorded."""
        item = item_mark(made.parts[0].content) if made.parts else bytes(16)
        kept = self._at(made.resource, made.native_id, made.observed_at)
        is_so = (made.settled, made.tombstoned_at is not None, made.missed_at is not None)
        head = self._head(is_so, made.reach, made.scope)
        kept[made.native_id] = head + item + state_of(made)

    def of(
        self, resource: str, parent: str = "", *, gone: bool = False
    ) -> Iterator[tuple[str, Known]]:
        """Yield the things of a listing that are not gone, with the names they are archived under.

        With `gone`, those that are. The listing's own entry is not among them.
        """
        start = f"{parent}/" if parent else ""
        for native_id, found in sorted(self._known.get(resource, {}).items()):
            known = self._unpacked(native_id, found)
            if known.tombstoned is gone and native_id.startswith(start):
                yield archived_name(self._where, resource, native_id), known

    def _take_body(self, body: dict[str, Any]) -> None:
        item = item_mark(body["parts"][0]["content"]) if body["parts"] else bytes(16)
        kept = self._at(body["resource"], body["native_id"], body["observed_at"])
        gone, missed = (body.get(key) is not None for key in ("tombstoned_at", "missed_at"))
        head = self._head((body["settled"], gone, missed), body.get("reach", ()), body.get("scope"))
        kept[body["native_id"]] = head + item + _state_in(body)

    def _head(self, is_so: tuple[bool, ...], reach: Iterable[str], scope: str | None) -> bytes:
        """Return what is held of a thing in two bytes: what is so, and whose view showed it."""
        if scope not in self._scopes:
            self._scopes.append(scope)
        said = (*is_so, *(each in reach for each in REACHES))
        place = self._scopes.index(scope)
        # Of more views than a byte can tell, the later ones are nobody's: they bury nothing.
        return bytes([sum(bit << n for n, bit in enumerate(said)), place if place < 256 else 0])

    def _unpacked(self, native_id: str, found: bytes) -> Known:
        settled, gone, missed, *covered = (bool(found[0] >> n & 1) for n in range(5))
        reach = frozenset(name for name, so in zip(REACHES, covered, strict=True) if so)
        scope = self._scopes[found[1]]
        return Known(native_id, settled, gone, found[2:18], found[18:], missed, reach, scope)

    def _at(self, resource: str, native_id: str, observed_at: str) -> dict[str, bytes]:
        if resource.endswith(f".{SWEEP}"):
            self._swept[resource, native_id] = observed_at
        return self._known.setdefault(resource, {})

    def _learn_name(self, kind: str, body: dict[str, Any]) -> None:
        seen = body.get("observation")
        if not seen or seen["provider"] != self._where.provider:
            return
        if seen["native_id"] and (kind == "dataset" or body["name"] != name_of(seen["native_id"])):
            self.names[seen["native_id"]] = body["name"]
        nonce = ((body.get("request") or {}).get("metadata") or {}).get(NONCE)
        if kind == "job" and nonce:
            self.names[nonce] = body["name"]


def _bodies(workspace: Workspace, kind: str) -> Iterator[dict[str, Any]]:
    """Yield the entries of a type as plain JSON, oldest first; the last of a name stands."""
    for entry in workspace.ledger.entries(Filter(type=kind)):
        found = judged(entry)
        if found.fault or found.body is None:
            raise LedgerTampered(
                f"Entry {entry.seq} of the ledger was altered: {found.fault}.",
                next_step="ftgov log verify",
            )
        yield found.body
