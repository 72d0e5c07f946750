"""The evidence bundle: the files that a report rests on, and one attestation over all of them.

```
report.pdf                          optional
report.html
dossier.json                        canonical JSON: the one truth
VERIFY.md                           how to check all this with stock tools
evidence/<sha256 of the content>    raw evidence
attestations/report.sigstore.json   the statement: name and digest of each file above
log/report.entry.json               the ledger's entry that says that it was signed
log/report.tlog-proof               the proof that the entry is in the log, and the log's signature
```

Beside them may lie agreements, dissents, and the record of what is withheld; see docs/reference/
bundle.md.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import BinaryIO, Self

from ftgov.errors import NotAssessable
from ftgov.records.digest import Digest, bare, digest_stream
from ftgov.signing.bundle_read import Bundle, FolderBundle, ZipBundle, open_bundle
from ftgov.signing.bundle_write import write_bundle, zip_bundle
from ftgov.signing.withheld import read_withheld

__all__ = [
    "Bundle",
    "BundleEvidence",
    "FolderBundle",
    "ZipBundle",
    "open_bundle",
    "write_bundle",
    "zip_bundle",
]


class BundleEvidence:
    """A bundle's evidence, for analyzers: an `EvidenceReader`.

    Each file is copied to a private temporary folder and hashed there, so that what was checked is
    what is read, and an archive's evidence has a path.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._folder: Path | None = None
        self._checked: dict[Digest, Path] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary folder; paths given out are then gone."""
        if self._folder is not None:
            shutil.rmtree(self._folder)
        self._folder = None
        self._checked.clear()

    def open(self, digest: Digest) -> BinaryIO:
        """Open evidence for reading, checked against its digest.

        Raises:
            NotAssessable: If the bundle has no such evidence, or its content is another.
        """
        return self.path(digest).open("rb")

    def path(self, digest: Digest) -> Path:
        """Return a local file with the evidence, checked against its digest; valid until `close`.

        Raises:
            NotAssessable: If the bundle has no such evidence, or its content is another.
        """
        if digest not in self._checked:
            self._checked[digest] = self._copy(digest)
        return self._checked[digest]

    def _copy(self, digest: Digest) -> Path:
        name = f"evidence/{bare(digest)}"
        if name not in self._bundle.names and name in read_withheld(self._bundle).names:
            raise NotAssessable(
                f"The evidence {digest} is withheld from this bundle, all of it or rows.",
                why="A figure can be derived again only from all of its evidence.",
                next_step="Ask the maker of the bundle for one that withholds nothing.",
            )
        if name not in self._bundle.names:
            raise _unfit(f"The bundle has no evidence {digest}.")
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="ftgov-evidence-"))
            # Readers that are passed on are rarely closed; what they copied goes with them.
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        target = self._folder / bare(digest)
        with self._bundle.sound(name), self._bundle.open(name) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        with target.open("rb") as stream:
            found, _ = digest_stream(stream)
        if found != digest:
            target.unlink()
            raise _unfit(f"The evidence {digest} has changed: its content is {found}.")
        return target


def _unfit(what: str) -> NotAssessable:
    return NotAssessable(
        what,
        why="A figure counts only if the evidence behind it is there, unchanged.",
        next_step="Get the bundle again from its maker.",
    )
