"""The tree against RFC 6962's definitions, written out recursively, and its worked example."""

from __future__ import annotations

import random

import pytest

from ftgov.errors import FtgovError
from ftgov.transparency.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from transparency_samples import mth, path, subproof, tree_of

LEAVES = [bytes([n, n ^ 0x5A]) * (n % 3) for n in range(64)]
ROOTS = [mth(LEAVES[:n]) for n in range(65)]
TREE = tree_of(LEAVES)
NEGATED = bytes(byte ^ 0xFF for byte in ROOTS[7])


def altered(proof: tuple[bytes, ...]) -> list[list[bytes]]:
    """Every proof that one step away from a good one: a bit flipped, a hash more, less, swapped."""
    found = []
    for at, each in enumerate(proof):
        flipped = bytes([each[0] ^ 1]) + each[1:]
        found.append([*proof[:at], flipped, *proof[at + 1 :]])
        found.append([*proof[:at], *proof[at + 1 :]])
        found.append([*proof[:at], each[:-1], *proof[at + 1 :]])
    found += [[*proof, ROOTS[1]], [ROOTS[1], *proof], [*proof, b""]]
    if len(proof) > 1:
        found.append(list(reversed(proof)))
    return found


def test_every_index_of_every_size_has_the_path_of_the_definition() -> None:
    for size in range(1, 65):
        for index in range(size):
            proof = inclusion_proof(index, size, TREE)
            assert list(proof) == path(index, LEAVES[:size])
            leaf = leaf_hash(LEAVES[index])
            assert verify_inclusion(leaf, index, size, proof, ROOTS[size])
            assert not verify_inclusion(leaf, index, size, proof, NEGATED)
            assert not verify_inclusion(NEGATED, index, size, proof, ROOTS[size])
            for wrong in altered(proof):
                assert not verify_inclusion(leaf, index, size, wrong, ROOTS[size])


def test_every_pair_of_sizes_has_the_proof_of_the_definition() -> None:
    for second in range(1, 65):
        for first in range(1, second + 1):
            proof = consistency_proof(first, second, TREE)
            assert list(proof) == subproof(first, LEAVES[:second], b=True)
            roots = ROOTS[first], ROOTS[second]
            assert verify_consistency(first, second, proof, *roots)
            assert not verify_consistency(first, second, proof, NEGATED, roots[1])
            assert not verify_consistency(first, second, proof, roots[0], NEGATED)
            for wrong in altered(proof):
                assert not verify_consistency(first, second, wrong, *roots)


def test_roots_are_those_of_the_definition_however_they_are_made() -> None:
    growing = Frontier()
    for size in range(65):
        assert growing.size == size
        assert root_of(size, TREE) == growing.root() == ROOTS[size]
        continued = Frontier(size, TREE)
        for leaf in LEAVES[size:]:
            continued.add(leaf_hash(leaf))
        assert continued.root() == ROOTS[64]
        if size < 64:
            growing.add(leaf_hash(LEAVES[size]))


def test_large_trees_agree_with_the_definition() -> None:
    chosen = random.Random(6962)
    leaves = [chosen.randbytes(8) for _ in range(5000)]
    for size in (4095, 4096, 4097, 5000):
        part, node = leaves[:size], tree_of(leaves[:size])
        root = mth(part)
        assert root_of(size, node) == root
        for index in (0, size - 1, *chosen.sample(range(size), 3)):
            proof = inclusion_proof(index, size, node)
            assert list(proof) == path(index, part)
            assert verify_inclusion(leaf_hash(part[index]), index, size, proof, root)
        for first in (1, 2048, 2049, size, *chosen.sample(range(1, size), 3)):
            proof = consistency_proof(first, size, node)
            assert list(proof) == subproof(first, part, b=True)
            assert verify_consistency(first, size, proof, mth(part[:first]), root)


