"""Policy bundles: several gates as one file, a tar with an index of what is in it.

The archive has one form only. What is read is written anew and must give the same bytes, so there
is no name, mode, date, link, padding or trailing content in it that anybody could hide or change
without notice. Whose it is, is said by the signature beside the index, which is not judged here.

Source: POSIX.1-2017, pax, section "ustar Interchange Format"; RFC 8785 for the index.
"""

from __future__ import annotations

import io
import tarfile
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field, ValidationError

from ftgov.errors import InvalidBundle, UsageError
from ftgov.records.base import Name, Record
from ftgov.records.canonical import canonical_bytes, canonical_json
from ftgov.records.digest import Digest, digest_bytes

INDEX: Final = "index.json"
SIGNATURE: Final = "index.sigstore.json"
SCHEMA: Literal["https://ftgov.dev/schema/policy-bundle/v1"] = (
    "https://ftgov.dev/schema/policy-bundle/v1"
)
LARGEST: Final = 20_000_000
"""The largest bundle in bytes; a larger one is refused unread."""

LARGEST_GATE: Final = 2_000_000
"""The largest gate in bytes."""


class IndexedGate(Record):
    """A gate of the bundle: its name, and the digest and length of its text."""

    name: Name
    digest: Digest
    bytes: int = Field(ge=1, le=LARGEST_GATE)


class Index(Record):
    """What a bundle holds: gates in the order of their names."""

    schema_id: Literal["https://ftgov.dev/schema/policy-bundle/v1"] = Field(
        default=SCHEMA, alias="schema"
    )
    name: Name
    version: int = Field(ge=1, lt=2**53)
    gates: Annotated[tuple[IndexedGate, ...], Field(min_length=1, max_length=100)]

    model_config = {"populate_by_name": True, "serialize_by_alias": True}


class PolicyBundle(NamedTuple):
    """A bundle of sound form: its index as bytes, the signature beside it, and the gates' texts."""

    listed: Index
    index_bytes: bytes
    signature: bytes
    texts: dict[str, str]


def index_of(name: str, version: int, texts: dict[str, str]) -> Index:
    """Return the index of some gates.

    Raises:
        UsageError: If a name, the version or a gate's size can't stand in one.
    """
    gates = [
        {"name": gate, "digest": digest_bytes(text.encode()), "bytes": len(text.encode())}
        for gate, text in sorted(texts.items())
    ]
    try:
        return Index.model_validate({"name": name, "version": version, "gates": gates})
    except ValidationError as fault:
        error = fault.errors()[0]
        raise UsageError(
            f"This cannot be a policy bundle: {'.'.join(map(str, error['loc']))}: {error['msg']}.",
            next_step="Names match [a-z0-9._-]+; a bundle holds at most 100 gates.",
        ) from fault


def pack_policies(index: Index, signature: bytes, texts: dict[str, str]) -> bytes:
    """Return the bundle's bytes: index, signature and gates, with nothing else about them."""
    files = {INDEX: canonical_bytes(index), SIGNATURE: signature}
    files |= {f"gates/{each.name}.yaml": texts[each.name].encode() for each in index.gates}
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def unpack_policies(content: bytes, where: str) -> PolicyBundle:
    """Read a bundle from anyone; nothing in it is trusted yet.

    Args:
        content: The file's bytes.
        where: What errors call it.

    Raises:
        InvalidBundle: If it is not exactly what `pack_policies` gives of what is in it.
    """
    if len(content) > LARGEST:
        raise _malformed(where, f"it is larger than {LARGEST} bytes")
    try:
        found = _entries(content)
        index = Index.model_validate(canonical_json(found.pop(INDEX)))
        signature = found.pop(SIGNATURE)
        texts = {
            name.removeprefix("gates/").removesuffix(".yaml"): text.decode()
            for name, text in found.items()
        }
        if index_of(index.name, index.version, texts) != index:
            raise _malformed(where, "its index is not that of its gates")
    except (tarfile.TarError, ValueError, KeyError, EOFError, UsageError, RecursionError) as fault:
        raise _malformed(where, f"{type(fault).__name__}: {fault}") from fault
    if pack_policies(index, signature, texts) != content:
        raise _malformed(where, "it is not in the one form that a policy bundle has")
    return PolicyBundle(index, canonical_bytes(index), signature, texts)


def _entries(content: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for entry in archive:
            # Judged by its header before a byte is read: a sparse entry claims any size for none.
            plain = entry.type == tarfile.REGTYPE and not entry.pax_headers
            if not plain or entry.size > LARGEST_GATE or entry.name in found:
                raise ValueError(f"{entry.name!a} is no file of its own")
            stream = archive.extractfile(entry)
            found[entry.name] = stream.read(LARGEST_GATE) if stream else b""
    return found


def _malformed(where: str, why: str) -> InvalidBundle:
    return InvalidBundle(
        f"{where} is no policy bundle: {why}.",
        why="A bundle has one form, so that nothing in it can change without notice.",
        next_step="Get it again from its owner, or make it with ftgov policy bundle.",
    )
