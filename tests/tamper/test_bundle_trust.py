"""Whose signature counts: every way in which a trust pack says no, and forgeries by insiders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftgov.errors import NotAssessable, UsageError
from ftgov.records.attestation import (
    DOSSIER_PREDICATE,
    STATEMENT_TYPE,
    Layer,
    LayerResult,
    Statement,
    Verification,
)
from ftgov.records.digest import bare, digest_bytes
from ftgov.signing.bundle import write_bundle
from ftgov.signing.envelope import sign_statement
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import TrustedKey, build_trust_pack
from ftgov.signing.verify import add_layers, verify_bundle
from signing_samples import AS_OF, ISSUED_AT, SIGNED_AT, dossier, predicate, trusted

ANSWER = b'{"id": 1, "answer": "approve"}\n'
ENVELOPE = "attestations/report.sigstore.json"
KEY, ROOT, SECOND = (SigningKey.generate() for _ in range(3))
TERMS: dict[str, Any] = {"issued_at": ISSUED_AT, "thresholds": {"signer": 1}}


def _bundle(folder: Path, **changes: object) -> Path:
    document = dossier([ANSWER])
    write_bundle(
        folder / "bundle",
        {"dossier.json": document, f"evidence/{bare(digest_bytes(ANSWER))}": ANSWER},
        predicate=predicate(document, **changes),
        predicate_type=DOSSIER_PREDICATE,
        key=KEY,
    )
    return folder / "bundle"


def _pack(folder: Path, key: TrustedKey, terms: dict[str, Any] = TERMS) -> Path:
    keys = [key, trusted(SECOND, holder="Bo Example", role="approver")]
    (folder / "trust-pack.json").write_bytes(build_trust_pack(keys, root=ROOT, **terms))
    return folder / "trust-pack.json"


def _verdict(result: Verification, layer: Layer) -> str | None:
    return next((found.verdict for found in result.layers if found.layer == layer), None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"notAfter": SIGNED_AT}, "has expired"),
        ({"notBefore": "2026-11-20T10:00:01Z"}, "not valid before"),
        ({"revokedAt": SIGNED_AT, "reason": "superseded"}, "was revoked"),
        ({"revokedAt": "2026-11-21T00:00:00Z", "reason": "keyCompromise"}, "not proven"),
        ({"revokedAt": "2026-11-21T00:00:00Z"}, "not proven"),
        ({"role": "reviewer"}, "role reviewer: it may not sign reports"),
    ],
)
def test_key_that_does_not_count(tmp_path: Path, changes: dict[str, str], words: str) -> None:
    result = verify_bundle(_bundle(tmp_path), _pack(tmp_path, trusted(KEY, **changes)), as_of=AS_OF)
    trust = result.layers[3]
    assert (result.verdict, trust.layer, trust.verdict) == ("invalid", "trust", "invalid")
    assert words in trust.items[0]
    assert result.signers == ()


def test_key_superseded_after_signing_still_counts(tmp_path: Path) -> None:
    key = trusted(KEY, revokedAt="2026-11-21T00:00:00Z", reason="superseded")
    result = verify_bundle(_bundle(tmp_path), _pack(tmp_path, key), as_of=AS_OF)
    assert result.verdict == "valid"
    assert any("superseded" in sentence for sentence in result.does_not_prove)


@pytest.mark.parametrize(
    "terms",
    [
        dict(TERMS, thresholds={"signer": 2}),
        dict(TERMS, thresholds={"signer": 1, "approver": 1}, required_roles=("approver",)),
        dict(TERMS, thresholds={"signer": 1, "approver": 1}, required_roles=("signer", "approver")),
        dict(TERMS, thresholds={"approver": 1}),
    ],
)
def test_roles_and_thresholds_that_one_signature_does_not_meet(
    tmp_path: Path, terms: dict[str, Any]
) -> None:
    result = verify_bundle(_bundle(tmp_path), _pack(tmp_path, trusted(KEY), terms), as_of=AS_OF)
    assert (result.verdict, _verdict(result, "trust")) == ("invalid", "invalid")


def test_required_timestamp_that_is_absent_is_invalid(tmp_path: Path) -> None:
    pack = _pack(tmp_path, trusted(KEY), dict(TERMS, timestamp_required=True))
    result = verify_bundle(_bundle(tmp_path), pack, as_of=AS_OF)
    assert (result.verdict, _verdict(result, "timestamp")) == ("invalid", "invalid")


@pytest.mark.parametrize("required", [True, False])
def test_listed_timestamp_that_is_absent_is_invalid(tmp_path: Path, required: bool) -> None:
    pack = _pack(tmp_path, trusted(KEY), dict(TERMS, timestamp_required=required))
    result = verify_bundle(_bundle(tmp_path, carriers=["timestamp"]), pack, as_of=AS_OF)
    assert (result.verdict, _verdict(result, "timestamp")) == ("invalid", "invalid")


@pytest.mark.parametrize("layer", ["timestamp", "pdf"])
def test_listed_proof_that_is_absent_is_invalid_and_stays_so(tmp_path: Path, layer: Layer) -> None:
    """The log's is in test_signing_layer_log.py: no bundle that lists it is written without it."""
    pack = _pack(tmp_path, trusted(KEY))
    result = verify_bundle(_bundle(tmp_path, carriers=[layer]), pack, as_of=AS_OF)
    assert (result.verdict, _verdict(result, layer)) == ("invalid", "invalid")
    checked = add_layers(result, [LayerResult(layer=layer, verdict="valid", detail="checked")])
    assert checked.verdict == "invalid"


