"""A signed bundle with every layer of proof, another model's beside it, and ways to change it.

Times are the machine's own, because `verify.sh` looks at no other clock.
"""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from ftgov.records.attestation import DOSSIER_PREDICATE, PAYLOAD_TYPE
from ftgov.records.base import time_text
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import bare, digest_bytes, digest_record
from ftgov.signing.bundle import write_bundle
from ftgov.signing.certificate import self_certificate
from ftgov.signing.countersign import countersignature_name, read_reviewed, sign_review
from ftgov.signing.envelope import pae
from ftgov.signing.keys import SigningKey
from ftgov.signing.log_key import LogKey
from ftgov.signing.names import LOG_ENTRY_NAME, LOG_PROOF_NAME
from ftgov.signing.pdf_seal import seal_pdf
from ftgov.signing.timestamp_request import TimestampService
from ftgov.signing.trust import TrustedKey, build_trust_pack
from ftgov.signing.trust_parts import TrustedLog, TrustedWitness
from ftgov.signing.witness import WitnessKey
from ftgov.transparency.checkpoint import TreeHead, head_text
from ftgov.transparency.log_entry import LogEntry, write_entry
from ftgov.transparency.merkle import inclusion_proof, root_of
from ftgov.transparency.note import write_note
from ftgov.transparency.tlog_proof import TlogProof, write_proof
from timestamp_authority import LocalAuthority
from transparency_samples import tree_of

NOW = datetime.now(UTC).replace(microsecond=0)
CARRIERS = ["timestamp", "log", "pdf"]
ORIGIN = "ftgov.dev/log/proofs"
SIZE, SEQ = 21, 8
ENVELOPE = "attestations/report.sigstore.json"
ANSWERS = [b'{"id": 1, "answer": "approve"}\n', b'{"id": 2, "answer": "decline"}\n']
EVIDENCE = [f"evidence/{bare(digest_bytes(answer))}" for answer in ANSWERS]
HTML = "<!doctype html>\n<title>Report</title>\n<p>The café's model: pass</p>\n".encode()


def ago(**parts: float) -> str:
    """Return the time so long before now."""
    return time_text(NOW - timedelta(**parts))


class Keys(NamedTuple):
    """Who can sign: the signer, a second trusted key, the pack's root, and somebody unknown."""

    signer: SigningKey
    second: SigningKey
    root: SigningKey
    thief: SigningKey


KEYS = Keys(*(SigningKey.generate() for _ in Keys._fields))


