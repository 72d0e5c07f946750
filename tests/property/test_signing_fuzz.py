"""Whatever the bytes: signing's readers answer or raise `FtgovError`, never anything else."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.errors import FtgovError, InvalidBundle, NotAssessable
from ftgov.records.attestation import DOSSIER_PREDICATE, STATEMENT_TYPE, Statement
from ftgov.records.canonical import canonical_bytes
from ftgov.signing.bundle import open_bundle
from ftgov.signing.envelope import parse_statement, read_envelope, sign_statement
from ftgov.signing.keys import SigningKey, is_strict
from ftgov.signing.names import check_names
from ftgov.signing.trust import TrustedKey, build_trust_pack, read_trust_pack
from ftgov.signing.verify import verify_bundle
from signing_samples import ISSUED_AT

KEY = SigningKey.generate()
STATEMENT = Statement.model_validate(
    {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": "a", "digest": {"sha256": "0" * 64}}],
        "predicateType": DOSSIER_PREDICATE,
        "predicate": {},
    }
)
ENVELOPE = sign_statement(STATEMENT, KEY)
PACK = build_trust_pack(
    [
        TrustedKey(
            spki=KEY.spki,
            public_key=KEY.public_pem,
            holder="Ada",
            role="signer",
            not_before="2026-01-01T00:00:00Z",
            not_after="2027-01-01T00:00:00Z",
        )
    ],
    root=KEY,
    issued_at=ISSUED_AT,
)


def _archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dossier.json", b"{}" * 50)
        archive.writestr("attestations/report.sigstore.json", ENVELOPE)
    return stream.getvalue()


ARCHIVE = _archive()
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@st.composite
def edited(draw: st.DrawFn, original: bytes) -> bytes:
    """Return bytes cut, replaced or inserted at a few places of an original."""
    content = original
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 12))
        content = content[:start] + draw(st.binary(max_size=12)) + content[start + length :]
    return content


@st.composite
def altered(draw: st.DrawFn, original: bytes) -> bytes:
    """Return canonical JSON with one value of the original, at any depth, replaced."""
    document = json.loads(original)
    spot: Any = document
    while True:
        key = draw(st.sampled_from(sorted(spot) if isinstance(spot, dict) else range(len(spot))))
        if draw(st.booleans()) or not isinstance(spot[key], dict | list) or not spot[key]:
            break
        spot = spot[key]
    spot[key] = draw(values)
    try:
        return canonical_bytes(document)
    except FtgovError:
        return json.dumps(document).encode()


@given(st.binary(max_size=200) | edited(ENVELOPE) | altered(ENVELOPE))
@settings(max_examples=150)
def test_read_envelope_reads_its_own_bytes_or_refuses(content: bytes) -> None:
    try:
        read = read_envelope(content, [KEY.public])
    except InvalidBundle:
        assert content != ENVELOPE
    else:
        assert content == ENVELOPE
        assert read.statement == STATEMENT


@given(st.binary(max_size=200) | edited(PACK) | altered(PACK))
@settings(max_examples=150)
def test_read_trust_pack_reads_its_own_bytes_or_refuses(content: bytes) -> None:
    try:
        read_trust_pack(content, root_pin=KEY.spki)
    except NotAssessable:
        assert content != PACK
    else:
        assert content == PACK


@given(values.map(lambda value: json.dumps(value).encode()) | altered(canonical_bytes(STATEMENT)))
@settings(max_examples=200)
def test_signed_nonsense_is_refused_or_is_a_statement(payload: bytes) -> None:
    try:
        statement = parse_statement(payload)
    except InvalidBundle:
        return
    assert canonical_bytes(statement) == payload


@given(st.binary(max_size=200) | edited(ARCHIVE))
@settings(max_examples=150, deadline=None)
def test_an_archive_opens_or_is_refused_and_never_verifies(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "b.zip"
        path.write_bytes(content)
        (Path(folder) / "trust-pack.json").write_bytes(PACK)
        try:
            with open_bundle(path) as bundle:
                for name in bundle.names:
                    assert len(bundle.read(name)) < 10_000
        except InvalidBundle:
            pass
        assert verify_bundle(path, Path(folder)).verdict == "invalid"


@given(st.dictionaries(st.text(max_size=12) | st.sampled_from(["a", "A", ".."]), st.none()))
def test_accepted_names_stay_inside_and_apart(listed: dict[str, None]) -> None:
    try:
        check_names(listed)
    except InvalidBundle:
        return
    root = Path("/bundle")
    assert all((root / name).resolve().is_relative_to(root) for name in listed)
    assert len({name.casefold() for name in listed}) == len(listed)


@given(st.binary(max_size=300))
def test_every_message_is_signed_strictly_and_only_that(message: bytes) -> None:
    signature = KEY.sign(message)
    assert is_strict(signature)
    assert KEY.public.verify(message, signature)
    assert not KEY.public.verify(message + b"\0", signature)


@given(st.binary(max_size=80), st.integers(0, 600))
def test_no_changed_signature_verifies(noise: bytes, bit: int) -> None:
    signature = KEY.sign(b"message")
    flipped = bytearray(signature)
    flipped[bit // 8 % len(flipped)] ^= 1 << bit % 8
    assert not KEY.public.verify(b"message", bytes(flipped))
    assert not KEY.public.verify(b"message", noise)
