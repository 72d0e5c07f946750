"""Whatever the bytes: the forms beside a bundle's files have one spelling, or are refused."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.errors import InvalidBundle
from ftgov.signing.countersign import read_reviewed, sign_review
from ftgov.signing.envelope import sign_statement
from ftgov.signing.rows import HiddenRow, KeptRow, read_rows, write_row
from ftgov.transparency.consistency_file import (
    ConsistencyFile,
    parse_consistency,
    write_consistency,
)
from ftgov.transparency.cosignature import Cosignature, pack_cosignature, unpack_cosignature
from ftgov.transparency.log_entry import parse_entry, write_entry
from log_samples import KEY, LOG, entry_of
from signing_samples import SIGNED_AT

ENTRY = write_entry(entry_of(b"payload"))
PROOF = write_consistency(
    ConsistencyFile(3, (b"h" * 32, b"i" * 32), LOG.sign_note(f"{LOG.name}\n5\n{'A' * 43}=\n"))
)
ROWS = write_row(KeptRow(row='{"a": 1}\n', salt="ab" * 32)) + write_row(
    HiddenRow(leaf_hex="0" * 64)
)


@st.composite
def edited(draw: st.DrawFn, original: bytes) -> bytes:
    """Return bytes cut, replaced or inserted at a place of an original."""
    start = draw(st.integers(0, len(original)))
    length = draw(st.integers(0, 12))
    return original[:start] + draw(st.binary(max_size=8)) + original[start + length :]


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=60) | edited(ENTRY))
def test_an_entry_is_read_in_one_form_or_refused(content: bytes) -> None:
    try:
        found = parse_entry(content)
    except ValueError:
        return
    assert write_entry(found) == content


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=60) | edited(PROOF))
def test_a_consistency_proof_is_read_in_one_form_or_refused(content: bytes) -> None:
    try:
        found = parse_consistency(content)
    except ValueError:
        return
    assert write_consistency(found) == content


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=60) | edited(ROWS))
def test_rows_that_are_left_are_read_in_one_form_or_refused(content: bytes) -> None:
    try:
        found = list(read_rows(io.BytesIO(content)))
    except ValueError:
        return
    assert b"".join(map(write_row, found)) == content


@given(st.binary(min_size=70, max_size=74), st.integers(1, 2**63 - 1))
def test_a_cosignature_is_read_as_it_is_written(content: bytes, time: int) -> None:
    made = Cosignature(time, b"s" * 64)
    assert unpack_cosignature(pack_cosignature(made)) == made
    try:
        found = unpack_cosignature(content)
    except ValueError:
        assert len(content) != 72 or not 0 < int.from_bytes(content[:8], "big") < 2**63
    else:
        assert pack_cosignature(found) == content


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | edited(PROOF))
def test_a_report_that_is_no_statement_is_not_reviewed(content: bytes) -> None:
    try:
        read_reviewed(content)
    except InvalidBundle:
        return
    raise AssertionError("random bytes were taken for an attestation")


def test_a_review_of_a_report_is_signed_over_its_subjects() -> None:
    from ftgov.records.attestation import DOSSIER_PREDICATE, STATEMENT_TYPE, Statement
    from ftgov.signing.envelope import parse_envelope, parse_statement

    report = Statement.model_validate(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": "a", "digest": {"sha256": "0" * 64}}],
            "predicateType": DOSSIER_PREDICATE,
            "predicate": {},
        }
    )
    reviewed = read_reviewed(sign_statement(report, KEY))
    _, content = sign_review(reviewed, KEY, name="Jo", signed_at=SIGNED_AT)
    assert parse_statement(parse_envelope(content).payload).subject == report.subject
