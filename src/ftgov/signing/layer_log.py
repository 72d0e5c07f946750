"""The layer `log`: is the signed statement in a log that is known, and did witnesses see its head?

Three things must meet: the entry says that this very statement was signed, the proof shows the
entry in a tree, and a key of the trust pack signed that tree's head. Each byte of both files is
checked; a signature line of a key that nobody knows leaves the layer not assessed.

Sources: c2sp.org/tlog-proof; c2sp.org/tlog-cosignature; RFC 6962.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from ftgov.records.attestation import LayerResult, LayerVerdict
from ftgov.records.digest import digest_bytes
from ftgov.signing.log_key import note_key
from ftgov.signing.names import LOG_ENTRY_NAME, LOG_PROOF_NAME
from ftgov.signing.witness import Witnessed, cosigned_by, witness_text
from ftgov.transparency.checkpoint import TreeHead
from ftgov.transparency.log_entry import LogEntry, parse_entry
from ftgov.transparency.note import NoteSignature, PublicText, SignedNote, parse_note, signers
from ftgov.transparency.tlog_proof import TlogProof, parse_proof, proven_head, write_proof

if TYPE_CHECKING:
    from ftgov.signing.layers import Case


class _Unknown(Exception):
    """Something that the trust pack does not know, so that nothing is shown either way."""


class _Seen(NamedTuple):
    head: TreeHead
    witnesses: tuple[Witnessed, ...]


def judge_log(case: Case) -> LayerResult | None:
    """Judge the log proof of a bundle; None where it needs none and has none."""
    present = [name for name in (LOG_ENTRY_NAME, LOG_PROOF_NAME) if name in case.bundle.names]
    if not case.listed("log"):
        needed = case.pack.terms.witnesses_required
        if case.predicate is not None and needed:
            detail = f"The trust pack requires {needed} witnesses, and the bundle has no log proof."
            return _result("invalid", detail)
        return None  # a file under log/ that the predicate does not list is told by `files`
    missing = [f"missing: {name}" for name in (LOG_ENTRY_NAME, LOG_PROOF_NAME)]
    if missing := [line for line in missing if line.removeprefix("missing: ") not in present]:
        return _result("invalid", "The predicate lists a log proof that is not there.", *missing)
    try:
        entry = _entry(case)
        seen = _proven(case, entry)
    except _Unknown as fault:
        return _result("not_assessed", f"{fault}.", LOG_PROOF_NAME)
    except _Wrong as fault:
        return _result("invalid", "The log proof does not hold.", str(fault))
    head = seen.head
    detail = f"Entry {entry.seq} of the log {head.origin}, in its tree of {head.size} entries"
    names = ", ".join(each.name for each in seen.witnesses)
    return _result("valid", f"{detail}, cosigned by {names}." if names else f"{detail}.")


class _Wrong(Exception):
    """What does not hold, with the name of the file."""


def _entry(case: Case) -> LogEntry:
    """Return the entry, which must speak of the statement that was signed."""
    assert case.envelope is not None
    assert case.predicate is not None
    try:
        entry = parse_entry(case.bundle.read(LOG_ENTRY_NAME))
    except ValueError as fault:
        why = str(fault).splitlines()[0]
        raise _Wrong(f"malformed: {LOG_ENTRY_NAME}: {why}") from fault
    said = case.predicate
    wanted = {
        "type": "report",
        "statement": digest_bytes(case.envelope.payload),
        "model": said.model,
        "dossier": said.dossier,
        "verdict": said.verdict,
        "signed_at": said.signed_at,
    }
    wrong = sorted(name for name, value in wanted.items() if entry.record.get(name) != value)
    if wrong:
        raise _Wrong(f"{LOG_ENTRY_NAME}: it is of another statement: {', '.join(wrong)}")
    return entry


def _proven(case: Case, entry: LogEntry) -> _Seen:
    """Return the head that a known log signed and that holds the entry, and who cosigned it."""
    content = case.bundle.read(LOG_PROOF_NAME)
    try:
        proof = parse_proof(content)
        note = parse_note(proof.checkpoint)
        if proof.extra is not None or write_proof(proof) != content:
            raise ValueError("it holds more than a proof")
        origin = note.text.split("\n", 1)[0]
    except ValueError as fault:
        raise _Wrong(f"malformed: {LOG_PROOF_NAME}: {fault}") from fault
    known = [each.key for each in (case.pack.terms.logs or ()) if each.origin == origin]
    if not known:
        raise _Unknown(f"The trust pack names no log {origin[:200]!a}")
    with _blaming(LOG_PROOF_NAME):
        signers(note, map(note_key, known))
    # The log's head is sound: that the entry is not in it may be the fault of either file.
    with _blaming(f"{LOG_PROOF_NAME} or {LOG_ENTRY_NAME}"):
        head = _head(proof, entry, origin, known)
    with _blaming(LOG_PROOF_NAME):
        return _Seen(head, _witnesses(case, note, known))


@contextmanager
def _blaming(name: str) -> Iterator[None]:
    """Turn what does not hold into the fault of a file."""
    try:
        yield
    except ValueError as fault:
        raise _Wrong(f"{name}: {fault}") from fault


def _head(proof: TlogProof, entry: LogEntry, origin: str, known: list[str]) -> TreeHead:
    if entry.seq != proof.leaf_index + 1:
        raise ValueError(f"it is of index {proof.leaf_index}, the entry is number {entry.seq}")
    return proven_head(proof, entry.leaf, origin, map(note_key, known))


def _witnesses(case: Case, note: SignedNote, logs: list[str]) -> tuple[Witnessed, ...]:
    """Return who cosigned a head; every line must be of a known key, in order, and hold."""
    terms = case.pack.terms
    ours = {(key.name, key.key_id) for key in map(note_key, logs)}
    known = {
        (key.name, key.key_id): key for key in (witness_text(w.key) for w in terms.witnesses or ())
    }
    first, *rest = note.signatures
    if (first.name, first.key_id) not in ours or rest != _ordered(rest):
        raise ValueError("its signatures are not the log's, then witnesses by name, each once")
    found = [_witnessed(case, note, line, known) for line in rest]
    people = {known[line.name, line.key_id].public for line in rest}
    needed = terms.witnesses_required or 0
    if len(people) < needed:
        raise ValueError(f"{len(people)} of {needed} needed witnesses cosigned it")
    return tuple(found)


def _ordered(lines: list[NoteSignature]) -> list[NoteSignature]:
    """Return signature lines in the one order that they may have, each key once."""
    by_key = {(line.name, line.key_id): line for line in lines}
    return [by_key[key] for key in sorted(by_key)]


def _witnessed(
    case: Case, note: SignedNote, line: NoteSignature, known: dict[tuple[str, bytes], PublicText]
) -> Witnessed:
    key = known.get((line.name, line.key_id))
    if key is None:
        raise _Unknown(f"The trust pack knows no witness {line.name[:200]!a} of that key")
    found = cosigned_by(note, line, key)
    if found.time > case.now.timestamp() + 86_400:
        raise ValueError(f"the cosignature of {key.name} is of a time to come")
    return found


def _result(verdict: LayerVerdict, detail: str, *items: str) -> LayerResult:
    return LayerResult(layer="log", verdict=verdict, detail=detail, items=items)