def test_unknown_kind_of_proof_is_not_assessed(tmp_path: Path) -> None:
    pack = _pack(tmp_path, trusted(KEY))
    result = verify_bundle(_bundle(tmp_path, carriers=["hologram"]), pack, as_of=AS_OF)
    assert (result.verdict, result.layers[1].items) == ("not_assessed", ("hologram",))


def test_only_the_pdf_layer_can_be_left_out_and_that_is_said(tmp_path: Path) -> None:
    bundle, pack = _bundle(tmp_path, carriers=["pdf"]), _pack(tmp_path, trusted(KEY))
    result = verify_bundle(bundle, pack, without=frozenset({"pdf"}), as_of=AS_OF)
    assert (result.verdict, _verdict(result, "pdf")) == ("valid", None)
    assert any("--without pdf" in sentence for sentence in result.does_not_prove)
    with pytest.raises(UsageError, match="trust"):
        verify_bundle(bundle, pack, without=frozenset({"trust"}), as_of=AS_OF)


def test_extra_layers_count_and_never_hide_an_invalid_one(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path)
    pack = _pack(tmp_path, trusted(KEY), dict(TERMS, timestamp_required=True))
    bad = LayerResult(layer="recompute", verdict="invalid", detail="a figure differs")
    good = LayerResult(layer="timestamp", verdict="valid", detail="of something else")
    sound = _pack(tmp_path, trusted(KEY))
    assert verify_bundle(bundle, sound, extra_layers=[bad], as_of=AS_OF).verdict == "invalid"
    pack = _pack(tmp_path, trusted(KEY), dict(TERMS, timestamp_required=True))
    assert verify_bundle(bundle, pack, extra_layers=[good], as_of=AS_OF).verdict == "invalid"


def test_expired_trust_pack_is_not_assessed(tmp_path: Path) -> None:
    pack = _pack(tmp_path, trusted(KEY), dict(TERMS, expires=AS_OF))
    result = verify_bundle(_bundle(tmp_path), pack, as_of=AS_OF)
    assert (result.verdict, _verdict(result, "trust")) == ("not_assessed", "not_assessed")


