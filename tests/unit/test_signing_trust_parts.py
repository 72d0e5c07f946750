"""What a trust pack lists beside keys: authorities, logs, witnesses, the pack before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftgov.errors import FtgovError, NotAssessable
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import digest_bytes
from ftgov.signing.envelope import pae
from ftgov.signing.keys import SigningKey
from ftgov.signing.log_key import LogKey
from ftgov.signing.trust import (
    TRUST_PAYLOAD_TYPE,
    TrustedLog,
    TrustedWitness,
    build_trust_pack,
    read_trust_pack,
)
from ftgov.transparency.text import encode_base64
from signing_samples import ISSUED_AT, trusted
from timestamp_authority import LocalAuthority

ROOT, KEY = SigningKey.generate(), SigningKey.generate()
LOG, WITNESS, OTHER = (LogKey.generate(name).public for name in ("loans", "bank", "court"))
FIRST = build_trust_pack([trusted(KEY)], root=ROOT, issued_at=ISSUED_AT)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("authority") / "one")


def test_all_parts_are_read_back(authority: LocalAuthority) -> None:
    content = build_trust_pack(
        [trusted(KEY)],
        root=ROOT,
        issued_at=ISSUED_AT,
        version=2,
        previous=digest_bytes(FIRST),
        authorities=[authority.listed_in_full],
        logs=[TrustedLog(origin="loans", key=LOG)],
        witnesses=[TrustedWitness(name="The bank", key=WITNESS)],
        witnesses_required=1,
    )
    terms = read_trust_pack(content, root_pin=None).terms
    assert terms.previous == digest_bytes(FIRST)
    (listed,) = terms.authorities or ()
    assert [one.pem for one in listed.roots] == [authority.root_pem]
    assert [one.pem for one in listed.others] == [authority.own_pem]
    assert [(one.origin, one.key) for one in terms.logs or ()] == [("loans", LOG)]
    assert [(one.name, one.key) for one in terms.witnesses or ()] == [("The bank", WITNESS)]
    assert terms.witnesses_required == 1
    signed = json.loads(content)["signed"]
    assert signed["timestampAuthorities"][0]["name"] == authority.name


def test_absent_parts_leave_no_trace() -> None:
    signed = json.loads(FIRST)["signed"]
    assert not {"previous", "timestampAuthorities", "logs", "witnesses"} & set(signed)
    assert "certificate" not in signed["keys"][0]


def _refused(changes: dict[str, Any]) -> None:
    document = json.loads(FIRST)
    document["signed"].update(changes)
    signature = ROOT.sign(pae(TRUST_PAYLOAD_TYPE, canonical_bytes(document["signed"])))
    document["signatures"] = [{"spki": ROOT.spki, "sig": encode_base64(signature)}]
    with pytest.raises(NotAssessable, match="trust pack cannot be used"):
        read_trust_pack(canonical_bytes(document), root_pin=None)


CHANGES: dict[str, dict[str, Any]] = {
    "previous of version 1": {"previous": "sha256:" + "0" * 64},
    "previous without its algorithm": {"version": 2, "previous": "0" * 64},
    "no authority": {"timestampAuthorities": []},
    "authority without certificate": {"timestampAuthorities": [{"name": "a", "certificates": []}]},
    "no PEM": {"timestampAuthorities": [{"name": "a", "certificates": ["x"]}]},
    "no logs": {"logs": []},
    "log without a key": {"logs": [{"origin": "loans"}]},
    "log key cut": {"logs": [{"origin": "loans", "key": LOG[:-4]}]},
    "log twice": {"logs": [{"origin": "loans", "key": key} for key in (LOG, OTHER)]},
    "witness twice": {"witnesses": [{"name": name, "key": WITNESS} for name in ("a", "b")]},
    "too many required": {"witnesses": [{"name": "a", "key": WITNESS}], "witnessesRequired": 2},
    "none of one required": {"witnessesRequired": 1},
    "negative": {"witnessesRequired": -1},
    "null": {"logs": None},
}


@pytest.mark.parametrize("name", CHANGES)
def test_malformed_parts_are_refused_though_signed(name: str) -> None:
    _refused(CHANGES[name])


def test_malformed_certificates_are_refused_though_signed(authority: LocalAuthority) -> None:
    own, root = authority.own_pem, authority.root_pem
    for certificates in (
        [own],
        [root, root],
        [root + "\n"],
        [root + own],
        [root.replace("\n", "")],
    ):
        _refused({"timestampAuthorities": [{"name": "a", "certificates": certificates}]})
    twice = {"name": "a", "certificates": [root]}
    _refused({"timestampAuthorities": [twice, twice]})
    document = json.loads(FIRST)["signed"]["keys"][0]
    _refused({"keys": [{**document, "certificate": own}]})


def test_building_names_the_fault() -> None:
    with pytest.raises(FtgovError, match="version 1 has no previous pack"):
        build_trust_pack([trusted(KEY)], root=ROOT, issued_at=ISSUED_AT, previous=ROOT.spki)


def test_a_certificate_of_the_key_is_kept(tmp_path: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    from ftgov.signing.certificate import Certificate

    key = SigningKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ada")])
    begin = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    built = begin.public_key(key._key.public_key()).serial_number(7)
    dated = built.not_valid_before(_day(2026)).not_valid_after(_day(2030))
    made = Certificate(dated.sign(key._key, hashes.SHA256()))
    assert made.self_signed
    assert made.spki == key.spki
    content = build_trust_pack([trusted(key, certificate=made.pem)], root=ROOT, issued_at=ISSUED_AT)
    listed = read_trust_pack(content, root_pin=None).terms.key(key.spki)
    assert listed is not None
    assert listed.certificate == made.pem


def _day(year: int) -> Any:
    from datetime import UTC, datetime

    return datetime(year, 1, 1, tzinfo=UTC)
