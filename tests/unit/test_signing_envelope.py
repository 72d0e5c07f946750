"""The envelope: DSSE's own vector, the exact form, and signature before content."""

from __future__ import annotations

import json

import pytest

from ftgov.errors import InvalidBundle
from ftgov.records.attestation import DOSSIER_PREDICATE, STATEMENT_TYPE, Statement, StatementSubject
from ftgov.records.canonical import canonical_bytes
from ftgov.signing.envelope import (
    pae,
    parse_envelope,
    parse_statement,
    read_envelope,
    sign_statement,
)
from ftgov.signing.keys import SigningKey
from ftgov.transparency.text import decode_base64, encode_base64

KEY = SigningKey.generate()
STATEMENT = Statement(
    statement_type=STATEMENT_TYPE,
    subject=(StatementSubject(name="a.txt", digest={"sha256": "0" * 64}),),
    predicate_type=DOSSIER_PREDICATE,
    predicate={"n": 1},
)


def test_pae_is_that_of_the_dsse_specification() -> None:
    wanted = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pae("http://example.com/HelloWorld", b"hello world") == wanted
    assert pae("\u00e9", b"") == b"DSSEv1 2 \xc3\xa9 0 "


def test_signed_statement_is_read_back() -> None:
    content = sign_statement(STATEMENT, KEY)
    read = read_envelope(content, [SigningKey.generate().public, KEY.public])
    assert read.statement == STATEMENT
    assert read.spki == KEY.spki
    assert read.payload == canonical_bytes(STATEMENT)


def test_hint_must_be_that_of_the_key_that_signed() -> None:
    other = SigningKey.generate()
    content = sign_statement(STATEMENT, KEY).replace(KEY.spki.encode(), other.spki.encode())
    with pytest.raises(InvalidBundle, match="not signed by a trusted key"):
        read_envelope(content, [KEY.public, other.public])


def test_envelope_has_exactly_the_fields_of_a_sigstore_bundle() -> None:
    document = json.loads(sign_statement(STATEMENT, KEY))
    assert document.keys() == {"mediaType", "verificationMaterial", "dsseEnvelope"}
    assert document["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    assert document["verificationMaterial"] == {"publicKey": {"hint": KEY.spki}}
    envelope = document["dsseEnvelope"]
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    assert [signature["keyid"] for signature in envelope["signatures"]] == [""]
    assert decode_base64(envelope["payload"]) == canonical_bytes(STATEMENT)


def test_same_statement_and_key_give_the_same_bytes() -> None:
    assert sign_statement(STATEMENT, KEY) == sign_statement(STATEMENT, KEY)


def test_payload_is_not_parsed_unless_its_signature_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    content = sign_statement(STATEMENT, KEY)

    def explode(_: bytes) -> None:
        raise AssertionError("the payload was parsed")

    monkeypatch.setattr("ftgov.signing.envelope.parse_statement", explode)
    with pytest.raises(InvalidBundle, match="not signed by a trusted key"):
        read_envelope(content, [SigningKey.generate().public])
    with pytest.raises(InvalidBundle, match="not signed"):
        read_envelope(content, [])


@pytest.mark.parametrize("text", ["QQ", "QR==", "Q Q=", "QQ==\n", "QQ==QQ==", "\u00e9", "_w=="])
def test_base64_has_one_form(text: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        decode_base64(text)
    assert decode_base64(encode_base64(b"A")) == b"A"


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"subject": []},
        {"subject": [{"name": "a", "digest": {"sha256": "0" * 64, "sha512": ""}}]},
        {"subject": [{"name": "a", "digest": {"sha256": "A" * 64}}]},
        {"subject": [{"name": n, "digest": {"sha256": "0" * 64}} for n in "ba"]},
        {"extra": 1},
        {"predicate": None},
        {"predicate_type": "x"},
    ],
)
def test_other_statements_are_refused(change: dict[str, object]) -> None:
    value = {**json.loads(canonical_bytes(STATEMENT)), **change}
    with pytest.raises(InvalidBundle, match="malformed"):
        parse_statement(canonical_bytes(value))


def test_field_name_in_place_of_its_alias_is_refused() -> None:
    text = canonical_bytes(STATEMENT).replace(b'"predicateType"', b'"predicate_type"')
    value = json.loads(text)
    with pytest.raises(InvalidBundle) as caught:
        parse_statement(canonical_bytes(value))
    assert "canonical form of its statement" in caught.value.why


def test_deep_nesting_is_malformed_not_a_crash() -> None:
    for depth in (100, 950, 985, 990, 995, 1_000, 5_000, 100_000):
        with pytest.raises(InvalidBundle):
            parse_envelope(b"[" * depth + b"]" * depth)


def test_time_stamp_stands_beside_the_hint_and_nowhere_else() -> None:
    content = sign_statement(STATEMENT, KEY, lambda signature: b"over " + signature)
    envelope = parse_envelope(content)
    assert envelope.stamp == b"over " + envelope.signature
    document = json.loads(content)
    material = document["verificationMaterial"]
    response = material["timestampVerificationData"]["rfc3161Timestamps"][0]
    wrong: list[object] = [
        None,
        {},
        {"rfc3161Timestamps": []},
        {"rfc3161Timestamps": [response, response]},
        {"rfc3161Timestamps": [{**response, "more": 1}]},
        {"rfc3161Timestamps": [{"signedTimestamp": response["signedTimestamp"] + "\n"}]},
    ]
    for stamps in wrong:
        material["timestampVerificationData"] = stamps
        with pytest.raises(InvalidBundle):
            parse_envelope(canonical_bytes(document))
