"""What is archived already: read once per run, so that each page is compared without a query."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from ftgov.errors import LedgerTampered
from ftgov.providers.names import name_of
from ftgov.providers.shapes.jobs import NONCE
from ftgov.providers.shapes.unit import Where
from ftgov.records.archived import Archived
from ftgov.store.chain import judged
from ftgov.store.ledger import Filter
from ftgov.store.workspace import Workspace

SWEEP = "sweep"
"""The part of a listing's own entry that says that the listing was read to its end."""


class Known(NamedTuple):
    """An archived thing, as far as a later look is compared with it."""

    resource: str
    native_id: str
    settled: bool
    item: str
    state: bytes
    tombstoned: bool
    observed_at: str


def archived_name(where: Where, resource: str, native_id: str) -> str:
    """Return the name under which a thing is archived."""
    return name_of("/".join((where.provider, where.tenant or "", resource, native_id)))


def state_of(body: dict[str, Any]) -> bytes:
    """Return a mark that changes with whatever the host shows of a thing, not with the look."""
    parts = [[part["resource"], part["items"], part["content"]] for part in body["parts"]]
    files = [file["digest"] for file in body["files"]]
    told = [parts, files, body["flags"], body["settled"], body["content_unavailable"]]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()[:16]


def known_of(body: dict[str, Any]) -> Known:
    """Return what is compared of an archived thing."""
    parts = body["parts"]
    return Known(
        resource=body["resource"],
        native_id=body["native_id"],
        settled=body["settled"],
        item=parts[0]["content"] if parts else "",
        state=state_of(body),
        tombstoned=body["tombstoned_at"] is not None,
        observed_at=body["observed_at"],
    )


class Standing:
    """The archived things of one tenant, and the names that files and jobs have.

    Args:
        workspace: Where to look.
        where: Whose things; others are left out.
    """

    def __init__(self, workspace: Workspace, where: Where) -> None:
        self._where = where
        self.known: dict[str, Known] = {}
        self._names_of: dict[str, set[str]] = {}
        self.names: dict[str, str] = {}
        for body in _bodies(workspace, "archived"):
            if (body["provider"], body["tenant"]) == (where.provider, where.tenant):
                self._take(body)
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
        return self.known.get(archived_name(self._where, resource, native_id))

    def learn(self, made: Archived) -> None:
        """Take in a thing that was just recorded."""
        self._take(made.model_dump(mode="json"))

    def of(self, resource: str, parent: str = "") -> Iterator[tuple[str, Known]]:
        """Yield the things of a listing that are not gone, without the listing's own entry."""
        start = f"{parent}/" if parent else ""
        for name in sorted(self._names_of.get(resource, ())):
            known = self.known[name]
            if not known.tombstoned and known.native_id.startswith(start):
                yield name, known

    def _take(self, body: dict[str, Any]) -> None:
        self.known[body["name"]] = known_of(body)
        self._names_of.setdefault(body["resource"], set()).add(body["name"])

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
