"""What tests of log proofs share: a log of one report among other entries, signed and cosigned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ftgov.records.attestation import DOSSIER_PREDICATE
from ftgov.records.digest import digest_bytes, digest_record
from ftgov.signing.bundle import write_bundle
from ftgov.signing.keys import SigningKey
from ftgov.signing.log_key import LogKey
from ftgov.signing.names import LOG_ENTRY_NAME, LOG_PROOF_NAME
from ftgov.signing.trust import build_trust_pack
from ftgov.signing.trust_parts import TrustedLog, TrustedWitness
from ftgov.signing.witness import WitnessKey
from ftgov.transparency.checkpoint import TreeHead, head_text
from ftgov.transparency.log_entry import LogEntry, write_entry
from ftgov.transparency.merkle import inclusion_proof, root_of
from ftgov.transparency.note import parse_note, write_note
from ftgov.transparency.tlog_proof import TlogProof, write_proof
from signing_samples import ISSUED_AT, MODEL, SIGNED_AT, dossier, predicate, trusted
from transparency_samples import tree_of

ANSWER = b'{"id": 1, "answer": "approve"}\n'
DOCUMENT = dossier([ANSWER])
FILES: dict[str, Path | bytes] = {
    "dossier.json": DOCUMENT,
    f"evidence/{digest_bytes(ANSWER)[7:]}": ANSWER,
}
ORIGIN = "ftgov.dev/log/loans"
LOG = LogKey.generate(ORIGIN)
WITNESSES = [WitnessKey.generate(f"witness.example/{name}") for name in ("ada", "bo")]
COSIGNED_AT = 1_795_000_000  # 2026-11-18
KEY, ROOT = SigningKey.generate(), SigningKey.generate()


def entry_of(payload: bytes, **changes: object) -> LogEntry:
    """Return the ledger's entry of a signed report, the eighth of its log."""
    record: dict[str, object] = {
        "type": "report",
        "name": "r.1",
        "model": MODEL,
        "dossier": digest_bytes(DOCUMENT),
        "statement": digest_bytes(payload),
        "verdict": "pass",
        "signed_at": SIGNED_AT,
        **changes,
    }
    return LogEntry.model_validate(
        {
            "actor": "party-0123456789abcdef",
            "name": record["name"],
            "previous": "sha256:" + "1" * 64,
            "record": record,
            "record_digest": digest_record(record),
            "recorded_at": SIGNED_AT,
            "seq": 8,
            "type": record["type"],
        }
    )


def proof_of(entry: LogEntry, *, log: LogKey = LOG, witnesses: int = 0, size: int = 21) -> bytes:
    """Return the proof that an entry is in a log of some entries."""
    leaves = [f"entry {n}".encode() for n in range(1, size + 1)]
    leaves[entry.seq - 1] = bytes.fromhex(entry.digest[7:])
    tree = tree_of(leaves)
    text = head_text(TreeHead(log.name, size, root_of(size, tree)))
    lines = [log.sign_text(text), *(w.cosign(text, COSIGNED_AT) for w in WITNESSES[:witnesses])]
    hashes = inclusion_proof(entry.seq - 1, size, tree)
    return write_proof(TlogProof(entry.seq - 1, hashes, write_note(text, lines)))


def resigned(proof: bytes, key: LogKey) -> bytes:
    """Return a proof whose head is signed by another key of the log's name."""
    above, _, checkpoint = proof.partition(b"\n\n")
    return above + b"\n\n" + key.sign_note(parse_note(checkpoint).text)


def logged_bundle(folder: Path, *, witnesses: int = 0, **changes: object) -> Path:
    """Write a bundle whose predicate lists the carrier `log`."""

    def prove(payload: bytes) -> Mapping[str, bytes]:
        entry = entry_of(payload)
        return {
            LOG_ENTRY_NAME: write_entry(entry),
            LOG_PROOF_NAME: proof_of(entry, witnesses=witnesses),
        }

    said = predicate(DOCUMENT, carriers=["log"], **changes)
    write_bundle(
        folder, FILES, predicate=said, predicate_type=DOSSIER_PREDICATE, key=KEY, prove=prove
    )
    return folder


def pack_with(
    path: Path,
    *,
    logs: Mapping[str, str] | None = None,
    witnesses: int = 0,
    required: int | None = None,
    build: Callable[..., bytes] = build_trust_pack,
) -> Path:
    """Write a trust pack that names the log, and so many of the witnesses."""
    known = {ORIGIN: LOG.public} if logs is None else logs
    path.write_bytes(
        build(
            [trusted(KEY)],
            root=ROOT,
            issued_at=ISSUED_AT,
            logs=[TrustedLog(origin=origin, key=key) for origin, key in known.items()],
            witnesses=[
                TrustedWitness(name=key.name, key=key.public) for key in WITNESSES[:witnesses]
            ],
            witnesses_required=required,
        )
    )
    return path
