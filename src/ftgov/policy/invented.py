"""From a policy's own test to the assessment that it describes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ftgov.policy.case import Case, CaseFigure, CaseJob, CaseSlice, CaseSubject
from ftgov.policy.form import Policy
from ftgov.records.dataset import Dataset
from ftgov.records.digest import digest_bytes, digest_record
from ftgov.records.dossier import AnalysisSettings, Assessment, LedgerHead
from ftgov.records.duty_state import DutyState
from ftgov.records.evidence import Evidence
from ftgov.records.finding import Finding
from ftgov.records.job import Job, JobHost, JobStatus
from ftgov.records.law import Classification
from ftgov.records.measurement import Interval, Measurement
from ftgov.records.model import ModelVersion, WeightFile
from ftgov.records.special_category import SpecialCategories
from ftgov.records.subject import Subject
from ftgov.records.system import System
from ftgov.records.verified import SigningTime, VerifiedSignature
from ftgov.records.waiver import VerifiedWaiver, Waiver, weights_of

_INVENTED = digest_bytes(b"a figure invented for the test of a policy")
_METHOD = "stated by a policy's test"


def assessment_of(case: Case) -> Assessment:
    """Return the assessment that a test describes; its evidence is one invented digest.

    Raises:
        ValidationError: If what the test states is no possible assessment, for example an interval
            whose lower end lies above its upper end.
    """
    return Assessment(
        tool="policy test",
        assessed_at=case.assessed_at or case.now,
        settings=AnalysisSettings(),
        subject=_subject(case),
        findings=(*_measured(case), *_stated(case)),
        classification=_classification(case),
        duties=tuple(
            DutyState(id=identity, state=duty.state, evidence=duty.evidence, note=duty.note)
            for identity, duty in case.duties.items()
        ),
        ledger=LedgerHead(entries=0, head=None),
    )


def _measured(case: Case) -> Iterable[Finding]:
    figures = [_measurement(identity, figure) for identity, figure in case.measures.items()]
    for identity, parts in case.slices.items():
        figures += [_measurement(identity, part) for part in parts]
    for figure in figures:
        yield _finding(figure.id, figure.id.partition(".")[0], figures=(figure,))


def _stated(case: Case) -> Iterable[Finding]:
    for stated in case.findings:
        yield Finding(
            id=stated.id,
            analyzer=stated.id.partition(".")[0],
            title=stated.id,
            outcome=stated.outcome,
            severity=stated.severity,
            summary=_METHOD,
            evidence=(_INVENTED,),
        )


def _finding(identity: str, analyzer: str, *, figures: tuple[Measurement, ...]) -> Finding:
    return Finding(
        id=identity,
        analyzer=analyzer,
        title=identity,
        outcome="measured",
        summary=_METHOD,
        measurements=figures,
        evidence=(_INVENTED,),
    )


def _measurement(identity: str, stated: CaseFigure) -> Measurement:
    interval = None
    if stated.value is not None:
        low = stated.value if stated.low is None else stated.low
        high = stated.value if stated.high is None else stated.high
        interval = Interval(low=low, high=high, level=stated.level, method=_METHOD)
    part = stated if isinstance(stated, CaseSlice) else CaseSlice(value=0.0)
    return Measurement(
        id=identity,
        value=stated.value,
        unit=stated.unit,
        interval=interval,
        n=stated.n,
        method=_METHOD,
        assurance=stated.assurance,
        evidence=(_INVENTED,),
        slice=part.slice,
        between=part.between,
        n_needed=stated.n_needed,
        reason=stated.reason,
    )


def _classification(case: Case) -> Classification | None:
    if case.classification is None:
        return None
    stated = {"pack": "test", "pack_digest": _INVENTED, "as_of": case.now[:10]}
    return Classification.model_validate({**stated, **case.classification})


def _subject(case: Case) -> Subject:
    stated = case.subject
    weights = tuple(
        WeightFile(name=f"weights-{index}", bytes=1, digest=_INVENTED)
        for index in range(stated.weights)
    )
    system = None
    if stated.system:
        file = Evidence(digest=_INVENTED, bytes=1, name="facts.yaml")
        system = System(
            name=stated.system,
            model=stated.model,
            intended_purpose=_METHOD,
            facts={},
            facts_file=file,
        )
    return Subject(
        model=ModelVersion(name=stated.model, kind=stated.kind, weights=weights),
        base=ModelVersion(name=stated.base, kind="base") if stated.base else None,
        job=_job(stated, case.job),
        system=system,
        datasets=tuple(
            Dataset(
                name=each.name,
                role="train",
                files=(Evidence(digest=_INVENTED, bytes=1, name="rows.jsonl"),),
                special_categories=each.categories,
            )
            for each in case.special.stated
        ),
        special=SpecialCategories(
            columns=case.special.columns, bases=case.special.bases, stated=case.special.stated
        ),
    )


def _job(subject: CaseSubject, stated: CaseJob | None) -> Job | None:
    if subject.job is None and stated is None:
        return None
    made = stated or CaseJob(method="unknown")
    splits: dict[Literal["train", "validation"], str] = {}
    if made.train:
        splits["train"] = made.train
    if made.validation:
        splits["validation"] = made.validation
    return Job(
        name=subject.job or "tune",
        method=made.method,
        provider=made.provider,
        status=JobStatus(normal=made.state) if made.state else None,
        base=subject.base,
        datasets=splits,
        seed=made.seed,
        outputs=(subject.model,),
        host=JobHost(region=made.region) if made.region else None,
    )


def signatures_of(case: Case, assessment: Assessment) -> tuple[VerifiedSignature, ...]:
    """Return the signatures that a test states, as a verification would give them."""
    digest = digest_record(assessment)
    return tuple(
        VerifiedSignature(
            holder=stated.holder,
            role=stated.role,
            spki=digest_bytes((stated.key or stated.holder).encode()),
            decision=stated.decision,
            assessment=digest,
            signed_at=stated.signed_at or case.now,
        )
        for stated in case.signatures
        if stated.verified
    )


def signing_of(case: Case) -> SigningTime | None:
    """Return the bundle's signing time that a test states; None where it states none."""
    return SigningTime(time="rfc3161", signed_at=case.signed_at) if case.signed_at else None


def waivers_of(case: Case, rule: Policy, subject: Subject) -> tuple[VerifiedWaiver, ...]:
    """Return the waivers of a rule that a test states, as a verification would give them."""
    return tuple(
        VerifiedWaiver(
            terms=Waiver(
                name=stated.name,
                rule=rule.id,
                rule_digest=rule.digest,
                model=subject.model.name,
                system=subject.system.name if subject.system else None,
                reason=_METHOD,
                granted_by=stated.author,
                granted_at=stated.granted_at,
                expires_at=stated.expires_at,
                version_from=rule.metadata.version,
                version_to=rule.metadata.version,
                model_identity=weights_of(subject),
            ),
            statement=_INVENTED,
            author=stated.author,
            approver=stated.approver,
            fault=stated.fault,
        )
        for stated in case.waivers
    )
