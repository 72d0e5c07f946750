"""The proof that an entry is in a log, as one text file that verifies without the log.

Source: c2sp.org/tlog-proof@v1. Files are named `*.tlog-proof`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from ftgov.transparency.checkpoint import TreeHead, head_of_note
from ftgov.transparency.merkle import HASH_BYTES, verify_inclusion
from ftgov.transparency.note import NoteKey, parse_note, signers
from ftgov.transparency.text import decimal, decode_base64, decode_hash, encode_base64

FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
_LONGEST: Final = 2 << 20
_MOST_HASHES: Final = 63


class TlogProof(NamedTuple):
    """An entry's place in a log.

    `leaf_index` counts from 0; `hashes` are the audit path, 32 bytes each, the leaf's sibling
    first; `checkpoint` is the signed tree head, verbatim; nothing authenticates `extra`.
    """

    leaf_index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def write_proof(proof: TlogProof) -> bytes:
    """Return the bytes of the file.

    Raises:
        ValueError: If a value has no place in the format, so that it could not be read back.
    """
    if any(len(each) != HASH_BYTES for each in proof.hashes):
        raise ValueError(f"a hash has {HASH_BYTES} bytes")
    lines = [FIRST_LINE]
    if proof.extra is not None:
        lines.append(f"extra {encode_base64(proof.extra)}")
    lines.append(f"index {proof.leaf_index}")
    lines += map(encode_base64, proof.hashes)
    content = "".join(f"{line}\n" for line in lines).encode() + b"\n" + proof.checkpoint
    if parse_proof(content) != proof:
        raise ValueError("such a proof cannot be read back")
    return content


def parse_proof(content: bytes) -> TlogProof:
    """Read the file; each byte of it has one possible form, and nothing is verified.

    Raises:
        ValueError: If it is not exactly as the format has it, its checkpoint included.
    """
    if len(content) > _LONGEST:
        raise ValueError(f"a proof has at most {_LONGEST} bytes")
    above, blank, checkpoint = content.partition(b"\n\n")
    lines = above.decode("ascii").split("\n")
    if not blank or lines.pop(0) != FIRST_LINE:
        raise ValueError(f"a proof begins with {FIRST_LINE} and ends with a tree head")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "))
        if not extra:
            raise ValueError("a proof without extra content has no line for it")
    if not lines or not lines[0].startswith("index "):
        raise ValueError("a proof names the entry's index")
    index = decimal(lines.pop(0).removeprefix("index "))
    if len(lines) > _MOST_HASHES:
        raise ValueError(f"a path has at most {_MOST_HASHES} hashes")
    proof = TlogProof(index, tuple(map(decode_hash, lines)), checkpoint, extra)
    if index >= head_of_note(parse_note(checkpoint)).size:
        raise ValueError("the entry's index is not below the size of the log")
    return proof


def proven_head(proof: TlogProof, leaf: bytes, origin: str, keys: Iterable[NoteKey]) -> TreeHead:
    """Return the tree head in which a leaf hash (32 bytes) is proven to be.

    Args:
        proof: From `parse_proof`.
        leaf: The hash of the entry, as `leaf_hash` makes it.
        origin: The log that it must be.
        keys: Who is believed to sign for that log.

    Raises:
        ValueError: If the head is another log's, is not signed by a key, or does not hold the leaf.
    """
    note = parse_note(proof.checkpoint)
    signers(note, keys)
    head = head_of_note(note)
    if head.origin != origin:
        raise ValueError(f"the proof is of the log {head.origin[:80]!r}, not of {origin!r}")
    if not verify_inclusion(leaf, proof.leaf_index, head.size, proof.hashes, head.root):
        raise ValueError(f"the entry is not at index {proof.leaf_index} of that log")
    return head
