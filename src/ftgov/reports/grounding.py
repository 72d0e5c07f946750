"""No naked number: a printed figure resolves to files of the dossier, or nothing is printed."""

from __future__ import annotations

from collections.abc import Iterable

from ftgov.errors import FtgovError, NotAssessable
from ftgov.records.decision import verdict_of
from ftgov.records.digest import bare, digest_record
from ftgov.records.dossier import Dossier
from ftgov.reports.shapes import EvidenceMark


class UngroundedFigure(NotAssessable):
    """A figure rests on evidence that the dossier does not hold."""


class EvidenceIndex:
    """The files of a dossier, numbered in their order; the only maker of evidence references."""

    def __init__(self, dossier: Dossier) -> None:
        digests = list(dict.fromkeys(file.digest for file in dossier.evidence))
        length = 8
        while len({bare(digest)[:length] for digest in digests}) < len(digests):
            length += 4
        self._marks = {
            digest: EvidenceMark(
                number=f"E{number}",
                short=bare(digest)[:length],
                anchor=f"evidence-{bare(digest)[:length]}",
            )
            for number, digest in enumerate(digests, start=1)
        }

    def mark(self, digest: str) -> EvidenceMark | None:
        """Return the reference to a file, or None if the dossier does not hold it."""
        return self._marks.get(digest)

    def marks(self, digests: Iterable[str], what: str) -> tuple[EvidenceMark, ...]:
        """Return the references of a figure.

        Args:
            digests: The digests it rests on.
            what: The figure's name, for the error.

        Raises:
            UngroundedFigure: If there is none, or the dossier lacks one of them.
        """
        wanted = tuple(digests)
        absent = [digest for digest in wanted if digest not in self._marks]
        if absent or not wanted:
            raise UngroundedFigure(
                f"The figure {what} rests on no evidence of the dossier.",
                why=f"Evidence {absent[0]} is absent." if absent else "It names no evidence.",
                next_step="Audit the model again so that the dossier holds every file it rests on.",
            )
        return tuple(self._marks[digest] for digest in wanted)


def check_dossier(dossier: Dossier) -> None:
    """Check that a dossier agrees with itself before anything of it is printed.

    Raises:
        FtgovError: If the assessment is not the one its digest names, or the verdict is not the one
            its decisions give.
    """
    if digest_record(dossier.assessment) != dossier.assessment_digest:
        raise FtgovError(
            "The dossier's assessment does not match its digest.",
            why="It was changed after the decisions were taken on it.",
            next_step="Run the gate again on the recorded assessment.",
        )
    if verdict_of(dossier.decisions) != dossier.verdict:
        raise FtgovError(
            f"The dossier says {dossier.verdict!r}, its decisions say "
            f"{verdict_of(dossier.decisions)!r}.",
            why="A report can't contradict the decisions it prints.",
            next_step="Run the gate again on the recorded assessment.",
        )
