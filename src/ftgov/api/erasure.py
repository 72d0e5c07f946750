"""Erasure: evidence made unreadable for good, on request, without a change to the ledger's past.

The entry that says so comes first, the destruction of the keys second. Whatever interrupts the two,
the next command that opens the workspace destroys what an entry says is destroyed.

Source: Regulation (EU) 2016/679 (GDPR) Article 17.
"""

from __future__ import annotations

import json
import re
import secrets
from contextlib import suppress
from typing import Any, Final

from pydantic import ValidationError

from ftgov.api.clock import Moment, moment_of
from ftgov.api.people import ACTOR, known_as
from ftgov.api.recording import append
from ftgov.errors import FtgovError, NotAssessable, UsageError
from ftgov.records.base import Record
from ftgov.records.digest import Digest
from ftgov.records.erasure import ERASURE_REQUEST, Erasure
from ftgov.records.party import Party
from ftgov.store.filters import Filter
from ftgov.store.workspace import Workspace

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_RECENT: Final = 16  # erasures that one interruption could have left half done


class Erased(Record):
    """What an erasure did; `named_by` are the entries that go on naming what is gone.

    `repeated` says that it was done before, and nothing was left to do.
    """

    erasure: Erasure
    repeated: bool = False
    named_by: tuple[str, ...]


class _Target(Record):
    """What is to be erased: a person's identity documents, or evidence."""

    party: str | None
    digests: tuple[Digest, ...]


def erase(
    workspace: Workspace,
    what: str,
    *,
    reason: str,
    legal_basis: str = ERASURE_REQUEST,
    actor: str = ACTOR,
    now: str | Moment | None = None,
) -> Erased:
    """Make a person's identity, or a file of erasable evidence, unreadable for good.

    Erasing what was erased already changes nothing.

    Args:
        workspace: Where it is.
        what: A party's id, what a person is known as, or the digest of evidence (`sha256:...`).
        reason: Why, without personal data: it stays in the ledger.
        legal_basis: On what ground.
        actor: Who erases.
        now: When, RFC 3339 UTC; by default the present.

    Raises:
        UsageError: If there is nothing of that name, or it is not erasable.
        FtgovError: If a key can't be destroyed; the next attempt goes on from there.
        NotAssessable: If the key is lost, and no entry says that it was erased.
    """
    moment = moment_of(now).text
    target = _target(workspace, what)
    sealed = workspace.evidence.sealed
    _refuse_clear(workspace, target)
    keys = [key for digest in target.digests for key in sealed.vault.all_of(digest)]
    if not keys:
        return _erased_before(workspace, what, target)
    try:
        made = Erasure(
            name=f"erasure-{secrets.token_hex(8)}",
            party=target.party,
            digests=tuple(dict.fromkeys(key.plain for key in keys)),
            keys=tuple(key.id for key in keys),
            reason=reason,
            legal_basis=legal_basis,
            erased_at=moment,
        )
    except ValidationError as fault:
        first = fault.errors()[0]
        raise UsageError(
            f"An erasure cannot have the {first['loc'][0]} {first['input']!r}.",
            why=str(first["msg"]),
            next_step="Say in a few words why, naming nobody.",
        ) from fault
    append(workspace, [made], actor=actor, recorded_at=moment)
    sealed.destroy(made.keys)
    return Erased(erasure=made, named_by=_naming(workspace, target))


def finish_erasures(workspace: Workspace) -> None:
    """Destroy what the newest erasures say is destroyed, where something came between."""
    sealed = workspace.evidence.sealed
    if workspace.read_only or not sealed.vault.in_use():
        return
    with suppress(FtgovError):  # a damaged ledger opens all the same; `ftgov log verify` tells
        for entry in workspace.ledger.newest(Filter(type="erasure"), limit=_RECENT):
            sealed.destroy(workspace.ledger.read(Erasure, entry).keys)


def _target(workspace: Workspace, what: str) -> _Target:
    if _DIGEST.fullmatch(what):
        return _Target(party=_whose(workspace, what), digests=(what,))
    named = {person.party.name for person in known_as(workspace, what)} or {what}
    if len(named) > 1:
        raise UsageError(
            f"Several parties are known as {what!r}: {', '.join(sorted(named))}.",
            next_step="Erase each by its id.",
        )
    (name,) = named
    found: dict[Digest, None] = {}
    for entry in workspace.ledger.history("party", name):
        if identity := workspace.ledger.read(Party, entry).identity:
            found[identity.digest] = None
    if not found:
        raise UsageError(
            f"There is nothing erasable known as {what!r} in this workspace.",
            why="Erasable are the identities of people, and evidence that was recorded with "
            "--erasable, by its digest. Who was erased already is known by the id alone.",
            next_step="ftgov log shows who acted; ftgov lineage --json shows digests.",
        )
    return _Target(party=name, digests=tuple(found))


def _whose(workspace: Workspace, digest: Digest) -> str | None:
    """Return the party whose identity document has a digest, if any."""
    every = (workspace.ledger.read(Party, one) for one in workspace.ledger.history("party"))
    return next((p.name for p in every if p.identity and p.identity.digest == digest), None)


def _refuse_clear(workspace: Workspace, target: _Target) -> None:
    """Refuse to say erased of what would stay readable, whatever keys there are."""
    for digest in target.digests:
        if workspace.evidence.lies_in_clear(digest):
            raise UsageError(
                f"The evidence {digest} cannot be erased.",
                why="It is kept in clear: evidence that was not recorded with --erasable is "
                "write-once, and in every report that rests on it.",
                next_step="Where the law asks for it, delete its file by hand; the ledger will "
                "tell for good that it is gone.",
            )


def _erased_before(workspace: Workspace, what: str, target: _Target) -> Erased:
    """Return the erasure that stands, or say why there is none to be made."""
    for digest in target.digests:
        if standing := workspace.evidence.sealed.erased(digest):
            return Erased(erasure=standing, repeated=True, named_by=_naming(workspace, target))
    if not _naming(workspace, target):
        raise UsageError(
            f"No record names {what!r}.", next_step="ftgov lineage --json shows digests."
        )
    raise NotAssessable(
        f"What {what!r} names cannot be read any more, and no entry says that it was erased.",
        why="Its key is lost.",
        next_step="Restore .ftgov/vault from a backup, then erase it, so that the ledger says so.",
    )


def _naming(workspace: Workspace, target: _Target) -> tuple[str, ...]:
    """Return type and name of the records that name what is erased, each once."""
    digests = frozenset(target.digests)
    found: dict[str, None] = {}
    for entry in workspace.ledger.entries(Filter(type="party" if target.party else None)):
        if entry.type == "erasure" or not any(digest in entry.body for digest in digests):
            continue
        if _is_named(json.loads(entry.body), digests):
            found[f"{entry.type}/{entry.name}"] = None
    return tuple(found)


def _is_named(value: Any, digests: frozenset[Digest]) -> bool:
    if isinstance(value, dict):
        return any(_is_named(inner, digests) for inner in value.values())
    if isinstance(value, list):
        return any(_is_named(inner, digests) for inner in value)
    return isinstance(value, str) and value in digests
