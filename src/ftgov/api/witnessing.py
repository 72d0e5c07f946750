"""Witnessing: cosign the tree heads of another party's log, each only if it grew out of the last.

Source: c2sp.org/tlog-witness; what a server there does with a request, a command does with files.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from ftgov.api.clock import Moment, moment_of
from ftgov.api.recording import ACTOR, append_after
from ftgov.api.tree_heads import told_as
from ftgov.errors import FtgovError, InvalidBundle, LedgerTampered, NotAssessable, UsageError
from ftgov.records.base import Record
from ftgov.records.cosigned_head import HeadCosigned
from ftgov.signing.log_key import note_key
from ftgov.signing.trust_parts import moment as time_of
from ftgov.signing.witness import WitnessKey
from ftgov.store.ledger import Entry
from ftgov.store.workspace import Workspace
from ftgov.transparency.checkpoint import TreeHead, head_of_note
from ftgov.transparency.consistency_file import (
    ConsistencyFile,
    grew,
    parse_consistency,
    write_consistency,
)
from ftgov.transparency.note import NoteSignature, SignedNote, parse_note, signers, write_note
from ftgov.transparency.tlog_proof import FIRST_LINE, TlogProof, parse_proof, write_proof

_KEY = Path("tree-heads", "witness.pem")
_TYPE: Final = "cosigned-head"
_TOO_MANY: Final = 2**53


class Cosigned(Record):
    """A tree head that was cosigned, or had been by the same key."""

    file: str
    origin: str
    size: int
    before: int | None
    witness_key: str


class _Signed(NamedTuple):
    """A file that holds a tree head: the head alone, or the proof that an entry is under it."""

    proof: TlogProof | None
    note: SignedNote
    head: TreeHead

    def written(self, signatures: list[NoteSignature]) -> bytes:
        content = write_note(self.note.text, signatures)
        return write_proof(self.proof._replace(checkpoint=content)) if self.proof else content


def witness_key(workspace: Workspace) -> WitnessKey:
    """Return the key that a workspace cosigns with; it is made when it is first needed.

    Raises:
        FtgovError: If its file can't be used or made.
    """
    path, name = workspace.keys / _KEY, f"ftgov.dev/witness/{workspace.name}"
    if path.exists():
        return WitnessKey.load(path, name)
    key = WitnessKey.generate(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key.save(path)
    return key


def cosign(
    workspace: Workspace,
    path: Path,
    *,
    log_key: str | None = None,
    consistency: Path | None = None,
    output: Path | None = None,
    actor: str = ACTOR,
    now: str | Moment | None = None,
) -> Cosigned:
    """Add this workspace's cosignature to a tree head of another log, or refuse.

    The first head of a log is taken as it is; it is the start of what this witness vouches for.
    What is cosigned is put into the witness's own ledger before the signature is made, and only if
    nothing else was cosigned for that log since it was judged.

    Args:
        workspace: The witness's.
        path: A tree head, or a `.tlog-proof` that ends in one.
        log_key: The log's public key; needed the first time, remembered after.
        consistency: The proof that the log only grew since the head that was cosigned last.
        output: Where the cosigned file goes; None writes it in place.
        actor: Who cosigns.
        now: When; by default the present.

    Raises:
        UsageError: If a file is absent or a key is missing or another than before.
        NotAssessable: If a file is no tree head or proof, the proof is missing, or the head is
            of no entries, of more than can be counted, or smaller than one cosigned before.
        InvalidBundle: If the log did not sign the head.
        LedgerTampered: If the log did not grow out of what was cosigned: it was rewritten.
    """
    signed, present = _read(path), moment_of(now)
    key = witness_key(workspace)
    before = None
    while True:  # who loses a race to another command judges again, by what that one cosigned
        standing, before = _last(workspace, _name(signed.head.origin))
        known = _log_key(before, log_key, signed.head.origin)
        _check_signed(path, signed, known)
        if before is not None:
            _check_grown(path, signed, before, consistency)
        made = _remembered(signed.head, known, key, present)
        if append_after(workspace, standing, made, actor=actor, recorded_at=present.text):
            break
    line = key.cosign(signed.note.text, int(time_of(present.text).timestamp()))
    _write(output or path, signed.written(_with(signed.note, line)), replace=output is None)
    return Cosigned(
        file=str(output or path),
        origin=made.origin,
        size=made.size,
        before=before.size if before else None,
        witness_key=key.public,
    )


def _name(origin: str) -> str:
    return f"log-{hashlib.sha256(origin.encode()).hexdigest()[:16]}"


def _last(workspace: Workspace, name: str) -> tuple[Entry | None, HeadCosigned | None]:
    """Return the entry of what was cosigned last for a log, and what it says."""
    entry = workspace.ledger.pick([(_TYPE, name)]).get((_TYPE, name))
    return entry, workspace.ledger.read(HeadCosigned, entry) if entry else None


def _remembered(head: TreeHead, log_key: str, key: WitnessKey, present: Moment) -> HeadCosigned:
    return HeadCosigned(
        name=_name(head.origin),
        origin=head.origin,
        log_key=log_key,
        size=head.size,
        root=f"sha256:{head.root.hex()}",
        witness=key.public,
        cosigned_at=present.text,
    )


def export_consistency(workspace: Workspace, path: Path, since: int, output: Path) -> int:
    """Write the proof that a head of the workspace's log grew out of its first `since` entries.

    Returns:
        The size of the head.

    Raises:
        UsageError: If a file is absent, or there is one at `output`.
        NotAssessable: If the file holds no tree head.
        FtgovError: If the log never had so many entries, or the file can't be written.
    """
    signed = _read(path)
    hashes = workspace.ledger.consistency(since, signed.head.size)
    checkpoint = signed.proof.checkpoint if signed.proof else path.read_bytes()
    _write(output, write_consistency(ConsistencyFile(since, hashes, checkpoint)), replace=False)
    return signed.head.size


def _read(path: Path) -> _Signed:
    instead = "Name a file of `ftgov log head`, or a bundle's log/report.tlog-proof."
    with told_as(path, "holds no tree head", instead):
        content = path.read_bytes()
        proof = parse_proof(content) if content.startswith(FIRST_LINE.encode()) else None
        note = parse_note(proof.checkpoint if proof else content)
        head = head_of_note(note)
        if not 0 < head.size < _TOO_MANY:
            raise ValueError(f"its head is of {head.size} entries")  # any log grows out of none
        return _Signed(proof, note, head)


def _log_key(last: HeadCosigned | None, given: str | None, origin: str) -> str:
    if given is None and last is None:
        raise UsageError(
            f"Nobody has said yet which key signs the log {origin}.",
            why="A witness believes one key for each log, got another way than the tree head.",
            next_step="Give the text that its holder's `ftgov log head` printed: --log-key KEY",
        )
    if last is not None and given not in {None, last.log_key}:
        raise UsageError(
            f"The log {origin} was cosigned with another key before.",
            why=f"It was {last.log_key}.",
            next_step="Find out why its holder changed the log's key before you vouch for it.",
        )
    text = last.log_key if last else str(given)
    try:
        if note_key(text).name != origin:
            raise ValueError(f"it is the key of {note_key(text).name}")
    except ValueError as fault:
        raise UsageError(
            f"{text!r} is no public key of the log {origin}.",
            why=str(fault),
            next_step="Use the text that its holder's `ftgov log head` printed.",
        ) from fault
    return text


def _check_signed(path: Path, signed: _Signed, log_key: str) -> None:
    try:
        signers(signed.note, [note_key(log_key)])
    except ValueError as fault:
        raise InvalidBundle(
            f"{path}: the log {signed.head.origin} did not sign this tree head.",
            why=str(fault),
            next_step="Ask its holder for the head again; do not cosign this one.",
        ) from fault


def _check_grown(path: Path, signed: _Signed, last: HeadCosigned, consistency: Path | None) -> None:
    head = signed.head
    if head.size < last.size:
        raise NotAssessable(
            f"{path} is of {head.size} entries, and a head of {last.size} was cosigned before.",
            why="A cosignature says that no larger head of the log was seen.",
            next_step="Ask the log's holder for a head that is not older.",
        )
    if head.size == last.size:
        if f"sha256:{head.root.hex()}" != last.root:
            raise _rewritten(head, f"another tree of {last.size} entries was cosigned before")
        return
    if consistency is None:
        raise NotAssessable(
            f"Nothing shows that {path} grew out of the {last.size} entries cosigned before.",
            next_step="Ask the log's holder for a proof, and give it with --consistency: "
            f"ftgov log consistency HEAD --since {last.size} --output FILE",
        )
    instead = f"ftgov log consistency HEAD --since {last.size} --output FILE"
    with told_as(consistency, "is no proof of what is asked", instead):
        proof = parse_consistency(consistency.read_bytes())
        if proof.old != last.size or parse_note(proof.checkpoint).text != signed.note.text:
            raise ValueError(f"it is not from {last.size} entries to this head")
    if not grew(proof, bytes.fromhex(last.root.removeprefix("sha256:")), head):
        raise _rewritten(head, f"the {last.size} entries cosigned before are not its first ones")


def _rewritten(head: TreeHead, why: str) -> LedgerTampered:
    return LedgerTampered(
        f"The log {head.origin} was rewritten.",
        why=f"{why[0].upper()}{why[1:]}.",
        next_step="Keep both heads: they show it. Do not cosign this one.",
    )


def _with(note: SignedNote, line: NoteSignature) -> list[NoteSignature]:
    """Return the log's signature, then all cosignatures by name; an older one of ours gives way."""
    first, *rest = note.signatures
    others = [each for each in rest if each[:2] != line[:2]]
    return [first, *sorted([*others, line], key=lambda each: each[:2])]


def _write(path: Path, content: bytes, *, replace: bool) -> None:
    if not replace and path.exists():
        raise UsageError(f"{path} exists already.", next_step="Name another file with --output.")
    try:
        number, scratch = tempfile.mkstemp(prefix=".head-", dir=path.parent)
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(scratch).chmod(0o644)
        Path(scratch).replace(path)
    except OSError as fault:
        raise FtgovError(
            f"{path} cannot be written.", why=str(fault), next_step="Name another file."
        ) from fault
