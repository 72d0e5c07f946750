"""Rows of a file as leaves of a salted Merkle tree: some can be withheld and the rest still holds.

A leaf is the RFC 6962 leaf hash of a row's salt (32 bytes) and the row's bytes. Salts come from one
random seed by HMAC-SHA256; whoever gets a file with rows withheld gets the salts of the rows that
are left and the bare hashes of the others, and never the seed. A row's line feed belongs to it.

The digest of the whole file stays in the signed list. Whoever can guess every withheld row of a
file exactly can therefore confirm the guess; rows that hold a random field of their own can't be
guessed.

Sources: RFC 6962 section 2.1; RFC 2104 (HMAC); D. Derler et al. on redactable signatures (salted
trees hide what is withheld).
"""

from __future__ import annotations

import gzip
import hmac
import zlib
from collections.abc import Iterator
from typing import Annotated, BinaryIO, Final, Literal, NamedTuple, cast

from pydantic import Field

from ftgov.records.base import Count, Record
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import Digest, bare
from ftgov.signing.envelope import parse_canonical
from ftgov.transparency.merkle import HASH_BYTES, Frontier, leaf_hash

LONGEST_ROW: Final = 16_000_000
"""The longest row, in bytes, that can be a leaf."""

_Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_DOMAIN: Final = b"ftgov-row-salt-v1\0"


class RowSalts(Record):
    """The file that holds the seed of all salts: evidence that goes with the whole bundle only."""

    schema_id: Literal["https://ftgov.dev/schema/row-salts/v1"] = Field(
        default="https://ftgov.dev/schema/row-salts/v1", alias="schema"
    )
    seed: _Hex32

    model_config = {"populate_by_name": True, "serialize_by_alias": True}


class RowTree(Record):
    """A file's rows as the signer saw them: how many, and the root over their salted leaves."""

    file: Digest
    rows: Count
    root: Digest


class SignedRows(Record):
    """The row trees of a bundle, and the digest of the file that holds the seed of their salts."""

    salts: Digest
    trees: tuple[RowTree, ...] = Field(min_length=1)


class KeptRow(Record):
    """A row that is left: its text and its salt."""

    row: str
    salt: _Hex32

    @property
    def leaf(self) -> bytes:
        """Its leaf hash (32 bytes)."""
        return row_leaf(bytes.fromhex(self.salt), self.row.encode())


class HiddenRow(Record):
    """A row that is withheld: its leaf hash alone."""

    leaf_hex: _Hex32 = Field(alias="leaf")

    model_config = {"populate_by_name": True, "serialize_by_alias": True}

    @property
    def leaf(self) -> bytes:
        """Its leaf hash (32 bytes)."""
        return bytes.fromhex(self.leaf_hex)


class CountedRows(NamedTuple):
    """What a file of rows that are left adds up to."""

    rows: int
    hidden: int
    root: Digest


def row_salt(seed: bytes, file: Digest, number: int) -> bytes:
    """Return a row's salt (32 bytes).

    Args:
        seed: 32 random bytes.
        file: The digest of the whole file.
        number: The row's number in it, from 1.
    """
    message = _DOMAIN + bytes.fromhex(bare(file)) + number.to_bytes(8, "big")
    return hmac.digest(seed, message, "sha256")


def row_leaf(salt: bytes, row: bytes) -> bytes:
    """Return a row's leaf hash (32 bytes); the salt has one length, so the two can't run together.

    Raises:
        ValueError: If the salt has another length.
    """
    if len(salt) != HASH_BYTES:
        raise ValueError(f"a salt has {HASH_BYTES} bytes")
    return leaf_hash(salt + row)


def rows_of(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the rows of a seekable file, plain or gzipped, each with its line feed.

    Raises:
        ValueError: If it can't be unpacked, or a row is longer than `LONGEST_ROW`.
    """
    start = stream.read(2)
    stream.seek(0)
    if start == b"\x1f\x8b":
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=stream))
    try:
        while row := stream.readline(LONGEST_ROW + 1):
            if len(row) > LONGEST_ROW:
                raise ValueError(f"a row is longer than {LONGEST_ROW} bytes")
            yield row
    except (EOFError, OSError, zlib.error) as fault:
        raise ValueError(f"it can't be unpacked: {fault}") from fault


def row_tree(stream: BinaryIO, file: Digest, seed: bytes) -> RowTree:
    """Return the tree over a file's rows.

    Raises:
        ValueError: As `rows_of` does.
    """
    tree = Frontier()
    for number, row in enumerate(rows_of(stream), 1):
        tree.add(row_leaf(row_salt(seed, file, number), row))
    return RowTree(file=file, rows=tree.size, root=f"sha256:{tree.root().hex()}")


def count_rows(stream: BinaryIO) -> CountedRows:
    """Read a file of rows that are left and return what they add up to.

    Raises:
        ValueError: If a line is not the canonical form of a kept or a hidden row.
    """
    tree, hidden = Frontier(), 0
    for found in read_rows(stream):
        tree.add(found.leaf)
        hidden += isinstance(found, HiddenRow)
    return CountedRows(tree.size, hidden, f"sha256:{tree.root().hex()}")


def read_rows(stream: BinaryIO) -> Iterator[KeptRow | HiddenRow]:
    """Yield what a file of rows that are left says of each row, in order.

    Raises:
        ValueError: If a line is not the canonical form of a kept or a hidden row.
    """
    longest = 6 * LONGEST_ROW + 200  # each byte of a row may be written as six
    while line := stream.readline(longest):
        if not line.endswith(b"\n"):
            raise ValueError("a line does not end in a line feed")
        value = parse_canonical(line[:-1])
        kind = HiddenRow if isinstance(value, dict) and "leaf" in value else KeptRow
        found = kind.model_validate(value)
        if write_row(found) != line:
            raise ValueError("a line has a field of a wrong type")
        yield found


def write_row(row: KeptRow | HiddenRow) -> bytes:
    """Return the line of a row."""
    return canonical_bytes(row) + b"\n"
