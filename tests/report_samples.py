"""Realistic dossiers for the report's tests: passed, failed and not assessed."""

from __future__ import annotations

from typing import Literal

from ftgov.records.dataset import Dataset
from ftgov.records.decision import Decision, Figure, verdict_of
from ftgov.records.digest import digest_bytes, digest_record
from ftgov.records.dossier import AnalysisSettings, Assessment, Dossier, LedgerHead
from ftgov.records.evaluation import Evaluation, Scoring
from ftgov.records.finding import Finding, Severity
from ftgov.records.job import Job
from ftgov.records.measurement import Measurement
from ftgov.records.model import ModelVersion, WeightFile
from ftgov.records.party import Party
from ftgov.records.subject import Subject
from ftgov.records.system import System
from report_findings import (
    ANSWERS,
    BASE_ANSWERS,
    CONFIG,
    EVIDENCE,
    FACTS,
    GATE,
    HELD_OUT,
    METER,
    PRE,
    PROMPTS,
    STATE,
    TRAIN,
    change_findings,
    group_findings,
    run_findings,
)
from report_law import classification, duty_states

Case = Literal["pass", "fail", "error"]
WHEN = "2026-11-21T09:30:00Z"


def decision(
    rule: str,
    title: str,
    outcome: Literal["pass", "fail", "warn", "waived", "error"],
    message: str,
    found: Measurement | None = None,
    *,
    severity: Severity = "error",
    remedy: str = "",
) -> Decision:
    """Return one rule's decision, with the figure it rests on."""
    figures: tuple[Figure, ...] = ()
    if found and found.interval:
        figures = (
            Figure(
                measure=found.id,
                value=found.value,
                low=found.interval.low,
                high=found.interval.high,
                n=found.n,
                unit=found.unit,
                evidence=found.evidence,
            ),
        )
    return Decision(
        rule=rule,
        version=1,
        gate="baseline",
        title=title,
        severity=severity,
        outcome=outcome,
        message=message,
        remedy=remedy,
        refs=("Art 15(3)",),
        figures=figures,
        policy=GATE.digest,
        decided_at=WHEN,
        time_source="given",
    )


def decisions(case: Case, findings: list[Finding]) -> tuple[Decision, ...]:
    """Return the baseline gate's decisions for a case."""
    by_id = {m.id: m for f in findings for m in f.measurements if not m.slice}
    first: dict[Case, Literal["pass", "fail", "error"]] = {
        "pass": "pass",
        "fail": "fail",
        "error": "error",
    }
    ratio = by_id.get("group_fairness.demographic_parity_ratio")
    return (
        decision(
            "FTG-FAIR-001",
            "Selection rates of groups lie close together",
            first[case],
            "The demographic parity ratio is 0.887, interval 0.805 to 0.969, n 945; the lower "
            "limit is 0.80."
            if case != "error"
            else "No group fairness figure is recorded.",
            ratio if case != "error" else None,
            remedy="Gather more answers of the smallest group, or rebalance the training data "
            "and fine-tune again."
            if case != "error"
            else "Record predictions with a group column.",
        ),
        decision(
            "FTG-SAFE-001",
            "Guardrails survive the fine-tune",
            "pass",
            "The proportion of refused unsafe requests changed by -0.017 against the base "
            "model; the lower limit is -0.05.",
            by_id["guardrail_regression.refusal_change"],
        ),
        decision(
            "FTG-MEM-001",
            "Known secrets are not reproduced",
            "pass",
            "The proportion of known secrets reproduced is 0.000, n 40; the upper limit is 0.02.",
            by_id["memorisation.canary_reproduction"],
        ),
        decision(
            "FTG-TASK-001",
            "The task did not get worse",
            "pass",
            "Accuracy on the task changed by 0.314 against the base model.",
            by_id["base_vs_tuned.accuracy_change"],
        ),
        decision(
            "FTG-TRAIN-001",
            "Training stopped near its best",
            "warn",
            "The last evaluation loss lies 0.031 above the smallest.",
            by_id["training_dynamics.final_loss_excess"],
            severity="warning",
            remedy="Keep the checkpoint of the smallest evaluation loss.",
        ),
        decision(
            "FTG-DATA-001",
            "Training and evaluation data are apart",
            "pass",
            "Rows in both training and evaluation data: 0; the limit is 0.",
            by_id["dataset_quality.overlap_rows"],
        ),
        decision(
            "FTG-LIN-001",
            "Origin and licence of data are known",
            "waived",
            "One dataset has no licence; waived by the reviewer until 2026-12-31.",
            severity="warning",
        ),
    )


