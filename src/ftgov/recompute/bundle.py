"""Run analyzers, law and gates again on a bundle's own evidence and compare with what it states."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from ftgov import analyzers
from ftgov.dossier.assess import TOOL, choose_analyzers, classify_subject
from ftgov.errors import FtgovError
from ftgov.law.pack import load_pack
from ftgov.policy.decide import decide
from ftgov.policy.load import Gate, load_gate
from ftgov.records.attestation import LayerResult, LayerVerdict
from ftgov.records.canonical import canonical_bytes, canonical_json, plain
from ftgov.records.decision import verdict_of
from ftgov.records.digest import digest_record
from ftgov.records.dossier import Assessment, Dossier
from ftgov.records.evidence import EvidenceReader
from ftgov.records.finding import Finding
from ftgov.signing.bundle import BundleEvidence, open_bundle


def _result(verdict: LayerVerdict, detail: str, items: list[str]) -> LayerResult:
    return LayerResult(layer="recompute", verdict=verdict, detail=detail, items=tuple(items))


class _Comparison(NamedTuple):
    """What differs, and what could not be derived here so that nothing is shown either way."""

    differs: list[str]
    underivable: list[str]


def _findings(assessment: Assessment, evidence: EvidenceReader) -> _Comparison:
    used = dict.fromkeys(finding.analyzer for finding in assessment.findings)
    again = analyzers.run(
        choose_analyzers(tuple(used)), assessment.subject, evidence, assessment.settings
    )
    found = _compare(assessment.findings, again)
    left_out = [each.id for each in analyzers.discover() if each.id not in used]
    found.underivable.extend(f"analyzer {name}: was not run, or is left out" for name in left_out)
    return found


def _compare(stated: tuple[Finding, ...], again: tuple[Finding, ...]) -> _Comparison:
    """Name each finding that differs, down to the figure where only figures do."""
    theirs = {finding.id: finding for finding in again}
    named = {finding.id for finding in stated}
    found = _Comparison([f"finding {name}: not stated" for name in theirs if name not in named], [])
    for finding in stated:
        other = theirs.get(finding.id)
        if other is None:
            found.differs.append(f"finding {finding.id}: the evidence does not give it")
        elif canonical_bytes(other) == canonical_bytes(finding):
            continue
        elif other.outcome == "not_assessed":
            found.underivable.append(f"finding {finding.id}: {other.summary}")
        else:
            found.differs.extend(_figures(finding, other) or [f"finding {finding.id}: differs"])
    return found


def _figures(stated: Finding, again: Finding) -> list[str]:
    pairs = zip(stated.measurements, again.measurements, strict=False)
    return [
        f"{one.id}: stated {one.value}, derived {other.value}"
        for one, other in pairs
        if canonical_bytes(one) != canonical_bytes(other)
    ]


def _law(assessment: Assessment, evidence: EvidenceReader) -> list[str]:
    stated = assessment.classification
    if stated is None:
        missing = assessment.subject.system is not None
        return ["classification: missing, though the model serves a system"] if missing else []
    with evidence.open(stated.pack_digest) as stream:
        files: dict[str, str] = canonical_json(stream.read())
    as_of = date.fromisoformat(stated.as_of)
    again = classify_subject(assessment.subject, load_pack(files), as_of, assessment.findings)
    differs = []
    if canonical_bytes(plain(again.classification)) != canonical_bytes(stated):
        differs.append("classification: differs")
    duties = [plain(duty) for duty in again.duties]
    if canonical_bytes(duties) != canonical_bytes([plain(duty) for duty in assessment.duties]):
        differs.append("duties: their states differ")
    return differs


def _gates(dossier: Dossier, evidence: EvidenceReader) -> list[str]:
    if dossier.verdict != verdict_of(dossier.decisions):
        return [f"verdict: {dossier.verdict} does not follow from the decisions"]
    if not dossier.decisions:
        return []
    names = dict.fromkeys((decision.policy, decision.gate) for decision in dossier.decisions)
    gates: list[Gate] = []
    for digest, name in names:
        with evidence.open(digest) as stream:
            gates.append(load_gate(stream.read().decode(), name=name))
    first = dossier.decisions[0]
    again = decide(
        gates,
        dossier.assessment,
        signatures=dossier.signatures,
        now=first.decided_at,
        time_source=first.time_source,
        waivers=dossier.waivers,
    )
    stated: Any = [plain(decision) for decision in dossier.decisions]
    if canonical_bytes([plain(decision) for decision in again]) == canonical_bytes(stated):
        return []
    return ["decisions: differ"]


def recompute_dossier(dossier: Dossier, evidence: EvidenceReader) -> LayerResult:
    """Derive findings, classification and decisions again and say what differs.

    The verdict is `not_assessed` where another version of ftgov made the dossier and the figures
    differ, since then neither side is shown to be wrong, and where evidence can't be read.
    """
    assessment = dossier.assessment
    try:
        findings = _findings(assessment, evidence)
        faults = [*findings.differs, *_law(assessment, evidence), *_gates(dossier, evidence)]
    except FtgovError as fault:
        return _result("not_assessed", f"could not be derived: {fault.what}", [fault.why])
    if digest_record(assessment) != dossier.assessment_digest:
        faults.append("assessment digest: differs")
    if faults and assessment.tool == TOOL:
        return _result("invalid", "figures differ from what the evidence gives", faults)
    if faults:
        detail = f"made by {assessment.tool}, derived by {TOOL}; they differ"
        return _result("not_assessed", detail, faults)
    if findings.underivable:
        return _result("not_assessed", "not all could be derived here", findings.underivable)
    count = sum(len(finding.measurements) for finding in assessment.findings)
    return _result("valid", f"{count} figures derived again, all the same", [])


def recompute_bundle(path: Path) -> LayerResult:
    """Open a bundle and derive its figures again."""
    with open_bundle(path) as bundle:
        try:
            dossier = Dossier.model_validate(canonical_json(bundle.read("dossier.json")))
        except ValueError as fault:
            return _result("invalid", "dossier.json is no dossier that can be read", [str(fault)])
        return recompute_dossier(dossier, BundleEvidence(bundle))