class Place(NamedTuple):
    """A bundle, the trust pack for it, and a sound bundle about another model."""

    folder: Path

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle"

    @property
    def other(self) -> Path:
        return self.folder / "other"

    @property
    def pack(self) -> Path:
        return self.folder / "trust-pack.json"

    def names(self) -> list[str]:
        """Return the bundle's files in order."""
        found = (path for path in self.bundle.rglob("*") if path.is_file())
        return sorted(str(path.relative_to(self.bundle)) for path in found)

    def copy(self, target: Path) -> Place:
        """Return a copy that may be changed."""
        shutil.copytree(self.folder, target)
        return Place(target)

    def edit(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """Change the bytes of one file."""
        path = self.bundle / name
        path.write_bytes(change(path.read_bytes()))

    def edit_json(self, name: str, change: Callable[[Any], object]) -> None:
        """Change a JSON file and write it in canonical form, as a careful forger would."""

        def swap(content: bytes) -> bytes:
            document = json.loads(content)
            change(document)
            return canonical_bytes(document)

        self.edit(name, swap)

    def payload(self) -> Any:
        """Return the signed statement."""
        document = json.loads((self.bundle / ENVELOPE).read_bytes())
        return json.loads(base64.b64decode(document["dsseEnvelope"]["payload"]))

    def restate(self, payload: bytes, key: SigningKey | None = None) -> None:
        """Put another payload into the envelope; sign it if a key is given, else keep the sig."""

        def swap(document: Any) -> None:
            dsse = document["dsseEnvelope"]
            dsse["payload"] = base64.b64encode(payload).decode()
            if key is not None:
                signature = key.sign(pae(PAYLOAD_TYPE, payload))
                dsse["signatures"][0]["sig"] = base64.b64encode(signature).decode()

        self.edit_json(ENVELOPE, swap)

    def repack(self, keys: list[TrustedKey], **terms: Any) -> None:
        """Write another trust pack, signed by its root."""
        self.pack.write_bytes(build_pack(keys, **terms))


def trusted(key: SigningKey, **changes: str) -> TrustedKey:
    """Return a key as the trust pack lists it, good for a month around now."""
    fields = {"spki": key.spki, "publicKey": key.public_pem, "holder": "Ada Example"}
    dates = {"notBefore": ago(days=30), "notAfter": ago(days=-30)}
    return TrustedKey.model_validate({**fields, "role": "signer", **dates, **changes})


def build_pack(keys: list[TrustedKey], **terms: Any) -> bytes:
    """Return the bytes of a trust pack."""
    said = {"root": KEYS.root, "issued_at": ago(days=10), **terms}
    return build_trust_pack(keys, **said)


def dossier(model: str) -> bytes:
    """Return the part of a dossier that verification reads, as canonical JSON."""
    assessment = {"subject": {"model": {"name": model}}}
    files = [
        {"digest": digest_bytes(e), "bytes": len(e), "name": "a.jsonl", "media_type": "text/plain"}
        for e in ANSWERS
    ]
    return canonical_bytes(
        {
            "assessment": assessment,
            "assessment_digest": digest_record(assessment),
            "verdict": "pass",
            "evidence": files,
        }
    )


def blank_pdf(title: str) -> bytes:
    """Return a PDF of one page that nobody has sealed."""
    from pypdf import PdfWriter

    stream, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(300, 300)
    writer.add_metadata({"/Title": title})
    writer.write(stream)
    return stream.getvalue()


class Proofs(NamedTuple):
    """Who gives further proof, in a folder of their own: an authority of time, and its server."""

    authority: LocalAuthority
    stranger: LocalAuthority

    @classmethod
    def made(cls, folder: Path) -> Proofs:
        """Make them in a folder."""
        return cls(
            LocalAuthority(folder / "authority"), LocalAuthority(folder / "stranger", "Stranger")
        )


CERTIFICATE = self_certificate(KEYS.signer, "Ada Example", ago(days=30))


def write_place(folder: Path, proofs: Proofs) -> Place:
    """Write two sound bundles with every layer of proof, and their trust pack."""
    place = Place(folder)
    folder.mkdir(parents=True)
    with proofs.authority.served() as url:
        service = TimestampService(url, [proofs.authority.listed])
        for target, model in ((place.bundle, "loan-triage-v2"), (place.other, "loan-triage-v1")):
            _write_bundle(target, model, service)
    place.repack(
        [
            trusted(KEYS.signer, certificate=CERTIFICATE.pem),
            trusted(KEYS.second, holder="Bo Example"),
        ],
        authorities=[proofs.authority.listed_in_full],
        logs=[TrustedLog(origin=ORIGIN, key=LOG.public)],
        witnesses=[TrustedWitness(name=WITNESS.name, key=WITNESS.public)],
        witnesses_required=1,
    )
    return place


def _write_bundle(target: Path, model: str, service: TimestampService) -> None:
    document = dossier(model)
    said: dict[str, str] = {
        "model": model,
        "verdict": "pass",
        "tool": "ftgov 0",
        "signedAt": ago(seconds=0),
    }
    files: dict[str, Path | bytes] = dict(zip(EVIDENCE, ANSWERS, strict=True))
    files |= {"dossier.json": document, "report.html": HTML}
    sealed = seal_pdf(
        blank_pdf(model), KEYS.signer, CERTIFICATE, signed_at=ago(seconds=0), service=service
    )
    write_bundle(
        target,
        {**files, "report.pdf": sealed},
        predicate={"dossier": digest_bytes(document), "carriers": CARRIERS, **said},
        predicate_type=DOSSIER_PREDICATE,
        key=KEYS.signer,
        stamp=service.stamp,
        prove=lambda payload: log_files(payload, said, document),
    )
    report = read_reviewed((target / ENVELOPE).read_bytes())
    name, content = sign_review(report, KEYS.second, name="Bo", signed_at=ago(seconds=0))
    (target / name).write_bytes(content)


LOG = LogKey.generate(ORIGIN)
WITNESS = WitnessKey.generate("witness.example/ada")
AGREEMENT = countersignature_name("agreement", KEYS.second.spki)


def log_files(payload: bytes, said: Mapping[str, str], document: bytes) -> dict[str, bytes]:
    """Return the entry of a signed report and the proof that it is in a log."""
    record = {
        "type": "report",
        "name": "r.1",
        "dossier": digest_bytes(document),
        "statement": digest_bytes(payload),
        "model": said["model"],
        "verdict": said["verdict"],
        "signed_at": said["signedAt"],
    }
    entry = LogEntry.model_validate(
        {
            "actor": "party-0123456789abcdef",
            "name": "r.1",
            "previous": "sha256:" + "1" * 64,
            "record": record,
            "record_digest": digest_record(record),
            "recorded_at": said["signedAt"],
            "seq": SEQ,
            "type": "report",
        }
    )
    return {LOG_ENTRY_NAME: write_entry(entry), LOG_PROOF_NAME: proof_of(entry)}


def proof_of(entry: LogEntry, size: int = SIZE, log: LogKey | None = None) -> bytes:
    """Return the proof that an entry is in a log of some entries, cosigned by the witness."""
    log = log or LOG
    leaves = [f"entry {number}".encode() for number in range(1, size + 1)]
    leaves[entry.seq - 1] = bytes.fromhex(bare(entry.digest))
    tree = tree_of(leaves)
    text = head_text(TreeHead(log.name, size, root_of(size, tree)))
    lines = [log.sign_text(text), WITNESS.cosign(text, int(NOW.timestamp()) - 60)]
    hashes = inclusion_proof(entry.seq - 1, size, tree)
    return write_proof(TlogProof(entry.seq - 1, hashes, write_note(text, lines)))
