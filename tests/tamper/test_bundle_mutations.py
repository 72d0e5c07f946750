"""Every mutation of the tamper matrix is caught, by the layer that should catch it."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from ftgov.records.attestation import DOSSIER_PREDICATE, PAYLOAD_TYPE, Verification
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import bare, digest_bytes
from ftgov.signing.bundle import write_bundle
from ftgov.signing.envelope import pae
from ftgov.signing.keys import ORDER, SigningKey
from ftgov.signing.trust import build_trust_pack
from ftgov.signing.verify import verify_bundle
from signing_samples import AS_OF, ISSUED_AT, SIGNED_AT, dossier, predicate, trusted

ANSWERS = [b'{"id": 1, "answer": "approve"}\n', b'{"id": 2, "answer": "decline"}\n']
EVIDENCE = [f"evidence/{bare(digest_bytes(answer))}" for answer in ANSWERS]
ENVELOPE = "attestations/report.sigstore.json"
KEY, ROOT, THIEF, SECOND = (SigningKey.generate() for _ in range(4))


class Place(NamedTuple):
    """A signed bundle on disk and the trust pack beside it."""

    bundle: Path
    trust: Path

    def verify(self) -> Verification:
        return verify_bundle(self.bundle, self.trust, as_of=AS_OF)

    def edit(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the envelope's JSON and write it back in canonical form."""
        path = self.bundle / ENVELOPE
        document = json.loads(path.read_bytes())
        change(document)
        path.write_bytes(canonical_bytes(document))

    def edit_payload(self, change: Callable[[bytes], bytes], key: SigningKey | None = None) -> None:
        """Change the payload; sign it again if a key is given, keeping the hint."""

        def swap(document: dict[str, Any]) -> None:
            dsse = document["dsseEnvelope"]
            payload = change(base64.b64decode(dsse["payload"]))
            dsse["payload"] = base64.b64encode(payload).decode()
            if key:
                signature = key.sign(pae(PAYLOAD_TYPE, payload))
                dsse["signatures"][0]["sig"] = base64.b64encode(signature).decode()

        self.edit(swap)


Mutation = Callable[[Place], object]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    document = dossier(ANSWERS)
    files: dict[str, Path | bytes] = dict(zip(EVIDENCE, ANSWERS, strict=True))
    files |= {"dossier.json": document, "report.html": b"<p>report</p>\n"}
    files |= {"report.pdf": b"%PDF-1.7 report %%EOF\n"}
    write_bundle(
        tmp_path / "bundle",
        files,
        predicate=predicate(document),
        predicate_type=DOSSIER_PREDICATE,
        key=KEY,
    )
    pack = build_trust_pack(
        [trusted(KEY), trusted(SECOND, holder="Bo Example")], root=ROOT, issued_at=ISSUED_AT
    )
    (tmp_path / "trust-pack.json").write_bytes(pack)
    return Place(tmp_path / "bundle", tmp_path / "trust-pack.json")


def _append(name: str, more: bytes) -> Callable[[Place], None]:
    def mutate(place: Place) -> None:
        path = place.bundle / name
        path.write_bytes(path.read_bytes() + more)

    return mutate


def _swap(place: Place) -> None:
    one, two = (place.bundle / name for name in EVIDENCE)
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def _link(place: Place) -> None:
    (place.bundle / "report.html").rename(place.trust.parent / "same.html")
    (place.bundle / "report.html").symlink_to(place.trust.parent / "same.html")


def _link_folder(place: Place) -> None:
    (place.bundle / "evidence").rename(place.trust.parent / "same")
    (place.bundle / "evidence").symlink_to(place.trust.parent / "same")


def _crlf(name: str) -> Callable[[Place], None]:
    def mutate(place: Place) -> None:
        path = place.bundle / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")

    return mutate


def _malleate(document: dict[str, Any]) -> None:
    signature = document["dsseEnvelope"]["signatures"][0]
    r, s = decode_dss_signature(base64.b64decode(signature["sig"]))
    signature["sig"] = base64.b64encode(encode_dss_signature(r, ORDER - s)).decode()


def _long_der(document: dict[str, Any]) -> None:
    signature = document["dsseEnvelope"]["signatures"][0]
    der = base64.b64decode(signature["sig"])
    signature["sig"] = base64.b64encode(b"\x30\x81" + der[1:]).decode()


def _steal(place: Place) -> None:
    """Write the whole bundle again, one piece of evidence changed, signed with another key."""
    answers = [ANSWERS[0], b"forged\n"]
    document = dossier(answers)
    files: dict[str, Path | bytes] = {f"evidence/{bare(digest_bytes(a))}": a for a in answers}
    write_bundle(
        place.bundle,
        {**files, "dossier.json": document},
        predicate=predicate(document),
        predicate_type=DOSSIER_PREDICATE,
        key=THIEF,
    )


