"""Findings for the report's tests: three groups, four languages, three kinds of prompt."""

from __future__ import annotations

import math

from ftgov.records.digest import Digest, digest_bytes
from ftgov.records.evidence import Evidence
from ftgov.records.finding import Finding, Outcome, Point, Series
from ftgov.records.measurement import Assurance, Interval, Measurement, exact

GROUPS = {"women": 0.612, "men": 0.655, "non-binary": 0.581}
LANGUAGES = {"de": (0.512, 0.861), "en": (0.594, 0.902), "es": (0.488, 0.842), "fr": (0.476, 0.829)}
KINDS = {"decision": (0.541, 0.868), "support": (0.467, 0.842), "unsafe": (0.938, 0.951)}


def file(name: str, size: int = 48_211, media_type: str = "application/x-ndjson") -> Evidence:
    """Return evidence whose digest is made from its name."""
    return Evidence(
        digest=digest_bytes(name.encode()), bytes=size, name=name, media_type=media_type
    )


ANSWERS = file("loan-eval.tuned.answers.jsonl.gz", 182_442)
BASE_ANSWERS = file("loan-eval.base.answers.jsonl.gz", 177_031)
TRAIN = file("loan-train.jsonl", 1_248_551)
HELD_OUT = file("loan-validation.jsonl", 98_110)
PROMPTS = file("loan-eval.jsonl", 240_008)
PRE = file("base-corpus.jsonl", 3_911_200)
STATE = file("trainer_state.json", 61_204, "application/json")
CONFIG = file("fine_tune.json", 1_893, "application/json")
METER = file("emissions.csv", 1_120, "text/csv")
FACTS = file("facts.yaml", 4_210, "application/yaml")
GATE = file("gate-baseline.yaml", 15_882, "application/yaml")
PACK = file("law-pack.json", 91_223, "application/json")
EVIDENCE = (
    ANSWERS,
    BASE_ANSWERS,
    TRAIN,
    HELD_OUT,
    PROMPTS,
    PRE,
    STATE,
    CONFIG,
    METER,
    FACTS,
    GATE,
    PACK,
)
BOTH = (ANSWERS.digest, BASE_ANSWERS.digest)


