"""Which names a bundle may have, so that no two readers can disagree about what is in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ftgov.errors import InvalidBundle

PDF_NAME = "report.pdf"
DOSSIER_NAME = "dossier.json"
RECIPE_NAME = "VERIFY.md"
ENVELOPE_NAME = "attestations/report.sigstore.json"
WITHHELD_NAME = "attestations/withheld.json"
LOG_PROOF_NAME = "log/report.tlog-proof"
LOG_ENTRY_NAME = "log/report.entry.json"
FOLDERS = frozenset({"attestations", "evidence", "log"})
"""The folders of a bundle; files lie at its top or directly in one of these."""
CLOSED = ("attestations/", "log/")
"""Where no signed file lies: only proofs about the signed files, each of a name known here."""

COUNTERSIGNATURE = re.compile(r"attestations/(agreement|dissent)-([0-9a-f]{64})\.sigstore\.json")
"""A second party's signature: what it says, and the fingerprint of the key that made it."""
ROWS = re.compile(r"attestations/rows-([0-9a-f]{64})\.jsonl")
"""What is left of a file whose rows are withheld in part; named by the whole file's SHA-256."""

MAX_FILES = 65_000
"""As many as a zip archive without the Zip64 extension can list."""
MAX_BYTES = 4_000_000_000
"""The largest sum of all files, in bytes: again what fits without Zip64."""

# A part never begins with a dot or a dash: no hidden file, no `..`, nothing like an option.
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def malformed(what: str, why: str = "") -> InvalidBundle:
    """Return the error of a bundle that can't be read safely."""
    return InvalidBundle(what, why=why, next_step="Get the bundle again from its maker.")


def check_names(names: Iterable[str]) -> None:
    """Check the names of all files of a bundle.

    Raises:
        InvalidBundle: If a name is absolute, leaves the bundle, has characters outside
            `[A-Za-z0-9._/-]`, lies in an unknown folder, or equals another but for case or Unicode
            form; or if there are too many.
    """
    seen: dict[str, str] = {}
    for name in names:
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            raise malformed(f"The bundle has two files named {seen[folded]!a} and {name!a}.")
        seen[folded] = name
        _check_name(name)
    if len(seen) > MAX_FILES:
        raise malformed(f"The bundle has more than {MAX_FILES} files.")


def _check_name(name: str) -> None:
    folder, slash, last = name.rpartition("/")
    if not _PART.fullmatch(last) or last.endswith(".") or len(name) > 255:
        raise malformed(f"The bundle has a file of unsafe name: {name[:300]!a}.")
    if slash and folder not in FOLDERS:
        raise malformed(f"The bundle has a file outside its folders: {name[:300]!a}.")
    if not slash and name.casefold() in FOLDERS:
        raise malformed(f"The bundle has a file where a folder belongs: {name!a}.")


def is_carrier(name: str, carriers: Iterable[str]) -> bool:
    """Return whether a name is that of a proof, which no signed list of files names.

    Args:
        name: A name in the bundle.
        carriers: The further proofs that the signed predicate lists.
    """
    if name in {ENVELOPE_NAME, WITHHELD_NAME}:
        return True
    if name in {LOG_ENTRY_NAME, LOG_PROOF_NAME}:
        return "log" in carriers
    return bool(COUNTERSIGNATURE.fullmatch(name) or ROWS.fullmatch(name))


def printable(name: str) -> str:
    """Return a name as it is if it is safe, else quoted, escaped and cut to 300 characters."""
    try:
        check_names((name,))
    except InvalidBundle:
        return ascii(name)[:300]
    return name
