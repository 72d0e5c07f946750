"""Run analyzers, law and gates again on a bundle's own evidence and compare with what it states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from ftgov import analyzers
from ftgov.dossier.assess import TOOL, choose_analyzers, classify_subject, libraries
from ftgov.errors import FtgovError
from ftgov.law.pack import load_pack
from ftgov.policy.decide import decide
from ftgov.policy.load import Gate, load_gate
from ftgov.recompute.figures import NOTHING, Comparison, compare_findings
from ftgov.recompute.rules import judged_by
from ftgov.recompute.signed import compare_signed
from ftgov.recompute.standing import compare_standing
from ftgov.records.attestation import LayerResult, LayerVerdict
from ftgov.records.canonical import canonical_bytes, canonical_json, plain
from ftgov.records.decision import verdict_of
from ftgov.records.digest import digest_record
from ftgov.records.dossier import Assessment, Dossier
from ftgov.records.evidence import EvidenceReader
from ftgov.signing.bundle import BundleEvidence, open_bundle
from ftgov.signing.held import read_dossier
from ftgov.signing.trust import TrustPack


def _result(verdict: LayerVerdict, detail: str, items: Sequence[str]) -> LayerResult:
    return LayerResult(layer="recompute", verdict=verdict, detail=detail, items=tuple(items))


def derive_findings(assessment: Assessment, evidence: EvidenceReader) -> Comparison:
    """Run the stated analyzers again and compare each figure; name an analyzer that is left out.

    Raises:
        FtgovError: If an analyzer can't read its evidence.
    """
    used = dict.fromkeys(finding.analyzer for finding in assessment.findings)
    again = analyzers.run(
        choose_analyzers(tuple(used)), assessment.subject, evidence, assessment.settings
    )
    found = compare_findings(
        assessment.findings, again, same_versions=assessment.libraries == libraries()
    )
    left_out = [each.id for each in analyzers.discover() if each.id not in used]
    missing = tuple(f"analyzer {name}: was not run, or is left out" for name in left_out)
    return found + Comparison(0, (), missing)


def _law(dossier: Dossier, evidence: EvidenceReader) -> Comparison:
    assessment = dossier.assessment
    stated = assessment.classification
    if stated is None:
        missing = ("classification: missing, though the model serves a system",)
        return Comparison(0, missing if assessment.subject.system is not None else (), ())
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
    return Comparison(0, tuple(differs), ())


def _gates(dossier: Dossier, evidence: EvidenceReader) -> Comparison:
    if dossier.verdict != verdict_of(dossier.decisions):
        fault = f"verdict: {dossier.verdict} does not follow from the decisions"
        return Comparison(0, (fault,), ())
    if not dossier.decisions:
        return NOTHING
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
        return NOTHING
    return Comparison(0, ("decisions: differ",), ())


def _findings(dossier: Dossier, evidence: EvidenceReader) -> Comparison:
    return derive_findings(dossier.assessment, evidence)


Step = Callable[[Dossier, EvidenceReader], Comparison]
"""Derives a part of a dossier again from its evidence."""

_STEPS: dict[str, Step] = {
    "findings": _findings,
    "law": _law,
    "decisions": _gates,
}


def recompute_dossier(
    dossier: Dossier, evidence: EvidenceReader, trust: TrustPack | None = None
) -> LayerResult:
    """Derive findings, classification and decisions again and say what differs.

    Whose signatures count, the trust pack decides; without one none can be judged.

    The verdict is `not_assessed` where another version of ftgov made the dossier and the figures
    differ, since then neither side is shown to be wrong, where evidence can't be read, and where a
    gate or law pack under a name of ours is not the one that this version ships.
    """
    assessment = dossier.assessment
    found = compare_standing(assessment.subject, evidence, trust)
    signed: Step = partial(compare_signed, trust=trust)
    steps = {**_STEPS, "signatures": signed}
    for name, step in steps.items():
        try:
            found += step(dossier, evidence)
        except FtgovError as fault:
            found += Comparison(0, (), (f"{name}: {fault.what} {fault.why}".strip(),))
    faults = found.differs
    if digest_record(assessment) != dossier.assessment_digest:
        faults += ("assessment digest: differs",)
    if faults and assessment.tool == TOOL:
        return _result("invalid", "figures differ from what the evidence gives", faults)
    if faults:
        detail = f"made by {assessment.tool}, derived by {TOOL}; they differ"
        return _result("not_assessed", detail, faults)
    rules = judged_by(dossier)
    found += rules.doubts
    total = sum(len(finding.measurements) for finding in assessment.findings)
    shown = f"{found.same} of {total} figures derived again"
    if found.underivable:
        items = (*found.underivable, *rules.lines)
        return _result("not_assessed", f"{shown}; something is left open", items)
    return _result("valid", f"{shown}, all the same; judged by:", rules.lines)


def recompute_bundle(
    path: Path, trust: TrustPack | None = None, payload: bytes | None = None
) -> LayerResult:
    """Open a bundle and derive its figures again, signatures judged by a trust pack.

    Args:
        path: The bundle.
        trust: The verifier's trust pack.
        payload: The statement whose signature was verified; a dossier that it does not list is
            refused. None where nothing was verified.

    Raises:
        InvalidBundle: If the bundle can't be read, or changed since it was verified.
    """
    with open_bundle(path) as bundle:
        content = read_dossier(bundle, payload) if payload else bundle.read("dossier.json")
        try:
            dossier = Dossier.model_validate(canonical_json(content))
        except ValueError as fault:
            return _result("invalid", "dossier.json is no dossier that can be read", [str(fault)])
        return recompute_dossier(dossier, BundleEvidence(bundle), trust)