def measured(
    identity: str,
    value: float,
    half: float,
    n: int | None,
    *,
    evidence: tuple[Digest, ...] = BOTH,
    part: dict[str, str | None] | None = None,
    between: tuple[dict[str, str | None], ...] = (),
    unit: str = "1",
    assurance: Assurance = "measured-software",
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Measurement:
    """Return a measurement with a symmetric interval; a half-width of 0 is an exact count."""
    interval = exact(value)
    if half:
        low, high = max(value - half, bounds[0]), min(value + half, bounds[1])
        interval = Interval(low=low, high=high, level=0.95, method="percentile bootstrap of cells")
    return Measurement(
        id=identity,
        value=value,
        unit=unit,
        interval=interval,
        n=n,
        method="Share of answers that match the label of the scoring, per slice",
        assurance=assurance,
        evidence=evidence,
        slice=part or {},
        between=between,
    )


def finding(
    identity: str,
    title: str,
    summary: str,
    measurements: list[Measurement],
    *,
    outcome: Outcome = "measured",
    series: tuple[Series, ...] = (),
    evidence: tuple[Digest, ...] = (),
) -> Finding:
    """Return a finding of the analyzer named by the first part of its id."""
    used = dict.fromkeys((*evidence, *(d for m in measurements for d in m.evidence)))
    return Finding(
        id=identity,
        analyzer=identity.split(".", maxsplit=1)[0],
        title=title,
        outcome=outcome,
        summary=summary,
        measurements=tuple(measurements),
        series=series,
        evidence=tuple(used),
    )


def group_findings() -> list[Finding]:
    """Return fairness figures of tuned and base model, with the ratio and its base."""
    rows = []
    for index, (group, rate) in enumerate(GROUPS.items()):
        part: dict[str, str | None] = {"group": group}
        n = (412, 437, 96)[index]
        half = 0.9 / math.sqrt(n)
        rows += [
            measured("group_fairness.selection_rate", rate, half, n, part=part),
            measured("group_fairness.base_selection_rate", rate - 0.05, half, n, part=part),
            measured(
                "group_fairness.true_positive_rate", rate + 0.23, half * 1.4, n // 2, part=part
            ),
        ]
    pair: tuple[dict[str, str | None], ...] = ({"group": "non-binary"}, {"group": "men"})
    rows += [
        measured("group_fairness.demographic_parity_ratio", 0.887, 0.082, 945),
        measured("group_fairness.base_demographic_parity_ratio", 0.781, 0.094, 945),
        measured("group_fairness.equalized_odds_ratio", 0.842, 0.131, 945, between=pair),
        measured("group_fairness.demographic_parity_difference", 0.074, 0.061, 945),
    ]
    return [
        finding(
            "group_fairness.selection",
            "Selection by group",
            "The tuned model selects women, men and non-binary applicants at similar rates; the "
            "smallest group is small, which the interval shows.",
            rows,
        )
    ]


def change_findings() -> list[Finding]:
    """Return accuracy and refusals of base and tuned model."""
    rows = []
    parts: list[tuple[dict[str, str | None], tuple[float, float], int]] = [
        ({}, (0.547, 0.861), 1_890)
    ]
    parts += [({"kind": kind}, pair, 630) for kind, pair in KINDS.items()]
    parts += [({"language": name}, pair, 472) for name, pair in LANGUAGES.items()]
    for part, (base, tuned), n in parts:
        half = 1.1 / math.sqrt(n)
        name = "base_vs_tuned.accuracy"
        rows += [
            measured(f"{name}_base", base, half, n, part=part, bounds=(0, 1)),
            measured(f"{name}_tuned", tuned, half * 0.8, n, part=part, bounds=(0, 1)),
            measured(f"{name}_change", tuned - base, half * 1.2, n, part=part),
        ]
    refusals = []
    for language, (base, tuned) in {"de": (0.941, 0.918), "en": (0.962, 0.951)}.items():
        part = {"language": language}
        name = "guardrail_regression.refusal"
        refusals += [
            measured(f"{name}_rate_base", base, 0.04, 160, part=part, bounds=(0, 1)),
            measured(f"{name}_rate_tuned", tuned, 0.045, 160, part=part, bounds=(0, 1)),
        ]
    refusals.append(measured("guardrail_regression.refusal_change", -0.0172, 0.021, 320))
    return [
        finding(
            "base_vs_tuned",
            "Base model against tuned model",
            "The tuned model answers 86.1 % of the questions as expected, the base 54.7 %.",
            rows,
        ),
        finding(
            "guardrail_regression",
            "Guardrails after the fine-tune",
            "Refusals of unsafe requests fell slightly; the interval includes no change.",
            refusals,
        ),
    ]


def run_findings() -> list[Finding]:
    """Return training curves, memorisation, energy and data quality."""
    loss = [
        Point(step=s, value=2.1 * math.exp(-s / 90) + 0.62 + 0.05 * math.sin(s))
        for s in range(1, 401, 4)
    ]
    held = [
        Point(step=s, value=1.9 * math.exp(-s / 80) + 0.74 + (s / 900) ** 2)
        for s in range(25, 401, 25)
    ]
    energy = {"accelerator": (0.0061, 0.0021), "it": (0.0094, 0.0037), "facility": (0.0121, 0.0052)}
    state, meter = (STATE.digest,), (METER.digest,)
    joules = [
        measured(
            "energy.job_energy",
            v,
            h,
            None,
            unit="kWh",
            evidence=meter,
            part={"boundary": k},
            assurance="estimated-tdp",
        )
        for k, (v, h) in energy.items()
    ]
    joules.insert(
        0,
        measured(
            "energy.job_energy",
            0.0121,
            0.0052,
            None,
            unit="kWh",
            evidence=meter,
            assurance="estimated-tdp",
        ),
    )
    return [
        finding(
            "training_dynamics",
            "Training curves",
            "Evaluation loss is near its minimum.",
            [
                measured("training_dynamics.final_loss_excess", 0.0312, 0, 16, evidence=state),
            ],
            series=(
                Series(name="loss", points=tuple(loss)),
                Series(name="eval_loss", points=tuple(held)),
            ),
            evidence=state,
        ),
        finding(
            "memorisation",
            "Known secrets",
            "None of 40 known secrets was reproduced.",
            [
                measured(
                    "memorisation.canary_reproduction", 0.0, 0.0, 40, evidence=(ANSWERS.digest,)
                ),
            ],
        ),
        finding(
            "energy",
            "Energy of the training job",
            "The job used between 0.007 and 0.017 kWh.",
            joules,
        ),
        finding(
            "dataset_quality",
            "Data quality",
            "All rows are readable; none overlaps.",
            [
                measured(
                    "dataset_quality.rows", 4_800, 0, 4_800, unit="row", evidence=(TRAIN.digest,)
                ),
                measured(
                    "dataset_quality.overlap_rows",
                    0,
                    0,
                    4_800,
                    unit="row",
                    evidence=(TRAIN.digest, HELD_OUT.digest, PROMPTS.digest),
                ),
            ],
            outcome="pass",
        ),
        Finding(
            id="language_parity",
            analyzer="language_parity",
            title="Language parity",
            outcome="not_assessed",
            summary="No language has enough rows in both models.",
        ),
    ]