def test_root_is_pinned_or_named_as_unproven(tmp_path: Path) -> None:
    bundle, pack = _bundle(tmp_path), _pack(tmp_path, trusted(KEY))
    loose = verify_bundle(bundle, pack.parent, as_of=AS_OF)
    assert any(ROOT.spki in sentence for sentence in loose.does_not_prove)
    tight = verify_bundle(bundle, pack, root_pin=ROOT.spki, as_of=AS_OF)
    assert tight.verdict == "valid"
    assert not any(ROOT.spki in sentence for sentence in tight.does_not_prove)
    with pytest.raises(NotAssessable, match="not the pinned"):
        verify_bundle(bundle, pack, root_pin=SECOND.spki, as_of=AS_OF)
    with pytest.raises(UsageError):
        verify_bundle(bundle, pack, root_pin="sha256:12", as_of=AS_OF)


def test_absent_paths_and_a_trust_pack_inside_the_bundle(tmp_path: Path) -> None:
    bundle, pack = _bundle(tmp_path), _pack(tmp_path, trusted(KEY))
    with pytest.raises(UsageError):
        verify_bundle(tmp_path / "absent", pack)
    with pytest.raises(UsageError):
        verify_bundle(bundle, tmp_path / "absent")
    with pytest.raises(NotAssessable, match=r"trust-pack\.json"):
        verify_bundle(bundle, bundle / "evidence")
    pack.rename(bundle / "trust-pack.json")
    with pytest.raises(NotAssessable, match="inside the bundle"):
        verify_bundle(bundle, bundle)


def test_dossier_that_names_absent_evidence_is_invalid(tmp_path: Path) -> None:
    document = dossier([ANSWER, b"never packed"])
    write_bundle(
        tmp_path / "bundle",
        {"dossier.json": document, f"evidence/{bare(digest_bytes(ANSWER))}": ANSWER},
        predicate=predicate(document),
        predicate_type=DOSSIER_PREDICATE,
        key=KEY,
    )
    result = verify_bundle(tmp_path / "bundle", _pack(tmp_path, trusted(KEY)), as_of=AS_OF)
    absent = f"missing: evidence/{bare(digest_bytes(b'never packed'))} ('a.jsonl')"
    assert (result.verdict, result.layers[0].items) == ("invalid", (absent,))


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b'{"verdict": "pass"}', "not a canonical dossier"),
        (b'{"verdict":"pass"}', "not a canonical dossier"),
        (dossier([ANSWER]).replace(b"v2", b"v3"), "about"),
        (dossier([ANSWER], verdict="fail"), "its verdict is fail"),
        (dossier([ANSWER]).replace(b'"subject"', b'"more":1,"subject"'), "assessment_digest"),
    ],
)
def test_signer_who_signs_a_dossier_that_says_something_else(
    tmp_path: Path, document: bytes, words: str
) -> None:
    write_bundle(
        tmp_path / "bundle",
        {"dossier.json": document, f"evidence/{bare(digest_bytes(ANSWER))}": ANSWER},
        predicate=predicate(document),
        predicate_type=DOSSIER_PREDICATE,
        key=KEY,
    )
    result = verify_bundle(tmp_path / "bundle", _pack(tmp_path, trusted(KEY)), as_of=AS_OF)
    assert result.verdict == "invalid"
    assert words in result.layers[0].items[0]


def test_signed_subject_outside_the_bundle_is_never_opened(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path)
    (tmp_path / "outside.txt").write_bytes(b"secret")
    digest = {"sha256": bare(digest_bytes(b"secret"))}
    statement = Statement.model_validate(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": "../outside.txt", "digest": digest}],
            "predicateType": DOSSIER_PREDICATE,
            "predicate": predicate(dossier([ANSWER])),
        }
    )
    (bundle / ENVELOPE).write_bytes(sign_statement(statement, KEY))
    result = verify_bundle(bundle, _pack(tmp_path, trusted(KEY)), as_of=AS_OF)
    assert result.verdict == "invalid"
    assert "missing: '../outside.txt'" in result.layers[0].items
