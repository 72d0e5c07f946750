"""The proof that a log only grew, as one text file: what a witness is sent before it cosigns.

The first line is `old <size>`, then the hashes of the proof in base64, a blank line, and the new
tree head: the body of a request to a witness.

Source: c2sp.org/tlog-witness (add-checkpoint).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ftgov.transparency.checkpoint import TreeHead, head_of_note
from ftgov.transparency.merkle import HASH_BYTES, verify_consistency
from ftgov.transparency.note import parse_note
from ftgov.transparency.text import decimal, decode_hash, encode_base64

_LONGEST: Final = 2 << 20
_MOST_HASHES: Final = 63


class ConsistencyFile(NamedTuple):
    """The size that is believed, the proof (32 bytes a hash), and the new head, verbatim."""

    old: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes


def write_consistency(proof: ConsistencyFile) -> bytes:
    """Return the bytes of the file.

    Raises:
        ValueError: If a value has no place in the format, so that it could not be read back.
    """
    if any(len(each) != HASH_BYTES for each in proof.hashes):
        raise ValueError(f"a hash has {HASH_BYTES} bytes")
    lines = [f"old {proof.old}", *map(encode_base64, proof.hashes)]
    content = "".join(f"{line}\n" for line in lines).encode() + b"\n" + proof.checkpoint
    if parse_consistency(content) != proof:
        raise ValueError("such a proof cannot be read back")
    return content


def parse_consistency(content: bytes) -> ConsistencyFile:
    """Read the file; nothing is verified.

    Raises:
        ValueError: If it is not exactly as the format has it, its tree head included.
    """
    if len(content) > _LONGEST:
        raise ValueError(f"such a proof has at most {_LONGEST} bytes")
    above, blank, checkpoint = content.partition(b"\n\n")
    first, *hashes = above.decode("ascii").split("\n")
    if not blank or not first.startswith("old ") or len(hashes) > _MOST_HASHES:
        raise ValueError("a proof begins with the old size and ends with a tree head")
    old = decimal(first.removeprefix("old "))
    head_of_note(parse_note(checkpoint))
    return ConsistencyFile(old, tuple(map(decode_hash, hashes)), checkpoint)


def grew(proof: ConsistencyFile, root: bytes, head: TreeHead) -> bool:
    """Return whether a head's log begins with the tree of `proof.old` leaves that has this root."""
    return verify_consistency(proof.old, head.size, proof.hashes, root, head.root)
