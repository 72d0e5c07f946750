"""The proof that a signed report is in the ledger, made when it was signed and put beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ftgov.api.recording import append
from ftgov.api.tree_heads import made_log_key
from ftgov.records.base import Record
from ftgov.signing.names import LOG_ENTRY_NAME, LOG_PROOF_NAME
from ftgov.store.ledger import Entry
from ftgov.store.workspace import Workspace
from ftgov.transparency.checkpoint import head_text
from ftgov.transparency.log_entry import LogEntry, write_entry
from ftgov.transparency.tlog_proof import TlogProof, write_proof


def recorded_and_proven(
    workspace: Workspace,
    record_of: Callable[[bytes], Record],
    *,
    actor: str,
    recorded_at: str,
) -> Callable[[bytes], Mapping[str, bytes]]:
    """Return what a bundle calls once its statement is signed: it records that and proves it.

    The order is: sign, record, sign the tree head, prove; the bundle is put in its place last, so
    that none exists whose signature the ledger does not know.

    Args:
        workspace: Whose ledger.
        record_of: The record of a signed payload.
        actor: Who signs.
        recorded_at: When, as RFC 3339 UTC text.
    """

    def prove(payload: bytes) -> Mapping[str, bytes]:
        (entry,) = append(workspace, [record_of(payload)], actor=actor, recorded_at=recorded_at)
        return proof_files(workspace, entry)

    return prove


def proof_files(workspace: Workspace, entry: Entry) -> Mapping[str, bytes]:
    """Return the files of `log/` for an entry: the entry itself, and its place under a signed head.

    Raises:
        FtgovError: If the log's key can't be used, or the entry is not in the ledger.
    """
    key = made_log_key(workspace)
    head = workspace.ledger.tree_head(key.name)
    proof = TlogProof(
        leaf_index=entry.seq - 1,
        hashes=workspace.ledger.inclusion(entry.seq, head.size),
        checkpoint=key.sign_note(head_text(head)),
    )
    return {
        LOG_ENTRY_NAME: write_entry(_file_of(entry)),
        LOG_PROOF_NAME: write_proof(proof),
    }


def _file_of(entry: Entry) -> LogEntry:
    fields = entry._asdict()
    del fields["digest"]
    return LogEntry(record=json.loads(fields.pop("body")), **fields)
