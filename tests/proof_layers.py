"""Mutations of the further proofs: time stamp, log, PDF seal, countersignature, what is withheld.

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
from ftgov.signing.log_key import LogKey
from ftgov.signing.names import LOG_ENTRY_NAME, LOG_PROOF_NAME, PDF_NAME, WITHHELD_NAME
from ftgov.signing.pdf_seal import seal_pdf
from ftgov.signing.timestamp import shortest
from ftgov.signing.witness import WitnessKey
from ftgov.transparency.log_entry import parse_entry
from pdf_samples import blank_pdf, overlaid, signed_otherwise
from proof_mutations import Change, Mutation, told
from proof_place import (
    AGREEMENT,
    CERTIFICATE,
    ENVELOPE,
    EVIDENCE,
    KEYS,
    ORIGIN,
    Place,
    Proofs,
    ago,
    log_files,
    proof_of,
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


def _proof(change: Callable[[str], str]) -> Change:
    return lambda place: place.edit(LOG_PROOF_NAME, lambda c: change(c.decode()).encode())


def _line(number: int, change: Callable[[str], str]) -> Change:
    def edited(text: str) -> str:
        lines = text.split("\n")
        lines[number] = change(lines[number])
        return "\n".join(lines)

    return _proof(edited)


def _proven_again(change: Callable[[Place], bytes]) -> Change:
    return lambda place: (place.bundle / LOG_PROOF_NAME).write_bytes(change(place))


def _own_entry(place: Place) -> Any:
    return parse_entry((place.bundle / LOG_ENTRY_NAME).read_bytes())


def _flip_base64(line: str) -> str:
    return ("B" if line[0] == "A" else "A") + line[1:]


def log_mutations() -> Iterator[Mutation]:
    """Yield proofs of another index, size, root, path, key or log, and entries of other things."""
    made: dict[str, Change] = {
        "first line": _line(0, lambda t: t.replace("v1", "v2")),
        "index plus 1": _line(1, lambda t: "index 8"),
        "index minus 1": _line(1, lambda t: "index 6"),
        "index 0": _line(1, lambda t: "index 0"),
        "index beyond the tree": _line(1, lambda t: "index 21"),
        "index negative": _line(1, lambda t: "index -1"),
        "index with a zero before": _line(1, lambda t: "index 07"),
        "index of 25 digits": _line(1, lambda t: "index " + "9" * 25),
        "index missing": _proof(lambda t: t.replace("index 7\n", "")),
        "index twice": _proof(lambda t: t.replace("index 7\n", "index 7\nindex 7\n")),
        "extra line": _proof(lambda t: t.replace("index 7\n", "extra AAAA\nindex 7\n")),
        "hash dropped": _proof(lambda t: _without(t, 2)),
        "last hash dropped": _proof(lambda t: _without(t, 6)),
        "hash twice": _line(2, lambda t: f"{t}\n{t}"),
        "hashes exchanged": _proof(_exchanged),
        "hash flipped": _line(2, _flip_base64),
        "hash with a space": _line(2, lambda t: t + " "),
        "hash of 31 bytes": _line(2, lambda t: _encoded(b"x" * 31)),
        "size changed": _proof(lambda t: t.replace("\n21\n", "\n22\n")),
        "size with a zero before": _proof(lambda t: t.replace("\n21\n", "\n021\n")),
        "origin changed": _proof(lambda t: t.replace(f"\n\n{ORIGIN}\n", "\n\neve.dev/log\n")),
        "root changed": _proof(_other_root),
        "extension line": _proof(lambda t: t.replace("\n\n\u2014", "\nmore\n\n\u2014")),
        "no signature": _proof(lambda t: t[: t.index("\u2014")]),
        "no witness": _proof(lambda t: t[: t.rindex("\u2014")]),
        "no log's signature": _proof(lambda t: t[: t.index("\u2014")] + t[t.rindex("\u2014") :]),
        "signatures exchanged": _proof(_lines_exchanged),
        "witness twice": _proof(lambda t: t + t[t.rindex("\u2014") :]),
        "log's signature twice": _proof(_log_twice),
        "signature line of an unknown key": _proof(lambda t: t + "\u2014 eve.example AAAAAAAA\n"),
        "signature flipped": _proof(lambda t: _signature_flipped(t, "index")),
        "witness flipped": _proof(lambda t: _signature_flipped(t, "rindex")),
        "key id changed": _proof(lambda t: t.replace(f"\u2014 {ORIGIN} ", f"\u2014 {ORIGIN} AAAA")),
        "line feed behind": _proof(lambda t: t + "\n"),
        "CRLF everywhere": _proof(lambda t: t.replace("\n", "\r\n")),
        "signed by another log's key": _proven_again(
            lambda p: proof_of(_own_entry(p), log=LogKey.generate(ORIGIN))
        ),
        "of an unknown log": _proven_again(
            lambda p: proof_of(_own_entry(p), log=LogKey.generate("eve.example/log"))
        ),
        "cosigned by an unknown witness": _cosigned_by(WitnessKey.generate("witness.example/eve")),
        "cosigned by the witness's name alone": _cosigned_by(
            WitnessKey.generate("witness.example/ada")
        ),
        "of another model's entry": _other_log,
        "of a tree before the entry": _proof(_smaller_tree),
    }
    for what, change in made.items():
        yield told(f"log proof {what}", "log files", change)
    for what, entry_change in _ENTRY.items():
        edited: Change = _entry_edited(entry_change)
        yield told(f"log entry: {what}", "log", edited)
        yield told(f"log entry: {what}, proven anew by a thief's log", "log", _both(edited))


_ENTRY: dict[str, Callable[[Any], object]] = {
    "another statement": lambda e: e["record"].update(statement=digest_bytes(b"")),
    "another model": lambda e: e["record"].update(model="loan-triage-v1"),
    "another verdict": lambda e: e["record"].update(verdict="fail"),
    "another dossier": lambda e: e["record"].update(dossier=digest_bytes(b"")),
    "another time": lambda e: e["record"].update(signed_at=ago(days=2)),
    "another actor": lambda e: e.update(actor="eve"),
    "another number": lambda e: e.update(seq=9),
    "another chain": lambda e: e.update(previous=digest_bytes(b"")),
    "another type": lambda e: e.update(type="audit"),
    "another name": lambda e: e.update(name="r.2"),
    "a field more": lambda e: e.update(more=1),
    "a field less": lambda e: e.pop("actor"),
    "another record digest": lambda e: e.update(record_digest=digest_bytes(b"")),
}


def _entry_edited(change: Callable[[Any], object]) -> Change:
    return lambda place: place.edit_json(LOG_ENTRY_NAME, change)


def _both(edited: Change) -> Change:
    """Edit the entry, make its record's digest right, and prove it in a log of the same name."""

    def apply(place: Place) -> None:
        edited(place)
        document = json.loads((place.bundle / LOG_ENTRY_NAME).read_bytes())
        document["record_digest"] = digest_bytes(canonical_bytes(document["record"]))
        (place.bundle / LOG_ENTRY_NAME).write_bytes(canonical_bytes(document))
        try:
            proof = proof_of(_own_entry(place), log=LogKey.generate(ORIGIN))
        except ValueError:
            return  # an entry that nobody can read is not proven
        (place.bundle / LOG_PROOF_NAME).write_bytes(proof)

    return apply


