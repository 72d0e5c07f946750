"""Row trees of a report's evidence: what lets its holder withhold single rows later."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final, NamedTuple

from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import bare, digest_bytes
from ftgov.records.evidence import Evidence, EvidenceReader
from ftgov.signing.rows import RowSalts, RowTree, SignedRows, row_tree

_ROWS: Final = (".jsonl", ".jsonl.gz")


class CommittedRows(NamedTuple):
    """Row trees for the predicate, and the file with their salts, by its name in the bundle."""

    signed: SignedRows
    files: dict[str, bytes]


def commit_rows(evidence: EvidenceReader, files: Iterable[Evidence]) -> CommittedRows | None:
    """Return the salted trees over the rows of all JSON Lines; None where there are no such rows.

    The salts are new each time, from the operating system's randomness. A file that can't be read
    as rows has no tree, and can be withheld only as a whole.
    """
    salts = RowSalts(seed=secrets.token_hex(32))
    seed = bytes.fromhex(salts.seed)
    trees = {}
    for file in files:
        if file.name.lower().endswith(_ROWS) and (tree := _tree(evidence, file, seed)):
            trees[file.digest] = tree
    if not trees:
        return None
    content = canonical_bytes(salts)
    digest = digest_bytes(content)
    signed = SignedRows(salts=digest, trees=tuple(trees[each] for each in sorted(trees)))
    return CommittedRows(signed, {f"evidence/{bare(digest)}": content})


def _tree(evidence: EvidenceReader, file: Evidence, seed: bytes) -> RowTree | None:
    with evidence.open(file.digest) as stream:
        try:
            found = row_tree(stream, file.digest, seed)
        except ValueError:
            return None
    return found if found.rows else None