def subject() -> Subject:
    """Return the loan triage model with all that it came from."""
    weights = (WeightFile(name="model.safetensors", bytes=13_402_112, digest=digest_bytes(b"w")),)
    job = Job(
        name="loan-fine-tune",
        method="lora",
        base="loan-triage-base",
        seed=7,
        trained_tokens=612_480,
        datasets={"train": "loan-train", "validation": "loan-validation"},
        trainer_state=STATE,
        config=CONFIG,
        energy=METER,
        outputs=("loan-triage-adapter", "loan-triage-tuned"),
        finished_at="2026-11-20T16:12:00Z",
    )
    earlier = Job(
        name="loan-pretrain",
        method="pretraining",
        datasets={"train": "base-corpus"},
        outputs=("loan-triage-base",),
    )
    base = ModelVersion(
        name="loan-triage-base",
        kind="base",
        architecture="llama",
        parameters=3_400_000,
        licence="Apache-2.0",
    )
    adapter = ModelVersion(
        name="loan-triage-adapter", kind="adapter", parent="loan-triage-base", weights=weights
    )
    tuned = ModelVersion(
        name="loan-triage-tuned",
        kind="tuned",
        parent="loan-triage-base",
        adapter="loan-triage-adapter",
        architecture="llama",
        parameters=3_420_000,
        licence="Apache-2.0",
        weights=weights,
    )
    four = ("de", "en", "es", "fr")
    return Subject(
        model=tuned,
        base=base,
        related=(adapter,),
        job=job,
        earlier_jobs=(earlier,),
        datasets=(
            Dataset(
                name="loan-train",
                role="train",
                files=(TRAIN,),
                origin="synthetic",
                licence="CC0-1.0",
                languages=four,
                personal_data="no",
            ),
            Dataset(
                name="loan-validation",
                role="validation",
                files=(HELD_OUT,),
                origin="synthetic",
                licence="CC0-1.0",
                languages=four,
                personal_data="no",
            ),
            Dataset(
                name="loan-eval",
                role="evaluation",
                files=(PROMPTS,),
                origin="synthetic",
                languages=four,
                personal_data="no",
            ),
            Dataset(
                name="base-corpus",
                role="train",
                files=(PRE,),
                origin="synthetic",
                licence="CC0-1.0",
                languages=four,
            ),
        ),
        evaluations=(
            Evaluation(
                name="tuned-eval",
                model="loan-triage-tuned",
                dataset="loan-eval",
                answers=ANSWERS,
                rows=1_890,
                scoring=Scoring(),
            ),
            Evaluation(
                name="base-eval",
                model="loan-triage-base",
                dataset="loan-eval",
                answers=BASE_ANSWERS,
                rows=1_890,
                scoring=Scoring(),
            ),
        ),
        system=System(
            name="loan-desk",
            model="loan-triage-tuned",
            facts={"profiling": True},
            facts_file=FACTS,
            intended_purpose="Sorts loan requests of private customers by urgency and completeness "
            "and proposes a decision, which a clerk confirms or changes before the customer hears.",
        ),
        parties=(
            Party(
                name="example-bank",
                role="provider",
                legal_name="Example Bank plc",
                contact="ai@bank.example",
            ),
        ),
    )


def dossier(
    case: Case = "pass", extra: tuple[Finding, ...] = (), about: Subject | None = None
) -> Dossier:
    """Return a dossier whose verdict is the case."""
    findings = [*group_findings(), *change_findings(), *run_findings(), *extra]
    if case == "error":
        findings = [f for f in findings if f.analyzer != "group_fairness"]
    made = Assessment(
        tool="ftgov 0.1.0",
        assessed_at=WHEN,
        settings=AnalysisSettings(),
        subject=about or subject(),
        findings=tuple(findings),
        classification=classification(known=case != "error"),
        duties=duty_states(),
        ledger=LedgerHead(entries=18, head=digest_bytes(b"head")),
    )
    return sealed(made, decisions(case, findings))


def sealed(made: Assessment, taken: tuple[Decision, ...]) -> Dossier:
    """Return a dossier of an assessment and decisions that agrees with itself."""
    return Dossier(
        assessment=made,
        assessment_digest=digest_record(made),
        decisions=taken,
        verdict=verdict_of(taken),
        evidence=EVIDENCE,
    )
