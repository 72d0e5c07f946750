"""Units: a thing at a host with all that hangs below it, and the records that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ftgov.providers.lax import item_bytes
from ftgov.records.archived import Flag
from ftgov.records.base import Record
from ftgov.records.digest import Digest, digest_bytes
from ftgov.records.evidence import Evidence
from ftgov.records.media_type import media_type_of
from ftgov.records.observation import Observation


class Where(NamedTuple):
    """Which host was asked, and for whom.

    Attributes:
        provider: openai, azure.
        tenant: The organisation or resource there.
        region: Where the host runs it, where that is known.
    """

    provider: str
    tenant: str | None
    region: str | None = None


class Below(NamedTuple):
    """A listing below a thing.

    Attributes:
        resource: What is listed.
        of: The id of the thing it belongs to.
        answers: Digests of the exact answers, a page each.
        items: What they list.
        content: Digest of the items' own JSON, keys sorted, in order.
        refused: Why it was not read, or not to its end.
    """

    resource: str
    of: str
    answers: tuple[Digest, ...]
    items: tuple[Any, ...]
    content: Digest
    refused: str | None = None

    @classmethod
    def listed(
        cls,
        resource: str,
        of: str,
        answers: Iterable[Digest],
        items: Iterable[Any],
        refused: str | None = None,
    ) -> Below:
        """Return a listing of some items, with their digest."""
        listed = tuple(items)
        content = digest_bytes(item_bytes(listed))
        return cls(resource, of, tuple(answers), listed, content, refused)


class Unit(NamedTuple):
    """A thing as a host showed it, with all that hangs below it.

    Attributes:
        item: The thing's own JSON.
        answer: Digest of the exact answer that showed it.
        at: When that came, RFC 3339 UTC.
        below: The listings below it.
        files: Content of files that it names, by their id at the host.
    """

    item: Any
    answer: Digest
    at: str
    below: tuple[Below, ...] = ()
    files: Mapping[str, Evidence] = {}


class Content(NamedTuple):
    """Bytes that are to be kept, as the record that names them says."""

    evidence: Evidence
    content: bytes


class Derived(NamedTuple):
    """What follows from a unit.

    Attributes:
        records: In the order in which they are recorded.
        flags: What is not as it must be.
        settled: Whether the host says that the thing is over, so that it changes no more.
        contents: Files that the records name.
    """

    records: tuple[Record, ...] = ()
    flags: tuple[Flag, ...] = ()
    settled: bool = False
    contents: tuple[Content, ...] = ()


def observed(
    where: Where, unit: Unit, native_id: str | None, below: Below | None = None
) -> Observation:
    """Return where and when a thing was seen; a host's word is asserted, not verified.

    Args:
        where: The host.
        unit: The thing's unit.
        native_id: The thing's id.
        below: The listing below the unit that showed it; of one with several pages no single answer
            is named.
    """
    shown = (unit.answer,) if below is None else below.answers
    return Observation(
        provider=where.provider,
        tenant=where.tenant,
        native_id=native_id,
        observed_at=unit.at,
        source="api",
        raw=shown[0] if len(shown) == 1 else None,
        assurance="asserted",
    )


def content_of(content: bytes, name: str) -> Content:
    """Return bytes with the record that names them."""
    described = Evidence(
        digest=digest_bytes(content),
        bytes=len(content),
        name=name[:255],
        media_type=media_type_of(name),
    )
    return Content(described, content)
