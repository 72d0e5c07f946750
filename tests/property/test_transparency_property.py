"""Logs for any input: proofs hold, one step away they don't, and no flipped byte goes unnoticed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.signing.log_key import LogKey, note_key
from ftgov.transparency.checkpoint import TreeHead, head_text, parse_head
from ftgov.transparency.merkle import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from ftgov.transparency.note import NoteSignature, parse_note, signers, write_note
from ftgov.transparency.tlog_proof import TlogProof, parse_proof, proven_head, write_proof
from transparency_samples import mth, tree_of

KEY = LogKey.generate("ftgov.example/loans")
KEYS = [note_key(KEY.public)]
LINES = st.text(
    st.characters(codec="utf-8", exclude_characters="".join(map(chr, range(32)))),
    min_size=1,
    max_size=40,
)
NAMES = st.from_regex(r"[a-z0-9./_é-]{1,20}", fullmatch=True)


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=8), min_size=1, max_size=200), st.data())
def test_proofs_hold_for_any_leaves_and_for_no_others(
    leaves: list[bytes], data: st.DataObject
) -> None:
    node, size = tree_of(leaves), len(leaves)
    root = mth(leaves)
    index = data.draw(st.integers(0, size - 1))
    first = data.draw(st.integers(1, size))
    path = inclusion_proof(index, size, node)
    assert verify_inclusion(leaf_hash(leaves[index]), index, size, path, root)
    other = data.draw(st.binary(max_size=8).filter(lambda leaf: leaf != leaves[index]))
    assert not verify_inclusion(leaf_hash(other), index, size, path, root)
    assert not verify_inclusion(leaf_hash(leaves[index]), index, size + 1 << 7, path, root)
    proof = consistency_proof(first, size, node)
    assert verify_consistency(first, size, proof, mth(leaves[:first]), root)
    rewritten = [*leaves[: first - 1], other * 2 + b"!", *leaves[first:]]
    assert not verify_consistency(first, size, proof, mth(rewritten[:first]), root)
    frontier = Frontier(first, node)
    for leaf in leaves[first:]:
        frontier.add(leaf_hash(leaf))
    assert frontier.root() == root


@settings(max_examples=60)
@given(
    st.integers(0, 70),
    st.integers(0, 70),
    st.lists(st.binary(min_size=32, max_size=32), max_size=8),
    st.binary(min_size=32, max_size=32),
)
def test_made_up_proofs_are_refused_without_a_crash(
    first: int, second: int, proof: list[bytes], root: bytes
) -> None:
    leaf = leaf_hash(b"x")
    assert not verify_inclusion(leaf, first, second, proof, root)
    accepted = verify_consistency(first, second, proof, leaf, root)
    assert not accepted


@settings(max_examples=60)
@given(
    st.lists(LINES | st.just(""), max_size=5),
    st.lists(
        st.tuples(NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=70)),
        min_size=1,
        max_size=4,
    ),
)
def test_any_note_is_read_as_it_was_written(
    lines: list[str], signatures: list[tuple[str, bytes, bytes]]
) -> None:
    text = "".join(f"{line}\n" for line in [*lines, "end"])
    written = write_note(text, [NoteSignature(*each) for each in signatures])
    note = parse_note(written)
    assert note.text == text
    assert [tuple(each) for each in note.signatures] == signatures
    assert write_note(*note) == written


@settings(max_examples=60)
@given(
    LINES,
    st.integers(1, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(LINES, max_size=3),
)
def test_any_tree_head_is_read_as_it_was_written(
    origin: str, size: int, root: bytes, extensions: list[str]
) -> None:
    head = TreeHead(origin, size, root, tuple(extensions))
    assert parse_head(head_text(head)) == head


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_reason(content: bytes) -> None:
    for parse in (parse_note, parse_proof):
        with pytest.raises(ValueError, match=r"."):
            parse(content)


def _proof() -> tuple[bytes, bytes]:
    leaves = [f"entry {n}".encode() for n in range(11)]
    node = tree_of(leaves)
    head = TreeHead(KEY.name, 11, root_of(11, node), ("ftgov-marks/v1 1 AAAAAAAAAAA=",))
    checkpoint = KEY.sign_note(head_text(head))
    return write_proof(TlogProof(4, inclusion_proof(4, 11, node), checkpoint)), leaf_hash(leaves[4])


def test_no_flipped_bit_of_a_proof_goes_unnoticed() -> None:
    """The whole file is covered: the path by the root, the head by the signature."""
    content, leaf = _proof()
    proven_head(parse_proof(content), leaf, KEY.name, KEYS)
    for place in range(len(content)):
        for bit in range(8):
            flipped = bytearray(content)
            flipped[place] ^= 1 << bit
            with pytest.raises(ValueError, match=r"."):
                proven_head(parse_proof(bytes(flipped)), leaf, KEY.name, KEYS)


def test_no_lost_or_doubled_byte_of_a_proof_goes_unnoticed() -> None:
    content, leaf = _proof()
    for place in range(len(content)):
        one = content[place : place + 1]
        for changed in (
            content[:place] + content[place + 1 :],
            content[:place] + one + content[place:],
        ):
            with pytest.raises(ValueError, match=r"."):
                proven_head(parse_proof(changed), leaf, KEY.name, KEYS)


def test_a_note_says_who_signed_it_and_no_flipped_bit_of_it_verifies() -> None:
    note = KEY.sign_note("one\n\ntwo\n")
    assert signers(parse_note(note), KEYS)
    for place in range(len(note)):
        flipped = note[:place] + bytes([note[place] ^ 1]) + note[place + 1 :]
        with pytest.raises(ValueError, match=r"."):
            signers(parse_note(flipped), KEYS)
