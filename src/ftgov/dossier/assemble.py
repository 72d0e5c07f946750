"""The dossier: an assessment, the decisions on it, and every file behind both."""

from __future__ import annotations

from collections.abc import Iterable

from ftgov.errors import FtgovError
from ftgov.records.decision import Decision, verdict_of
from ftgov.records.digest import digest_record
from ftgov.records.dossier import Assessment, Dossier
from ftgov.records.evidence import Evidence
from ftgov.records.verified import VerifiedSignature
from ftgov.records.waiver import VerifiedWaiver


def figures_without_evidence(assessment: Assessment, known: Iterable[Evidence]) -> tuple[str, ...]:
    """Return the ids of figures that rest on evidence which is not at hand."""
    digests = {file.digest for file in known}
    return tuple(
        figure.id
        for finding in assessment.findings
        for figure in finding.measurements
        if not set(figure.evidence) <= digests
    )


def assemble(
    assessment: Assessment,
    decisions: tuple[Decision, ...],
    rules: Iterable[Evidence],
    *,
    signatures: tuple[VerifiedSignature, ...] = (),
    waivers: tuple[VerifiedWaiver, ...] = (),
) -> Dossier:
    """Bind an assessment, its decisions and their evidence into one dossier.

    Args:
        assessment: What was found.
        decisions: What the gates concluded from it.
        rules: The law pack, gate files and signed statements that were applied, as evidence.
        signatures: The sign-offs that the gates saw.
        waivers: The waivers that the gates saw.

    Raises:
        FtgovError: If a figure rests on evidence that is not among the files: no naked number.
    """
    files = {file.digest: file for file in (*assessment.subject.evidence(), *rules)}
    if naked := figures_without_evidence(assessment, files.values()):
        raise FtgovError(
            f"These figures rest on evidence that is not at hand: {', '.join(sorted(set(naked)))}.",
            why="A figure that resolves to no evidence is not printed.",
            next_step="Let the analyzer name the digests of files that belong to the subject.",
        )
    return Dossier(
        assessment=assessment,
        assessment_digest=digest_record(assessment),
        decisions=decisions,
        verdict=verdict_of(decisions),
        evidence=tuple(sorted(files.values(), key=lambda file: (file.name, file.digest))),
        signatures=signatures,
        waivers=waivers,
    )