def _without(text: str, number: int) -> str:
    lines = text.split("\n")
    return "\n".join([*lines[:number], *lines[number + 1 :]])


def _exchanged(text: str) -> str:
    lines = text.split("\n")
    lines[2], lines[3] = lines[3], lines[2]
    return "\n".join(lines)


def _other_root(text: str) -> str:
    head = text.index("\n21\n") + 4
    return text[:head] + _flip_base64(text[head:])


def _lines_exchanged(text: str) -> str:
    first, last = text.index("\u2014"), text.rindex("\u2014")
    return text[:first] + text[last:] + text[first:last]


def _log_twice(text: str) -> str:
    first, last = text.index("\u2014"), text.rindex("\u2014")
    return text[:first] + text[first:last] * 2 + text[last:]


def _signature_flipped(text: str, find: str) -> str:
    at = getattr(text, find)("\u2014") + 2
    at = text.index(" ", at) + 20
    return text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1 :]


def _smaller_tree(text: str) -> str:
    return text.replace("\n21\n", "\n7\n")


def _cosigned_by(witness: WitnessKey) -> Change:
    def change(text: str) -> str:
        head = text.partition("\n\n")[2].partition("\n\n")[0]
        line = witness.cosign(head + "\n", 1_795_000_000)
        shown = _encoded(line.key_id + line.signature)
        return text[: text.rindex("\u2014")] + f"\u2014 {line.name} {shown}\n"

    return _proof(change)


def _other_log(place: Place) -> None:
    for name in (LOG_ENTRY_NAME, LOG_PROOF_NAME):
        (place.bundle / name).write_bytes((place.other / name).read_bytes())


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
