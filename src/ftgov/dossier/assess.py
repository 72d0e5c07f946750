"""The assessment: what analyzers and law pack say of one subject, before anyone judges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import metadata
from types import MappingProxyType
from typing import NamedTuple

from ftgov import __version__, analyzers
from ftgov.analyzers.protocol import Analyzer
from ftgov.errors import UsageError
from ftgov.law.classify import classify
from ftgov.law.effective import Circumstance, effective_facts, may_be_high_risk
from ftgov.law.facts import Unstated, check_facts
from ftgov.law.pack_records import Pack
from ftgov.law.shown import Known
from ftgov.law.states import duty_states
from ftgov.records.dossier import AnalysisSettings, Assessment, LedgerHead
from ftgov.records.duty_state import DutyState
from ftgov.records.evidence import EvidenceReader
from ftgov.records.finding import Finding
from ftgov.records.law import Classification
from ftgov.records.subject import Subject
from ftgov.records.system import FactValue

TOOL = f"ftgov {__version__}"
_LIBRARIES = ("duckdb", "fairlearn", "numpy", "scipy", "statsmodels")


class Circumstances(NamedTuple):
    """What an assessment needs from outside: the time, the state of the ledger, the settings."""

    assessed_at: str
    ledger: LedgerHead
    settings: AnalysisSettings


def libraries() -> dict[str, str]:
    """Return the versions of the installed libraries that a figure's last digits depend on."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


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


class Judged(NamedTuple):
    """What the law says of a subject: its classification, and how each duty stands.

    `values` are the facts it was classified with; `reopened` names answers that no longer count.
    """

    classification: Classification | None
    duties: tuple[DutyState, ...] = ()
    values: Mapping[str, FactValue] = MappingProxyType({})
    reopened: Mapping[str, str] = MappingProxyType({})


def classify_subject(
    subject: Subject,
    pack: Pack,
    as_of: date,
    findings: Sequence[Finding] = (),
    *,
    stale: bool = False,
    unstated: Unstated = "unknown",
) -> Judged:
    """Return what the law says of the subject's system; nothing where it serves none.

    Facts are those stated and answered since. Whether a new job re-opens answers depends on the
    class, so the class is found twice: first with all answers, then without those re-opened.

    Args:
        subject: The subject with what people said.
        pack: The law pack.
        as_of: The day.
        findings: What the analyzers found, for the duties.
        stale: Whether records changed since the findings were made.
        unstated: What a fact means that nobody stated.
    """
    if subject.system is None:
        return Judged(None)
    now = Circumstance(subject.system, subject.job, subject.standing)
    kept = effective_facts(pack, now, high_risk=False)
    first = classify(pack, check_facts(kept.values, pack, unstated), as_of)
    again = effective_facts(pack, now, high_risk=may_be_high_risk(first.overall))
    facts = check_facts(again.values, pack, unstated)
    found = classify(pack, facts, as_of)
    known = Known(
        subject=subject,
        findings=findings,
        findings_stale=stale,
        reopened=again.reopened,
        classification=found,
        questions={question.id: question for question in pack.questions},
        as_of=as_of,
    )
    return Judged(found, duty_states(pack, known), again.values, again.reopened)


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
    judged = classify_subject(subject, pack, date.fromisoformat(assessed_at[:10]), found)
    return Assessment(
        tool=TOOL,
        libraries=libraries(),
        assessed_at=assessed_at,
        settings=settings,
        subject=subject,
        findings=found,
        classification=judged.classification,
        duties=judged.duties,
        ledger=ledger,
    )
