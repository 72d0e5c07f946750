"""The assessment: what analyzers and law pack say of one subject, before anyone judges it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from ftgov import __version__, analyzers
from ftgov.analyzers.protocol import Analyzer
from ftgov.errors import UsageError
from ftgov.law.classify import classify
from ftgov.law.facts import check_facts
from ftgov.law.pack_records import Pack
from ftgov.records.dossier import AnalysisSettings, Assessment, LedgerHead
from ftgov.records.evidence import EvidenceReader
from ftgov.records.law import Classification
from ftgov.records.subject import Subject

TOOL = f"ftgov {__version__}"


class Circumstances(NamedTuple):
    """What an assessment needs from outside: the time, the state of the ledger, the settings."""

    assessed_at: str
    ledger: LedgerHead
    settings: AnalysisSettings


def choose_analyzers(only: Sequence[str] = ()) -> tuple[Analyzer, ...]:
    """Return the analyzers to run: all, or those named.

    Raises:
        UsageError: If a name is not that of an analyzer.
    """
    known = {analyzer.id: analyzer for analyzer in analyzers.discover()}
    for name in only:
        if name not in known:
            raise UsageError(
                f"There is no analyzer '{name}'.", next_step=f"Choose from: {', '.join(known)}."
            )
    return tuple(known[name] for name in only) if only else tuple(known.values())


def classify_subject(subject: Subject, pack: Pack, as_of: date) -> Classification | None:
    """Return the classification of the subject's system, or None where it serves none."""
    if subject.system is None:
        return None
    facts = check_facts(subject.system.facts, pack, unstated="unknown")
    return classify(pack, facts, as_of)


def assess(
    subject: Subject,
    evidence: EvidenceReader,
    pack: Pack,
    circumstances: Circumstances,
    only: Sequence[str] = (),
) -> Assessment:
    """Run the analyzers and the law pack on a subject.

    The same subject, evidence, pack and circumstances give the same bytes.
    """
    assessed_at, ledger, settings = circumstances
    found = analyzers.run(choose_analyzers(only), subject, evidence, settings)
    return Assessment(
        tool=TOOL,
        assessed_at=assessed_at,
        settings=settings,
        subject=subject,
        findings=found,
        classification=classify_subject(subject, pack, date.fromisoformat(assessed_at[:10])),
        ledger=ledger,
    )
