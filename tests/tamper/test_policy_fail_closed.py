"""Fail closed: taking evidence away never turns what is no pass into a pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ftgov.policy.decide import decide
from ftgov.policy.load import load_gate
from ftgov.policy.ruling import needs
from ftgov.records.decision import Decision, verdict_of
from ftgov.records.digest import digest_bytes
from ftgov.records.dossier import AnalysisSettings, Assessment, LedgerHead
from ftgov.records.finding import Finding
from ftgov.records.job import Job
from ftgov.records.law import Classification
from ftgov.records.measurement import Interval, Measurement
from ftgov.records.model import ModelVersion, WeightFile
from ftgov.records.subject import Subject
from ftgov.shipped import shipped

NOW = "2026-11-21T09:00:00Z"
GATE = load_gate(
    shipped("policies", "gates", "baseline.yaml").read_text(encoding="utf-8"), name="baseline"
)
RULES = {policy.id: policy for policy in GATE.policies}
FILE = digest_bytes(b"evidence")

GOOD: dict[str, tuple[float, float, float]] = {
    "group_fairness.demographic_parity_ratio": (0.95, 0.9, 1.0),
    "guardrail_regression.refusal_change": (0.0, -0.02, 0.02),
    "memorisation.canary_reproduction": (0.0, 0.0, 0.01),
    "base_vs_tuned.accuracy_change": (0.02, 0.0, 0.04),
    "training_dynamics.final_loss_excess": (0.01, 0.01, 0.01),
    "dataset_quality.overlap_rows": (0.0, 0.0, 0.0),
    "dataset_quality.unreadable_rows": (0.0, 0.0, 0.0),
    "energy.job_energy": (0.02, 0.01, 0.04),
    "base_vs_tuned.accuracy_tuned": (0.9, 0.88, 0.92),
}
BAD = GOOD | {
    "group_fairness.demographic_parity_ratio": (0.5, 0.4, 0.6),
    "guardrail_regression.refusal_change": (-0.5, -0.6, -0.4),
    "memorisation.canary_reproduction": (0.05, 0.001, 0.2),
    "base_vs_tuned.accuracy_change": (-0.1, -0.2, -0.05),
    "training_dynamics.final_loss_excess": (0.4, 0.4, 0.4),
    "dataset_quality.overlap_rows": (3.0, 3.0, 3.0),
    "energy.job_energy": (0.0, 0.0, 0.0),
}


def measurement(identity: str, figures: tuple[float, float, float]) -> Measurement:
    value, low, high = figures
    return Measurement(
        id=identity,
        value=value,
        unit="kWh" if identity.startswith("energy") else "1",
        interval=Interval(low=low, high=high, level=0.95, method="bootstrap"),
        n=400,
        method="counted",
        assurance="measured-software",
        evidence=(FILE,),
        n_needed=900,
    )


def sliced(identity: str, group: str) -> Measurement:
    whole = measurement(identity, (0.5, 0.4, 0.6))
    return whole.model_copy(update={"slice": {"group": group}})


def assessment(figures: dict[str, tuple[float, float, float]]) -> Assessment:
    findings = []
    for analyzer in dict.fromkeys(identity.partition(".")[0] for identity in figures):
        own = [measurement(i, f) for i, f in figures.items() if i.startswith(f"{analyzer}.")]
        own += [sliced(m.id, group) for m in own[:1] for group in ("a", "b")]
        if analyzer == "dataset_quality":
            own += [sliced(f"dataset_quality.{of}", "train") for of in ("rows", "bytes")]
            own.append(sliced("dataset_quality.duplicate_rows", "train"))
        findings.append(
            Finding(
                id=f"{analyzer}.all",
                analyzer=analyzer,
                title=analyzer,
                outcome="measured",
                summary="Measured.",
                measurements=tuple(own),
                evidence=(FILE,),
            )
        )
    weights = (WeightFile(name="model.safetensors", bytes=10, digest=FILE),)
    return Assessment(
        tool="ftgov 0.1",
        assessed_at="2026-11-20T09:00:00Z",
        settings=AnalysisSettings(),
        subject=Subject(
            model=ModelVersion(name="tuned", kind="tuned", parent="small", weights=weights),
            base=ModelVersion(name="small", kind="base"),
            job=Job(name="tune", method="lora", base="small", outputs=("tuned",)),
        ),
        findings=tuple(findings),
        classification=Classification(
            pack="law", pack_digest=FILE, as_of="2026-11-20", overall="high_risk"
        ),
        ledger=LedgerHead(entries=0, head=None),
    )


def judged(given: Assessment) -> dict[str, Decision]:
    return {d.rule: d for d in decide([GATE], given, now=NOW, time_source="given")}


Change = Callable[[Measurement], Measurement | None]


def changed(given: Assessment, identity: str, change: Change) -> Assessment:
    findings = []
    for finding in given.findings:
        kept = [change(m) if m.id == identity else m for m in finding.measurements]
        measurements = tuple(m for m in kept if m is not None)
        findings.append(finding.model_copy(update={"measurements": measurements}))
    return given.model_copy(update={"findings": tuple(findings)})


def nulled(figure: Measurement) -> Measurement:
    gone = {"value": None, "interval": None, "reason": "the file was empty"}
    return Measurement.model_validate({**figure.model_dump(), **gone})


def poisoned(figure: Measurement) -> Measurement:
    """A figure that no record would hold: what tampering in memory could leave."""
    return figure.model_copy(update={"value": float("nan")})


def without_interval(figure: Measurement) -> Measurement:
    return figure.model_copy(update={"interval": None})


def levelled(level: float) -> Change:
    """A figure whose interval was made narrower by asking for less confidence."""

    def change(figure: Measurement) -> Measurement:
        assert figure.interval is not None
        ends = figure.interval.model_copy(update={"level": level})
        return figure.model_copy(update={"interval": ends})

    return change


CHANGES: dict[str, Change] = {
    "deleted": lambda figure: None,
    "nulled": nulled,
    "poisoned": poisoned,
    "without_interval": without_interval,
    "barely_confident": levelled(0.51),
    "no_level": levelled(float("nan")),
}


UNCHANGED = {True: judged(assessment(GOOD)), False: judged(assessment(BAD))}
MEASURING = ["FAIR", "SAFE", "MEM", "QUAL", "TRAIN", "DATA", "ENERGY"]


def test_good_evidence_passes_and_bad_does_not() -> None:
    good, bad = judged(assessment(GOOD)), judged(assessment(BAD))
    assert {decision.outcome for decision in good.values()} == {"pass"}
    assert verdict_of(tuple(good.values())) == "pass"
    failing = {rule for rule, decision in bad.items() if decision.outcome == "fail"}
    assert failing == {
        f"FTG-{a}-001" for a in ["FAIR", "SAFE", "MEM", "QUAL", "TRAIN", "DATA", "ENERGY"]
    }
    assert "Inconclusive" in bad["FTG-MEM-001"].message


@pytest.mark.parametrize("way", CHANGES)
@pytest.mark.parametrize("identity", GOOD)
@pytest.mark.parametrize("figures", [GOOD, BAD], ids=["good", "bad"])
def test_taking_a_measure_away_never_makes_a_pass(
    figures: dict[str, tuple[float, float, float]], identity: str, way: str
) -> None:
    given = assessment(figures)
    before = UNCHANGED[figures["group_fairness.demographic_parity_ratio"][0] > 0.8]
    after = judged(changed(given, identity, CHANGES[way]))
    for rule, decision in after.items():
        if identity in needs(RULES[rule]):
            assert decision.outcome == "error", rule
            assert identity in decision.message
        else:
            assert decision == before[rule]
    if any(identity in needs(policy) for policy in RULES.values()):
        assert verdict_of(tuple(after.values())) != "pass"


def stripped() -> Iterator[tuple[str, str, Assessment]]:
    """Every other thing that a rule rests on, taken away."""
    given = assessment(GOOD)
    subject = given.subject
    for name in ("job", "base"):
        bare = subject.model_copy(update={name: None})
        yield name, "FTG-LIN-001", given.model_copy(update={"subject": bare})
    model = subject.model.model_copy(update={"weights": ()})
    bare = subject.model_copy(update={"model": model})
    yield "weights", "FTG-LIN-001", given.model_copy(update={"subject": bare})
    yield "class", "FTG-LAW-001", given.model_copy(update={"classification": None})
    yield "stale", "FTG-FRESH-001", given.model_copy(update={"assessed_at": "2026-01-01T00:00:00Z"})
    yield "early", "FTG-FRESH-001", given.model_copy(update={"assessed_at": "2026-11-22T00:00:00Z"})


@pytest.mark.parametrize(
    ("rule", "given"), [pytest.param(rule, given, id=name) for name, rule, given in stripped()]
)
def test_taking_anything_else_away_stops_its_rule(rule: str, given: Assessment) -> None:
    after = judged(given)
    others = {name: d.outcome for name, d in after.items() if name != rule}
    assert set(others.values()) == {"error" if rule == "FTG-FRESH-001" else "pass"}
    assert after[rule].outcome in {"error", "fail"}
    assert verdict_of(tuple(after.values())) != "pass"


def test_an_empty_assessment_passes_nothing_that_reads_it() -> None:
    given = assessment({})
    outcomes = {rule: decision.outcome for rule, decision in judged(given).items()}
    assert {rule for rule, outcome in outcomes.items() if outcome == "pass"} == {
        "FTG-LAW-001",
        "FTG-LIN-001",
        "FTG-FRESH-001",
    }


def test_an_analyzer_cannot_speak_for_another() -> None:
    given = assessment(BAD)
    forged = Finding(
        id="stranger.all",
        analyzer="stranger",
        title="stranger",
        outcome="measured",
        summary="Measured.",
        measurements=tuple(measurement(identity, GOOD[identity]) for identity in GOOD),
        evidence=(FILE,),
    )
    alone = judged(given.model_copy(update={"findings": (forged,)}))
    beside = judged(given.model_copy(update={"findings": (*given.findings, forged)}))
    for found in (alone, beside):
        assert {found[rule].outcome for rule in list(RULES)[:7]} == {"error"}