def _double_key(text: bytes) -> bytes:
    return text.replace(b'"verdict":"pass"', b'"verdict":"fail","verdict":"pass"')


def _double_outer(place: Place) -> None:
    path = place.bundle / ENVELOPE
    path.write_bytes(path.read_bytes().replace(b'{"hint"', b'{"hint":"","hint"'))


def _restate(**changes: object) -> Callable[[bytes], bytes]:
    def change(payload: bytes) -> bytes:
        return canonical_bytes({**json.loads(payload), **changes})

    return change


def _repredicate(**changes: object) -> Callable[[bytes], bytes]:
    def change(payload: bytes) -> bytes:
        value = json.loads(payload)
        value["predicate"].update(changes)
        return canonical_bytes(value)

    return change


def _payload(change: Callable[[bytes], bytes], key: SigningKey | None = None) -> Mutation:
    return lambda place: place.edit_payload(change, key)


def _outer(change: Callable[[dict[str, Any]], object]) -> Mutation:
    return lambda place: place.edit(change)


def _file(name: str, content: bytes = b"x") -> Mutation:
    def mutate(place: Place) -> None:
        (place.bundle / name).write_bytes(content)

    return mutate


def _dsse(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["dsseEnvelope"]
    return found


MATRIX: dict[str, tuple[Mutation, str]] = {
    "evidence edited": (_file(EVIDENCE[0], b"forged"), "files"),
    "evidence emptied": (_file(EVIDENCE[0], b""), "files"),
    "evidence deleted": (lambda p: (p.bundle / EVIDENCE[0]).unlink(), "files"),
    "evidence renamed": (
        lambda p: (p.bundle / EVIDENCE[0]).rename(p.bundle / f"evidence/{'0' * 64}"),
        "files",
    ),
    "evidence swapped": (_swap, "files"),
    "file added": (_file("notes.txt"), "files"),
    "evidence added": (_file(f"evidence/{'0' * 64}"), "files"),
    "file under attestations": (_file("attestations/second.sigstore.json"), "files"),
    "hidden file": (_file(".hidden"), "files"),
    "folder added": (lambda p: (p.bundle / "log").mkdir(), "files"),
    "folder in evidence": (lambda p: (p.bundle / "evidence/x").mkdir(), "files"),
    "pdf flipped": (_file("report.pdf", b"%PDF-1.7 r3port %%EOF\n"), "files"),
    "pdf overlaid": (_append("report.pdf", b"overlay %%EOF\n"), "files"),
    "pdf removed": (lambda p: (p.bundle / "report.pdf").unlink(), "files"),
    "another pdf": (_file("report.pdf", b"%PDF-1.7 another %%EOF\n"), "files"),
    "dossier with line feed": (_append("dossier.json", b"\n"), "files"),
    "recipe with CRLF": (_crlf("VERIFY.md"), "files"),
    "symlink to the same file": (_link, "files"),
    "symlink to the same folder": (_link_folder, "files"),
    "fifo": (lambda p: os.mkfifo(p.bundle / "pipe"), "files"),
    "twin in case": (_file("Report.html"), "files"),
    "twin in unicode": (_file("re\u0301port.html"), "files"),
    "name with a line feed": (_file("a\nb"), "files"),
    "payloadType": (_outer(lambda d: _dsse(d).update(payloadType="text/plain")), "envelope"),
    "older mediaType": (
        _outer(
            lambda d: d.update(mediaType="application/vnd.dev.sigstore.bundle+json;version=0.1")
        ),
        "envelope",
    ),
    "unknown key in the envelope": (_outer(lambda d: d.update(extra=1)), "envelope"),
    "keyid": (_outer(lambda d: _dsse(d)["signatures"][0].update(keyid="me")), "envelope"),
    "keyid absent": (_outer(lambda d: _dsse(d)["signatures"][0].pop("keyid")), "envelope"),
    "signature removed": (_outer(lambda d: _dsse(d)["signatures"].clear()), "envelope"),
    "signature doubled": (
        _outer(lambda d: _dsse(d)["signatures"].append(_dsse(d)["signatures"][0])),
        "envelope",
    ),
    "base64 with space": (
        _outer(lambda d: _dsse(d).update(payload=_dsse(d)["payload"] + "\n")),
        "envelope",
    ),
    "envelope with line feed": (_append(ENVELOPE, b"\n"), "envelope"),
    "envelope truncated": (_file(ENVELOPE, b'{"dsseEnvelope":'), "envelope"),
    "envelope emptied": (_file(ENVELOPE, b""), "envelope"),
    "envelope deleted": (lambda p: (p.bundle / ENVELOPE).unlink(), "envelope"),
    "envelope is a list": (_file(ENVELOPE, b"[]"), "envelope"),
    "envelope nested deeply": (_file(ENVELOPE, b"[" * 990 + b"]" * 990), "envelope"),
    "envelope nested too deeply": (_file(ENVELOPE, b"[" * 90_000), "envelope"),
    "duplicate key outside": (_double_outer, "envelope"),
    "duplicate key, signed": (_payload(_double_key, KEY), "envelope"),
    "whitespace in payload, signed": (_payload(lambda p: p + b" ", KEY), "envelope"),
    "payload no JSON, signed": (_payload(lambda p: b"\xff", KEY), "envelope"),
    "subject twice, signed": (
        _payload(lambda p: _restate(subject=json.loads(p)["subject"] * 2)(p), KEY),
        "envelope",
    ),
    "subject without digest, signed": (
        _payload(_restate(subject=[{"name": "report.html", "digest": {}}]), KEY),
        "envelope",
    ),
    "other predicateType, signed": (
        _payload(_restate(predicateType="https://in-toto.io/attestation/svr/v0.2"), KEY),
        "envelope",
    ),
    "time without zone, signed": (
        _payload(_repredicate(signedAt="2026-11-20T10:00:00"), KEY),
        "envelope",
    ),
    "time by its Python name, signed": (
        _payload(lambda p: p.replace(b'"signedAt"', b'"signed_at"'), KEY),
        "envelope",
    ),
    "carriers no list, signed": (_payload(_repredicate(carriers="log"), KEY), "envelope"),
    "predicateType": (_payload(_restate(predicateType="https://example.org/v1")), "signature"),
    "verdict in payload": (_payload(lambda p: p.replace(b'"pass"', b'"fail"')), "signature"),
    "whitespace in payload": (_payload(lambda p: p + b" "), "signature"),
    "signature malleated": (_outer(_malleate), "signature"),
    "signature in long DER": (_outer(_long_der), "signature"),
    "signed by a thief in the signer's name": (_payload(lambda p: p, THIEF), "signature"),
    "hint of another trusted key": (
        _outer(lambda d: d["verificationMaterial"]["publicKey"].update(hint=SECOND.spki)),
        "signature",
    ),
    "hint of an unknown key": (
        _outer(lambda d: d["verificationMaterial"]["publicKey"].update(hint=THIEF.spki)),
        "trust",
    ),
    "all made again by a thief": (_steal, "trust"),
    "signed in the future": (_payload(_repredicate(signedAt="2026-11-30T00:00:00Z"), KEY), "trust"),
    "signed after expiry": (_payload(_repredicate(signedAt="2027-01-01T00:00:00Z"), KEY), "trust"),
    "signed before validity": (
        _payload(_repredicate(signedAt="2025-12-31T23:59:59Z"), KEY),
        "trust",
    ),
    "verdict unlike the dossier, signed": (_payload(_repredicate(verdict="fail"), KEY), "files"),
    "model unlike the dossier, signed": (_payload(_repredicate(model="other"), KEY), "files"),
    "dossier unlike its digest, signed": (
        _payload(_repredicate(dossier=digest_bytes(b"")), KEY),
        "files",
    ),
    "subject left out, signed": (
        _payload(lambda p: _restate(subject=json.loads(p)["subject"][1:])(p), KEY),
        "files",
    ),
}


def test_untouched_is_valid(place: Place) -> None:
    result = place.verify()
    assert result.verdict == "valid", result
    assert [layer.layer for layer in result.layers] == ["files", "envelope", "signature", "trust"]
    assert [signer.name for signer in result.signers] == ["Ada Example"]
    assert (result.signed_at, result.time) == (SIGNED_AT, "claimed")


@pytest.mark.parametrize("name", MATRIX)
def test_mutation_is_caught_by_its_layer(place: Place, name: str) -> None:
    mutate, layer = MATRIX[name]
    mutate(place)
    result = place.verify()
    assert result.verdict == "invalid"
    assert [found.layer for found in result.layers if found.verdict == "invalid"] == [layer]
    assert result.signers == () or layer not in {"signature", "trust", "envelope"}


def test_each_wrong_file_is_named(place: Place) -> None:
    (place.bundle / EVIDENCE[0]).write_bytes(b"forged")
    (place.bundle / "report.pdf").unlink()
    (place.bundle / "attestations/more.json").write_bytes(b"{}")
    files = place.verify().layers[0]
    assert set(files.items) == {
        f"changed: {EVIDENCE[0]}",
        "missing: report.pdf",
        "extra: attestations/more.json",
    }