def test_the_worked_example_of_the_rfc() -> None:
    """RFC 6962 section 2.1.3: seven leaves, their paths and three consistency proofs."""
    a, b, c, d, e, f, j = (leaf_hash(each) for each in LEAVES[:7])
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, l = node_hash(g, h), node_hash(i, j)  # noqa: E741 - the letters are the RFC's
    assert node_hash(k, l) == ROOTS[7]
    for index, expected in ((0, [b, h, l]), (3, [c, g, l]), (4, [f, j, k]), (6, [i, k])):
        assert list(inclusion_proof(index, 7, TREE)) == expected
    for first, expected in ((3, [c, d, g, l]), (4, [l]), (6, [i, j, k])):
        assert list(consistency_proof(first, 7, TREE)) == expected


def test_the_reference_roots_that_certificate_transparency_tests_with() -> None:
    inputs = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
    leaves = [bytes.fromhex(each) for each in (*inputs, "606162636465666768696a6b6c6d6e6f")]
    roots = (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
    growing = Frontier()
    for leaf, root in zip(leaves, roots, strict=True):
        growing.add(leaf_hash(leaf))
        assert growing.root().hex() == root
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("index", "size"), [(0, 0), (1, 1), (7, 7), (-1, 7), (0, -1), (2**63, 2**63)]
)
def test_no_proof_of_what_no_log_holds(index: int, size: int) -> None:
    with pytest.raises(FtgovError, match=str(size)):
        inclusion_proof(index, size, TREE)
    assert not verify_inclusion(leaf_hash(b""), index, size, [], leaf_hash(b""))


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 7), (8, 7), (-1, 7), (1, -1)])
def test_no_consistency_with_nothing_or_with_the_past(first: int, second: int) -> None:
    with pytest.raises(FtgovError, match=str(first)):
        consistency_proof(first, second, TREE)
    for proof in ([], [ROOTS[1]]):
        assert not verify_consistency(first, second, proof, EMPTY_ROOT, ROOTS[7])
        assert not verify_consistency(first, second, proof, ROOTS[7], ROOTS[7])


def test_degenerate_roots_leaves_and_proofs_are_refused() -> None:
    leaf = leaf_hash(LEAVES[0])
    assert verify_inclusion(leaf, 0, 1, [], leaf)
    for short in (b"", leaf[:31], leaf + b"\0"):
        assert not verify_inclusion(short, 0, 1, [], leaf)
        assert not verify_inclusion(leaf, 0, 1, [], short)
        assert not verify_inclusion(short, 0, 1, [], short)
        assert not verify_consistency(1, 1, [], short, short)
        assert not verify_consistency(1, 2, [short], leaf, ROOTS[2])
    assert not verify_consistency(7, 7, [], ROOTS[7], ROOTS[6])
    assert not verify_consistency(7, 7, [ROOTS[1]], ROOTS[7], ROOTS[7])
    assert not verify_consistency(4, 7, [], ROOTS[4], ROOTS[7])
    assert not verify_consistency(3, 7, [], ROOTS[3], ROOTS[7])
    for size in (1 << 40, (1 << 62) + 1):
        assert not verify_inclusion(leaf, 0, size, [], leaf)
        assert not verify_inclusion(leaf, size - 1, size, [leaf] * 70, leaf)


def test_a_negative_size_has_no_root_and_a_tree_from_nowhere_no_frontier() -> None:
    with pytest.raises(FtgovError, match="-1"):
        root_of(-1, TREE)
    for size in (-1, 3):
        with pytest.raises(FtgovError, match="continued"):
            Frontier(size)


@pytest.mark.parametrize("every", [1, 3, 8])
def test_each_complete_part_is_told_once_when_it_becomes_complete(every: int) -> None:
    told: dict[tuple[int, int], bytes] = {}
    sizes: list[int] = []

    def completed(level: int, index: int, made: bytes) -> None:
        assert (level, index) not in told
        told[level, index] = made
        assert (index + 1) << level == growing.size + 1

    growing = Frontier(completed=completed, every=every)
    leaves = [bytes([n & 255, n >> 8]) for n in range(600)]
    for leaf in leaves:
        growing.add(leaf_hash(leaf))
        sizes.append(growing.size)
    levels = [level for level in range(1, 10) if level % every == 0]
    assert set(told) == {(level, n) for level in levels for n in range(600 >> level)}
    for (level, index), made in told.items():
        assert made == mth(leaves[index << level : (index + 1) << level])
