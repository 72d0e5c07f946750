"""Mutations of the further proofs: time stamp, PDF seal, countersignature, what is withheld.

Where the signed digests would tell first, the statement is signed anew by the trusted signer, so
that only the layer in question is left to tell.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import bare, digest_bytes
from ftgov.signing.certificate import self_certificate
from ftgov.signing.names import LOG_PROOF_NAME, PDF_NAME, WITHHELD_NAME
from ftgov.signing.pdf_seal import seal_pdf
from ftgov.signing.timestamp import shortest
from pdf_samples import blank_pdf, overlaid, signed_otherwise
from proof_mutations import Change, Mutation, told
from proof_place import (
    AGREEMENT,
    CERTIFICATE,
    ENVELOPE,
    EVIDENCE,
    KEYS,
    Place,
    Proofs,
    ago,
    log_files,
)

TOKEN = ("verificationMaterial", "timestampVerificationData", "rfc3161Timestamps")


def _stamps(document: Any) -> Any:
    for part in TOKEN:
        document = document[part]
    return document


def _token(change: Callable[[bytes], bytes]) -> Change:
    def swap(document: Any) -> None:
        first = _stamps(document)[0]
        first["signedTimestamp"] = _encoded(change(base64.b64decode(first["signedTimestamp"])))

    return lambda place: place.edit_json(ENVELOPE, swap)


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _signature(place: Place) -> bytes:
    document = json.loads((place.bundle / ENVELOPE).read_bytes())
    return base64.b64decode(document["dsseEnvelope"]["signatures"][0]["sig"])


def _stamped_by(stamp: Callable[[Place], bytes]) -> Change:
    return lambda place: _token(lambda _: stamp(place))(place)


def timestamp_mutations(proofs: Proofs) -> Iterator[Mutation]:
    """Yield tokens that are missing, of something else, of somebody else, late or broken."""
    good, bad = proofs.authority, proofs.stranger
    made: dict[str, Change] = {
        "over other bytes": _stamped_by(lambda p: shortest(good.stamp(b"other"))),
        "over the payload": _stamped_by(
            lambda p: shortest(good.stamp(canonical_bytes(p.payload())))
        ),
        "over the signature's base64": _stamped_by(
            lambda p: shortest(good.stamp(base64.b64encode(_signature(p))))
        ),
        "of an unknown authority": _stamped_by(lambda p: shortest(bad.stamp(_signature(p)))),
        "of another model's bundle": _other_token,
        "cut": _token(lambda t: t[:-1]),
        "cut in half": _token(lambda t: t[: len(t) // 2]),
        "empty": _token(lambda t: b""),
        "no DER": _token(lambda t: b"token"),
        "with a byte behind": _token(lambda t: t + b"\0"),
        "refused by its authority": _token(
            lambda t: t.replace(b"\x30\x03\x02\x01\x00", b"\x30\x03\x02\x01\x02", 1)
        ),
        "its time changed": _token(lambda t: re.sub(rb"20\d{12}Z", b"20200101000000Z", t, count=1)),
        "its digest changed": _token(_in_the_middle),
        "twice": lambda p: p.edit_json(ENVELOPE, lambda d: _stamps(d).append(_stamps(d)[0])),
        "removed": lambda p: p.edit_json(ENVELOPE, lambda d: _stamps(d).clear()),
        "removed with its place": lambda p: p.edit_json(
            ENVELOPE, lambda d: d["verificationMaterial"].pop(TOKEN[1])
        ),
    }
    for what, change in made.items():
        covers = what not in {"with a byte behind", "refused by its authority"}
        yield told(f"time stamp {what}", "timestamp envelope", change, sigstore=covers)


def _in_the_middle(token: bytes) -> bytes:
    at = token.index(b"\x04\x20") + 9
    return token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]


def _other_token(place: Place) -> None:
    other = json.loads((place.other / ENVELOPE).read_bytes())
    place.edit_json(ENVELOPE, lambda d: _stamps(d).__setitem__(0, _stamps(other)[0]))


def signed_anew(place: Place, proofs: Proofs, files: dict[str, bytes]) -> None:
    """Let the trusted signer sign a bundle with other files: statement, time stamp and log."""
    (place.bundle / AGREEMENT).unlink()
    statement = place.payload()
    for name, content in files.items():
        (place.bundle / name).write_bytes(content)
        subject = next(each for each in statement["subject"] if each["name"] == name)
        subject["digest"]["sha256"] = bare(digest_bytes(content))
    payload = canonical_bytes(statement)
    place.restate(payload, KEYS.signer)
    stamp = shortest(proofs.authority.stamp(_signature(place)))
    _token(lambda _: stamp)(place)
    logged = log_files(
        payload, statement["predicate"], (place.bundle / "dossier.json").read_bytes()
    )
    for name, content in logged.items():
        (place.bundle / name).write_bytes(content)


def pdf_mutations(proofs: Proofs) -> Iterator[Mutation]:
    """Yield PDFs whose digest is soundly signed, and whose seal does not hold."""
    plain, foreign = blank_pdf(), self_certificate(KEYS.second, "Bo", ago(days=30))
    second = {"field_name": "second"}
    twin = self_certificate(KEYS.signer, "Twin", ago(days=30))
    made: dict[str, Callable[[bytes], bytes]] = {
        "unsealed": lambda c: plain,
        "no PDF": lambda c: b"%PDF-1.7 hello",
        "empty": lambda c: b"",
        "painted over by an incremental update": overlaid,
        "junk after its end": lambda c: c + b"junk",
        "line feed after its end": lambda c: c + b"\n",
        "a byte flipped": lambda c: c[:60] + bytes([c[60] ^ 1]) + c[61:],
        "cut": lambda c: c[:-40],
        "doubled": lambda c: c * 2,
        "sealed by another trusted key": lambda c: seal_pdf(
            plain, KEYS.second, foreign, signed_at=ago(hours=1)
        ),
        "sealed with another certificate of the key": lambda c: seal_pdf(
            plain, KEYS.signer, twin, signed_at=ago(hours=1)
        ),
        "signed once more by another": lambda c: signed_otherwise(
            signed_otherwise(plain, KEYS.signer, CERTIFICATE), KEYS.second, foreign, **second
        ),
        "painted over, then signed by another": lambda c: signed_otherwise(
            overlaid(signed_otherwise(plain, KEYS.signer, CERTIFICATE)),
            KEYS.second,
            foreign,
            **second,
        ),
    }
    for what, change in made.items():
        yield told(f"PDF {what}, digest signed", "pdf", _resealed(proofs, change))
    # What `verify.sh` does not look at: which changes a seal allows, and its own time stamp.
    for what, change in {
        "approved, not certified": lambda c: signed_otherwise(plain, KEYS.signer, CERTIFICATE),
        "certified, changes allowed": lambda c: signed_otherwise(
            plain, KEYS.signer, CERTIFICATE, certify=True
        ),
        "sealed without a time stamp": lambda c: seal_pdf(
            plain, KEYS.signer, CERTIFICATE, signed_at=ago(hours=1)
        ),
    }.items():
        mutation = told(f"PDF {what}, digest signed", "pdf", _resealed(proofs, change))
        yield mutation._replace(shell=False)


def _resealed(proofs: Proofs, change: Callable[[bytes], bytes]) -> Change:
    return lambda place: signed_anew(
        place, proofs, {PDF_NAME: change((place.bundle / PDF_NAME).read_bytes())}
    )


def _dropped(*names: str, record: object) -> Change:
    def apply(place: Place) -> None:
        for name in names:
            (place.bundle / name).unlink()
        content = record if isinstance(record, bytes) else canonical_bytes(record)
        (place.bundle / WITHHELD_NAME).write_bytes(content)

    return apply


def _record(*files: str, **more: object) -> dict[str, object]:
    kind = "https://ftgov.dev/schema/withheld/v1"
    return {"schema": kind, "files": list(files), "rows": [], **more}


def withheld_mutations() -> Iterator[Mutation]:
    """Yield records of withheld files that hide what may not be withheld, or lie about it."""
    one, two = sorted(EVIDENCE)
    made: dict[str, Change] = {
        "of the dossier": _dropped("dossier.json", record=_record("dossier.json")),
        "of the PDF": _dropped(PDF_NAME, record=_record(PDF_NAME)),
        "of the page": _dropped("report.html", record=_record("report.html")),
        "of the log": _dropped(LOG_PROOF_NAME, record=_record(LOG_PROOF_NAME)),
        "of a file that is there": _dropped(record=_record(one)),
        "of a file that nobody signed": _dropped(record=_record(f"evidence/{'0' * 64}")),
        "of one file where two are gone": _dropped(one, two, record=_record(one)),
        "of nothing": _dropped(record=_record()),
        "that is empty": _dropped(one, record=b""),
        "with a field more": _dropped(one, record=_record(one, more=1)),
        "with a line feed": _dropped(one, record=canonical_bytes(_record(one)) + b"\n"),
    }
    for what, change in made.items():
        yield told(f"withheld: record {what}", "files envelope log pdf", change)


def agreement_mutations() -> Iterator[Mutation]:
    """Yield countersignatures that are forged, renamed, or of another bundle."""
    dissent = AGREEMENT.replace("agreement", "dissent")
    made: dict[str, Change] = {
        "called a dissent": lambda p: (p.bundle / AGREEMENT).rename(p.bundle / dissent),
        "copied as a dissent": lambda p: (p.bundle / dissent).write_bytes(
            (p.bundle / AGREEMENT).read_bytes()
        ),
        "under another key's name": lambda p: (p.bundle / AGREEMENT).rename(
            p.bundle / AGREEMENT.replace(bare(KEYS.second.spki), bare(KEYS.thief.spki))
        ),
        "of another model's bundle": lambda p: (p.bundle / AGREEMENT).write_bytes(
            (p.other / AGREEMENT).read_bytes()
        ),
        "replaced by the report's attestation": lambda p: (p.bundle / AGREEMENT).write_bytes(
            (p.bundle / ENVELOPE).read_bytes()
        ),
        "in place of the report's attestation": lambda p: (p.bundle / ENVELOPE).write_bytes(
            (p.bundle / AGREEMENT).read_bytes()
        ),
        "with another reviewer": _agreement(
            lambda s: s["predicate"]["reviewer"].update(name="Ada")
        ),
        "with another result": _agreement(lambda s: s["predicate"].update(result="FAILED")),
        "about other files": _agreement(lambda s: s["subject"].pop()),
    }
    for what, change in made.items():
        mutation = told(f"agreement {what}", "countersignatures envelope files", change)
        yield mutation._replace(shell=what.startswith("in place"))


def _agreement(change: Callable[[Any], object]) -> Change:
    def swap(document: Any) -> None:
        dsse = document["dsseEnvelope"]
        statement = json.loads(base64.b64decode(dsse["payload"]))
        change(statement)
        dsse["payload"] = _encoded(canonical_bytes(statement))

    return lambda place: place.edit_json(AGREEMENT, swap)
