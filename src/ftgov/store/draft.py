"""Drafts: a record made ready for the ledger, refused here if it could not be read back."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from ftgov.errors import FtgovError
from ftgov.records.base import Name, Record, Time
from ftgov.records.canonical import canonical_bytes, canonical_json, plain_and_bytes
from ftgov.records.digest import Digest, digest_bytes
from ftgov.records.links import Link, links_of

_NAME: TypeAdapter[str] = TypeAdapter(Name)
_TIME: TypeAdapter[str] = TypeAdapter(Time)


class Draft(NamedTuple):
    """What an entry will say, before it has its place in the chain."""

    type: str
    name: str
    body: str
    record_digest: Digest
    actor: str
    recorded_at: str
    links: tuple[Link, ...]
    record: Record

    def says(self, digest: Digest, body: str) -> bool:
        """Return whether an entry's record is this one, be it written by an older ftgov."""
        if digest == self.record_digest:
            return True
        try:
            older = type(self.record).model_validate_json(body)
            return canonical_bytes(older) == self.body.encode()  # to Python True is 1
        except (ValidationError, FtgovError):
            return False


@lru_cache(maxsize=64)  # a batch has one time and few types
def _known(adapter: TypeAdapter[str], value: str, what: str) -> str:
    return _checked(adapter, value, what)


def _checked(adapter: TypeAdapter[str], value: object, what: str) -> str:
    try:
        return adapter.validate_python(value, strict=True)
    except ValidationError as fault:
        raise FtgovError(
            f"The ledger cannot take the {what} {value!r}.",
            why=str(fault.errors()[0]["msg"]),
            next_step="Names match [a-z0-9._-]+; times look like 2026-11-21T09:30:00Z.",
        ) from fault


def _actor(actor: str) -> str:
    if not actor.strip() or not actor.isprintable():
        raise FtgovError(
            f"The ledger cannot take the actor {actor!r}.",
            why="Somebody answers for each entry, and is named on one line.",
            next_step="Name a person or a service, for example alice@example.org.",
        )
    return actor


def drafted(record: Record, *, actor: str, recorded_at: str) -> Draft:
    """Return a record made ready for the ledger.

    Raises:
        FtgovError: If it has no type or name, no canonical form, or would not read back equal; if
            nobody is named as the actor; if the time is not RFC 3339 UTC text.
    """
    content, body = plain_and_bytes(record)
    kind, name = getattr(record, "type", None), getattr(record, "name", None)
    draft = Draft(
        type=_known(_NAME, str(kind), f"type of a {type(record).__name__}"),
        name=_checked(_NAME, name, f"name of a {type(record).__name__}"),
        body=body.decode("utf-8"),
        record_digest=digest_bytes(body),
        actor=_actor(actor),
        recorded_at=_known(_TIME, str(recorded_at), "time"),
        links=links_of(str(kind), str(name), content),
        record=record,
    )
    try:
        canonical_json(body)
        same = type(record).model_validate_json(body) == record
        why = "What would be read back is not equal to it."
    except ValueError as fault:  # pydantic's ValidationError is one
        same, why = False, str(fault)
    if not same:
        raise FtgovError(
            f"The {draft.type} {draft.name} cannot be recorded.",
            why=why,
            next_step="Write numbers from 2^53 on as text, or correct the field that is named.",
        )
    return draft
