"""What was read from a host: captures of exact answers, and what each thing there looked like.

A capture is a file of the exact bytes of answers. An archived thing names the answers that showed
it, so that every record about it can be derived from them again.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Count, Name, Record, Time
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence


class Capture(Record):
    """A file of exact answers of a host, read one after the other.

    Source of the form: WARC 1.1 (ISO 28500:2017), records of the type `resource`.
    """

    type: Literal["capture"] = "capture"
    name: Name
    provider: str = Field(min_length=1, max_length=128)
    tenant: str | None = None
    resource: str = Field(min_length=1, max_length=128, description="the listing that was read")
    file: Evidence
    responses: Count
    first_at: Time
    last_at: Time


class Flag(Record):
    """A field of a host's answer that is not what its specification says; the raw is kept."""

    path: str = Field(max_length=255)
    fault: str = Field(min_length=1, max_length=500)
    found: str | None = Field(
        default=None, max_length=200, description="the value as JSON text, cut; None: not shown"
    )


class ArchivedPart(Record):
    """A part of a thing, such as its events: how many there are, and the answers that hold them."""

    resource: str = Field(min_length=1, max_length=128)
    of: str | None = Field(default=None, max_length=1024, description="the id it hangs below")
    items: Count
    content: Digest = Field(description="of the items' own JSON, keys sorted, in order")
    responses: tuple[Digest, ...] = Field(description="digests of the exact answers")
    refused: str | None = Field(default=None, max_length=500, description="why it was not read")


class Archived(Record):
    """A thing at a host as it was last seen, with all that hangs below it.

    A thing that a whole sweep no longer shows is a tombstone; nothing of it is taken away.
    """

    type: Literal["archived"] = "archived"
    name: Name
    provider: str = Field(min_length=1, max_length=128)
    tenant: str | None = None
    resource: str = Field(min_length=1, max_length=128)
    native_id: str = Field(min_length=1, max_length=1024)
    observed_at: Time
    capture: Name | None = Field(default=None, description="the capture with the answers")
    parts: tuple[ArchivedPart, ...] = ()
    files: tuple[Evidence, ...] = Field(default=(), description="content that was fetched")
    content_unavailable: str | None = Field(default=None, description="why it was not fetched")
    flags: tuple[Flag, ...] = ()
    settled: bool = Field(default=False, description="whether the host says that it is over")
    reach: tuple[str, ...] = Field(
        default=(), description="what the look covered beyond the thing itself: results, rights"
    )
    scope: str | None = Field(
        default=None, max_length=255, description="whose view showed it: a project, or a key's mark"
    )
    missed_at: Time | None = Field(
        default=None, description="when a whole listing left it out, and nobody could be asked"
    )
    tombstoned_at: Time | None = None
