"""The Merkle tree of a log: its root, and proofs that an entry is in it and that it only grew.

Hashes are SHA-256, 32 bytes. Leaves and inner nodes are hashed under different first bytes, so that
no entry can be passed off as a part of the tree. A tree is never held as a whole: it is read
through a `Node`, of which a proof asks for a few hashes per level.

Sources: RFC 6962 section 2.1 (definitions of the tree, the audit path and the consistency proof);
RFC 9162 sections 2.1.3.2 and 2.1.4.2 (the algorithms that verify).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Final

from ftgov.errors import FtgovError

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of the tree without leaves: the hash of nothing (RFC 6962 section 2.1)."""

Node = Callable[[int, int], bytes]
"""`node(level, index)`: the hash of the complete subtree over the leaves
`[index * 2**level, (index + 1) * 2**level)`; level 0 is the leaf hashes themselves."""

Completed = Callable[[int, int, bytes], None]
"""Called with level, index and hash of a subtree that has just become complete."""


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 over a zero byte and the entry's bytes."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 over a one byte and its two children's hashes."""
    return sha256(b"\x01" + left + right).digest()


def root_of(size: int, node: Node) -> bytes:
    """Return the root of a tree of `size` leaves (32 bytes); `EMPTY_ROOT` where there are none.

    Raises:
        FtgovError: If the size is negative.
    """
    if size < 0:
        raise _no_proof(f"a tree cannot have {size} entries")
    return _subtree(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: Node) -> tuple[bytes, ...]:
    """Return the audit path of leaf `index` (from 0) in the tree of the first `size` leaves.

    The hashes go from the leaf's sibling up to the root's child: at most ceil(log2(size)) of them.
    Source: RFC 6962 section 2.1.1, PATH(m, D[n]).

    Raises:
        FtgovError: If the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise _no_proof(f"a tree of {size} entries holds none at index {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_subtree(middle, end, node))
            end = middle
        else:
            path.append(_subtree(start, middle, node))
            start = middle
    return tuple(reversed(path))


def consistency_proof(first: int, second: int, node: Node) -> tuple[bytes, ...]:
    """Return the proof that the tree of `first` leaves is a prefix of that of `second` leaves.

    It has no hash where the two are one tree. Source: RFC 6962 section 2.1.2, PROOF(m, D[n]).

    Raises:
        FtgovError: If `first` is 0 (anything extends nothing) or larger than `second`.
    """
    if not 0 < first <= second:
        raise _no_proof(f"a tree of {first} entries cannot be proven the start of one of {second}")
    path: list[bytes] = []
    start, end, whole = 0, second, True  # whole: the first tree is the node we stand at
    while first < end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_subtree(middle, end, node))
            end = middle
        else:
            path.append(_subtree(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(_subtree(start, end, node))
    return tuple(reversed(path))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Iterable[bytes], root: bytes
) -> bool:
    """Return whether a leaf hash stands at `index` of the tree of `size` leaves with this root.

    A size of 0, an index outside the tree, a path that is too short or too long, and hashes that
    are not 32 bytes are refused. Source: RFC 9162 section 2.1.3.2.
    """
    hashes = tuple(proof)
    if not 0 <= index < size or not _are_hashes(leaf, root, *hashes):
        return False
    node, last, made = index, size - 1, leaf
    for other in hashes:
        if last == 0:
            return False
        if node & 1 or node == last:
            made = node_hash(other, made)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            made = node_hash(made, other)
        node, last = node >> 1, last >> 1
    return last == 0 and made == root


def verify_consistency(
    first: int, second: int, proof: Iterable[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """Return whether the tree of `second` leaves begins with the tree of `first` leaves.

    A first size of 0, a first larger than the second, a proof that is too short or too long, and
    hashes that are not 32 bytes are refused. Source: RFC 9162 section 2.1.4.2.
    """
    hashes = list(proof)
    if not 0 < first <= second or not _are_hashes(first_root, second_root, *hashes):
        return False
    if first == second:
        return not hashes and first_root == second_root
    if first & (first - 1) == 0:  # a power of two: the first root itself begins the path
        hashes.insert(0, first_root)
    if not hashes:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, other)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


class Frontier:
    """A tree that grows leaf by leaf and remembers only the roots of its complete parts.

    Memory is O(log n): one hash for each bit that is set in the number of leaves. An instance made
    with a size and a `Node` continues a tree that is kept elsewhere.

    Args:
        size: How many leaves there are already.
        node: The tree they form; needed where there are any.
        completed: Called with each subtree that becomes complete, leaves themselves excepted.
        every: Only for levels that this number divides, so that a store may keep levels 8, 16, 24.

    Raises:
        FtgovError: If the size is negative, or there are leaves but no tree to read them from.
    """

    def __init__(
        self,
        size: int = 0,
        node: Node | None = None,
        *,
        completed: Completed | None = None,
        every: int = 1,
    ) -> None:
        if size < 0 or (size and node is None):
            raise _no_proof(f"a tree of {size} entries cannot be continued from nothing")
        self._size = size
        self._peaks = [] if node is None else _peaks(size, node)
        self._completed = completed
        self._every = every

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    def add(self, leaf: bytes) -> None:
        """Add a leaf by its hash (32 bytes, as `leaf_hash` makes it)."""
        index, made, level = self._size, leaf, 0
        peaks = self._peaks
        while index & 1:
            made = sha256(b"\x01" + peaks.pop() + made).digest()
            index >>= 1
            level += 1
            if self._completed and not level % self._every:
                self._completed(level, index, made)
        peaks.append(made)
        self._size += 1

    def root(self) -> bytes:
        """Return the root of the tree as it stands."""
        if not self._peaks:
            return EMPTY_ROOT
        made = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            made = node_hash(peak, made)
        return made


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size`, which is 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)


def _peaks(size: int, node: Node) -> list[bytes]:
    """Return the roots of the complete subtrees that `size` leaves fall into, the largest first."""
    levels = [level for level in range(size.bit_length()) if size >> level & 1]
    return [node(level, (size >> level) - 1) for level in reversed(levels)]


def _subtree(start: int, end: int, node: Node) -> bytes:
    """Return the hash over leaves `[start, end)`; `start` is a multiple of a power of two >= it."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(size)
    return node_hash(_subtree(start, middle, node), _subtree(middle, end, node))


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)


def _no_proof(why: str) -> FtgovError:
    return FtgovError(
        f"There is no such proof: {why}.",
        why="A proof is about entries that a log holds.",
        next_step="Ask for entries and sizes up to the log's own size.",
    )
